// ReferenceClient: the project's own client, put together to be judged, as it is or with one defect
// (conformance/harness/mutants/client_mutant.h).
//
//   ReferenceClient client(options, {clock, transport, store, background, &store});
//   client.start();
//   client.receive(webhook, [&](core::Response answer) { … });
//
// Destroying it, at any moment, is a crash: nothing is called back afterwards. An exception that
// one of its ports throws may pass through it; then all that may be done is to destroy it.
//
// Thread rule: the driver's thread; the ports have to outlive it. With a mutant, `background` has
// to do its work on the driver's thread, too (core::InlineBackground).
#pragma once

#include <functional>
#include <memory>

#include "client/sync_engine.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/reference_client_options.h"
#include "core/http_message.h"

namespace terapi::conformance {

class ReferenceClient {
 public:
  ReferenceClient(ReferenceClientOptions options, ReferenceClientPorts ports,
                  const ClientMutant* mutant = nullptr);
  ~ReferenceClient();
  ReferenceClient(const ReferenceClient&) = delete;
  ReferenceClient& operator=(const ReferenceClient&) = delete;

  void start();
  // Answers a webhook. `done` is called once, maybe later (a defective client answers late), and
  // never after the client is gone.
  void receive(const core::Request& request, std::function<void(core::Response)> done);
  client::SyncEngine& engine();
  // Starts nothing more and lets the commits in flight end; then calls back.
  void stop(std::function<void()> stopped);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace terapi::conformance
