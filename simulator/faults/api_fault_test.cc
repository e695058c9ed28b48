// The faults of API answers, as Outcomes; that the wire carries them out is core/system's.
#include <gmock/gmock.h>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ApiFault : public testing::Test {
 public:
  core::Outcome with(const std::string& doing,
                     const Parameters& parameters = {{"model", "Issue"}}) {
    s.faults(R"({"id":"it","on":"api","do":)" + doing + "}");
    return s.outcome_of(parameters);
  }
  InProcessSimulator s;
};

TEST_F(ApiFault, AnswersAnyStatusHeadersAndBody) {
  s.save({"a"});
  core::Outcome outcome =
      with(R"({"status":503,"headers":{"Retry-After":"3","X-N":5},"body":{"busy":[1, 2]}})");
  EXPECT_EQ(outcome.response.status, 503);
  EXPECT_EQ(outcome.response.body, R"({"busy":[1,2]})");
  EXPECT_EQ(header(outcome.response.headers, "Retry-After"), "3");
  EXPECT_EQ(header(outcome.response.headers, "X-N"), "5");
  EXPECT_EQ(header(outcome.response.headers, "Content-Type"), "application/json");
  outcome = with(R"({"status":502,"body":"<html>"})");
  EXPECT_EQ(outcome.response.body, "<html>");
  EXPECT_THAT(header(outcome.response.headers, "Content-Type"), HasSubstr("text/plain"));
  outcome = with(R"({"status":429})");
  EXPECT_EQ(outcome.response.status, 429);
  EXPECT_EQ(error_code(outcome.response), "injected_fault");
  EXPECT_EQ(outcome.wire, core::WireFaults());
}

TEST_F(ApiFault, ShapesTheWireAndLeavesTheAnswerAsItIs) {
  s.save({"a"});
  const std::string body = s.outcome_of({{"model", "Issue"}}).response.body;
  core::WireFaults wire;
  wire.delay = 2s;
  EXPECT_EQ(with(R"({"delay":"2s"})").wire, wire);
  wire = {};
  wire.reset = true;
  EXPECT_EQ(with(R"({"reset":true})").wire, wire);
  EXPECT_EQ(with(R"({"reset":false})").wire, core::WireFaults());
  wire = {};
  wire.truncate_after = 40;
  EXPECT_EQ(with(R"({"truncate_after":40})").wire, wire);
  wire.truncate_after = 0;
  EXPECT_EQ(with(R"({"truncate_after":0})").wire, wire);
  wire = {};
  wire.stall = 30s;
  EXPECT_EQ(with(R"({"stall":"30s"})").wire, wire);
  wire = {};
  wire.drip_bytes_per_second = 100;
  EXPECT_EQ(with(R"({"drip":"100B/s"})").wire, wire);
  wire.drip_bytes_per_second = 2000;
  EXPECT_EQ(with(R"({"drip":"2KB/s"})").wire, wire);
  EXPECT_EQ(with(R"({"drip":"2KB/s"})").response.body, body);
}

TEST_F(ApiFault, DoesSeveralThingsAtOnce) {
  const core::Outcome outcome = with(R"({"status":500,"delay":"1s","truncate_after":3})");
  EXPECT_EQ(outcome.response.status, 500);
  EXPECT_EQ(outcome.wire.delay, 1s);
  EXPECT_EQ(outcome.wire.truncate_after, 3U);
}

TEST_F(ApiFault, StrikesOnlyWhatMatches) {
  s.run(R"("connection":"other","model":"Label","variant":"v1","save":[{"id":"x"}])");
  const auto strikes = [&](const std::string& match, const Parameters& parameters) {
    s.faults(R"({"id":"it","on":"api","match":)" + match + R"(,"do":{"status":599}})");
    return s.outcome_of(parameters).response.status == 599;
  };
  const Parameters issue = {{"model", "Issue"}};
  EXPECT_TRUE(strikes(R"({"path":"/records"})", issue));
  EXPECT_FALSE(strikes(R"({"path":"/records/prune"})", issue));
  EXPECT_TRUE(strikes(R"({"method":"GET","model":"Iss*","connection":"demo"})", issue));
  EXPECT_FALSE(strikes(R"({"connection":"other"})", issue));
  EXPECT_FALSE(strikes(R"({"integration":"gitlab"})", issue));
  EXPECT_TRUE(strikes(R"({"variant":"base"})", issue));
  EXPECT_TRUE(strikes(R"({"variant":"v1"})", {{"model", "Issue"}, {"variant", "v1"}}));
  EXPECT_FALSE(strikes(R"({"cursor":"abc"})", issue));
  EXPECT_TRUE(strikes(R"({"cursor":"abc"})", {{"model", "Issue"}, {"cursor", "abc"}}));
}

TEST_F(ApiFault, NeverStrikesTheControlApi) {
  with(R"({"status":500})");
  EXPECT_EQ(s.control("GET", "/faults").status, 200);
  EXPECT_EQ(s.send(request_of("GET", "/metrics")).status, 200);
}

TEST_F(ApiFault, IsNamedInTheJournalAndCounted) {
  with(R"({"delay":"1s"})");
  EXPECT_EQ(s.fired("it"), 1);
  const Json requests = s.ok("GET", "/requests");
  EXPECT_EQ(requests["requests"].back()["fault"], "it");
}

// What a lagging replica would have shown: old versions, what is deleted now, nothing newer.
TEST_F(ApiFault, StaleShowsTheStreamAsItStood) {
  s.save({"a", "b"}, 1);
  s.advance("10s");
  s.save({"a"}, 2);
  s.remove({"b"});
  s.save({"c"});
  s.advance("4s");
  const core::Outcome stale = with(R"({"stale":"5s"})");
  const Json then = Json::parse(stale.response.body);
  ASSERT_EQ(then["records"].size(), 2U);
  for (const Json& record : then["records"]) {
    EXPECT_EQ(record["n"], 1);
    EXPECT_EQ(metadata(record)["last_action"], "ADDED");
  }
  EXPECT_TRUE(then["next_cursor"].is_null());
  EXPECT_EQ(Json::parse(with(R"({"stale":"3999ms"})").response.body)["records"].size(), 3U);
  EXPECT_EQ(Json::parse(with(R"({"stale":"1m"})").response.body)["records"].size(), 0U);
  s.ok("DELETE", "/faults");
  EXPECT_EQ(s.page()["records"].size(), 3U);
}

// The pages of a stale stream obey limit, filter, ids and cursor as others do.
TEST_F(ApiFault, StalePagesLikeTheStream) {
  s.save({"a", "b", "c", "d", "e"}, 1);
  const std::vector<Json> before = s.walk();
  s.advance("10s");
  s.save({"b", "d"}, 2);
  s.remove({"a"});
  s.faults(R"({"id":"it","on":"api","do":{"stale":"5s"}})");
  EXPECT_EQ(s.walk({{"limit", "2"}}), before);
  EXPECT_EQ(s.page({{"cursor", cursor_of(before[2])}})["records"].get<std::vector<Json>>(),
            std::vector<Json>(before.begin() + 3, before.end()));
  EXPECT_EQ(s.page({{"ids", "b"}})["records"][0]["n"], 1);
  EXPECT_THAT(s.page({{"filter", "deleted"}})["records"], IsEmpty());
}

}  // namespace
}  // namespace terapi::simulator
