#include "simulator/parts/simulator_parts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "simulator/runs/run.h"
#include "simulator/runs/world_builder.h"
#include "simulator/world/settings_json.h"

namespace terapi::simulator {

SimulatorParts::SimulatorParts(SimulatorClock clock, const Dialect& dialect, std::uint64_t seed,
                               std::string given_folder, core::AsyncTransport& transport,
                               Storage* given_storage)
    : virtual_clock(clock.virtual_clock),
      world_folder(std::move(given_folder)),
      storage(given_storage),
      engine(clock, dialect, seed),
      webhooks(engine, transport),
      upstream(engine),
      runner(engine, webhooks, upstream),
      actions(engine, webhooks, upstream),
      proxy(engine, upstream, transport),
      driver(virtual_clock, engine, webhooks, runner, actions),
      snapshots(storage),
      advisories(engine.state(), clock.clock, engine.logs(), engine.secrets()),
      api({engine, webhooks, upstream, runner, actions, proxy}, advisories) {
  engine.set_settle([this] {
    static_cast<void>(settle());
    // In virtual time whoever moves it goes on; here somebody may wait for this to have been the
    // last.
    if (virtual_clock == nullptr) driver.step();
  });
  webhooks.set_on_attempt_end([this] { driver.step(); });
  webhooks.set_observer(
      [this](const Delivery& delivery, bool started) { advisories.on_webhook(delivery, started); });
}

core::Result<void> SimulatorParts::settle() {
  core::Result<void> done = store();
  feed.publish(counts());
  return done;
}

EventFeed::Counts SimulatorParts::counts() const {
  EventFeed::Counts counts = changed;
  const auto set = [&](Topic topic, std::uint64_t count) {
    counts[static_cast<std::size_t>(topic)] = count;
  };
  set(Topic::kLogs, engine.logs().revision());
  set(Topic::kRequests, engine.requests().entries().dropped() + engine.requests().entries().size());
  set(Topic::kRuns, runner.runs_made());
  if (virtual_clock != nullptr) {
    set(Topic::kTime, static_cast<std::uint64_t>(virtual_clock->now().time_since_epoch().count()));
  }
  return counts;
}

// Counts what the event changed, before it is forgotten.
void SimulatorParts::note_changes() {
  const auto add = [&](Topic topic, std::size_t count) {
    changed[static_cast<std::size_t>(topic)] += count;
  };
  const StateChanges& changes = engine.changes();
  add(Topic::kSettings, changes.settings ? 1 : 0);
  add(Topic::kDeliveries, changes.deliveries.size());
  add(Topic::kRecords, changes.records.size());
  add(Topic::kObjects, changes.objects.size());
}

core::Result<void> SimulatorParts::store() {
  StateChanges& changes = engine.changes();
  if (engine.state().faults.take_changed()) changes.settings = true;
  note_changes();
  if (virtual_clock != nullptr && engine.state().virtual_now != virtual_clock->now()) {
    engine.state().virtual_now = virtual_clock->now();
    changes.settings = true;
  }
  if (storage == nullptr) {
    changes = {};
    engine.logs().forget_changes();
    return {};
  }
  const LogChanges log = engine.logs().changes();
  if (changes.empty() && log.empty()) return stored;
  const bool was_good = stored.has_value();
  stored = storage->commit(engine.state(), changes, log);
  if (stored) {
    changes = {};
    engine.logs().forget_changes();
  } else if (was_good) {
    engine.log(LogLevel::kError, "storage", "the state could not be stored",
               {{"error", stored.error().message}});
  }
  return stored;
}

core::Result<void> SimulatorParts::check_keys() const {
  std::set<std::string_view> keys;
  for (const Environment& environment : engine.state().environments) {
    const Settings& settings = environment.settings;
    std::optional<std::string> fault = secret_key_fault(settings.secret_key, engine.dialect());
    if (!fault && !keys.insert(settings.secret_key).second) {
      fault = "is that of another environment";
    }
    if (!fault) continue;
    return core::Error{"bad_key", "the secret key of the environment '" + settings.name + "' " +
                                      *fault + " (--secret-key sets the first environment's)"};
  }
  return {};
}

// Records share their memory with the copy; what the world was made of does not, and may be long.
State SimulatorParts::copy_state() {
  State copy = engine.state();
  copy.virtual_now = virtual_clock != nullptr ? std::optional(virtual_clock->now()) : std::nullopt;
  return copy;
}

core::Result<void> SimulatorParts::adopt(State state) {
  State& current = engine.state();
  if (virtual_clock == nullptr) {
    // The machine's time has gone on: commits stay after all that were given out (CUR-8).
    state.last_commit = std::max(state.last_commit, current.last_commit);
  }
  if (storage != nullptr) {
    if (auto replaced = storage->replace(state); !replaced) return replaced;
    stored = {};
  }
  if (virtual_clock != nullptr) {
    virtual_clock->set(state.virtual_now.value_or(virtual_clock->now()));
  }
  std::swap(current, state);
  current.faults.take_changed();
  engine.changes() = {};
  engine.secrets().forget();
  for (std::uint64_t& count : changed) ++count;
  engine.requests().clear();
  engine.logs().clear();
  advisories.clear();
  api.forget_rate_limits();
  engine.cancel_timers();
  proxy.end_all();
  resume();
  take_apart(state);
  return {};
}

void SimulatorParts::resume() {
  // Data files of the first version have connections without numbers.
  for (Environment& environment : engine.state().environments) {
    for (Connection& connection : environment.connections) {
      if (connection.number == 0) connection.number = ++engine.state().last_connection;
    }
  }
  webhooks.resume();
  resume_staged(engine, webhooks);
  upstream.resume();
  runner.resume();
  actions.resume();
}

core::Result<void> SimulatorParts::set_world(World world) {
  // Built in the engine, whose state and unwritten changes come back if anything fails: moved, not
  // copied, for runs under way hold on to it.
  State before = std::move(engine.state());
  engine.state() = before.successor();
  StateChanges unwritten = std::exchange(engine.changes(), {});
  auto built = build_world(engine, webhooks, upstream, std::move(world), {world_folder});
  State made = std::exchange(engine.state(), std::move(before));
  engine.secrets().forget();
  if (virtual_clock != nullptr) made.virtual_now = virtual_clock->now();
  engine.changes() = std::move(unwritten);
  if (!built) return built;
  if (auto adopted = adopt(std::move(made)); !adopted) return adopted;
  snapshots.set_start(copy_state());
  return {};
}

}  // namespace terapi::simulator
