// CUR: cursors, in process and over sockets.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <regex>
#include <set>

#include "core/base64.h"
#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;

class CursorContract : public ContractTest {
 public:
  // What follows the cursor, page after page.
  std::vector<Json> walk_from(std::string cursor, const std::string& limit) {
    std::vector<Json> records;
    while (true) {
      const Json page = simulator().page({{"limit", limit}, {"cursor", cursor}});
      for (const Json& record : page["records"]) records.push_back(record);
      if (page["next_cursor"].is_null()) return records;
      cursor = page["next_cursor"];
    }
  }
};
TERAPI_ON_BOTH_BACKENDS(CursorContract);

std::vector<std::string> ids_with(const std::string& prefix, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(prefix + std::to_string(i));
  return ids;
}

// CUR-1
TEST_P(CursorContract, StandsInEveryRecordAndIsUnique) {
  TestSimulator& s = simulator();
  s.save(ids_with("a", 300));
  s.save(ids_with("b", 300));
  std::set<std::string> cursors;
  for (const Json& record : s.walk({{"limit", "100"}})) cursors.insert(cursor_of(record));
  EXPECT_EQ(cursors.size(), 600U);
}

// CUR-2
TEST_P(CursorContract, OrdersByModificationAndMovesWhatIsModifiedToTheEnd) {
  TestSimulator& s = simulator();
  for (const std::string id : {"c", "a", "b"}) s.save({id});
  EXPECT_THAT(ids_of(s.walk()), ElementsAre("c", "a", "b"));
  s.save({"c"}, 1);
  EXPECT_THAT(ids_of(s.walk()), ElementsAre("a", "b", "c"));
  s.remove({"a"});
  EXPECT_THAT(ids_of(s.walk()), ElementsAre("b", "c", "a"));
  s.save({"b"});  // the same payload: nothing moves
  EXPECT_THAT(ids_of(s.walk()), ElementsAre("b", "c", "a"));
  s.save({"a"}, 2);
  const Json all = s.page()["records"];
  EXPECT_THAT(ids_of(all), ElementsAre("b", "c", "a"));
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(metadata(all[i - 1])["last_modified_at"], metadata(all[i])["last_modified_at"]);
  }
}

// CUR-3, CUR-5: from the cursor of each record of a tie, exactly what follows.
TEST_P(CursorContract, ResumesAfterEachRecordOfATieWithTheExactSuffix) {
  TestSimulator& s = simulator();
  s.save(ids_with("before", 3));
  s.save(ids_with("tie", 500));
  s.save(ids_with("after", 3));
  const std::vector<Json> all = s.walk({{"limit", "7"}});
  ASSERT_EQ(all.size(), 506U);
  std::set<std::string> times;
  for (std::size_t i = 3; i < 503; ++i) times.insert(metadata(all[i])["last_modified_at"]);
  EXPECT_EQ(times.size(), 1U);
  EXPECT_EQ(s.walk({{"limit", "10000"}}), all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Json page = s.page({{"limit", "7"}, {"cursor", cursor_of(all[i])}});
    const std::size_t expected = std::min<std::size_t>(7, all.size() - i - 1);
    ASSERT_EQ(page["records"].size(), expected) << i;
    for (std::size_t j = 0; j < expected; ++j) ASSERT_EQ(page["records"][j], all[i + 1 + j]) << i;
    ASSERT_EQ(page["next_cursor"].is_null(), all.size() - i - 1 <= 7) << i;
  }
  const std::vector<Json> suffix = walk_from(cursor_of(all[100]), "7");
  EXPECT_EQ(suffix, std::vector<Json>(all.begin() + 101, all.end()));
}

// CUR-3
TEST_P(CursorContract, TellsNeighboursOneMicrosecondApart) {
  TestSimulator& s = simulator();
  for (int i = 0; i < 5; ++i) s.save({std::to_string(i)});  // time stands still: 1 µs each (CUR-9)
  const Json all = s.page()["records"];
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(walk_from(cursor_of(all[i]), "2").size(), 4 - i);
    EXPECT_EQ(metadata(all[i])["last_modified_at"],
              "2024-01-01T00:00:00.00000" + std::to_string(i) + "+00:00");
  }
}

// CUR-3
TEST_P(CursorContract, StaysGoodWhenItsRecordHasMovedOrWasDeletedOrPruned) {
  TestSimulator& s = simulator();
  for (const std::string id : {"a", "b", "c", "d"}) s.save({id});
  const Json all = s.page()["records"];
  const std::string of_b = cursor_of(all[1]);
  s.save({"b"}, 1);
  EXPECT_EQ(ids_of(walk_from(of_b, "2")), (std::vector<std::string>{"c", "d", "b"}));
  s.remove({"b"});
  EXPECT_EQ(ids_of(walk_from(of_b, "2")), (std::vector<std::string>{"c", "d", "b"}));
  s.remove({"c"});
  EXPECT_EQ(ids_of(walk_from(of_b, "1")), (std::vector<std::string>{"d", "b", "c"}));
  s.prune(cursor_of(all[3]));
  EXPECT_EQ(ids_of(walk_from(of_b, "1")), (std::vector<std::string>{"d", "b", "c"}));
}

// CUR-4
TEST_P(CursorContract, HasNoNextCursorWhenExactlyTheLimitIsLeft) {
  TestSimulator& s = simulator();
  s.save(ids_with("r", 10));
  for (const int limit : {1, 2, 5, 9, 10, 11}) {
    std::string cursor;
    int left = 10;
    while (true) {
      Parameters parameters = {{"limit", std::to_string(limit)}};
      if (!cursor.empty()) parameters.emplace_back("cursor", cursor);
      const Json page = s.page(parameters);
      ASSERT_EQ(page["records"].size(),
                std::min<std::size_t>(std::size_t(limit), std::size_t(left)));
      left -= limit;
      ASSERT_EQ(page["next_cursor"].is_null(), left <= 0) << limit << " " << left;
      if (left <= 0) break;
      cursor = page["next_cursor"];
      ASSERT_EQ(cursor, cursor_of(page["records"].back()));
    }
  }
  // The same when only filtered records would follow.
  s.remove({"r3"});
  EXPECT_TRUE(s.page({{"limit", "9"}, {"filter", "added"}})["next_cursor"].is_null());
  EXPECT_FALSE(s.page({{"limit", "9"}})["next_cursor"].is_null());
}

// CUR-6
TEST_P(CursorContract, IsUnpaddedBase64OfTimeAndUuid) {
  TestSimulator& s = simulator();
  s.advance("941305us");
  s.save({"a"});
  const Json record = s.page()["records"][0];
  const std::string cursor = cursor_of(record);
  EXPECT_EQ(cursor.find('='), std::string::npos);
  const auto text = core::decode_base64(cursor);
  ASSERT_TRUE(text);
  EXPECT_TRUE(std::regex_match(
      *text, std::regex(R"(created_at\^2024-01-01T00:00:00\.941305\+00:00\|id\^[0-9a-f]{8}-)"
                        R"([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")))
      << *text;
}

// CUR-6, CUR-7: the guide's own example, and what tools make of a cursor.
TEST_P(CursorContract, AcceptsTheGuidesExampleAndOtherSpellings) {
  TestSimulator& s = simulator();
  s.save({"a", "b"});
  constexpr std::string_view kExample =
      "Y3JlYXRlZF9hdF4yMDIzLTExLTE3VDExOjQ3OjE0LjQ0NyswMjowMHxpZF4xYTE2MTYwMS0yMzk5LTQ4MzYtYWFiMi1m"
      "Njk1ZWI2YTZhYzI";
  EXPECT_EQ(s.page({{"cursor", std::string(kExample)}})["records"].size(), 2U);
  const std::string cursor = cursor_of(s.page()["records"][0]);
  std::string padded = cursor;
  while (padded.size() % 4 != 0) padded += '=';
  EXPECT_EQ(s.page({{"cursor", padded}})["records"].size(), 1U);
}

// CUR-7: a position in time is accepted although no record has it.
TEST_P(CursorContract, AcceptsAPositionThatIsNobodys) {
  TestSimulator& s = simulator();
  s.save({"a"});
  s.run(R"("model":"Label","save":[{"id":"x"}])");
  s.save({"b"});
  const std::string other = cursor_of(s.page({{"model", "Label"}})["records"][0]);
  EXPECT_THAT(ids_of(s.page({{"cursor", other}})["records"]), ElementsAre("b"));
  const auto served_after = [&](std::string_view position) {
    return s.page({{"cursor", core::base64(position, core::Padding::kWithout)}})["records"].size();
  };
  EXPECT_EQ(served_after("created_at^2024-01-01T00:00:00Z|id^00000000-0000-0000-0000-000000000000"),
            2U);
  EXPECT_EQ(served_after("created_at^9999-12-31T23:59:59Z|id^ffffffff-ffff-ffff-ffff-ffffffffffff"),
            0U);
  EXPECT_EQ(served_after("created_at^0000-01-01T00:00:00Z|id^ffffffff-ffff-ffff-ffff-ffffffffffff"),
            2U);
}

// CUR-7
TEST_P(CursorContract, RefusesWhatDoesNotDecode) {
  TestSimulator& s = simulator();
  s.save({"a"});
  const std::string good = cursor_of(s.page()["records"][0]);
  std::vector<std::string> bad = {"x",
                                  "null",
                                  "0",
                                  "undefined",
                                  "%",
                                  "=",
                                  "====",
                                  "\n",
                                  " ",
                                  "'; DROP TABLE records; --",
                                  "\xFF\xFE",
                                  std::string("a\0b", 3),
                                  good.substr(1),
                                  good.substr(0, good.size() - 1),
                                  good.substr(0, good.size() / 2),
                                  good + good,
                                  good + "!",
                                  std::string(1000, 'A')};
  for (const std::string text :
       {"created_at^2024-01-01T00:00:00Z|id^",
        "created_at^|id^1a161601-2399-4836-aab2-f695eb6a6ac2",
        "created_at^2024-01-01T00:00:00Z|id^nonsense", "2024-01-01T00:00:00Z",
        "created_at^yesterday|id^1a161601-2399-4836-aab2-f695eb6a6ac2",
        "2024-01-01T00:00:00.000000+00:00||1a161601-2399-4836-aab2-f695eb6a6ac2", "{}", ""}) {
    const std::string cursor = core::base64(text, core::Padding::kWithout);
    if (!cursor.empty()) bad.push_back(cursor);
  }
  for (const std::string& cursor : bad) {
    const core::Response response = s.get({{"cursor", cursor}});
    EXPECT_EQ(response.status, 400) << cursor;
    EXPECT_EQ(error_code(response), "invalid_cursor") << cursor;
  }
  EXPECT_EQ(error_code(s.get({{"cursor", ""}})), "invalid_query_params");
  EXPECT_EQ(s.get({{"cursor", std::string(1001, 'A')}}).status, 400);
  EXPECT_EQ(s.get({}).status, 200);
}

// CUR-7: whatever bytes come, never 5xx.
TEST_P(CursorContract, NeverAnswersABadCursorWithAServerError) {
  TestSimulator& s = simulator();
  s.save({"a", "b", "c"});
  const std::string good = cursor_of(s.page()["records"][0]);
  std::mt19937 random(20240101);
  for (int i = 0; i < 300; ++i) {
    std::string cursor = good;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      cursor[random() % cursor.size()] = static_cast<char>(random() % 256);
    }
    const int status = s.get({{"cursor", cursor}}).status;
    EXPECT_TRUE(status == 200 || status == 400) << status << " " << cursor;
  }
}

// CUR-8: whatever is saved after a cursor was given out stands behind it.
TEST_P(CursorContract, NeverShowsAnythingBeforeACursorThatWasGivenOut) {
  TestSimulator& s = simulator();
  std::string last;
  for (int i = 0; i < 30; ++i) {
    s.save(ids_with("r", 1 + i % 4), i);
    if (i % 7 == 0) s.advance("1us");
    const std::vector<Json> all = s.walk();
    if (!last.empty()) {
      const std::vector<Json> news = walk_from(last, "1000");
      EXPECT_EQ(news.size(), std::size_t(1 + i % 4));
    }
    last = cursor_of(all.back());
  }
}

// CUR-9
TEST_P(CursorContract, SharesATimestampOnlyWithinOneSave) {
  TestSimulator& s = simulator();
  std::map<std::string, std::set<std::string>> saves_at;
  for (int i = 0; i < 20; ++i) s.save(ids_with("s" + std::to_string(i) + "-", 3));
  s.run(R"("model":"Label","save":[{"id":"x"}])");
  s.save({"last-0"});
  for (const Json& record : s.walk()) {
    const std::string id = record["id"];
    saves_at[metadata(record)["last_modified_at"]].insert(id.substr(0, id.find('-')));
  }
  EXPECT_EQ(saves_at.size(), 21U);
  for (const auto& [time, saves] : saves_at) EXPECT_EQ(saves.size(), 1U) << time;
}

// CUR-10: a replaced world's old cursors are positions in time.
TEST_P(CursorContract, StaysAPositionInTimeWhenTheRecordsAreGone) {
  TestSimulator& s = simulator();
  s.save({"a", "b"});
  const std::string cursor = cursor_of(s.page()["records"][0]);
  s.ok("PUT", "/world", test_world({}));
  s.save({"c"});
  EXPECT_THAT(ids_of(s.page({{"cursor", cursor}})["records"]), ElementsAre("c"));
}

// CUR-2, CUR-3: a reader who pages while others write misses no final version, whatever the pages.
TEST_P(CursorContract, BringsEachFinalVersionToAReaderWhoPagesWhileOthersWrite) {
  TestSimulator& s = simulator();
  std::mt19937 random(7);
  for (int round = 0; round < 8; ++round) {
    std::map<std::string, std::pair<int, bool>> truth;  // n, deleted
    std::map<std::string, std::pair<int, bool>> held;
    const std::string model = "M" + std::to_string(round);
    int version = 0;
    const auto write = [&] {
      Json save = Json::array();
      Json remove = Json::array();
      for (auto i = 1 + random() % 5; i > 0; --i) {
        const std::string id = std::to_string(random() % 25);
        if (random() % 4 == 0) {
          remove.push_back(id);
        } else {
          save.push_back({{"id", id}, {"n", ++version}});
        }
      }
      s.run("\"model\":\"" + model + "\",\"save\":" + save.dump() + ",\"delete\":" + remove.dump());
      for (const Json& record : save) truth[record["id"]] = {record["n"], false};
      for (const Json& id : remove) {
        if (truth.contains(id)) truth[id].second = true;
      }
      if (random() % 3 == 0) s.advance("1us");
    };
    for (int i = 0; i < 10; ++i) write();
    std::string cursor;
    for (int pages = 0;; ++pages) {
      ASSERT_LT(pages, 500);
      Parameters asked = {{"model", model}, {"limit", std::to_string(1 + random() % 6)}};
      if (!cursor.empty()) asked.emplace_back("cursor", cursor);
      const Json page = s.page(asked);
      for (const Json& record : page["records"]) {
        held[record["id"]] = {record["n"], metadata(record)["last_action"] == "DELETED"};
        cursor = cursor_of(record);
      }
      if (pages < 12) {
        write();
      } else if (page["next_cursor"].is_null()) {
        break;
      }
    }
    EXPECT_EQ(held, truth) << "round " << round;
  }
}

}  // namespace
}  // namespace terapi::simulator
