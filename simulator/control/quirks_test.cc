// Quirks and the time zone as a world says them, through both APIs (docs/nango.md).
#include <gmock/gmock.h>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

int status_of(InProcessSimulator& s, const std::string& path, core::Headers headers) {
  core::Request request;
  request.target = path;
  request.headers = std::move(headers);
  return s.send_unchecked(request).status;
}

int bad_cursor(InProcessSimulator& s) {
  return status_of(s, "/records?model=Issue&cursor=abc", TestSimulator::headers());
}

TEST(Quirks, AreTheWorldsInEitherDialect) {
  InProcessSimulator s({.world = R"("quirks":{"bad_cursor_500":true})"});
  EXPECT_EQ(bad_cursor(s), 500);
  EXPECT_EQ(s.ok("GET", "/world")["quirks"], Json::parse(R"({"bad_cursor_500":true})"));
  s.ok(
      "PUT", "/world",
      R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})");
  EXPECT_EQ(bad_cursor(s), 400);
  InProcessSimulator nango(
      {.world = R"("quirks":{"bad_cursor_500":false})", .dialect = &nango_dialect()});
  EXPECT_EQ(bad_cursor(nango), 400);
}

TEST(Quirks, AreTakenBackWithASnapshot) {
  InProcessSimulator s;
  s.ok("POST", "/snapshots/before");
  s.ok("PUT", "/world",
       R"({"quirks":{"bad_cursor_500":true},)"
       R"("integrations":[{"id":"github"}],)"
       R"("connections":[{"id":"demo","integration":"github"}]})");
  EXPECT_EQ(bad_cursor(s), 500);
  s.ok("POST", "/snapshots/before/restore");
  EXPECT_EQ(bad_cursor(s), 400);
}

TEST(Quirks, ThatDoNotExistAreRefused) {
  InProcessSimulator s;
  const core::Response refused = s.control("PUT", "/world", R"({"quirks":{"late_comit":true}})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("late_commit"));
}

TEST(Quirks, DecideWhatCallersGetWhileTheDatabaseIsDown) {
  for (const bool quirk : {false, true}) {
    InProcessSimulator s({.world = std::string(R"("quirks":{"database_down_401":)") +
                                   (quirk ? "true" : "false") + "}"});
    s.ok("PUT", "/faults/down", R"({"on":"api","do":{"database_down":true},"times":1})");
    EXPECT_EQ(status_of(s, "/records?model=Issue", TestSimulator::headers()), quirk ? 401 : 500);
    EXPECT_EQ(status_of(s, "/records?model=Issue", TestSimulator::headers()), 200);
  }
}

TEST(Quirks, ShowAPageWhereThereIsNothing) {
  InProcessSimulator s({.world = R"("quirks":{"html_on_unknown_paths":true})"});
  EXPECT_EQ(status_of(s, "/nothing", {}), 200);
  InProcessSimulator plain;
  EXPECT_EQ(status_of(plain, "/nothing", {}), 404);
}

// CUR-8 broken as overlapping writers break it: of two syncs that write one model in turn, some
// saves stand before what was there to be read already.
TEST(Quirks, LetSyncsThatOverlapCommitOutOfOrder) {
  const auto moved_back = [](const std::string& world) {
    InProcessSimulator s({.world = world});
    int count = 0;
    std::string last;
    for (int i = 0; i < 200; ++i) {
      const std::string id = std::to_string(i);
      s.ok("POST", "/runs",
           R"({"integration":"github","connection":"demo","model":"Issue","sync":")" +
               std::string(i % 2 == 0 ? "one" : "two") + R"(","save":[{"id":")" + id + R"("}]})");
      const Json page = s.page({{"ids", id}});
      const std::string at = page["records"][0]["_terapi_metadata"]["last_modified_at"];
      if (at < last) ++count;
      last = std::max(last, at);
    }
    return count;
  };
  EXPECT_EQ(moved_back(""), 0);
  const int count = moved_back(R"("quirks":{"late_commit":true})");
  EXPECT_GT(count, 3);
  EXPECT_LT(count, 40) << "about one in 16";
}

TEST(TimeZone, IsThatOfTheDatabaseInTheNangoDialect) {
  InProcessSimulator s({.world = R"("time_zone":"-05:00")", .dialect = &nango_dialect()});
  s.save({"a", "b"});
  core::Request request;
  request.target = "/records?model=Issue&limit=1";
  request.headers = TestSimulator::headers();
  const Json first = Json::parse(s.send_unchecked(request).body);
  EXPECT_THAT(first["records"][0]["_nango_metadata"]["last_modified_at"].get<std::string>(),
              EndsWith("-05:00"));
  request.target += "&cursor=" + core::percent_encode(first["next_cursor"].get<std::string>());
  const Json second = Json::parse(s.send_unchecked(request).body);
  EXPECT_EQ(second["records"].size(), 1U);
  EXPECT_NE(second["records"][0]["id"], first["records"][0]["id"]);
  EXPECT_EQ(s.ok("GET", "/world")["time_zone"], "-05:00");
}

TEST(TimeZone, IsUtcInTerapi) {
  InProcessSimulator s;
  EXPECT_EQ(s.control("PUT", "/world", R"({"time_zone":"-05:00"})").status, 400);
  EXPECT_EQ(s.control("PUT", "/world", R"({"time_zone":"New York"})").status, 400);
}

}  // namespace
}  // namespace terapi::simulator
