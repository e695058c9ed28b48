#include "conformance/harness/stage/client_wire.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "conformance/harness/stage/virtual_client_stage.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// Five records, of a client that was told to ask for two at a time.
class ClientWireTest : public testing::Test {
 protected:
  ClientWireTest() : stage_(options()) { EXPECT_TRUE(stage_.open()); }

  core::Response answer_to(const std::string& query) {
    core::Request request;
    request.method = "GET";
    request.target = "/records?model=Issue" + query;
    request.headers = {{"Authorization", "Bearer " + stage_.secret_key()},
                       {"Provider-Config-Key", "github"},
                       {"Connection-Id", "demo"}};
    core::Response answer;
    bool done = false;
    stage_.link().serve(request, 1, [&](core::Outcome outcome) {
      answer = std::move(outcome.response);
      done = true;
    });
    EXPECT_TRUE(stage_.run_until([&] { return done; }, 1s));
    return answer;
  }
  std::size_t records_of(const std::string& query) {
    const core::Response answer = answer_to(query);
    EXPECT_EQ(answer.status, 200) << query;
    const auto page = core::json::Document::parse(answer.body);
    std::size_t records = 0;
    for ([[maybe_unused]] const core::json::Value record : page->root()["records"].items()) {
      ++records;
    }
    EXPECT_TRUE(page->root()["next_cursor"].is_string()) << query;
    return records;
  }
  const std::string& last_question() {
    return stage_.history().event(stage_.history().exchanges.back().request).text;
  }

  VirtualClientStage stage_;

 private:
  static ClientStageOptions options() {
    ClientStageOptions options;
    options.world =
        R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}],)"
        R"("records":[{"connection":"demo","model":"Issue","items":[{"id":"r1"},{"id":"r2"},)"
        R"({"id":"r3"},{"id":"r4"},{"id":"r5"}]}]})";
    options.client.limit = 2;
    return options;
  }
};

TEST_F(ClientWireTest, AClientThatHungUpDoesNotHaveTheAnswer) {
  answer_to("");
  EXPECT_TRUE(stage_.history().exchanges.back().whole);
  stage_.link().hung_up(0);
  const Exchange& given_up = stage_.history().exchanges.front();
  EXPECT_FALSE(given_up.whole);
  EXPECT_TRUE(given_up.struck);
  EXPECT_TRUE(given_up.hung_up);
  EXPECT_NE(stage_.history().trace().find("hung up"), std::string::npos);
}

TEST_F(ClientWireTest, OfALateAnswerNobodyKnowsWhetherTheClientHasIt) {
  answer_to("");
  stage_.link().doubt(0);
  EXPECT_TRUE(stage_.history().exchanges.front().in_doubt);
  EXPECT_TRUE(stage_.history().exchanges.front().struck);
}

// Else what a scenario does to the second page never happens to a client with large ones.
TEST_F(ClientWireTest, LargerPagesAreCutToTheSizeThatTheClientWasTold) {
  for (const char* query : {"&limit=1000", "", "&limit=10000", "&limit=%33", "&limit=2"}) {
    EXPECT_EQ(records_of(query), 2U) << query;
  }
  EXPECT_EQ(records_of("&limit=1"), 1U);
  records_of("&limit=1000");
  EXPECT_EQ(last_question(), "GET /records from the beginning, limit 1000, cut to 2");
  records_of("&limit=2");
  EXPECT_EQ(last_question(), "GET /records from the beginning, limit 2");
}

TEST_F(ClientWireTest, ALimitThatIsNoneIsRefusedAsTheServerDoes) {
  for (const char* query : {"&limit=10001", "&limit=0", "&limit=5x", "&limit=50&limit=50"}) {
    EXPECT_EQ(answer_to(query).status, 400) << query;
  }
}

}  // namespace
}  // namespace terapi::conformance
