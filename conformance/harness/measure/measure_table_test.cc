#include "conformance/harness/measure/measure_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/harness/measure/measurement_sample.h"

namespace terapi::conformance {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(FigureText, HasThreeDigitsThatCount) {
  EXPECT_EQ(figure_text(31'204.4), "31,204");
  EXPECT_EQ(figure_text(1'234'567), "1,234,567");
  EXPECT_EQ(figure_text(999.6), "1,000");
  EXPECT_EQ(figure_text(100), "100");
  EXPECT_EQ(figure_text(99.96), "100");
  EXPECT_EQ(figure_text(42.25), "42.2");
  EXPECT_EQ(figure_text(9.996), "10.0");
  EXPECT_EQ(figure_text(4.213), "4.21");
  EXPECT_EQ(figure_text(0.1), "0.10");
  EXPECT_EQ(figure_text(0.0351), "0.035");
  EXPECT_EQ(figure_text(0), "0.00");
}

TEST(MeasureTable, ShowsValuesSpreadsAndRatios) {
  const std::string table = measure_table(sample_measurement(), ConsoleStyle());
  EXPECT_THAT(table, ContainsRegex("bare reader +terapi-sync +client.py\n"));
  EXPECT_THAT(table,
              ContainsRegex("records/s, 300 bytes +950,000 +300,000 ±33 % +30,000  0.10 ×\n"));
}

TEST(MeasureTable, SaysWhyAFigureIsMissingAndUntilWhatOthersAre) {
  const std::string table = measure_table(sample_measurement(), ConsoleStyle());
  EXPECT_THAT(table, HasSubstr("p50, 1 change/s: nobody listens on TERAPI_WEBHOOK_PORT\n"));
  EXPECT_THAT(table, HasSubstr("client.py: until it was SERVED, not until it was stored"));
  EXPECT_THAT(table, HasSubstr("terapi-sync: stored: its last write into TERAPI_STATE_DIR"));
  EXPECT_THAT(table, HasSubstr("!  other work took 0.4"));
}

TEST(MeasureTable, ANameSteersNoTerminal) {
  Measurement sample = sample_measurement();
  sample.clients[1].client.name = "\x1b[2J";
  EXPECT_THAT(measure_table(sample, ConsoleStyle()), Not(HasSubstr("\x1b")));
}

TEST(MeasuredRows, AreThoseOfTheParts) {
  MeasuringOptions options;
  options.parts = {MeasuredPart::kCatchUp};
  options.round_trip = core::Duration(0);
  const auto rows = measured_rows(options);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].id, "catch-up/0ms");
  EXPECT_EQ(measured_rows({}).size(), 25u);
}

}  // namespace
}  // namespace terapi::conformance
