#include "core/prometheus_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace terapi::core {
namespace {

TEST(PrometheusText, WritesFamiliesAndTheirSamples) {
  PrometheusText out;
  out.family("terapi_records", "gauge", "Records of each stream.");
  out.sample({{"model", "Issue"}, {"variant", "base"}}, std::uint64_t{12});
  out.sample({{"model", "User"}}, UINT64_MAX);
  out.single("terapi_runs_total", "counter", "Runs.", 0);
  EXPECT_EQ(out.take(),
            "# HELP terapi_records Records of each stream.\n"
            "# TYPE terapi_records gauge\n"
            "terapi_records{model=\"Issue\",variant=\"base\"} 12\n"
            "terapi_records{model=\"User\"} 18446744073709551615\n"
            "# HELP terapi_runs_total Runs.\n"
            "# TYPE terapi_runs_total counter\n"
            "terapi_runs_total 0\n");
}

TEST(PrometheusText, EscapesTheValuesOfLabels) {
  PrometheusText out;
  out.family("x", "gauge", "X.");
  out.sample({{"plain", "Issue/base"}, {"odd", "a\\b\"c\nd"}, {"none", ""}}, std::uint64_t{1});
  EXPECT_EQ(out.take(),
            "# HELP x X.\n# TYPE x gauge\n"
            "x{plain=\"Issue/base\",odd=\"a\\\\b\\\"c\\nd\",none=\"\"} 1\n");
}

TEST(PrometheusText, WritesSpansInSeconds) {
  using std::chrono::microseconds;
  PrometheusText out;
  out.family("x", "gauge", "X.");
  for (const auto span : {microseconds(0), microseconds(1), microseconds(1'500'000),
                          microseconds(-1), microseconds(-61'000'002)}) {
    out.sample({}, span);
  }
  EXPECT_EQ(out.take(),
            "# HELP x X.\n# TYPE x gauge\n"
            "x 0.000000\nx 0.000001\nx 1.500000\nx -0.000001\nx -61.000002\n");
}

}  // namespace
}  // namespace terapi::core
