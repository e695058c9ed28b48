#include "core/prometheus_label.h"

#include <gtest/gtest.h>

namespace terapi::core {
namespace {

TEST(PrometheusLabel, EscapesQuotesBackslashesAndLineEnds) {
  EXPECT_EQ(prometheus_label("plain é"), "plain é");
  EXPECT_EQ(prometheus_label("a\"b\\c\nd"), R"(a\"b\\c\nd)");
}

}  // namespace
}  // namespace terapi::core
