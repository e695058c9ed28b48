// SyncModel: what syncs in the background must make of the records, worked out by the judge: it
// knows what each external API holds, which syncs are enabled for which connections, how often they
// run, and so what every run saves and deletes (SYNC-2 to SYNC-5). It tells the Model.
//
// When a run takes place is known in one of two ways:
//   - kScheduled: by the clock. run_due(now) carries out all that were due by then. For a server
//     under test, of which nothing is believed.
//   - kWatched: the simulator that the judge itself hosts says when a run begins, reads a page,
//     ends. What is on the page is worked out here all the same.
//
// Generated objects are not known: a world's `upstream` has to list its `items`.
//
// Thread rule: one thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/evidence/external_collection.h"
#include "conformance/evidence/model.h"
#include "core/clock.h"
#include "core/json.h"

namespace terapi::conformance {

struct SyncKey {
  std::string integration = "github";
  std::string connection = "demo";
  std::string sync;
  std::string variant = "base";
  friend auto operator<=>(const SyncKey&, const SyncKey&) = default;
};

// What one run did to one model.
struct BackgroundRun {
  std::string stream{};
  SyncKey key{};
  std::size_t number = 0;  // of the model's runs; 0: it changed nothing
  RunCounts counts{};
  bool first = false;      // of this connection, sync and variant, since it was reset
  bool type_known = true;  // else it may be told as INITIAL or as INCREMENTAL
  bool failed = false;
  bool dropped = false;  // its records went since, with its connection or its variant

  bool changed() const { return counts.added + counts.updated + counts.deleted > 0; }
};

class SyncModel {
 public:
  enum class Runs : std::uint8_t { kScheduled, kWatched };

  SyncModel(Model& model, Runs runs) : model_(model), known_by_(runs) {}

  // Forgets everything, and takes a world's integrations, templates, connections and external APIs.
  void apply_world(const core::json::Value& world, core::Time now);
  bool any() const { return !schedules_.empty(); }

  // --- external APIs ---
  // Null when that connection has none of the name.
  ExternalCollection* collection(const std::string& integration, const std::string& connection,
                                 const std::string& name);
  // The same; a new one where there is none, for which syncs then run.
  ExternalCollection& provide(const std::string& integration, const std::string& connection,
                              const std::string& name, core::Time now);
  // PATCH /_simulator/upstream/…: how it answers from now on.
  void behave(const std::string& integration, const std::string& connection,
              const std::string& name, const core::json::Value& behaviour);
  // POST /_simulator/runs: what it saved came from the external API, which has it, too.
  void saved_by_hand(const core::json::Value& run);

  // --- what callers ask ---
  void set_enabled(const std::string& integration, const std::string& sync, bool enabled,
                   core::Time now);
  void connect(const std::string& integration, const std::string& connection, core::Time now);
  void disconnect(const std::string& integration, const std::string& connection);
  void pause(const SyncKey& key);
  void start(const SyncKey& key, core::Time now);
  void set_frequency(const SyncKey& key, std::optional<core::Duration> frequency, core::Time now);
  void add_variant(const SyncKey& key, core::Time now);
  void remove_variant(const SyncKey& key);

  struct Order {
    bool reset = false;
    bool empty_cache = false;
    // The run fails after so many pages.
    std::optional<std::size_t> fails_after{};
  };
  // kScheduled: the run that a trigger starts.
  void run(const SyncKey& key, const Order& order, core::Time now);
  void run_due(core::Time now);

  // --- kWatched ---
  void begin(const SyncKey& key, const Order& order);
  // It asks for a page, which holds what the collection holds now.
  void ask(const SyncKey& key, const std::string& model);
  // It saves that many entries of the page.
  void page(const SyncKey& key, const std::string& model, std::size_t entries);
  void end(const SyncKey& key);
  void fail(const SyncKey& key);

  // All that were carried out, in order.
  const std::vector<BackgroundRun>& runs() const { return runs_; }
  // The syncs that have run or will.
  std::vector<SyncKey> keys() const;
  // Those that run_due(now) would have run.
  std::vector<SyncKey> due(core::Time now) const;

 private:
  struct Sync {
    std::string name{};
    std::vector<std::string> models{};
    std::map<std::string, std::string> collections{};  // by model
    bool full = false;
    core::Duration frequency = std::chrono::hours(1);
    bool enabled = true;
    bool has_template = false;
  };
  struct Integration {
    std::string id;
    std::vector<Sync> syncs;
  };
  struct ExternalApi {
    ExternalCollection objects;
    std::size_t page_size = 100;
  };
  // How far a run has read one model's collection.
  struct Reading {
    std::string model{};
    std::uint64_t after = 0;
    std::uint64_t checkpoint = 0;
    bool begun = false;                               // a page was saved
    std::vector<ExternalCollection::Object> asked{};  // the page that is on its way
    std::uint64_t asked_at = 0;                       // the collection's last change by then
    std::set<std::string> seen{};
    BackgroundRun made{};
  };
  struct Schedule {
    bool paused = false;
    std::optional<core::Duration> frequency{};
    core::Time next{};
    bool has_run = false;    // since it was there or was reset
    bool type_known = true;  // false: the first one failed, or was made by hand
    std::map<std::string, std::uint64_t> checkpoint{};
    std::vector<Reading> reading{};  // of the run under way
  };

  bool enabled(const SyncKey& key) const;
  template <typename Integrations>
  static auto* find_in(Integrations& integrations, const SyncKey& key);
  Sync* find_sync(const SyncKey& key);
  const Sync* find_sync(const SyncKey& key) const;
  ExternalApi* api_of(const SyncKey& key, const Sync& sync, const std::string& model);
  core::Duration frequency_of(const SyncKey& key, const Schedule& schedule) const;
  void take_integration(const core::json::Value& value, const core::json::Value& templates);
  static void describe_sync(const core::json::Value& given, Sync& sync);
  void take_external_api(const core::json::Value& value);
  void provide_for(const std::string& integration);
  void reconcile(core::Time now);
  void erase_streams(const SyncKey& key);
  void drop_runs(const SyncKey& key);
  Reading* reading_of(const SyncKey& key, const std::string& model);
  void read_pages(const SyncKey& key, std::optional<std::size_t> most);
  void conclude(const SyncKey& key, bool failed);
  void carry_out(const SyncKey& key, const Order& order, core::Time at);

  Model& model_;
  const Runs known_by_;
  std::vector<Integration> integrations_;
  std::vector<std::pair<std::string, std::string>> connections_;  // integration, id
  std::map<std::pair<std::string, std::string>, std::map<std::string, ExternalApi>> apis_;
  std::map<SyncKey, Schedule> schedules_;
  std::vector<BackgroundRun> runs_;
};

}  // namespace terapi::conformance
