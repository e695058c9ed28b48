// ReferenceClientOptions and ReferenceClientPorts: what a ReferenceClient is made of, and what it
// reaches the world through. Values, no thread rule.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/store.h"
#include "client/stream.h"
#include "client/sync_options.h"
#include "core/background.h"
#include "core/clock.h"
#include "core/transport.h"

namespace terapi::conformance {

struct ReferenceClientPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  client::Store& store;
  core::Background& background;
  // What `store` holds, for the mutants that look something up; null: nothing is ever found.
  client::ReadableStore* stored = nullptr;
};

struct ReferenceClientOptions {
  client::SyncOptions sync;
  std::vector<client::Stream> streams;
  std::vector<std::string> signing_keys;
  std::string webhook_path = "/webhooks";
  // Called once, by a timer of the clock, when a defect ends the process as an unhandled error
  // does: a main program exits with 1, a driver destroys the client (also within this call).
  // Nothing else is heard of the client from the moment of its death.
  std::function<void(std::string reason)> died{};
};

}  // namespace terapi::conformance
