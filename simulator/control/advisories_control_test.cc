// ADVISE-1: each detector sees its habit, and nothing in a well-behaved caller.
#include <gmock/gmock.h>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class AdvisoryDetection : public testing::Test {
 public:
  void SetUp() override { s.save({"1", "2", "3", "4", "5"}); }
  InProcessSimulator s;
};

TEST_F(AdvisoryDetection, SeesACursorOfAnotherStream) {
  s.run(R"("model":"Label","save":[{"id":"l"}])");
  const std::string label = cursor_of(s.page({{"model", "Label"}})["records"][0]);
  const std::string issue = cursor_of(s.page()["records"][4]);
  s.page({{"cursor", issue}});
  s.page({{"model", "Label"}, {"cursor", label}});
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
  s.page({{"cursor", label}});
  const Json listed = s.ok("GET", "/advisories");
  ASSERT_THAT(listed["advisories"], SizeIs(1));
  const Json& advisory = listed["advisories"][0];
  EXPECT_EQ(advisory["code"], "cursor_of_another_stream");
  EXPECT_EQ(advisory["clause"], "CUR-7");
  EXPECT_EQ(advisory["stream"], "github/demo/Issue");
  EXPECT_EQ(advisory["count"], 1);
  EXPECT_EQ(advisory["requests"],
            s.ok("GET", "/requests")["requests"].size() == 5 ? Json({5}) : Json());
}

TEST_F(AdvisoryDetection, SeesResumingByModifiedAfterOnly) {
  for (int i = 0; i < 3; ++i) {
    s.page({{"modified_after", "2024-01-01T00:00:0" + std::to_string(i) + "Z"}});
  }
  EXPECT_THAT(s.advisory_codes(), ElementsAre("resumes_by_modified_after"));
}

TEST_F(AdvisoryDetection, LetsAFirstReadByModifiedAfterPass) {
  const Json page = s.page({{"modified_after", "2024-01-01T00:00:00Z"}});
  for (int i = 0; i < 5; ++i) s.page({{"cursor", cursor_of(page["records"][4])}});
  s.page({{"modified_after", "2024-01-01T00:00:01Z"}});
  s.page({{"modified_after", "2024-01-01T00:00:02Z"}});
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

TEST_F(AdvisoryDetection, SeesAWalkThatStopsBeforeTheEnd) {
  s.page({{"limit", "2"}});
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
  s.advance("61s");
  EXPECT_THAT(s.advisory_codes(), ElementsAre("stops_before_the_end"));
}

TEST_F(AdvisoryDetection, LetsAWalkToTheEndPass) {
  s.walk({{"limit", "2"}});
  s.advance("5m");
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

TEST_F(AdvisoryDetection, SeesAHotLoopOnClientErrors) {
  for (int i = 0; i < 9; ++i) s.get({{"limit", "0"}});
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
  s.get({{"limit", "0"}});
  EXPECT_THAT(s.advisory_codes(), ElementsAre("hot_loop_on_4xx"));
}

TEST_F(AdvisoryDetection, LetsRareClientErrorsPass) {
  for (int i = 0; i < 30; ++i) {
    s.get({{"limit", "0"}});
    s.advance("2s");
  }
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

TEST_F(AdvisoryDetection, SeesACallerWhoIgnoresRetryAfter) {
  s.settings(R"("rate_limit":{"requests":1,"per":"10s"})");
  s.get({});
  s.get({});
  s.advance("9s");
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
  s.get({});
  EXPECT_THAT(s.advisory_codes(), ElementsAre("ignores_retry_after"));
}

TEST_F(AdvisoryDetection, LetsACallerWhoWaitsPass) {
  s.settings(R"("rate_limit":{"requests":1,"per":"10s"})");
  for (int i = 0; i < 5; ++i) {
    if (s.get({}).status == 429) s.advance("10s");
    s.save({"new" + std::to_string(i)});
  }
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

TEST_F(AdvisoryDetection, SeesAWebhookThatIsAnsweredAfterFetching) {
  s.send_webhooks();
  s.receiver().set_answer([&](const core::Request&) {
    s.page();
    return TestReceiver::status(200);
  });
  s.save({"6"});
  EXPECT_THAT(s.advisory_codes(), ElementsAre("webhook_answered_after_fetching"));
}

TEST_F(AdvisoryDetection, LetsAWebhookThatIsAnsweredFirstPass) {
  s.send_webhooks();
  for (int i = 6; i < 10; ++i) {
    s.save({std::to_string(i)});
    s.page();
  }
  EXPECT_THAT(s.receiver().requests(), SizeIs(4));
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

TEST_F(AdvisoryDetection, SeesTheSamePageAskedForAgainAndAgain) {
  for (int i = 0; i < 4; ++i) s.page();
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
  s.page();
  EXPECT_THAT(s.advisory_codes(), ElementsAre("asks_for_the_same_page"));
}

TEST_F(AdvisoryDetection, LetsAPollOfAnEmptyPagePass) {
  const std::string cursor = cursor_of(s.page()["records"][4]);
  for (int i = 0; i < 50; ++i) s.page({{"cursor", cursor}});
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

// ADVISE-1: an advisory changes no answer.
TEST_F(AdvisoryDetection, ChangesNoAnswer) {
  const std::string first = s.get({}).body;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(s.get({}).body, first);
  EXPECT_THAT(s.advisory_codes(), SizeIs(1));
  s.ok("POST", "/reset");
  EXPECT_THAT(s.advisory_codes(), IsEmpty());
}

}  // namespace
}  // namespace terapi::simulator
