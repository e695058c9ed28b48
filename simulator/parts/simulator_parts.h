// SimulatorParts: the machines that a simulator is put together of, and what they do as one: store
// what changed, take another state, build another world. The control API acts on them; outside the
// simulator nobody includes this.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/result.h"
#include "core/transport.h"
#include "simulator/api/proxy_calls.h"
#include "simulator/api/public_api.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/simulator_clock.h"
#include "simulator/observation/advisories.h"
#include "simulator/parts/clock_driver.h"
#include "simulator/parts/event_feed.h"
#include "simulator/runs/actions.h"
#include "simulator/runs/sync_runner.h"
#include "simulator/storage/snapshots.h"
#include "simulator/storage/storage.h"
#include "simulator/upstream/upstream.h"
#include "simulator/webhooks/webhook_queue.h"
#include "simulator/world/world.h"

namespace terapi::simulator {

struct SimulatorParts {
  // `given_folder` is where relative file names of worlds begin; `given_storage` may be null.
  SimulatorParts(SimulatorClock clock, const Dialect& dialect, std::uint64_t seed,
                 std::string given_folder, core::AsyncTransport& transport, Storage* given_storage);

  // Ends an event: writes what changed since the last time, and tells who waits for that; keeps it
  // for the next try when that fails.
  core::Result<void> settle();
  // Puts `state` in place of the current one, in storage first, and starts from it: timers,
  // webhooks. The state stays as it was when that fails.
  core::Result<void> adopt(State state);
  // Replaces the world. The state stays as it was when the world cannot be made.
  core::Result<void> set_world(World world);
  // Starts from a state that was loaded or replaced: timers, webhooks, syncs.
  void resume();
  // Whether callers can use the keys of all environments: files and flags may give others. Code
  // "bad_key".
  core::Result<void> check_keys() const;
  // A copy of the state, with the clock in it.
  State copy_state();

  core::Result<void> store();
  void note_changes();
  EventFeed::Counts counts() const;

  core::VirtualClock* virtual_clock;  // null on the machine's time
  std::string world_folder;
  Storage* storage;
  Engine engine;
  WebhookQueue webhooks;
  Upstream upstream;
  SyncRunner runner;
  Actions actions;
  ProxyCalls proxy;
  ClockDriver driver;
  Snapshots snapshots;
  Advisories advisories;
  PublicApi api;
  std::function<std::string()> extra_metrics;
  EventFeed::Counts changed{};  // by topic, of those that nothing else counts
  EventFeed feed;
  core::Result<void> stored;  // how the last store() went
};

}  // namespace terapi::simulator
