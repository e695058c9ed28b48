#include "conformance/harness/measure/bare_reader.h"

#include <gtest/gtest.h>

#include "conformance/harness/measure/marked_records.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

core::Result<BareReading> read_at(core::Duration round_trip, const Dialect& dialect) {
  auto stage = MeasuringStage::make(
      {.dialect = &dialect, .world = world_of(3, 300), .round_trip = round_trip}, {});
  if (!stage) return stage.error();
  return read_bare(**stage, 1, 60s);
}

TEST(BareReader, ReadsToTheLastPageInBothDialects) {
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    const auto reading = read_at(0us, *dialect);
    ASSERT_TRUE(reading.has_value()) << reading.error().message;
    EXPECT_GT(reading->bytes, 3 * 300u);
    EXPECT_LT(reading->bytes, 3 * 1000u);
  }
}

// Three pages, and the handshake of one connection.
TEST(BareReader, PaysTheNetworksRoundTrips) {
  const auto reading = read_at(30ms, terapi_dialect());
  ASSERT_TRUE(reading.has_value()) << reading.error().message;
  EXPECT_GE(reading->took, 4 * 30ms);
}

}  // namespace
}  // namespace terapi::conformance
