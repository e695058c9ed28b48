// Work on the one thread grows with what a request carries, and not with its square. CPU time of
// this thread is compared with itself, generously: eight times as much may cost 24 times as much,
// where the square would be 64. (benchmarks/growth_bench.cc measures it.)
#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

#include "simulator/test_growing_requests.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds_for(const std::vector<core::Request>& requests) {
  double least = 1e9;
  for (int i = 0; i < 2; ++i) {
    InProcessSimulator s;
    for (std::size_t j = 0; j + 1 < requests.size(); ++j) {
      EXPECT_LT(s.outcome(requests[j]).response.status, 300);
    }
    const double began = thread_cpu_seconds();
    s.outcome(requests.back());
    least = std::min(least, thread_cpu_seconds() - began);
  }
  return least;
}

class Growth : public testing::TestWithParam<GrowthCase> {};

TEST_P(Growth, IsNearLinear) {
  constexpr std::size_t kSmall = 500;
  const double small = seconds_for(GetParam().requests(kSmall));
  const double large = seconds_for(GetParam().requests(8 * kSmall));
  EXPECT_LT(large, 24 * small) << small * 1e3 << " ms, " << large * 1e3 << " ms";
}

INSTANTIATE_TEST_SUITE_P(Of, Growth, testing::ValuesIn(growth_cases()),
                         [](const testing::TestParamInfo<GrowthCase>& each) {
                           std::string name = each.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace terapi::simulator
