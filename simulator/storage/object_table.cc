#include "simulator/storage/object_table.h"

#include <unordered_map>

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

enum ObjectColumn : std::uint8_t {
  kObjectCollection,
  kObjectId,
  kObjectChange,
  kObjectSequence,
  kObjectCreated,
  kObjectModified,
  kObjectDeleted,
  kObjectJson,
  kObjectSnapshot
};
constexpr int parameter_of(ObjectColumn column) { return static_cast<int>(column) + 1; }

Time object_time(std::int64_t micros) { return Time(Duration(micros)); }

}  // namespace

std::string object_table_schema() {
  return "CREATE TABLE objects(\n"
         "  snapshot INTEGER NOT NULL,\n"
         "  collection INTEGER NOT NULL,\n"
         "  id TEXT NOT NULL,\n"
         "  change INTEGER NOT NULL,    -- of its collection, from 1\n"
         "  sequence INTEGER NOT NULL,  -- in the order in which objects came\n"
         "  created INTEGER NOT NULL,\n"
         "  modified INTEGER NOT NULL,\n"
         "  deleted INTEGER NOT NULL,\n"
         "  json TEXT NOT NULL,\n"
         "  PRIMARY KEY(snapshot, collection, id)) STRICT, WITHOUT ROWID;\n";
}

Result<ObjectTable> ObjectTable::prepare(core::SqliteConnection& connection) {
  ObjectTable table;
  Result<void> done = connection.prepare_all({
      {table.put_,
       "INSERT OR REPLACE INTO objects(collection, id, change, sequence, created, modified, "
       "deleted, json, snapshot) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"},
      {table.select_,
       "SELECT collection, id, change, sequence, created, modified, deleted, json FROM objects "
       "WHERE snapshot = ?1"},
      {table.clear_, "DELETE FROM objects WHERE snapshot = ?1"},
      {table.remove_collection_, "DELETE FROM objects WHERE snapshot = ?1 AND collection = ?2"},
  });
  if (!done) return done.error();
  return table;
}

Result<void> ObjectTable::put(std::int64_t snapshot, std::uint32_t collection,
                              const UpstreamObject& object) {
  const auto micros = [](Time time) { return time.time_since_epoch().count(); };
  put_.bind(parameter_of(kObjectCollection), collection);
  put_.bind_text(parameter_of(kObjectId), object.id);
  put_.bind(parameter_of(kObjectChange), static_cast<std::int64_t>(object.change));
  put_.bind(parameter_of(kObjectSequence), static_cast<std::int64_t>(object.sequence));
  put_.bind(parameter_of(kObjectCreated), micros(object.created));
  put_.bind(parameter_of(kObjectModified), micros(object.modified));
  put_.bind(parameter_of(kObjectDeleted), object.deleted ? 1 : 0);
  put_.bind_text(parameter_of(kObjectJson), object.text);
  put_.bind(parameter_of(kObjectSnapshot), snapshot);
  return put_.run();
}

Result<void> ObjectTable::remove_collection(std::int64_t snapshot, std::uint32_t collection) {
  remove_collection_.bind(1, snapshot);
  remove_collection_.bind(2, collection);
  return remove_collection_.run();
}

Result<void> ObjectTable::put_all(std::int64_t snapshot, const State& state) {
  Result<void> done;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, collection] : environment.collections) {
      collection.walk(0, [&, number = collection.number](const UpstreamObject& object) {
        done = put(snapshot, number, object);
        return done.has_value();
      });
      if (!done) return done;
    }
  }
  return done;
}

Result<void> ObjectTable::clear(std::int64_t snapshot) {
  clear_.bind(1, snapshot);
  return clear_.run();
}

Result<void> ObjectTable::load(std::int64_t snapshot, State& state) {
  std::unordered_map<std::int64_t, Collection*> by_number;
  for (Environment& environment : state.environments) {
    for (auto& [key, collection] : environment.collections) {
      by_number[collection.number] = &collection;
    }
  }
  select_.bind(1, snapshot);
  Result<bool> row = select_.step();
  for (; row && *row; row = select_.step()) {
    UpstreamObject object;
    object.id = select_.bytes(kObjectId);
    object.change = static_cast<std::uint64_t>(select_.integer(kObjectChange));
    object.sequence = static_cast<std::uint64_t>(select_.integer(kObjectSequence));
    object.created = object_time(select_.integer(kObjectCreated));
    object.modified = object_time(select_.integer(kObjectModified));
    object.deleted = select_.integer(kObjectDeleted) != 0;
    object.text = select_.bytes(kObjectJson);
    const std::string what = "object '" + object.id + "'";
    const auto found = by_number.find(select_.integer(kObjectCollection));
    if (found == by_number.end() || !object.text.starts_with('{') ||
        !found->second->restore(std::move(object))) {
      select_.rewind();
      return Error{"data_corrupt", what + " belongs to no collection, or is no object"};
    }
  }
  select_.rewind();
  if (!row) return row.error();
  return {};
}

}  // namespace terapi::simulator
