#include "conformance/contract/cursor.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/contract/timestamp.h"
#include "core/base64.h"

namespace terapi::conformance {
namespace {

constexpr char kUuid[] = "1a161601-2399-4836-aab2-f695eb6a6ac2";

Position place(std::string_view time, std::string id) {
  return {*read_timestamp(time), std::move(id)};
}

std::string terapi_text(std::string_view plain) {
  return core::base64(plain, core::Padding::kWithout);
}
std::string nango_text(std::string_view plain) { return core::base64(plain, core::Padding::kWith); }

std::string error_of(const std::string& text, const Dialect& dialect) {
  const core::Result<Position> position = read_cursor(text, dialect);
  if (position) return "";
  return position.error().code;
}

TEST(Cursor, TheContractsExampleIsReadAndWritten) {
  const std::string text =
      "Y3JlYXRlZF9hdF4yMDI0LTAxLTAxVDAwOjAwOjAwLjAwMDAwMCswMDowMHxpZF4xYTE2MTYwMS0yMzk5LTg4MzYt"
      "YWFiMi1mNjk1ZWI2YTZhYzI";
  const Position expected =
      place("2024-01-01T00:00:00.000000+00:00", "1a161601-2399-8836-aab2-f695eb6a6ac2");
  const core::Result<Position> position = read_cursor(text, terapi_dialect());
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(*position, expected);
  EXPECT_EQ(write_cursor(expected, terapi_dialect()), text);
}

TEST(Cursor, TheGuidesExampleIsReadThoughItsTimestampIsSpelledOtherwise) {
  const std::string text =
      "Y3JlYXRlZF9hdF4yMDIzLTExLTE3VDExOjQ3OjE0LjQ0NyswMjowMHxpZF4xYTE2MTYwMS0yMzk5LTQ4MzYtYWFi"
      "Mi1mNjk1ZWI2YTZhYzI";
  const core::Result<Position> position = read_cursor(text, terapi_dialect());
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(*position, place("2023-11-17T09:47:14.447Z", kUuid));
}

TEST(Cursor, ThePublicSystemsExampleIsReadAndWritten) {
  const std::string plain =
      "2026-11-23T14:28:34.017296+00:00||4ccf8c9a-1d2f-550e-90d4-45b94caf5192";
  const core::Result<Position> position = read_cursor(nango_text(plain), nango_dialect());
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(*position,
            place("2026-11-23T14:28:34.017296Z", "4ccf8c9a-1d2f-550e-90d4-45b94caf5192"));
  EXPECT_EQ(write_cursor(*position, nango_dialect()), nango_text(plain));
  EXPECT_EQ(write_cursor(place("2026-11-23T14:28:34.5Z", kUuid), nango_dialect()),
            nango_text(std::string("2026-11-23T14:28:34.5+00:00||") + kUuid))
      << "trimmed, and with padding";
}

TEST(Cursor, OfTheOtherDialectIsNone) {
  const Position position = place("2024-01-01T00:00:00Z", kUuid);
  EXPECT_EQ(error_of(write_cursor(position, nango_dialect()), terapi_dialect()), "bad_cursor");
  EXPECT_EQ(error_of(write_cursor(position, terapi_dialect()), nango_dialect()), "bad_cursor");
}

TEST(Cursor, IdsAreReadInLowerCase) {
  const core::Result<Position> position = read_cursor(
      terapi_text("created_at^2024-01-01T00:00:00Z|id^1A161601-2399-4836-AAB2-F695EB6A6AC2"),
      terapi_dialect());
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(position->id, kUuid);
}

TEST(Cursor, TextThatIsNoneIsRefused) {
  const std::string good = std::string("created_at^2024-01-01T00:00:00.000000+00:00|id^") + kUuid;
  EXPECT_EQ(error_of(terapi_text(good), terapi_dialect()), "");
  for (const std::string& plain : std::vector<std::string>{
           "", "created_at^", "created_at^|id^", good + "0", good + " ", good + "|id^" + kUuid,
           good.substr(0, good.size() - 1), " " + good, good.substr(1),
           std::string("created_at^2024-01-01|id^") + kUuid,
           std::string("created_at^2024-01-01T00:00:00|id^") + kUuid,
           std::string("created_at^2024-01-01T00:00:00Z|") + kUuid,
           std::string("updated_at^2024-01-01T00:00:00Z|id^") + kUuid,
           "created_at^2024-01-01T00:00:00Z|id^1a161601-2399-4836-aab2-f695eb6a6acg",
           "created_at^2024-01-01T00:00:00Z|id^1a161601x2399-4836-aab2-f695eb6a6ac2",
           "created_at^2024-01-01T00:00:00Z|id^1a16160123994836aab2f695eb6a6ac2"}) {
    EXPECT_EQ(error_of(terapi_text(plain), terapi_dialect()), "bad_cursor") << plain;
  }
  EXPECT_EQ(error_of("not base64!", terapi_dialect()), "bad_cursor");
  const std::string whole = terapi_text(good);
  ASSERT_NE(whole.size() % 4, 0U);
  EXPECT_EQ(error_of(nango_text(good), terapi_dialect()), "bad_cursor") << "padded";
  EXPECT_EQ(error_of(whole.substr(0, whole.size() - 1), terapi_dialect()), "bad_cursor");
  std::string spare_bits = whole;  // the last character says more bits than there are bytes
  ++spare_bits.back();
  EXPECT_EQ(error_of(spare_bits, terapi_dialect()), "bad_cursor");
}

TEST(Cursor, ErrorsAreOfBoundedLength) {
  const core::Result<Position> position = read_cursor(std::string(1000000, '!'), terapi_dialect());
  ASSERT_FALSE(position);
  EXPECT_LT(position.error().message.size(), 300U);
}

TEST(Position, IsOrderedByTimeAndThenById) {
  const Position early = place("2024-01-01T00:00:00Z", "ffffffff-0000-0000-0000-000000000000");
  const Position late =
      place("2024-01-01T00:00:00.000001Z", "00000000-0000-0000-0000-000000000000");
  const Position late_too =
      place("2024-01-01T00:00:00.000001Z", "a0000000-0000-0000-0000-000000000000");
  const Position late_nine =
      place("2024-01-01T00:00:00.000001Z", "90000000-0000-0000-0000-000000000000");
  EXPECT_LT(early, late);
  EXPECT_LT(late, late_nine);
  EXPECT_LT(late_nine, late_too) << "digits before letters, as the bytes are";
  EXPECT_EQ(late, late);
  EXPECT_GT(place("2024-01-01T00:00:00Z", kUuid), place("1969-12-31T23:59:59Z", kUuid));
}

TEST(Cursor, ComesBackAsItWasWritten) {
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    for (std::int64_t micros = 0; micros < 2'000'000'000'000'000; micros += 12'345'678'901'230) {
      const Position position{core::Time(core::Duration(micros)), kUuid};
      const core::Result<Position> back = read_cursor(write_cursor(position, *dialect), *dialect);
      ASSERT_TRUE(back) << back.error().message;
      ASSERT_EQ(*back, position);
    }
  }
}

}  // namespace
}  // namespace terapi::conformance
