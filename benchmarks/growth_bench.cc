// How the work of one request grows with what it carries: each at n and at 2n, which is to cost
// twice as much and not four times. In one thread, without sockets: the simulator as a class.
//
// With glibc memory is kept between two runs: where it goes back to the system is a threshold, and
// with n below it and 2n above, the pages that are new each time would be taken for growth.
#include <benchmark/benchmark.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

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

// For the rest of the process.
void keep_memory() {
#if defined(__GLIBC__)
  constexpr int kBytes = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, kBytes);
  ::mallopt(M_TRIM_THRESHOLD, kBytes);
#endif
}

void grow(benchmark::State& state, const simulator::GrowthCase& of) {
  keep_memory();
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
