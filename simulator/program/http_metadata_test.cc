// META, PRUNE and REC-10: what a record looks like, in process and over sockets.
#include <gmock/gmock.h>

#include <regex>

#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MetadataContract : public ContractTest {
 public:
  // The record as it is served now; null when it is not.
  Json record(const std::string& id) {
    const Json page = simulator().page({{"ids", id}});
    return page["records"].empty() ? Json() : page["records"][0];
  }
  // The payload's text as it is served: what stands before the metadata.
  std::string payload_text(const std::string& id) {
    const std::string body = simulator().get({{"ids", id}}).body;
    const std::string begin = R"({"records":[)";
    const std::size_t end = body.rfind(R"(,"_terapi_metadata":)");
    EXPECT_NE(end, std::string::npos) << body.substr(0, 200);
    return body.substr(begin.size(), end - begin.size()) + "}";
  }
};
TERAPI_ON_BOTH_BACKENDS(MetadataContract);

// META-1, META-2, META-3
TEST_P(MetadataContract, StandsInEveryRecordInItsForm) {
  simulator().save({"a"});
  simulator().advance("1500ms");
  simulator().save({"b"});
  simulator().remove({"b"});
  const std::regex timestamp(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00)");
  for (const Json& record : Json(simulator().page()["records"])) {
    const Json& data = metadata(record);
    std::vector<std::string> keys;
    for (const auto& [key, value] : data.items()) keys.push_back(key);
    EXPECT_THAT(keys, ElementsAre("deleted_at", "last_action", "first_seen_at", "last_modified_at",
                                  "pruned_at", "cursor"));
    for (const std::string key : {"first_seen_at", "last_modified_at"}) {
      EXPECT_TRUE(std::regex_match(data[key].get<std::string>(), timestamp)) << data[key];
    }
  }
  EXPECT_EQ(metadata(record("a"))["last_modified_at"], "2024-01-01T00:00:00.000000+00:00");
}

// META-4
TEST_P(MetadataContract, AddsThenUpdatesAndKeepsWhenItWasFirstSeen) {
  simulator().save({"a"});
  const Json added = metadata(record("a"));
  EXPECT_EQ(added["last_action"], "ADDED");
  EXPECT_EQ(added["first_seen_at"], added["last_modified_at"]);
  EXPECT_TRUE(added["deleted_at"].is_null());
  EXPECT_TRUE(added["pruned_at"].is_null());
  simulator().advance("5s");
  EXPECT_EQ(simulator().save({"a"}, 1)["updated"], 1);
  const Json updated = metadata(record("a"));
  EXPECT_EQ(updated["last_action"], "UPDATED");
  EXPECT_EQ(updated["first_seen_at"], added["first_seen_at"]);
  EXPECT_EQ(updated["last_modified_at"], "2024-01-01T00:00:05.000000+00:00");
  EXPECT_NE(updated["cursor"], added["cursor"]);
}

// META-5
TEST_P(MetadataContract, MovesNothingWhenTheSamePayloadIsSaved) {
  TestSimulator& s = simulator();
  s.run(R"("save":[{"id":"a","n":1,"deep":{"x":[1,2],"y":null}},{"id":"b"}])");
  const Json before = s.page();
  s.advance("5s");
  for (const std::string same :
       {R"({"id":"a","n":1,"deep":{"x":[1,2],"y":null}})",
        R"({"deep":{"y":null,"x":[1,2]},"n":1.0,"id":"a"})",
        "{ \"n\" : 10e-1, \"id\":\"\\u0061\", \"deep\":{\"x\":[1, 2],\"y\":null} }"}) {
    const Json run = s.run("\"save\":[" + same + "]");
    EXPECT_EQ(run["unchanged"], 1) << same;
    EXPECT_EQ(run["updated"], 0) << same;
    EXPECT_EQ(s.page(), before) << same;
  }
  // These differ, in value.
  int updates = 0;
  for (const std::string other :
       {R"({"id":"a","n":1,"deep":{"x":[2,1],"y":null}})", R"({"id":"a","n":1,"deep":{"x":[2,1]}})",
        R"({"id":"a","n":"1","deep":{"x":[2,1]}})", R"({"id":"a","n":9007199254740993,"deep":1})",
        R"({"id":"a","n":9007199254740992,"deep":1})"}) {
    updates += s.run("\"save\":[" + other + "]")["updated"].get<int>();
  }
  EXPECT_EQ(updates, 5);
}

// META-6
TEST_P(MetadataContract, MarksDeletedRecordsAndKeepsTheirPayload) {
  simulator().save({"a"}, 7);
  simulator().advance("5s");
  EXPECT_EQ(simulator().remove({"a"})["deleted"], 1);
  const Json deleted = record("a");
  EXPECT_EQ(deleted["n"], 7);
  EXPECT_EQ(metadata(deleted)["last_action"], "DELETED");
  EXPECT_EQ(metadata(deleted)["deleted_at"], metadata(deleted)["last_modified_at"]);
  EXPECT_EQ(metadata(deleted)["deleted_at"], "2024-01-01T00:00:05.000000+00:00");
  EXPECT_EQ(metadata(deleted)["first_seen_at"], "2024-01-01T00:00:00.000000+00:00");
  simulator().advance("5s");
  const Json again = simulator().remove({"a", "nobody"});
  EXPECT_EQ(again["deleted"], 0);
  EXPECT_EQ(record("a"), deleted);
  EXPECT_TRUE(record("nobody").is_null());
}

// META-7
TEST_P(MetadataContract, BeginsADeletedRecordAnewWhenItIsSaved) {
  simulator().save({"a"});
  simulator().remove({"a"});
  simulator().advance("5s");
  EXPECT_EQ(simulator().save({"a"})["added"], 1);  // the very same payload
  const Json data = metadata(record("a"));
  EXPECT_EQ(data["last_action"], "ADDED");
  EXPECT_TRUE(data["deleted_at"].is_null());
  EXPECT_EQ(data["first_seen_at"], "2024-01-01T00:00:05.000000+00:00");
  EXPECT_EQ(data["last_modified_at"], data["first_seen_at"]);
}

// META-8
TEST_P(MetadataContract, TellsTheLastActionNotWhatAReaderSaw) {
  TestSimulator& s = simulator();
  s.save({"seen"});
  const std::string cursor = cursor_of(s.page()["records"][0]);
  const Json run = s.run(R"("save":[{"id":"new","n":0}],"update":[{"id":"new","n":1}])");
  EXPECT_EQ(run["added"], 1);
  EXPECT_EQ(run["updated"], 1);
  const Json records = s.page({{"cursor", cursor}})["records"];
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(metadata(records[0])["last_action"], "UPDATED");
  EXPECT_EQ(records[0]["n"], 1);
  // Twice in one save: it was added once.
  s.run(R"("save":[{"id":"twice","n":0},{"id":"twice","n":1}])");
  EXPECT_EQ(record("twice")["n"], 1);
}

// PRUNE-1
TEST_P(MetadataContract, PrunesPayloadsUpToACursorInclusively) {
  TestSimulator& s = simulator();
  for (const std::string id : {"a", "b", "c", "d"}) s.save({id});
  s.remove({"b"});  // a c d b
  const Json before = s.page()["records"];
  s.advance("5s");
  const core::Response answer = s.prune(cursor_of(before[1]));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"count":2,"has_more":false})");
  const Json after = s.page()["records"];
  ASSERT_EQ(after.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(after[i]["id"], before[i]["id"]);
    EXPECT_EQ(cursor_of(after[i]), cursor_of(before[i]));
    EXPECT_EQ(after[i].contains("n"), i >= 2);
    for (const std::string key :
         {"deleted_at", "last_action", "first_seen_at", "last_modified_at"}) {
      EXPECT_EQ(metadata(after[i])[key], metadata(before[i])[key]);
    }
    EXPECT_EQ(metadata(after[i])["pruned_at"],
              i < 2 ? Json("2024-01-01T00:00:05.000000+00:00") : Json());
  }
  EXPECT_EQ(s.prune(cursor_of(before[1])).body, R"({"count":0,"has_more":false})");
}

// PRUNE-1
TEST_P(MetadataContract, PrunesAtMostTheLimitAtOnce) {
  TestSimulator& s = simulator();
  std::vector<std::string> ids;
  for (int i = 0; i < 1003; ++i) ids.push_back(std::to_string(i));
  s.save(ids);
  const std::string end = cursor_of(s.walk({{"limit", "10000"}}).back());
  EXPECT_EQ(s.prune(end, R"(,"limit":2)").body, R"({"count":2,"has_more":true})");
  EXPECT_EQ(s.prune(end).body, R"({"count":1000,"has_more":true})");
  EXPECT_EQ(s.prune(end, R"(,"limit":1)").body, R"({"count":1,"has_more":false})");
  for (const std::string limit : {"0", "10001", "1.5", "\"5\"", "null", "-1"}) {
    const int expected = limit == "null" ? 200 : 400;
    EXPECT_EQ(s.prune(end, ",\"limit\":" + limit).status, expected) << limit;
  }
  EXPECT_EQ(s.prune(end, R"(,"limit":10000)").status, 200);
  EXPECT_EQ(error_code(s.prune("nonsense")), "invalid_cursor");
  EXPECT_EQ(s.prune("nonsense").status, 400);
}

// PRUNE-1
TEST_P(MetadataContract, PrunesOneVariantOnly) {
  TestSimulator& s = simulator();
  s.save({"a"});
  s.run(R"("variant":"v1","save":[{"id":"a","n":1}])");
  const std::string cursor = cursor_of(s.page({{"variant", "v1"}})["records"][0]);
  EXPECT_EQ(s.prune(cursor, R"(,"variant":"v1")").body, R"({"count":1,"has_more":false})");
  EXPECT_TRUE(record("a").contains("n"));
  EXPECT_EQ(s.prune(cursor, R"(,"variant":"none")").body, R"({"count":0,"has_more":false})");
}

// PRUNE-2
TEST_P(MetadataContract, TakesASaveOfAPrunedRecordForAModification) {
  TestSimulator& s = simulator();
  s.save({"a", "b"}, 3);
  const Json before = s.page()["records"];
  s.prune(cursor_of(before[1]));
  EXPECT_EQ(s.save({"a"}, 3)["updated"], 1);
  const Json after = s.page({{"cursor", cursor_of(before[1])}})["records"];
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0]["id"], "a");
  EXPECT_EQ(after[0]["n"], 3);
  EXPECT_TRUE(metadata(after[0])["pruned_at"].is_null());
  EXPECT_EQ(s.save({"a"}, 3)["unchanged"], 1);
}

// REC-10
TEST_P(MetadataContract, BringsEveryValueBackAsItCame) {
  TestSimulator& s = simulator();
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = i % 2 == 0 ? "[" + deep + "]" : "{\"k\":" + deep + "}";
  const std::vector<std::string> values = {"9223372036854775808",
                                           "18446744073709551616",
                                           "-9223372036854775809",
                                           "1e400",
                                           "1E+2",
                                           "-0",
                                           "0.10",
                                           "1.0",
                                           "0.1000000000000000055511151231257827",
                                           "1e-400",
                                           "true",
                                           "null",
                                           "{}",
                                           "[]",
                                           "\"\"",
                                           "[[],{},null]",
                                           "{\"z\":1,\"a\":2,\"m\":{\"y\":0,\"b\":[]}}",
                                           "\"\xE2\x80\xA8\xE2\x80\xA9\"",  // U+2028, U+2029, raw
                                           R"("\u2028\u00e9\/\t\b\f\n\r\\\"")",
                                           "\"\xF0\x9F\x98\x80\xC3\xA9\"",  // emoji, raw
                                           R"("\ud83d\ude00")",
                                           R"("\u0000")",
                                           R"("a\u0000b")",
                                           "\"\x7F\"",
                                           "\"</script>\"",
                                           deep,
                                           R"({"id":"inner","_terapi_metadata":1})",
                                           R"({"":1," ":2})"};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string id = "r" + std::to_string(i);
    const std::string text = R"({"id":")" + id + R"(","value":)" + values[i] + R"(,"after":true})";
    s.run("\"save\":[" + text + "]");
    EXPECT_EQ(payload_text(id), text);
  }
}

// REC-10
TEST_P(MetadataContract, KeepsKeyOrderAndPutsTheMetadataLast) {
  simulator().run(R"("save":[{"z":1,"id":"k","a":{"y":1,"x":2},"m":null}])");
  EXPECT_EQ(payload_text("k"), R"({"z":1,"id":"k","a":{"y":1,"x":2},"m":null})");
}

// REC-10
TEST_P(MetadataContract, ServesEveryIdAsAString) {
  simulator().run(R"("save":[{"id":12345678901234567890,"n":1},{"id":"\u00e9/?&","n":2}])");
  EXPECT_EQ(record("12345678901234567890")["id"], "12345678901234567890");
  EXPECT_EQ(record("\xC3\xA9/?&")["n"], 2);
}

// REC-10
TEST_P(MetadataContract, CarriesAStringOfTenMegabytes) {
  const std::string text(10'000'000, 'x');
  simulator().run(R"("save":[{"id":"big","text":")" + text + R"("},{"id":"small"}])");
  const Json page = simulator().page();
  ASSERT_EQ(page["records"].size(), 2U);
  EXPECT_TRUE(record("big")["text"].get<std::string>() == text);
}

}  // namespace
}  // namespace terapi::simulator
