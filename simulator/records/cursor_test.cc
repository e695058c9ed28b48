#include "simulator/records/cursor.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "core/base64.h"
#include "core/random.h"
#include "core/url.h"

namespace terapi::simulator {
namespace {

// From the guide.
constexpr std::string_view kExample =
    "Y3JlYXRlZF9hdF4yMDIzLTExLTE3VDExOjQ3OjE0LjQ0NyswMjowMHxpZF4xYTE2MTYwMS0yMzk5LTQ4MzYtYWFiMi1mNj"
    "k1"
    "ZWI2YTZhYzI";

Position random_position(core::Random& random) {
  // Anywhere in the years 1970 to 2100.
  return {Time(Duration(static_cast<std::int64_t>(random.below(4102444800ULL * 1000000)))),
          random_uuid(random.next(), random.next())};
}

std::string base64(std::string_view text) { return core::base64(text, core::Padding::kWithout); }

std::string written(std::string_view time, std::string_view id) {
  return base64("created_at^" + std::string(time) + "|id^" + std::string(id));
}

constexpr std::string_view kUuid = "1a161601-2399-4836-aab2-f695eb6a6ac2";

TEST(Cursor, DecodesTheGuidesExample) {
  const auto position = decode_cursor(kExample, terapi_dialect());
  ASSERT_TRUE(position);
  EXPECT_EQ(format_timestamp(position->time), "2023-11-17T09:47:14.447000+00:00");
  EXPECT_EQ(format_uuid(position->id), kUuid);
}

TEST(Cursor, IsWrittenAsTheGuideWritesIt) {
  const Position position{*core::parse_rfc3339("2023-11-17T09:47:14.447001Z"), *parse_uuid(kUuid)};
  const std::string cursor = encode_cursor(position, terapi_dialect());
  EXPECT_EQ(core::decode_base64(cursor).value_or(""),
            "created_at^2023-11-17T09:47:14.447001+00:00|id^" + std::string(kUuid));
  EXPECT_EQ(cursor.find('='), std::string::npos);
  std::string appended = "cursor=";
  append_cursor(appended, position, terapi_dialect());
  EXPECT_EQ(appended, "cursor=" + cursor);
}

TEST(Cursor, ComesBackWholeInBothDialects) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    core::Random random(seed);
    const Position position = random_position(random);
    for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
      const std::string cursor = encode_cursor(position, *dialect);
      EXPECT_EQ(decode_cursor(cursor, *dialect), position)
          << "seed " << seed << " dialect " << dialect->name << ": " << cursor;
      // What --data-urlencode and a query make of it.
      const auto target = core::parse_target("/?cursor=" + core::percent_encode(cursor));
      ASSERT_TRUE(target);
      EXPECT_EQ(target->query.front().second, cursor) << "seed " << seed;
    }
  }
}

TEST(Cursor, DiffersWherePositionsDiffer) {
  std::set<std::string> cursors;
  const Time time = core::VirtualClock::start_of_time();
  for (int i = 0; i < 100; ++i) {
    for (const char* id : {"a", "b", "c"}) {
      EXPECT_TRUE(
          cursors.insert(encode_cursor({time + Duration(i), record_uuid(1, id)}, terapi_dialect()))
              .second);
    }
  }
}

TEST(Cursor, TakesWhatPeoplesToolsMakeOfIt) {
  const Position position{*core::parse_rfc3339("2023-11-17T09:47:14.5Z"), *parse_uuid(kUuid)};
  const std::string plain = encode_cursor(position, terapi_dialect());
  EXPECT_EQ(decode_cursor(plain + "=", terapi_dialect()), position);
  EXPECT_EQ(decode_cursor(plain + "==", terapi_dialect()), position);
  for (const std::string time :
       {"2023-11-17T09:47:14.5Z", "2023-11-17T11:47:14.500+02:00", "2023-11-17T03:47:14.5-06:00",
        "2023-11-17t09:47:14.500000999z", "2023-11-17 09:47:14.50+00:00"}) {
    EXPECT_EQ(decode_cursor(written(time, kUuid), terapi_dialect()), position) << time;
  }
  EXPECT_EQ(decode_cursor(written("2023-11-17T09:47:14.5Z", "1A161601-2399-4836-AAB2-F695EB6A6AC2"),
                          terapi_dialect()),
            position);
}

TEST(Cursor, KeepsMicrosecondsApart) {
  const auto one = decode_cursor(written("2023-11-17T09:47:14.447001Z", kUuid), terapi_dialect());
  const auto two = decode_cursor(written("2023-11-17T09:47:14.447002Z", kUuid), terapi_dialect());
  ASSERT_TRUE(one && two);
  EXPECT_LT(*one, *two);
}

TEST(Cursor, GivesNothingForWhatDoesNotDecode) {
  const std::string time = "2023-11-17T09:47:14.447Z";
  const std::string uuid(kUuid);
  for (const std::string& bad : {std::string(),
                                 std::string("null"),
                                 std::string("undefined"),
                                 std::string("0"),
                                 std::string("="),
                                 std::string("===="),
                                 std::string("%"),
                                 std::string("a b"),
                                 base64(""),
                                 base64(time),
                                 base64(uuid),
                                 base64(time + "|" + uuid),
                                 base64("created_at^" + time),
                                 base64("created_at^" + time + "|id^"),
                                 base64("id^" + uuid + "|created_at^" + time),
                                 base64("Created_at^" + time + "|id^" + uuid),
                                 base64(" created_at^" + time + "|id^" + uuid),
                                 base64("created_at^|id^" + uuid),
                                 base64("created_at^" + time + "|id^" + uuid + " "),
                                 base64("created_at^" + time + "|id^" + uuid + "|id^" + uuid),
                                 base64("created_at^2023-02-30T00:00:00Z|id^" + uuid),
                                 base64("created_at^2023-11-17|id^" + uuid),
                                 base64("created_at^1700214434|id^" + uuid),
                                 base64("created_at^" + time + "|id^" + uuid.substr(1)),
                                 base64("created_at^" + time + "|id^{" + uuid + "}"),
                                 base64(base64("created_at^" + time + "|id^" + uuid)),
                                 std::string(kExample) + "!",
                                 "\n" + std::string(kExample),
                                 std::string(kExample) + "\n",
                                 std::string("\xFF\xFE", 2),
                                 std::string(100000, 'A'),
                                 std::string(100000, '=')}) {
    EXPECT_FALSE(decode_cursor(bad, terapi_dialect()))
        << testing::PrintToString(bad.substr(0, 200));
    EXPECT_FALSE(decode_cursor(bad, nango_dialect())) << testing::PrintToString(bad.substr(0, 200));
  }
}

TEST(Cursor, GivesNothingForAnyPrefixOfOne) {
  for (std::size_t length = 0; length + 1 < kExample.size(); ++length) {
    EXPECT_FALSE(decode_cursor(kExample.substr(0, length), terapi_dialect())) << length;
  }
}

// Whatever comes, it is nothing or a position whose cursor decodes to itself.
TEST(Cursor, SurvivesRandomDamage) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    core::Random random(seed);
    for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
      std::string cursor = encode_cursor(random_position(random), *dialect);
      if (seed % 2 == 0) cursor = core::decode_base64(cursor).value_or("");
      for (std::uint64_t i = 0; i <= random.below(3); ++i) {
        const std::size_t at = random.below(cursor.size());
        switch (random.below(3)) {
          case 0:
            cursor[at] = static_cast<char>(random.below(256));
            break;
          case 1:
            cursor.erase(at, 1 + random.below(3));
            break;
          default:
            cursor.insert(at, 1, static_cast<char>(random.below(128)));
        }
        if (cursor.empty()) cursor = "x";
      }
      if (seed % 2 == 0) cursor = base64(cursor);
      const auto position = decode_cursor(cursor, *dialect);
      refused += position ? 0 : 1;
      if (!position) continue;
      EXPECT_EQ(decode_cursor(encode_cursor(*position, *dialect), *dialect), position)
          << "seed " << seed << " dialect " << dialect->name;
    }
  }
  EXPECT_GT(refused, 3000);
}

TEST(Cursor, OfTheNangoDialectIsPaddedAndHasPipes) {
  const Position position{*core::parse_rfc3339("2023-11-17T09:47:14.500Z"), *parse_uuid(kUuid)};
  const std::string cursor = encode_cursor(position, nango_dialect());
  EXPECT_EQ(cursor.size() % 4, 0U);
  EXPECT_EQ(core::decode_base64(cursor).value_or(""),
            "2023-11-17T09:47:14.5+00:00||" + std::string(kUuid));
  EXPECT_FALSE(decode_cursor(kExample, nango_dialect()));
  EXPECT_FALSE(decode_cursor(cursor, terapi_dialect()));
}

TEST(Position, OrdersByTimeThenId) {
  const Time time = core::VirtualClock::start_of_time();
  const Uuid low = *parse_uuid("00000000-0000-8000-8000-000000000001");
  const Uuid high = *parse_uuid("ff000000-0000-8000-8000-000000000000");
  EXPECT_LT((Position{time, high}), (Position{time + Duration(1), low}));
  EXPECT_LT((Position{time, low}), (Position{time, high}));
  EXPECT_LT(Position::start(), (Position{time, low}));
  EXPECT_LT(Position::just_before(time), (Position{time, Uuid::lowest()}));
  EXPECT_LT((Position{time - Duration(1), high}), Position::just_before(time));
}

}  // namespace
}  // namespace terapi::simulator
