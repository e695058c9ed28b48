#include "simulator/parts/simulator_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "simulator/runs/run.h"
#include "simulator/runs/world_builder.h"

namespace terapi::simulator {

SimulatorParts::SimulatorParts(SimulatorClock clock, const Dialect& dialect, std::uint64_t seed,
                               std::string given_folder, core::AsyncTransport& transport,
                               Storage* given_storage)
    : virtual_clock(clock.virtual_clock),
      world_folder(std::move(given_folder)),
      storage(given_storage),
      engine(clock, dialect, seed),
      webhooks(engine, transport),
      driver(virtual_clock, webhooks),
      snapshots(storage),
      advisories(engine.state(), clock.clock, engine.logs()),
      api(engine, advisories) {
  engine.set_settle([this] { static_cast<void>(store()); });
  webhooks.set_on_attempt_end([this] { driver.step(); });
  webhooks.set_observer(
      [this](const Delivery& delivery, bool started) { advisories.on_webhook(delivery, started); });
}

core::Result<void> SimulatorParts::store() {
  StateChanges& changes = engine.changes();
  if (engine.state().faults.take_changed()) changes.settings = true;
  if (virtual_clock != nullptr && engine.state().virtual_now != virtual_clock->now()) {
    engine.state().virtual_now = virtual_clock->now();
    changes.settings = true;
  }
  if (storage == nullptr) {
    changes = {};
    return {};
  }
  if (changes.empty()) return stored;
  const bool was_good = stored.has_value();
  stored = storage->commit(engine.state(), changes);
  if (stored) {
    changes = {};
  } else if (was_good) {
    engine.log(LogLevel::kError, "storage", "the state could not be stored",
               {{"error", stored.error().message}});
  }
  return stored;
}

State SimulatorParts::copy_state() const {
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
  current = std::move(state);
  current.faults.take_changed();
  engine.changes() = {};
  engine.requests().clear();
  engine.logs().clear();
  advisories.clear();
  api.forget_rate_limits();
  engine.cancel_timers();
  webhooks.resume();
  resume_staged(engine, webhooks);
  return {};
}

core::Result<void> SimulatorParts::set_world(World world) {
  // Built in the engine, whose state and unwritten changes come back if anything fails.
  State before = copy_state();
  StateChanges unwritten = std::exchange(engine.changes(), {});
  auto built = build_world(engine, webhooks, std::move(world), world_folder);
  State made = copy_state();
  engine.state() = std::move(before);
  engine.changes() = std::move(unwritten);
  if (!built) return built;
  if (auto adopted = adopt(std::move(made)); !adopted) return adopted;
  snapshots.set_start(copy_state());
  return {};
}

}  // namespace terapi::simulator
