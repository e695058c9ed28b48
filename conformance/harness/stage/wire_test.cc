#include "conformance/harness/stage/wire.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace terapi::conformance {
namespace {

constexpr const char* kPage =
    R"({"records":[{"id":"r1","n":1,"_terapi_metadata":{"first_seen_at":"2024-01-01T00:00:00.000000Z",)"
    R"("last_modified_at":"2024-01-01T00:00:00.000000Z","last_action":"ADDED","deleted_at":null,)"
    R"("cursor":"c1"}}],"next_cursor":"c1"})";

class WireTest : public testing::Test {
 protected:
  WireTest() {
    const auto world = core::json::Document::parse(
        R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}],)"
        R"("records":[{"connection":"demo","model":"Issue","items":[{"id":"r1","n":1}]}]})");
    model_.apply_world(world->root());
  }

  enum class By { kJudge, kClient };
  // Of a client, as where two processes are alive and nobody knows which of them asked.
  const Exchange& exchange_of(By by, const std::string& target, const core::Outcome& outcome) {
    core::Request request;
    request.target = target;
    request.headers = {{"Provider-Config-Key", "github"}, {"Connection-Id", "demo"}};
    const std::size_t place =
        by == By::kJudge ? wire_.asked_by_judge(request) : wire_.asked_by_client(request, 0);
    wire_.answered(place, outcome);
    return history_.exchanges[place];
  }
  const std::string& text_of(std::size_t event) { return history_.event(event).text; }

  Model model_;
  History history_;
  Wire wire_{[] { return core::Time(); }, terapi_dialect(), model_, history_};
};

TEST_F(WireTest, WritesDownAPageOfTheClientsAndOfTheJudgesAlike) {
  for (const By by : {By::kJudge, By::kClient}) {
    const Exchange& exchange =
        exchange_of(by, "/records?model=Issue&limit=7&cursor=c0", {{200, {}, kPage}, {}});
    EXPECT_EQ(exchange.by_judge, by == By::kJudge);
    EXPECT_TRUE(exchange.for_records);
    EXPECT_EQ(exchange.stream, "github/demo/Issue");
    EXPECT_EQ(exchange.cursor, "c0");
    EXPECT_EQ(exchange.limit, 7U);
    EXPECT_EQ(exchange.next_cursor, "c1");
    ASSERT_EQ(exchange.records.size(), 1U);
    EXPECT_EQ(exchange.records[0].action, "ADDED");
    EXPECT_EQ(text_of(*exchange.response), "200 r1 ADDED; next after r1");
  }
  // Only what a client was given is compared with the model here; laws do it for the judge.
  EXPECT_EQ(history_.exchanges[0].records[0].version, kNoVersion);
  EXPECT_EQ(history_.exchanges[1].records[0].version, 0U);
}

TEST_F(WireTest, TellsEachCharacterThatTheJudgeSent) {
  const Exchange& judges =
      exchange_of(By::kJudge, "/records?model=Issue&limit=0", {{400, {}, "oops"}, {}});
  EXPECT_EQ(text_of(judges.request), "GET /records?model=Issue&limit=0");
  const Exchange& clients =
      exchange_of(By::kClient, "/records?model=Issue", {{200, {}, kPage}, {}});
  EXPECT_EQ(text_of(clients.request), "GET /records from the beginning, limit 100");
}

TEST_F(WireTest, KnowsWhatIsNotARequestForRecords) {
  const Exchange& control =
      exchange_of(By::kJudge, "/_simulator/faults", {{200, {}, R"({"faults":[]})"}, {}});
  EXPECT_FALSE(control.for_records);
  EXPECT_TRUE(control.restricted);
  EXPECT_EQ(history_.event(control.request).stream, "");
  EXPECT_EQ(text_of(*control.response), R"(200 {"faults":[]})");
}

// A client that names all actions walks as one that names none, and is judged by its walk.
TEST_F(WireTest, AFilterOfAllActionsRestrictsNothing) {
  const auto restricted = [this](const std::string& filter) {
    return exchange_of(By::kClient, "/records?model=Issue&filter=" + filter, {{200, {}, kPage}, {}})
        .restricted;
  };
  EXPECT_FALSE(restricted("added,updated,deleted"));
  EXPECT_FALSE(restricted("DELETED%2CAdded,updated"));
  EXPECT_TRUE(restricted("added,updated"));
  EXPECT_TRUE(restricted("deleted"));
  EXPECT_TRUE(restricted(""));
}

TEST_F(WireTest, ShowsTheJudgeWhatIsNoPage) {
  const Exchange& exchange =
      exchange_of(By::kJudge, "/records?model=Issue", {{200, {}, "oops"}, {}});
  EXPECT_FALSE(exchange.is_page);
  EXPECT_EQ(text_of(*exchange.response), "200 oops");
}

TEST_F(WireTest, WritesDownThatThereWasNoAnswer) {
  core::Request request;
  request.target = "/records?model=Issue";
  const std::size_t place = wire_.asked_by_judge(request);
  wire_.unanswered(place, "connection refused");
  ASSERT_TRUE(history_.exchanges[place].response);
  EXPECT_EQ(history_.exchanges[place].status, 0);
  EXPECT_EQ(text_of(*history_.exchanges[place].response), "no answer: connection refused");
}

TEST_F(WireTest, KeepsAResetsStatusOut) {
  const Exchange& exchange =
      exchange_of(By::kClient, "/records?model=Issue", {{500, {}, ""}, {.reset = true}});
  EXPECT_EQ(exchange.status, 0);
  EXPECT_TRUE(exchange.struck);
  EXPECT_EQ(text_of(*exchange.response), "connection reset");
}

}  // namespace
}  // namespace terapi::conformance
