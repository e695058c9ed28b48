// Webhooks: signing, the queue with many deliveries waiting, and deliveries to a receiver. Time is
// virtual but for "deliver/http", which sends over real sockets to a receiver that answers 200.
#include <benchmark/benchmark.h>

#include <openssl/hmac.h>

#include "benchmarks/sample_records.h"
#include "core/check.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "simulator/simulator.h"
#include "simulator/webhooks/webhook_queue.h"
#include "simulator/webhooks/webhook_signature.h"

namespace terapi::benchmarks {
namespace {

using namespace std::chrono_literals;

const std::string kKey = "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54";

void sign_webhook(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(simulator::hmac_signature(kKey, body));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sign_webhook)->Name("webhook/sign")->Arg(500);

// OpenSSL's one-shot call, which sets the key up again each time.
void sign_in_one_shot(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    unsigned char digest[32];
    unsigned size = sizeof digest;
    HMAC(EVP_sha256(), kKey.data(), static_cast<int>(kKey.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
    benchmark::DoNotOptimize(digest[0]);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sign_in_one_shot)->Name("webhook/sign-one-shot")->Arg(500);

// A queue on its own engine, with one environment and a receiver that answers `status`.
struct QueueWorld {
  explicit QueueWorld(core::Clock& clock, core::AsyncTransport& transport, std::string url)
      : engine(clock, simulator::terapi_dialect(), kSeed), queue(engine, transport) {
    simulator::Environment environment;
    environment.settings.secret_key = kKey;
    environment.settings.webhook_urls = {std::move(url)};
    engine.state().environments.push_back(std::move(environment));
    // Nobody stores what changed.
    engine.set_settle([this] { engine.changes() = {}; });
  }
  void announce() {
    simulator::WebhookFacts facts;
    facts.stream = {"github", "demo", "Issue"};
    facts.sync = "issues";
    facts.counts.added = 1;
    queue.announce(engine.state().environments.front(), facts, "run", false);
  }
  simulator::Engine engine;
  simulator::WebhookQueue queue;
};

core::HandlerTransport answering(int status) {
  return core::HandlerTransport(
      [status](const core::Request&, const std::function<void(core::Outcome)>& done) {
        done({{status, {}, ""}, {}});
      });
}

// Deliveries that are all due at once, and the receiver takes them.
void run_due(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    core::VirtualClock clock;
    core::HandlerTransport transport = answering(200);
    auto world = std::make_unique<QueueWorld>(clock, transport, "http://receiver.test/hook");
    for (std::int64_t i = 0; i < state.range(0); ++i) world->announce();
    state.ResumeTiming();
    while (clock.run_next(core::Time::max())) {
    }
    state.PauseTiming();
    TERAPI_CHECK(world->queue.attempts_made() == static_cast<std::uint64_t>(state.range(0)),
                 "every delivery was attempted");
    world.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(run_due)->Name("webhook/run-due")->Arg(1000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// The price of announcing one more while that many wait.
void announce_among_pending(benchmark::State& state) {
  core::VirtualClock clock;
  core::HandlerTransport transport = answering(500);
  QueueWorld world(clock, transport, "http://receiver.test/hook");
  for (std::int64_t i = 0; i < state.range(0); ++i) world.announce();
  for (auto _ : state) world.announce();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(announce_among_pending)
    ->Name("webhook/announce")
    ->Arg(1000)
    ->Arg(100'000)
    ->Iterations(1000);

class Receiver {
 public:
  Receiver() {
    auto started = core::HttpServer::start(
        loop_, {}, [](const core::Request&, const std::function<void(core::Outcome)>& done) {
          done({{200, {}, ""}, {}});
        });
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
    server_ = std::move(*started);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Receiver() {
    loop_.post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
  }
  std::string url() const { return server_->base_url() + "/hook"; }

 private:
  core::EventLoop loop_;
  std::unique_ptr<core::HttpServer> server_;
  std::thread thread_;
};

void deliver_over_http(benchmark::State& state) {
  const Receiver receiver;
  core::EventLoop loop;
  core::HttpSender sender(loop, {});
  const auto count = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    QueueWorld world(loop.clock(), sender, receiver.url());
    std::uint64_t ended = 0;
    world.queue.set_on_attempt_end([&] {
      if (++ended == count) loop.stop();
    });
    for (std::uint64_t i = 0; i < count; ++i) world.announce();
    loop.run();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(deliver_over_http)
    ->Name("webhook/deliver/http")
    ->Arg(20'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace terapi::benchmarks
