// SyncRunner: runs the enabled syncs of connections in the background (SYNC-1 to SYNC-7).
//
// A sync runs for each connection whose external API it can read: at once when it is enabled or the
// connection is created, then at its frequency. A run reads the collection page by page, in HTTP
// (upstream.h), and saves each page as it comes; so one that fails part-way keeps what it saved. At
// most one run of a (connection, sync, variant) is under way, and one more is queued.
//
// Its knowledge is kept in State, as Schedules; a run that a kill or a restored snapshot cut off
// starts again from its first page.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/engine/engine.h"
#include "simulator/runs/run.h"
#include "simulator/runs/run_moment.h"
#include "simulator/upstream/upstream.h"

namespace terapi::simulator {

class SyncRunner {
 public:
  SyncRunner(Engine& engine, WebhookQueue& webhooks, Upstream& upstream);
  ~SyncRunner();
  SyncRunner(const SyncRunner&) = delete;
  SyncRunner& operator=(const SyncRunner&) = delete;

  // Turns a sync of an integration on or off; one that only its template names is added to it.
  // Code "unknown_sync".
  core::Result<void> set_enabled(Environment& environment, Integration& integration,
                                 std::string_view sync, bool enabled);
  // For a new connection: sets up its external API, and runs its enabled syncs.
  void take_up(Environment& environment, const Connection& connection);
  // The same for all connections that are wanted.
  void take_up_all(Environment& environment, const std::function<bool(const Connection&)>& wanted);
  // Ends a connection's runs, and forgets its schedules, its external API and its records; without
  // a connection, those of all of the integration's.
  void drop(Environment& environment, const std::string& integration,
            const std::optional<std::string>& connection);
  // Every enabled sync gets a schedule for each connection whose external API it can read.
  void provide(Environment& environment, const Connection& connection);
  void reconcile(Environment& environment);

  // SYNC-5. The schedule has to exist.
  void trigger(Environment& environment, const ScheduleKey& key, TriggerOptions order);
  void start(Environment& environment, const ScheduleKey& key);
  void pause(Environment& environment, const ScheduleKey& key);
  // Nothing: back to the sync's own.
  void set_frequency(Environment& environment, const ScheduleKey& key,
                     std::optional<Duration> frequency);
  // Adds a variant of a sync whose base is scheduled; it runs at once. Removing one deletes its
  // records.
  void add_variant(Environment& environment, const ScheduleKey& key);
  void remove_variant(Environment& environment, const ScheduleKey& key);

  Duration frequency_of(const Environment& environment, const ScheduleKey& key) const;
  bool enabled(const Environment& environment, const ScheduleKey& key) const;
  // Runs under way.
  std::size_t running() const { return live_.size(); }
  // True when a run is under way or due.
  bool busy() const;
  std::uint64_t runs_made() const { return runs_made_; }

  // Forgets runs under way, and starts from State: after it was loaded or replaced.
  void resume();

  // Is told of each moment, just before records change.
  void set_watcher(RunWatcher watcher) { watcher_ = std::move(watcher); }

 private:
  struct Live;
  // What a full sync found when it last read everything; while that stays the same, reading it
  // again changes nothing.
  using Seen = std::vector<std::uint64_t>;

  Schedule& make_schedule(Environment& environment, const ScheduleKey& key);
  void await_next(Environment& environment, const ScheduleKey& key, Schedule& schedule);
  void stop_waiting(const Schedule& schedule);
  void remove_streams(Environment& environment, const ScheduleKey& key);
  void end_live(std::uint64_t number);
  Operation operation_for(const Environment& environment, const ScheduleKey& key,
                          const Schedule& schedule) const;
  void note_page(const Live& live, LogLevel level, const std::string& outcome, LogFields fields);
  void end_in_log(const Live& live, LogEnd end);

  void on_due(const std::string& environment, const ScheduleKey& key);
  void begin(Environment& environment, const ScheduleKey& key, TriggerOptions order);
  void reset(Environment& environment, const ScheduleKey& key, Schedule& schedule,
             bool empty_cache);
  bool nothing_to_read(const Environment& environment, const ScheduleKey& key,
                       const Schedule& schedule) const;
  Seen seen_by(const Environment& environment, const ScheduleKey& key) const;
  void remember(std::uint64_t number, const Seen& at_begin, const Seen& at_end);
  void read_on(std::uint64_t number);
  core::Request next_request(const Live& live) const;
  // False when the run waits or has ended.
  bool take(Live& live, const core::Result<core::Response>& answer);
  bool take_page(Live& live, const core::json::Value& page);
  bool wait_for_limit(Live& live, const core::Response& answer);
  void note_checkpoint(const Live& live);
  void fail(Live& live, const RunError& error);
  void end(Live& live);
  // `error`: why it failed; empty: it did not.
  void record_end(Environment& environment, const ScheduleKey& key, Schedule& schedule,
                  std::string error);
  void tell(const ScheduleKey& key, RunMoment moment) const;

  bool taking_up_ = false;  // connections, of which many are: schedules are made at the end
  Engine& engine_;
  WebhookQueue& webhooks_;
  Upstream& upstream_;
  std::map<std::uint64_t, core::TimerId> timers_;        // by a schedule's number
  std::map<std::uint64_t, std::unique_ptr<Live>> live_;  // by a schedule's number
  std::map<std::uint64_t, Seen> seen_;                   // by a schedule's number
  RunWatcher watcher_;
  std::uint64_t runs_made_ = 0;
};

}  // namespace terapi::simulator
