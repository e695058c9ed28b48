// REC: GET /records, in process and over sockets.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RecordsContract : public ContractTest {
 public:
  core::Response raw(const std::string& query) {
    return simulator().send(request_of("GET", "/records" + query, TestSimulator::headers()));
  }
};
TERAPI_ON_BOTH_BACKENDS(RecordsContract);

std::vector<std::string> numbered(int count) {
  std::vector<std::string> ids;
  for (int i = 1; i <= count; ++i) ids.push_back(std::to_string(i));
  return ids;
}

// REC-1
TEST_P(RecordsContract, AnswersRecordsAndNextCursorOfTheStreamAskedFor) {
  TestSimulator& s = simulator();
  s.save({"a"});
  s.run(R"("model":"Label","save":[{"id":"l"}])");
  s.run(R"("connection":"other","save":[{"id":"o"}])");
  s.run(R"("integration":"gitlab","save":[{"id":"g"}])");
  s.run(R"("variant":"v1","save":[{"id":"v"}])");
  const core::Response response = s.get({});
  EXPECT_EQ(header(response.headers, "Content-Type"), "application/json; charset=utf-8");
  const Json page = Json::parse(response.body);
  EXPECT_EQ(page.size(), 2U);
  EXPECT_TRUE(page["next_cursor"].is_null());
  EXPECT_THAT(ids_of(page["records"]), ElementsAre("a"));
  EXPECT_THAT(ids_of(s.page({{"model", "Label"}})["records"]), ElementsAre("l"));
  EXPECT_THAT(ids_of(s.page({{"variant", "v1"}})["records"]), ElementsAre("v"));
  EXPECT_THAT(ids_of(s.page({{"variant", "base"}})["records"]), ElementsAre("a"));
  core::Headers other = TestSimulator::headers();
  other.set("Connection-Id", "other");
  EXPECT_THAT(ids_of(s.page({}, other)["records"]), ElementsAre("o"));
  other.set("Connection-Id", "demo");
  other.set("Provider-Config-Key", "gitlab");
  EXPECT_THAT(ids_of(s.page({}, other)["records"]), ElementsAre("g"));
}

// REC-2
TEST_P(RecordsContract, ServesTheSameWithATrailingSlash) {
  simulator().save({"a", "b"});
  EXPECT_EQ(raw("/?model=Issue&limit=1").body, raw("?model=Issue&limit=1").body);
}

// REC-2
TEST_P(RecordsContract, AnswersHeadAsGetWithoutABody) {
  TestSimulator& s = simulator({.environment = R"("rate_limit":{"requests":9,"per":"1m"})"});
  s.save({"a"});
  const auto head = [&](const std::string& query) {
    return s.send(request_of("HEAD", "/records" + query, TestSimulator::headers()));
  };
  EXPECT_EQ(head("?model=Issue").status, 200);
  EXPECT_EQ(head("?model=Issue&limit=0").status, 400);
  const core::Response got = s.get({});
  const core::Response headed = head("?model=Issue");
  EXPECT_EQ(header(headed.headers, "Content-Type"), header(got.headers, "Content-Type"));
  EXPECT_TRUE(headed.headers.get("X-RateLimit-Remaining"));
  if (GetParam() == Backend::kSockets) {
    EXPECT_EQ(headed.body, "");
    EXPECT_EQ(header(headed.headers, "Content-Length"), std::to_string(got.body.size()));
  }
}

// REC-3
TEST_P(RecordsContract, RefusesAMissingOrEmptyModel) {
  EXPECT_THAT(error_list(raw("")), ElementsAre("model:invalid_type"));
  EXPECT_THAT(error_list(raw("?model=")), ElementsAre("model:invalid_format"));
  EXPECT_THAT(error_list(raw("?model=" + std::string(256, 'm'))),
              ElementsAre("model:invalid_format"));
  EXPECT_EQ(raw("?model=" + std::string(255, 'm')).status, 200);
}

// REC-3
TEST_P(RecordsContract, RefusesMissingHeadersAndUnknownConnections) {
  core::Headers with = TestSimulator::headers();
  with.erase("Connection-Id");
  EXPECT_THAT(error_list(simulator().get({}, with)), ElementsAre("connection-id:invalid_type"));
  with = TestSimulator::headers();
  with.erase("Provider-Config-Key");
  EXPECT_THAT(error_list(simulator().get({}, with)),
              ElementsAre("provider-config-key:invalid_type"));
  with.add("Provider-Config-Key", "gitlab");
  EXPECT_EQ(error_code(simulator().get({}, with)), "unknown_connection");
  with = TestSimulator::headers();
  with.set("Connection-Id", "Demo");
  const core::Response response = simulator().get({}, with);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_code(response), "unknown_connection");
}

// REC-3
TEST_P(RecordsContract, RefusesUnknownParameters) {
  for (const std::string name : {"Limit", "modifiedAfter", "page", "offset", "_", "cursor%5B%5D"}) {
    const core::Response response = raw("?model=Issue&" + name + "=1");
    EXPECT_EQ(response.status, 400) << name;
    EXPECT_THAT(error_list(response), ElementsAre(":unrecognized_keys")) << name;
  }
}

// REC-3
TEST_P(RecordsContract, RefusesAParameterGivenTwice) {
  simulator().save({"a"});
  const std::string cursor = cursor_of(simulator().page()["records"][0]);
  for (const auto& [name, value] : Parameters{{"limit", "1"},
                                              {"cursor", cursor},
                                              {"filter", "added"},
                                              {"variant", "base"},
                                              {"modified_after", "2024-01-01T00:00:00Z"},
                                              {"delta", "2024-01-01T00:00:00Z"}}) {
    const std::string once = "&" + name + "=" + core::percent_encode(value);
    EXPECT_EQ(raw("?model=Issue" + once).status, 200) << name;
    EXPECT_THAT(error_list(raw("?model=Issue" + once + once)), ElementsAre(name + ":invalid_type"));
  }
  EXPECT_THAT(error_list(raw("?model=Issue&model=Issue")), ElementsAre("model:invalid_type"));
}

// REC-4
TEST_P(RecordsContract, AnswersAModelWithoutRecordsWithAnEmptyPage) {
  EXPECT_EQ(simulator().get({{"model", "Never"}}).body, R"({"records":[],"next_cursor":null})");
}

// REC-5
TEST_P(RecordsContract, TakesWholeLimitsFromOneToTenThousand) {
  simulator().save(numbered(120));
  EXPECT_EQ(simulator().page()["records"].size(), 100U);
  for (const auto& [limit, count] : std::vector<std::pair<std::string, std::size_t>>{
           {"1", 1}, {"2", 2}, {"119", 119}, {"120", 120}, {"10000", 120}, {"007", 7}}) {
    EXPECT_EQ(simulator().page({{"limit", limit}})["records"].size(), count) << limit;
  }
}

// REC-5
TEST_P(RecordsContract, RefusesAnyOtherLimit) {
  simulator().save({"a"});
  for (const std::string limit :
       {"0", "10001", "1.5", "1.0", "1e3", "+5", "-1", "0x10", "", " 5", "5 ", "ten", "NaN",
        "18446744073709551617", "99999999999999999999999999", "00000000000", "1,000", "５"}) {
    const core::Response response = simulator().get({{"limit", limit}});
    EXPECT_EQ(response.status, 400) << limit;
    ASSERT_EQ(error_list(response).size(), 1U) << limit;
    EXPECT_EQ(error_list(response)[0].substr(0, 6), "limit:") << limit;
  }
}

// REC-6
TEST_P(RecordsContract, AnswersTheNamedIdsInTheStreamsOrder) {
  TestSimulator& s = simulator();
  for (const std::string id : {"c", "a", "b", "d"}) s.save({id});
  s.remove({"d"});
  EXPECT_THAT(ids_of(s.page({{"ids", "b"}})["records"]), ElementsAre("b"));
  EXPECT_THAT(
      ids_of(s.page(
          {{"ids", "b"}, {"ids", "nobody"}, {"ids", "c"}, {"ids", "d"}, {"ids", "b"}})["records"]),
      ElementsAre("c", "b", "d"));
  EXPECT_EQ(s.get({{"ids", "nobody"}}).body, R"({"records":[],"next_cursor":null})");
  const Json first = s.page({{"ids", "a"}, {"ids", "b"}, {"ids", "c"}, {"limit", "2"}});
  EXPECT_THAT(ids_of(first["records"]), ElementsAre("c", "a"));
  const Json second = s.page({{"ids", "a"},
                              {"ids", "b"},
                              {"ids", "c"},
                              {"limit", "2"},
                              {"cursor", first["next_cursor"].get<std::string>()}});
  EXPECT_THAT(ids_of(second["records"]), ElementsAre("b"));
  EXPECT_TRUE(second["next_cursor"].is_null());
}

// REC-6
TEST_P(RecordsContract, TakesAtMostAHundredIdsOf1To256Characters) {
  TestSimulator& s = simulator();
  s.save(numbered(101));
  Parameters ids = {{"limit", "1000"}};
  for (int i = 1; i <= 100; ++i) ids.emplace_back("ids", std::to_string(i));
  EXPECT_EQ(s.page(ids)["records"].size(), 100U);
  ids.emplace_back("ids", "101");
  EXPECT_THAT(error_list(s.get(ids)), ElementsAre("ids:invalid_union"));
  EXPECT_EQ(s.get({{"ids", std::string(256, 'x')}}).status, 200);
  EXPECT_THAT(error_list(s.get({{"ids", std::string(257, 'x')}})),
              ElementsAre("ids:invalid_union"));
  EXPECT_THAT(error_list(s.get({{"ids", ""}})), ElementsAre("ids:invalid_union"));
}

// REC-7
TEST_P(RecordsContract, AnswersExactlyTheUnionOfTheFilteredActions) {
  TestSimulator& s = simulator();
  s.save({"a1", "u1", "d1"});
  s.save({"a2", "u2", "d2"});
  s.save({"u1", "u2"}, 1);
  s.remove({"d1", "d2"});
  s.save({"a3"});
  const Json all = s.page()["records"];
  ASSERT_EQ(all.size(), 7U);
  const std::vector<std::string> words = {"added", "updated", "deleted"};
  for (unsigned subset = 1; subset < 8; ++subset) {
    std::vector<std::string> chosen;
    std::set<std::string> actions;
    for (unsigned i = 0; i < 3; ++i) {
      if ((subset & (1U << i)) == 0) continue;
      chosen.push_back(words[i]);
      std::string upper = words[i];
      std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
      actions.insert(upper);
    }
    std::vector<std::string> expected;
    for (const Json& record : all) {
      if (actions.contains(metadata(record)["last_action"])) expected.push_back(record["id"]);
    }
    std::sort(chosen.begin(), chosen.end());
    do {
      std::string filter;
      for (const std::string& word : chosen) filter += (filter.empty() ? "" : ",") + word;
      std::string upper = filter;
      std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
      std::string mixed = filter;
      for (std::size_t i = 0; i < mixed.size(); i += 2) mixed[i] = upper[i];
      for (const std::string& text : {filter, upper, mixed, filter + "," + filter}) {
        EXPECT_EQ(ids_of(s.page({{"filter", text}})["records"]), expected) << text;
        EXPECT_EQ(ids_of(s.walk({{"filter", text}, {"limit", "1"}})), expected) << text;
      }
    } while (std::next_permutation(chosen.begin(), chosen.end()));
  }
}

// REC-7
TEST_P(RecordsContract, RefusesAnyOtherFilter) {
  for (const std::string filter :
       {"", ",", "added,", ",added", "new", "added;deleted", "added deleted", "ADDED,gone", "*"}) {
    const core::Response response = simulator().get({{"filter", filter}});
    EXPECT_EQ(response.status, 400) << filter;
    EXPECT_EQ(error_code(response), "invalid_query_params") << filter;
  }
}

// REC-8
TEST_P(RecordsContract, ComparesModifiedAfterInclusivelyAtMicroseconds) {
  TestSimulator& s = simulator();
  s.save({"a"});
  s.advance("1us");
  s.save({"b"});
  s.advance("1us");
  s.save({"c"});
  const auto from = [&](const std::string& time) {
    return ids_of(s.page({{"modified_after", time}})["records"]);
  };
  EXPECT_THAT(from("2024-01-01T00:00:00Z"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(from("2024-01-01T00:00:00.000001Z"), ElementsAre("b", "c"));
  EXPECT_THAT(from("2024-01-01T00:00:00.000002Z"), ElementsAre("c"));
  EXPECT_THAT(from("2024-01-01T00:00:00.000003Z"), IsEmpty());
  EXPECT_THAT(from("2024-01-01T00:00:00.000001999Z"), ElementsAre("b", "c"));
  EXPECT_THAT(from("2024-01-01T02:00:00.000001+02:00"), ElementsAre("b", "c"));
  EXPECT_THAT(from("2023-12-31T18:30:00.000002-05:30"), ElementsAre("c"));
  EXPECT_THAT(from("2024-01-01t00:00:00.000002z"), ElementsAre("c"));
  EXPECT_THAT(from("2024-01-01T00:00:00.000000001Z"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ids_of(s.page({{"delta", "2024-01-01T00:00:00.000002Z"}})["records"]),
              ElementsAre("c"));
}

// REC-8: what the API serves is accepted back.
TEST_P(RecordsContract, AcceptsEachServedTimestampBack) {
  TestSimulator& s = simulator();
  s.save({"a", "b"});
  s.advance("941305us");
  s.save({"c"});
  s.advance("58695us");
  s.save({"d"});
  const Json all = s.page()["records"];
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string time = metadata(all[i])["last_modified_at"];
    const Json records = s.page({{"modified_after", time}})["records"];
    ASSERT_FALSE(records.empty()) << time;
    EXPECT_EQ(metadata(records[0])["last_modified_at"], time);
    EXPECT_EQ(records.back(), all.back());
  }
}

// REC-8
TEST_P(RecordsContract, RefusesGarbageInModifiedAfter) {
  for (const std::string time :
       {"", "yesterday", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z", "2024-01-01T25:00:00Z", "1704067200", "2024-01-01T00:00:00+2:00",
        "2024-01-01T00:00:00 02:00", "null", "2024-01-01T00:00:00.Z", "99999-01-01T00:00:00Z"}) {
    for (const std::string name : {"modified_after", "delta"}) {
      const core::Response response = simulator().get({{name, time}});
      EXPECT_EQ(response.status, 400) << time;
      EXPECT_THAT(error_list(response), ElementsAre(name + ":invalid_format")) << time;
    }
  }
}

// REC-8
TEST_P(RecordsContract, RefusesModifiedAfterOlderThanTwelveMonthsOnItsOwnClock) {
  TestSimulator& s = simulator();
  EXPECT_EQ(s.get({{"modified_after", "2023-01-01T00:00:00Z"}}).status, 200);
  EXPECT_THAT(error_list(s.get({{"modified_after", "2022-12-31T23:59:59.999999Z"}})),
              ElementsAre("modified_after:custom"));
  s.advance("1us");
  EXPECT_EQ(s.get({{"modified_after", "2023-01-01T00:00:00Z"}}).status, 400);
  EXPECT_EQ(s.get({{"modified_after", "2124-01-01T00:00:00Z"}}).status, 200);
}

// REC-9
TEST_P(RecordsContract, CombinesAllParametersWithAnd) {
  TestSimulator& s = simulator();
  for (int i = 1; i <= 6; ++i) {
    s.save({std::to_string(i)});
    s.advance("1s");
  }
  s.save({"2", "4"}, 1);
  s.remove({"5"});
  // In order now: 1 3 6 {2 4} 5
  const Json all = s.page()["records"];
  EXPECT_THAT(ids_of(s.page({{"cursor", cursor_of(all[0])},
                             {"modified_after", "2024-01-01T00:00:02Z"},
                             {"filter", "added,deleted"},
                             {"ids", "1"},
                             {"ids", "3"},
                             {"ids", "5"},
                             {"ids", "6"},
                             {"ids", "2"},
                             {"limit", "3"}})["records"]),
              ElementsAre("3", "6", "5"));
  // The later of cursor and modified_after decides, whichever it is.
  EXPECT_THAT(ids_of(s.page({{"cursor", cursor_of(all[2])},
                             {"modified_after", "2024-01-01T00:00:00Z"},
                             {"filter", "added"}})["records"]),
              IsEmpty());
  EXPECT_THAT(ids_of(s.page({{"cursor", cursor_of(all[0])},
                             {"modified_after", "2024-01-01T00:00:05Z"},
                             {"filter", "added"}})["records"]),
              ElementsAre("6"));
}

// REC-11, CUR-4
TEST_P(RecordsContract, KeepsPagesWithinTheByteBudgetAndStillReachesTheEnd) {
  TestSimulator& s = simulator({.environment = R"("max_response_bytes":2000)"});
  std::string records;
  for (int i = 1; i <= 20; ++i) {
    records += (i > 1 ? "," : "") + std::string(R"({"id":")") + std::to_string(i) +
               R"(","text":")" + std::string(i == 7 ? 5000 : 50, 'x') + "\"}";
  }
  s.run("\"save\":[" + records + "]");
  const Json first = s.page();
  EXPECT_LT(first["records"].size(), 20U);
  EXPECT_GE(first["records"].size(), 1U);
  EXPECT_FALSE(first["next_cursor"].is_null());
  EXPECT_EQ(first["next_cursor"], cursor_of(first["records"].back()));
  const std::vector<Json> walked = s.walk();
  EXPECT_EQ(walked.size(), 20U);
  s.settings(R"("max_response_bytes":1)");
  const Json one = s.page();
  EXPECT_EQ(one["records"].size(), 1U);  // at least one when any is left
  EXPECT_EQ(s.walk(), walked);
  s.settings(R"("max_response_bytes":null)");
  EXPECT_EQ(s.page()["records"].get<std::vector<Json>>(), walked);
}

}  // namespace
}  // namespace terapi::simulator
