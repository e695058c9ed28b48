// SyncPorts: the ports through which a SyncEngine reaches the outside world: a SystemClock or a
// VirtualClock, an HttpSender or a VirtualNetwork, a Store, a ThreadBackground or an
// InlineBackground. All of them have to outlive the engine.
#pragma once

#include "client/store.h"
#include "core/background.h"
#include "core/clock.h"
#include "core/transport.h"

namespace terapi::client {

struct SyncPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  Store& store;
  // Where the store's calls are made; the calls of one stream are done in the order in which they
  // are asked for.
  core::Background& background;
};

}  // namespace terapi::client
