// Parts: what a Simulator is put together of. For the files of simulator/ and simulator/control/
// only; nobody else includes it.
#pragma once

#include <functional>
#include <string>

#include "simulator/api/public_api.h"
#include "simulator/clock_driver.h"
#include "simulator/control/control_call.h"
#include "simulator/engine.h"
#include "simulator/observation/advisories.h"
#include "simulator/simulator.h"
#include "simulator/webhooks/webhook_queue.h"
#include "simulator/world/snapshots.h"
#include "simulator/world/world.h"

namespace terapi::simulator {

struct Simulator::Parts {
  Parts(SimulatorOptions given, SimulatorClock clock, core::AsyncTransport& transport,
        Storage* storage);

  // Writes what changed since the last time; keeps it for the next try when that fails.
  core::Result<void> store();
  // Puts `state` in place of the current one, in storage first, and starts from it: timers,
  // webhooks. The state stays as it was when that fails.
  core::Result<void> adopt(State state);
  // Replaces the world. The state stays as it was when the world cannot be made.
  core::Result<void> set_world(World world);
  // A copy of the state, with the clock in it.
  State copy_state() const;

  SimulatorOptions options;
  core::VirtualClock* virtual_clock;  // null on the machine's time
  Storage* storage;
  Engine engine;
  WebhookQueue webhooks;
  ClockDriver driver;
  Snapshots snapshots;
  Advisories advisories;
  PublicApi api;
  ControlRouter control;
  std::function<std::string()> extra_metrics;
  core::Result<void> stored;  // how the last store() went
};

using SimulatorParts = Simulator::Parts;

}  // namespace terapi::simulator
