// MemoryStore: records and cursors in this process's memory, under the same rules as in a
// database: for simulations, tests and programs that keep nothing. Deterministic, at
// the cost of a hash look-up for each record.
//
//   MemoryStore store;
//   SyncEngine engine(options, streams, {clock, transport, store, background});
//
// Errors: "store_failed", for a record that refuse() named; nothing is stored then.
// Thread rule: one call at a time, on any thread, for a store and its siblings together.
#pragma once

#include <memory>
#include <string>

#include "client/store.h"

namespace terapi::client {

class MemoryStore final : public ReadableStore {
 public:
  MemoryStore();
  ~MemoryStore() override;

  // Another store on the same records and cursors, as a second process on one database is.
  std::unique_ptr<MemoryStore> sibling() const;
  // From now on a record of that id fails its commit: what a full column or a trigger would do.
  void refuse(std::string id);

  core::Result<StoredPosition> position(const Stream& stream) override;
  core::Result<Committed> commit(const Batch& batch) override;
  core::Result<void> report(const Stream& stream, const Report& report) override;
  core::Result<std::vector<StreamStatus>> status() override;
  core::Result<StoreNotes> notes() override;
  core::Result<void> read(const Stream& stream,
                          const std::function<bool(const StoredRecord&)>& each) override;

 private:
  struct Table;
  struct Database;
  explicit MemoryStore(std::shared_ptr<Database> database);
  std::shared_ptr<Database> database_;
};

}  // namespace terapi::client
