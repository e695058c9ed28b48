// Run: one run of a sync (SYNC-3): saves, updates and deletes, and at the end its webhooks.
//
// Each call that changes records is one save: one commit time, shared by its records (CUR-9).
// What a run changes is visible at once, unless a fault holds it back until the run is over.
//
//   Run run(engine, webhooks, environment, {.integration = "github", .connection = "demo", …});
//   run.save(payloads);
//   RunResult result = run.finish();
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "simulator/engine/engine.h"
#include "simulator/records/merged_object.h"
#include "simulator/records/payload.h"
#include "simulator/world/run_facts.h"

namespace terapi::simulator {

class WebhookQueue;

struct RunSpec {
  std::string integration;
  std::string connection;
  std::string model;
  std::string variant = std::string(kBaseVariant);
  std::string sync;               // empty: the integration's sync with that model, or a new one
  std::optional<SyncType> type;   // empty: INITIAL for the first of (connection, sync, variant)
  std::optional<RunError> error;  // the run failed part-way (SYNC-4)
  bool webhook = true;
  std::string run_id{};  // empty: a new one; several models of one run share theirs
  // The run in the log that this is a part of; 0: it is a run of its own there, too.
  std::uint64_t operation = 0;
};

struct RunResult {
  std::string run_id;
  RunCounts counts;
  std::vector<std::string> deliveries;
};

class Run {
 public:
  // Creates the integration, connection, sync or stream that does not exist yet.
  Run(Engine& engine, WebhookQueue& webhooks, Environment& environment, RunSpec spec);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // META-4, META-5, META-7, PRUNE-2.
  void save(const std::vector<Payload>& payloads);
  // Deep-merges each patch into the record of its `id`; unknown and deleted records are left alone.
  struct Patch {
    std::string id;
    core::json::Value patch;
  };
  void update(const std::vector<Patch>& patches);
  // META-6.
  void remove(const std::vector<std::string>& ids);
  // The full data set: saves all of it and deletes what is not in it (SYNC-4).
  void replace(const std::vector<Payload>& payloads);
  // Deletes the records whose ids are not among these.
  void remove_missing(const std::set<std::string, std::less<>>& kept);
  // Restores a version of a record from elsewhere, with its times. A newer one that is already
  // stored stays.
  void restore(RecordFields fields);
  // True when a record of that id exists and is not deleted.
  bool knows(std::string_view id);
  // Makes the run fail part-way; it then detects no more deletions.
  void fail(RunError error) { spec_.error = std::move(error); }

  const RunCounts& counts() const { return counts_; }

  // Ends the run and announces what it changed (HOOK-1, HOOK-3 to HOOK-5).
  RunResult finish();

 private:
  class Save;
  void find_stream();
  const Record* current(std::string_view id) const;
  void begin_in_log();
  void note_save(const RunCounts& before);
  void end_in_log(SyncType type);
  void commit(Save& save);
  void save_in(Save& save, const Payload& payload);
  void remove_in(Save& save, std::string_view id);
  bool goes_by_application(const Record* before, std::uint64_t hash) const;
  static void keep_deleted(Save& save, const Record& before);
  void update_by_inputs(const std::vector<Patch>& patches);
  bool is_same(const Record& before, const Payload& payload) const;
  static bool changes(MergedObject& object, const core::json::Value& patch,
                      MergedObject::Left left);
  void choose_sync();
  void decide_staging();
  Time take_time();
  SyncType sync_type();
  std::vector<std::string> announce(SyncType type);
  void stage(std::vector<std::string> waiting, Duration early);

  Engine& engine_;
  WebhookQueue& webhooks_;
  Environment& environment_;
  RunSpec spec_;
  StreamKey key_;
  std::string run_id_;
  Stream* stream_;
  RunCounts counts_;
  Time started_;
  std::optional<Time> first_commit_;
  Duration late_commit_{0};
  std::uint64_t overlaps_ = 0;  // with another sync's saves
  bool staging_ = false;
  bool own_operation_ = false;                            // not ended yet
  std::map<std::string, RecordPtr, std::less<>> staged_;  // by id: what is not visible yet
};

// Makes a staged save visible; called by its timer.
void make_visible(Engine& engine, WebhookQueue& webhooks, std::uint64_t staged_number);
// Removes streams, together with what is saved in them but not visible yet.
void erase_streams(Engine& engine, WebhookQueue& webhooks, Environment& environment,
                   const std::function<bool(const StreamKey&)>& wanted);
// Sets the timers of all staged saves again, after a state was loaded.
void resume_staged(Engine& engine, WebhookQueue& webhooks);

}  // namespace terapi::simulator
