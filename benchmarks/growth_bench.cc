// How the work of one request grows with what it carries: each at n and at 2n, which is to cost
// twice as much and not four times. In one thread, without sockets: the simulator as a class.
//
// The memory of a run goes back to the system between two of them, where malloc's thresholds have
// it so, and its pages are new in the next: as in the program, where a large request is a rare one.
// MALLOC_TRIM_THRESHOLD_ and MALLOC_MMAP_THRESHOLD_ at 1 GB measure without that.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "core/check.h"
#include "core/clock.h"
#include "core/transport.h"
#include "simulator/simulator.h"
#include "simulator/test_growing_requests.h"

namespace terapi::benchmarks {
namespace {

void grow(benchmark::State& state, const simulator::GrowthCase& of) {
  const std::vector<core::Request> requests = of.requests(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    {
      core::VirtualClock clock;
      core::HandlerTransport nobody(
          [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); });
      simulator::SimulatorOptions options;
      options.world_text =
          R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
      simulator::Simulator simulator(options, clock, nobody);
      TERAPI_CHECK(simulator.start().has_value(), "the world is a good one");
      for (std::size_t i = 0; i + 1 < requests.size(); ++i) {
        TERAPI_CHECK(simulator.handle(requests[i]).response.status < 300, "it is prepared");
      }
      state.ResumeTiming();
      benchmark::DoNotOptimize(simulator.handle(requests.back()).response.status);
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const simulator::GrowthCase& each : simulator::growth_cases()) {
    benchmark::RegisterBenchmark(("growth/" + each.name).c_str(), grow, each)
        ->Arg(static_cast<std::int64_t>(each.n))
        ->Arg(static_cast<std::int64_t>(2 * each.n))
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace terapi::benchmarks
