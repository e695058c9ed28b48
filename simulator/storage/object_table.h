// ObjectTable: the rows of objects of external APIs, of the current state and of snapshots; keyed
// by the collection's number and the object's id.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// The statements that make the table; run once for a file.
std::string object_table_schema();

class ObjectTable {
 public:
  static core::Result<ObjectTable> prepare(core::SqliteConnection& connection);

  // Writes a version in place of its object's last one.
  core::Result<void> put(std::int64_t snapshot, std::uint32_t collection,
                         const UpstreamObject& object);
  core::Result<void> remove_collection(std::int64_t snapshot, std::uint32_t collection);
  core::Result<void> put_all(std::int64_t snapshot, const State& state);
  core::Result<void> clear(std::int64_t snapshot);
  // Fills the collections that `state` has. Code "data_corrupt" says which object is wrong.
  core::Result<void> load(std::int64_t snapshot, State& state);

 private:
  ObjectTable() = default;
  core::SqliteStatement put_, select_, clear_, remove_collection_;
};

}  // namespace terapi::simulator
