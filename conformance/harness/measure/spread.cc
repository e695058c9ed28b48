#include "conformance/harness/measure/spread.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace terapi::conformance {

double Spread::share() const {
  if (rounds < 2 || median <= 0) return 0;
  return std::max(most - median, median - least) / median;
}

Spread spread_of(std::vector<double> values) {
  TERAPI_CHECK(!values.empty(), "a figure of no round");
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {median, values.front(), values.back(), values.size()};
}

double percentile(std::vector<double> values, double percent) {
  TERAPI_CHECK(!values.empty(), "a percentile of nothing");
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values[std::min(place, values.size() - 1)];
}

}  // namespace terapi::conformance
