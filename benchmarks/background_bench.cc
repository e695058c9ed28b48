// Syncs in the background: one virtual day of a sync that runs hourly for each of N connections, in
// one thread, and what a run costs. "idle": nothing changes at the external APIs, so that a run
// only has to find that out. "changing": an object changes before each run, which reads it, saves
// it and sends a webhook, which its receiver takes at once. Not included: making the world.
#include <benchmark/benchmark.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "benchmarks/sample_records.h"
#include "core/check.h"
#include "simulator/simulator.h"

namespace terapi::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kObjects = 20;  // at each external API
constexpr std::int64_t kRunsADay = 24;

std::string world_of(std::int64_t connections, bool changing) {
  Json world = {
      {"environment", {{"name", "dev"}, {"webhook_urls", {"http://receiver.test/hook"}}}},
      {"integrations",
       {{{"id", "github"}, {"syncs", {{{"name", "github-issues"}, {"frequency", "1h"}}}}}}}};
  for (std::int64_t i = 0; i < connections; ++i) {
    const std::string id = "c" + std::to_string(i);
    world["connections"].push_back({{"id", id}, {"integration", "github"}});
    Json source = {{"connection", id},
                   {"integration", "github"},
                   {"collection", "issues"},
                   {"generate", {{"count", kObjects}}}};
    if (changing) source["changes"] = {{"every", "1h"}, {"changed", 1}};
    world["upstream"].push_back(std::move(source));
  }
  return world.dump();
}

// A simulator after the first runs of all connections.
class BackgroundWorld {
 public:
  BackgroundWorld(std::int64_t connections, bool changing)
      : receiver_([](const core::Request&, const std::function<void(core::Outcome)>& done) {
          done({{200, {}, ""}, {}});
        }) {
    simulator::SimulatorOptions options;
    options.seed = kSeed;
    options.world_text = world_of(connections, changing);
    simulator_ = std::make_unique<simulator::Simulator>(std::move(options), clock_, receiver_);
    const auto started = simulator_->start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
    advance("1m");
  }
  void advance(const std::string& by) {
    core::Request request;
    request.method = "POST";
    request.target = "/_simulator/clock/advance";
    request.body = Json{{"by", by}}.dump();
    const core::Outcome answer = simulator_->handle(request);
    TERAPI_CHECK(answer.response.status == 200, answer.response.body);
  }
  std::int64_t runs() const { return counted("terapi_runs_total "); }
  std::int64_t webhooks() const { return counted("terapi_webhook_attempts_total "); }

 private:
  std::int64_t counted(const std::string& name) const {
    const std::string text = simulator_->handle({.target = "/metrics"}).response.body;
    const std::size_t at = text.find("\n" + name);
    TERAPI_CHECK(at != std::string::npos, "the metrics have " + name);
    return std::stoll(text.substr(at + 1 + name.size()));
  }

  core::VirtualClock clock_;
  core::HandlerTransport receiver_;
  std::unique_ptr<simulator::Simulator> simulator_;
};

void run_for_a_day(benchmark::State& state, bool changing) {
  const std::int64_t connections = state.range(0);
  for (auto _ : state) {
    state.PauseTiming();
    auto world = std::make_unique<BackgroundWorld>(connections, changing);
    const std::int64_t runs = world->runs();
    const std::int64_t webhooks = world->webhooks();
    state.ResumeTiming();
    world->advance("1d");
    state.PauseTiming();
    const std::int64_t announced = changing ? connections * kRunsADay : 0;
    TERAPI_CHECK(world->runs() - runs == connections * kRunsADay, "every connection ran hourly");
    TERAPI_CHECK(world->webhooks() - webhooks == announced, "each change was announced, once");
    world.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * connections * kRunsADay);
}
BENCHMARK_CAPTURE(run_for_a_day, idle, false)
    ->Name("background/idle")
    ->Arg(1000)
    ->Arg(2000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_for_a_day, changing, true)
    ->Name("background/changing")
    ->Arg(1000)
    ->Arg(2000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace terapi::benchmarks
