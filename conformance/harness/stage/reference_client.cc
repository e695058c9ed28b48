#include "conformance/harness/stage/reference_client.h"

#include <optional>
#include <string>
#include <utility>

#include "client/webhooks/webhook_receiver.h"

namespace terapi::conformance {
namespace {

using Alive = std::weak_ptr<int>;

// Carries the engine's requests, through the mutation if there is one.
class ClientTransport final : public core::AsyncTransport {
 public:
  ClientTransport(core::AsyncTransport& inner, ClientMutation* mutation, Alive alive)
      : inner_(inner), mutation_(mutation), alive_(std::move(alive)) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    if (alive_.expired()) return;
    Done guarded = [alive = alive_, done = std::move(done)](core::Result<core::Response> answer) {
      if (!alive.expired()) done(std::move(answer));
    };
    if (mutation_ == nullptr) return inner_.send(std::move(request), options, std::move(guarded));
    mutation_->send(std::move(request), options, std::move(guarded));
  }

 private:
  core::AsyncTransport& inner_;
  ClientMutation* mutation_;
  Alive alive_;
};

// The engine's store, with the mutation around it.
class MutatedStore final : public client::Store {
 public:
  MutatedStore(client::Store& inner, ClientMutation& mutation, Alive alive)
      : inner_(inner), mutation_(mutation), alive_(std::move(alive)) {}

  core::Result<client::StoredPosition> position(const client::Stream& stream) override {
    if (alive_.expired()) return dead();
    return mutation_.position(stream);
  }
  core::Result<client::Committed> commit(const client::Batch& batch) override {
    if (alive_.expired()) return dead();
    return mutation_.commit(batch);
  }
  core::Result<void> report(const client::Stream& stream, const client::Report& report) override {
    if (alive_.expired()) return dead();
    return mutation_.report(stream, report);
  }
  core::Result<bool> claim(const client::Stream& stream, core::Duration span) override {
    if (alive_.expired()) return dead();
    return inner_.claim(stream, span);
  }
  core::Result<void> release(const client::Stream& stream) override {
    if (alive_.expired()) return dead();
    return inner_.release(stream);
  }

 private:
  static core::Error dead() { return {"store_failed", "this process has died"}; }

  client::Store& inner_;
  ClientMutation& mutation_;
  Alive alive_;
};

// Does nothing for a client that is gone: a dead process finishes no commit.
class ClientBackground final : public core::Background {
 public:
  ClientBackground(core::Background& inner, Alive alive)
      : inner_(inner), alive_(std::move(alive)) {}

  void run(std::function<void()> task, std::function<void()> done) override {
    inner_.run(guarded(std::move(task)), guarded(std::move(done)));
  }
  void run_in_lane(const void* lane, std::function<void()> task,
                   std::function<void()> done) override {
    inner_.run_in_lane(lane, guarded(std::move(task)), guarded(std::move(done)));
  }

 private:
  std::function<void()> guarded(std::function<void()> action) const {
    return [alive = alive_, action = std::move(action)] {
      if (!alive.expired()) action();
    };
  }

  core::Background& inner_;
  Alive alive_;
};

}  // namespace

struct ReferenceClient::Parts {
  ReferenceClientOptions options;
  core::Clock& clock;
  std::shared_ptr<int> alive = std::make_shared<int>(0);   // until it dies
  std::shared_ptr<int> exists = std::make_shared<int>(0);  // until it is destroyed
  std::unique_ptr<ClientMutation> mutation;
  std::unique_ptr<client::Store> mutated_store;
  std::unique_ptr<core::AsyncTransport> transport;
  std::unique_ptr<core::Background> background;
  std::optional<client::SyncEngine> engine;
  std::optional<client::WebhookReceiver> receiver;

  Parts(ReferenceClientOptions the_options, const ReferenceClientPorts& ports,
        const ClientMutant* mutant)
      : options(std::move(the_options)), clock(ports.clock) {
    if (mutant != nullptr) mutate(ports, *mutant);
    transport = std::make_unique<ClientTransport>(ports.transport, mutation.get(), alive);
    background = std::make_unique<ClientBackground>(ports.background, alive);
    engine.emplace(options.sync, options.streams,
                   client::SyncPorts{ports.clock, *transport,
                                     mutated_store ? *mutated_store : ports.store, *background});
    receiver.emplace(client::WebhookReceiverOptions{.dialect = options.sync.dialect,
                                                    .signing_keys = options.signing_keys,
                                                    .path = options.webhook_path,
                                                    .clock = &ports.clock},
                     [this](const client::Hint& hint) { engine->hint(hint); });
  }

  void mutate(const ReferenceClientPorts& ports, const ClientMutant& mutant) {
    mutation = mutant.make({ports.clock, ports.transport, ports.store, ports.stored, options, alive,
                            [this](std::string reason) { die(std::move(reason)); }});
    mutation->adjust(options);
    mutated_store = std::make_unique<MutatedStore>(ports.store, *mutation, alive);
  }

  // Later, since whoever is told destroys all this.
  void die(std::string reason) {
    if (alive == nullptr) return;
    alive.reset();
    clock.at(clock.now(),
             [exists = std::weak_ptr(exists), died = options.died, reason = std::move(reason)] {
               if (!exists.expired() && died) died(reason);
             });
  }
};

ReferenceClient::ReferenceClient(ReferenceClientOptions options, ReferenceClientPorts ports,
                                 const ClientMutant* mutant)
    : parts_(std::make_unique<Parts>(std::move(options), ports, mutant)) {}

ReferenceClient::~ReferenceClient() = default;

void ReferenceClient::start() { parts_->engine->start(); }

void ReferenceClient::receive(const core::Request& request,
                              std::function<void(core::Response)> done) {
  const Alive alive = parts_->alive;
  if (alive.expired()) return;
  const auto answer = [parts = parts_.get()](const core::Request& webhook) {
    return parts->receiver->handle(webhook);
  };
  if (parts_->mutation == nullptr) return done(answer(request));
  parts_->mutation->receive(request, answer,
                            [alive, done = std::move(done)](core::Response response) {
                              if (!alive.expired()) done(std::move(response));
                            });
}

client::SyncEngine& ReferenceClient::engine() { return *parts_->engine; }

void ReferenceClient::stop(std::function<void()> stopped) {
  if (parts_->alive != nullptr) return parts_->engine->stop(std::move(stopped));
  parts_->clock.at(parts_->clock.now(), std::move(stopped));
}

}  // namespace terapi::conformance
