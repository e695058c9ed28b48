// Schedules of the explorer: drawn from a seed, played against the reference client in virtual
// time, and judged, on one thread. "small" is two streams with 50 records between them and about
// five faults; "any" is whatever the explorer draws by itself.
#include <benchmark/benchmark.h>

#include "benchmarks/sample_records.h"
#include "conformance/harness/explore/explore_one.h"
#include "core/check.h"

namespace terapi::benchmarks {
namespace {

void explore_schedules(benchmark::State& state, conformance::DrawOptions draw) {
  std::uint64_t seed = kSeed;
  for (auto _ : state) {
    const conformance::Explored explored = conformance::explore_one(seed++, {.draw = draw});
    TERAPI_CHECK(!explored.found(), explored.reason);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(explore_schedules, small, {.size = conformance::DrawOptions::Size::kSmall})
    ->Name("explore/small")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(explore_schedules, any, {})->Name("explore/any")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace terapi::benchmarks
