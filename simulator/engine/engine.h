// Engine: what the simulator's parts share — the state, the clock, the log — and the rules that all
// of them keep: commit times (CUR-9), ids drawn from the seed, changes written before answers.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/clock.h"
#include "core/random.h"
#include "simulator/engine/simulator_clock.h"
#include "simulator/observation/log_book.h"
#include "simulator/observation/request_journal.h"
#include "simulator/observation/secrets.h"
#include "simulator/records/dialect.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

class Engine {
 public:
  Engine(SimulatorClock clock, const Dialect& dialect, std::uint64_t seed)
      : clock_(clock.clock),
        virtual_clock_(clock.virtual_clock),
        base_dialect_(dialect),
        dialect_(dialect),
        seed_(seed) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  State& state() { return state_; }
  const State& state() const { return state_; }
  StateChanges& changes() { return changes_; }
  LogBook& logs() { return logs_; }
  const LogBook& logs() const { return logs_; }
  RequestJournal& requests() { return requests_; }
  const RequestJournal& requests() const { return requests_; }
  // As it was started, and with the choices of the world that is served now.
  const Dialect& base_dialect() const { return base_dialect_; }
  const Dialect& dialect() const {
    const bool same = state_.quirks == quirks_ && dialect_.zone.count() == state_.zone_minutes;
    if (!same) choose_quirks();
    return dialect_;
  }
  std::uint64_t seed() const { return seed_; }
  Time now() const { return clock_.now(); }
  // Null on the machine's time.
  core::VirtualClock* virtual_clock() const { return virtual_clock_; }

  // CUR-9: now, or one microsecond after the last commit if time has not moved since.
  Time take_commit_time();
  // The same in whole milliseconds, perhaps the next one: of a clock that has no finer ones.
  Time take_commit_millisecond();
  // The id of the thing of that kind and number: a function of (seed, kind, number).
  std::string make_id(std::string_view kind, std::uint64_t number) const;

  // The stream of that key, made if it is new.
  Stream& stream(Environment& environment, const StreamKey& key);
  // Puts a version into its stream and notes the change.
  void put(Stream& stream, RecordPtr record);

  // Runs `action` at `due` and settles after it.
  core::TimerId at(Time due, std::function<void()> action);
  // The same for what comes again and again, such as the next run of a sync: nothing is idle only
  // when it ends, so nobody waits for it.
  core::TimerId at_recurring(Time due, std::function<void()> action);
  bool cancel(core::TimerId timer);
  // Timers of that kind that are waiting.
  std::size_t recurring() const { return recurring_.size(); }
  // Before another state takes the place of this one: nothing of the old one may still happen.
  void cancel_timers();
  // Set by the simulator: writes what changed; called at the end of each event.
  void set_settle(std::function<void()> settle) { settle_ = std::move(settle); }
  void settle() {
    if (settle_) settle_();
  }

  void note_delivery(const Delivery& delivery) { changes_.deliveries.push_back(delivery.number); }
  void note_settings() { changes_.settings = true; }
  // The keys of an environment have changed, or its environments have.
  void note_keys() {
    note_settings();
    secrets_.forget();
  }
  // A collection's object of that id has changed.
  void note_object(const Collection& collection, std::string_view id);
  void note_schedule(const Environment& environment, const ScheduleKey& key, std::uint64_t number) {
    changes_.schedules.push_back({number, environment.settings.name, key});
  }
  // The gate of all that is printed, kept or served (AUTH-5).
  Secrets& secrets() { return secrets_; }
  const Secrets& secrets() const { return secrets_; }

  // The log (observation/log_book.h), at this time. An event of its own:
  void log(LogLevel level, std::string event, std::string message, LogFields fields = {});
  // An operation that begins now, its steps, and its end. Nothing happens to one that is not under
  // way.
  std::uint64_t begin_operation(Operation operation);
  void note_step(std::uint64_t operation, LogStep step);
  void end_operation(std::uint64_t operation, LogEnd end);
  // One that was over at once, as it says.
  void add_operation(Operation operation);
  // The same, and the program's own log says it.
  void end_operation_aloud(std::uint64_t operation, LogEnd end);

 private:
  core::Clock& clock_;
  core::VirtualClock* virtual_clock_;
  void choose_quirks() const;

  Dialect base_dialect_;
  mutable Dialect dialect_;  // with quirks_
  mutable QuirkChoices quirks_;
  std::uint64_t seed_;
  State state_;
  StateChanges changes_;
  Secrets secrets_{state_};
  LogBook logs_{secrets_};
  RequestJournal requests_{secrets_};
  std::function<void()> settle_;
  core::TimerId set_timer(Time due, std::function<void()> action, bool recurs);

  std::unordered_set<core::TimerId> timers_;
  std::unordered_set<core::TimerId> recurring_;
};

}  // namespace terapi::simulator
