// A server and a client in one process, without sockets, threads or waiting: how a test of yours
// may look. A record is changed, its webhook is lost, and the client finds it by its daily poll.
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "client/storage/memory_store.h"
#include "client/sync_engine.h"
#include "client/webhooks/webhook_receiver.h"
#include "core/virtual_network.h"
#include "simulator/simulator.h"

using namespace terapi;
using namespace std::chrono_literals;

namespace {

// What the control API does for a test that has no HTTP.
bool control(simulator::Simulator& server, std::string method, std::string path, std::string body) {
  core::Request request;
  request.method = std::move(method);
  request.target = std::move(path);
  request.body = std::move(body);
  request.remote_address = "127.0.0.1";
  const core::Response answer = server.handle(request).response;
  if (answer.status != 200) std::fprintf(stderr, "%s\n", answer.body.c_str());
  return answer.status == 200;
}

}  // namespace

int main() {
  core::VirtualClock clock;

  // Webhooks go straight to the client's receiver.
  std::function<void(const client::Hint&)> on_hint;
  client::WebhookReceiver receiver({}, [&](const client::Hint& hint) { on_hint(hint); });
  core::HandlerTransport webhooks([&](core::Request request, auto done) {
    done({receiver.handle(request), {}});
  });

  simulator::SimulatorOptions world;
  world.webhook_urls = {"http://client.example/webhooks"};
  simulator::Simulator server(world, clock, webhooks);
  if (auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }

  client::MemoryStore store;
  core::InlineBackground background(clock);
  core::VirtualNetwork network(
      clock, [&](core::Request request, auto done) { server.handle(std::move(request), done); });
  client::SyncOptions options;
  options.endpoint = {"http://terapi.example", server.secret_key()};
  options.poll = 24h;
  const client::Stream stream{"github", "demo", "Issue"};
  client::SyncEngine engine(options, {stream}, {clock, network, store, background});
  on_hint = [&](const client::Hint& hint) { engine.hint(hint); };
  engine.start();

  const auto newest = [&] { return store.position(stream)->newest.value_or(core::Time{}); };
  clock.advance_by(1min);
  const core::Time at_first = newest();

  // Every webhook is lost from here on.
  if (!control(server, "PUT", "/_simulator/faults", R"([{"on":"webhook","do":{"drop":true}}])") ||
      !control(server, "POST", "/_simulator/runs",
               R"({"integration":"github","connection":"demo","model":"Issue",
                   "update":[{"id":"14","title":"changed"}]})")) {
    return 1;
  }
  clock.advance_by(1h);
  const bool missed = newest() == at_first;
  clock.advance_by(24h);
  const bool found = newest() > at_first;

  std::printf("%llu records; after the webhook was lost: %s; after a day: %s\n",
              static_cast<unsigned long long>(store.position(stream)->records),
              missed ? "not there" : "there", found ? "there" : "not there");
  return missed && found ? 0 : 1;
}
