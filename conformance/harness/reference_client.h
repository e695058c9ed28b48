#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/sync_engine.h"
#include "client/webhooks/webhook_receiver.h"
#include "conformance/harness/client_mutant.h"

namespace terapi::conformance {
struct ReferenceClientPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  client::Store& store;
  core::Background& background;
};
struct ReferenceClientOptions {
  client::SyncOptions sync;
  std::vector<client::Stream> streams;
  std::vector<std::string> signing_keys;
  std::string webhook_path = "/webhooks";
  std::function<void(std::string)> died;
};
class ReferenceClient {
 public:
  ReferenceClient(ReferenceClientOptions options, ReferenceClientPorts ports,
                  const ClientMutant* = nullptr)
      : engine_(options.sync, options.streams,
                {ports.clock, ports.transport, ports.store, ports.background}),
        receiver_(receiver_options(options),
                  [this](const client::Hint& hint) { engine_.hint(hint); }) {}
  void start() { engine_.start(); }
  void receive(const core::Request& request, const std::function<void(core::Response)>& done) {
    done(receiver_.handle(request));
  }
  client::SyncEngine& engine() { return engine_; }
  void stop(std::function<void()> stopped) { engine_.stop(std::move(stopped)); }

 private:
  static client::WebhookReceiverOptions receiver_options(const ReferenceClientOptions& given) {
    client::WebhookReceiverOptions options;
    options.dialect = given.sync.dialect;
    options.signing_keys = given.signing_keys;
    options.path = given.webhook_path;
    return options;
  }
  client::SyncEngine engine_;
  client::WebhookReceiver receiver_;
};
}  // namespace terapi::conformance
