#include "simulator/observation/truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "simulator/engine/engine.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

class TruthTest : public testing::Test {
 protected:
  TruthTest() { engine.state().environments.emplace_back(); }

  void put(const std::string& id, const std::string& payload, Action action = Action::kAdded,
           bool pruned = false, const StreamKey& key = kIssues) {
    clock.advance_by(1s);
    Stream& stream = engine.stream(engine.state().environments[0], key);
    RecordFields fields;
    fields.id = id;
    fields.payload = payload;
    fields.position = {clock.now(), record_uuid(stream.tag, id)};
    fields.first_seen = clock.now();
    fields.action = action;
    if (pruned) fields.pruned_at = clock.now();
    engine.put(stream, Record::make(fields));
  }
  std::string dump(const StreamFilter& filter = {}) const {
    return truth_dump(engine.state(), filter, terapi_dialect());
  }
  TruthDiff diff(const std::string& text, const StreamFilter& filter = {}) const {
    const auto result = diff_with_truth(engine.state(), filter, text);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : TruthDiff();
  }
  std::string fault(const std::string& text) const {
    const auto result = diff_with_truth(engine.state(), {}, text);
    EXPECT_FALSE(result) << text;
    if (result) return "";
    EXPECT_EQ(result.error().code, "bad_dump");
    return result.error().message;
  }
  static std::vector<Json> lines(const std::string& text) {
    std::vector<Json> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
  }
  static std::string line(const std::string& id, const std::string& rest) {
    return R"({"integration":"github","connection":"demo","model":"Issue","id":")" + id + "\"" +
           rest + "}\n";
  }

  static inline const StreamKey kIssues{"github", "demo", "Issue", "base"};
  core::VirtualClock clock;
  Engine engine{clock, terapi_dialect(), 1};
};

// "lost 1: demo 2 missing there", …
std::string summary(const TruthDiff& diff) {
  std::string text;
  const auto add = [&](const std::string& name, const TruthDiff::List& list) {
    for (const Difference& difference : list.first) {
      text += name + " " + difference.id + ": " + difference.reason + "; ";
    }
  };
  add("lost", diff.lost);
  add("stale", diff.stale);
  add("phantom", diff.phantom);
  add("resurrected", diff.resurrected);
  EXPECT_EQ(diff.equal(), text.empty());
  return text;
}

TEST_F(TruthTest, DumpsEveryRecordInCursorOrderAsItIs) {
  put("2", R"({"id":"2","n":1e400,"z":0.10,"a":9223372036854775808})");
  put("1", R"({"id":"1"})");
  put("2", R"({"id":"2","n":1e400,"z":0.10,"a":18446744073709551616})", Action::kUpdated);
  put("3", R"({"id":"3"})", Action::kDeleted);
  const std::string text = dump();
  EXPECT_THAT(text,
              HasSubstr(R"("payload":{"id":"2","n":1e400,"z":0.10,"a":18446744073709551616})"));
  EXPECT_EQ(
      text.substr(0, text.find('\n'))
          .find(R"({"integration":"github","connection":"demo","model":"Issue","variant":"base",)"
                R"("id":"1","deleted":false,"payload":{"id":"1"},"last_modified_at":)"
                R"("2024-01-01T00:00:02.000000+00:00","cursor":")"),
      0U)
      << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_LT(text.find(R"("id":"2")"), text.find(R"("id":"3","deleted":true)"));
}

TEST_F(TruthTest, FindsNothingInItsOwnDump) {
  EXPECT_EQ(summary(diff(dump())), "");
  put("1", R"({"id":"1","a":[1,{"b":null}]})");
  put("2", R"({"id":"2"})", Action::kDeleted);
  put("3", R"({"id":"3"})", Action::kUpdated, true);
  put("a\"b", R"({"id":"a\"b"})", Action::kAdded, false, {"github", "demo", "Issue", "v1"});
  EXPECT_EQ(summary(diff(dump())), "");
}

TEST_F(TruthTest, ComparesValuesNotText) {
  put("1", R"({"id":"1","n":1.0,"s":"A"})");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{ "s":"\u0041","n":10e-1,"id":"1" })"))), "");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1","n":1.1,"s":"A"})"))),
            "stale 1: another payload; ");
}

TEST_F(TruthTest, FindsLostRecords) {
  put("1", R"({"id":"1"})");
  put("2", R"({"id":"2"})");
  put("3", R"({"id":"3"})", Action::kDeleted);
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1"})"))), "lost 2: missing there; ");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1"})") + line("2", R"(,"deleted":true)"))),
            "lost 2: deleted there; ");
  EXPECT_EQ(diff("").lost.count, 2U) << "deleted ones need not be there";
  EXPECT_EQ(diff("").lost.first[0].stream, "github/demo/Issue");
}

TEST_F(TruthTest, FindsStaleRecords) {
  put("1", R"({"id":"1","v":1})");
  const std::string old = dump();
  put("1", R"({"id":"1","v":2})", Action::kUpdated);
  EXPECT_EQ(summary(diff(old)), "stale 1: older version; ");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1","v":1})"))),
            "stale 1: another payload; ");
  EXPECT_EQ(summary(diff(line("1", ""))), "stale 1: no payload; ");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1","v":2},"last_modified_at":)"
                                   R"("2024-06-01T00:00:00Z")"))),
            "stale 1: newer version; ");
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1","v":2},"last_modified_at":)"
                                   R"("2024-01-01T01:00:02+01:00")"))),
            "");
}

TEST_F(TruthTest, FindsPhantoms) {
  EXPECT_EQ(summary(diff(line("9", R"(,"payload":{"id":"9"})"))), "phantom 9: unknown here; ");
  put("1", R"({"id":"1"})");
  EXPECT_EQ(summary(diff(dump() + line("9", R"(,"deleted":true)"))), "") << "gone is gone";
  EXPECT_EQ(diff(dump() + line("9", "")).phantom.count, 1U);
}

TEST_F(TruthTest, FindsResurrectedRecords) {
  put("1", R"({"id":"1"})");
  const std::string before = dump();
  put("1", R"({"id":"1"})", Action::kDeleted);
  EXPECT_EQ(summary(diff(before)), "resurrected 1: deleted here; ");
  EXPECT_EQ(summary(diff(dump())), "");
}

// CLIENT-8: a pruned record never wipes a stored payload.
TEST_F(TruthTest, LetsAClientKeepWhatWasPruned) {
  put("1", R"({"id":"1"})", Action::kAdded, true);
  EXPECT_EQ(summary(diff(line("1", R"(,"payload":{"id":"1","kept":true})"))), "");
  EXPECT_EQ(summary(diff(line("1", ""))), "");
  EXPECT_EQ(summary(diff(line("1", R"(,"last_modified_at":"2023-12-31T00:00:00Z")"))),
            "stale 1: older version; ");
}

TEST_F(TruthTest, LooksAtTheStreamsThatAreAskedFor) {
  put("1", R"({"id":"1"})");
  put("2", R"({"id":"2"})", Action::kAdded, false, {"github", "demo", "Pull", "base"});
  StreamFilter issues;
  issues.model = "Issue";
  EXPECT_EQ(lines(dump(issues)).size(), 1U);
  EXPECT_EQ(lines(dump()).size(), 2U);
  EXPECT_EQ(summary(diff(dump(issues), issues)), "");
  EXPECT_EQ(summary(diff(dump(), issues)), "") << "lines of other streams are passed over";
  EXPECT_EQ(summary(diff(dump(issues))), "lost 2: missing there; ");
  StreamFilter nowhere;
  nowhere.environment = "prod";
  EXPECT_EQ(dump(nowhere), "");
}

TEST_F(TruthTest, RefusesBadDumpsWithTheirLine) {
  const std::string good = line("1", R"(,"deleted":true)");
  EXPECT_THAT(fault("{"), HasSubstr("line 1 of the dump: "));
  EXPECT_THAT(fault(good + "\n \r\nnot json\n"), HasSubstr("line 4 of the dump: "));
  EXPECT_THAT(fault("[]"), HasSubstr("expected an object"));
  EXPECT_THAT(fault(R"({"connection":"c","model":"m","id":"1"})"),
              HasSubstr("integration is missing"));
  EXPECT_THAT(fault(R"({"integration":"i","connection":"c","model":"m","id":1})"),
              HasSubstr("id is 1"));
  EXPECT_THAT(fault(line("1", R"(,"deleted":"no")")), HasSubstr("deleted"));
  EXPECT_THAT(fault(good + good), HasSubstr("line 2 of the dump: the record '1' appears twice"));
}

TEST_F(TruthTest, RefusesATimestampThatIsNone) {
  put("1", R"({"id":"1"})");
  EXPECT_THAT(fault(line("1", R"(,"payload":{"id":"1"},"last_modified_at":"soon")")),
              HasSubstr("last_modified_at"));
}

TEST_F(TruthTest, CountsMoreThanItLists) {
  for (int i = 0; i < 1500; ++i) put(std::to_string(i), "{}");
  const TruthDiff found = diff("");
  EXPECT_EQ(found.lost.count, 1500U);
  EXPECT_EQ(found.lost.first.size(), TruthDiff::kMostListed);
}

}  // namespace
}  // namespace terapi::simulator
