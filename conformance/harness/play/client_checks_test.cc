// What the judge makes of requests whose answer may have come too late, through its own fault.
#include "conformance/harness/play/client_checks.h"

#include <gtest/gtest.h>

#include <vector>

#include "conformance/harness/stage/virtual_client_stage.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

constexpr const char* kStream = "github/demo/Issue";

// On a machine that has withheld the client's processor for so long.
class BusyStage final : public VirtualClientStage {
 public:
  using VirtualClientStage::VirtualClientStage;
  core::Duration starved() override { return withheld; }
  core::Duration withheld{0};
};

class ClientChecksTest : public testing::Test {
 protected:
  ClientChecksTest() : stage_(options()), checks_(stage_, findings_) {
    EXPECT_TRUE(stage_.open());
    checks_.mark();
  }

  // A request so long after the last one, answered at once with that status.
  Exchange& asks(core::Duration later, int status) {
    Exchange exchange;
    exchange.life = 1;
    exchange.for_records = true;
    exchange.stream = kStream;
    exchange.status = status;
    exchange.asked_at = exchange.answered_at = exchange.handed_at = now_ += later;
    exchange.request = stage_.history().add({.at = now_, .kind = EventKind::kRequest});
    exchange.response = stage_.history().add({.at = now_, .kind = EventKind::kResponse});
    stage_.history().exchanges.push_back(std::move(exchange));
    return stage_.history().exchanges.back();
  }

  std::vector<Verdict> verdicts(const ClientCheck& check) {
    checks_.check(check);
    std::vector<Verdict> found;
    for (const Finding& finding : findings_.take()) found.push_back(finding.verdict);
    return found;
  }

 private:
  static ClientStageOptions options() {
    ClientStageOptions options;
    options.world =
        R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
    return options;
  }

 protected:
  BusyStage stage_;
  Findings findings_;
  ClientChecks checks_;
  core::Time now_{};
};

TEST_F(ClientChecksTest, AskingAgainAfterALateAnswerIsNotAskingTooOften) {
  ClientCheck check;
  check.what = ClientCheck::What::kRequests;
  check.most = 2;
  asks(1s, 503).in_doubt = true;
  asks(1s, 503);
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  asks(1s, 200).in_doubt = true;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail})
      << "too many without it; the last excuses nothing";
}

// What was asked before the mark and answered in doubt is asked again after it.
TEST_F(ClientChecksTest, TheDoubtMayLieBeforeTheMark) {
  ClientCheck check;
  check.what = ClientCheck::What::kRequests;
  check.most = 0;
  asks(1s, 200).in_doubt = true;
  checks_.mark();
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  stage_.history().exchanges.front().in_doubt = false;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
}

TEST_F(ClientChecksTest, MoreRequestsAreRightInMoreTime) {
  ClientCheck check;
  check.what = ClientCheck::What::kRequests;
  check.most = 1;
  check.time = 1s;
  for (int i = 0; i < 4; ++i) asks(0s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
  stage_.run_until([] { return false; }, 3s);
  EXPECT_EQ(verdicts(check), std::vector<Verdict>{});
}

// Whoever waits for the n-th request waits until it is one for records.
TEST_F(ClientChecksTest, AHeadBeforeTheReadIsNoRequestForRecords) {
  asks(1s, 200).for_records = false;
  EXPECT_EQ(checks_.requests_since_mark(), 0U);
  asks(0s, 200);
  EXPECT_EQ(checks_.requests_since_mark(), 1U);
  asks(1s, 400).for_records = false;
  EXPECT_EQ(checks_.requests_since_mark(), 2U) << "nothing will be read after it";
}

TEST_F(ClientChecksTest, APauseThatNobodyKnowsOfWasNotTooShort) {
  ClientCheck check;
  check.what = ClientCheck::What::kWaitsAfter;
  check.status = 429;
  check.time = 10s;
  Exchange& told = asks(1s, 429);
  told.in_doubt = true;
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  stage_.history().exchanges.front().in_doubt = false;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
}

TEST_F(ClientChecksTest, WhoMayNotHaveThePageNeedNotGoOnFromIt) {
  ClientCheck check;
  check.what = ClientCheck::What::kResumedAtLast;
  Exchange& page = asks(1s, 200);
  page.whole = true;
  page.in_doubt = true;
  page.records.push_back({"1", "cursor", "ADDED", 0, false});
  checks_.mark();
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  stage_.history().exchanges.front().in_doubt = false;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
}

// CLIENT-9: exponentially, with whatever jitter and up to whatever bound.
TEST_F(ClientChecksTest, PausesGrowOrAreFew) {
  ClientCheck check;
  check.what = ClientCheck::What::kBacksOff;
  check.status = 503;
  check.least = 4;
  for (const auto pause : {700ms, 500ms, 900ms, 999ms}) asks(pause, 503);
  EXPECT_EQ(verdicts(check), std::vector<Verdict>{}) << "three pauses";
  asks(600ms, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
  asks(10s, 503);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail}) << "a pause after a page is no back-off";
  asks(1s, 503);
  EXPECT_EQ(verdicts(check), std::vector<Verdict>{}) << "twice the shortest";
}

// The judge waits longer then than the scenario says, and whoever looks each second looks more
// often.
TEST_F(ClientChecksTest, HowOftenItAskedShowsNothingWhereAQuarterOfTheTimeWasWithheld) {
  ClientCheck check;
  check.what = ClientCheck::What::kRequests;
  check.most = 2;
  for (int i = 0; i < 3; ++i) asks(1s, 200);
  stage_.run_until([] { return false; }, 4s);
  stage_.withheld = 900ms;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
  stage_.withheld = 1s;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  checks_.mark();
  asks(1s, 200);
  check.most = 0;
  stage_.withheld = 2s;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail})
      << "who was to be silent had no less time";
}

// What is in doubt accuses nobody, and whoever does right has shown it all the same.
TEST_F(ClientChecksTest, APauseIsOneAlsoAfterAnAnswerInDoubt) {
  ClientCheck check;
  check.what = ClientCheck::What::kWaitsAfter;
  check.status = 429;
  check.time = 3s;
  asks(1s, 429).in_doubt = true;
  asks(3s, 200);
  EXPECT_EQ(verdicts(check), std::vector<Verdict>{});
  checks_.mark();
  asks(1s, 429).in_doubt = true;
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  asks(1s, 429);
  asks(1s, 200);
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
}

TEST_F(ClientChecksTest, GoesOnAlsoFromAPageInDoubt) {
  ClientCheck check;
  check.what = ClientCheck::What::kResumedAtLast;
  Exchange& page = asks(1s, 200);
  page.whole = page.in_doubt = true;
  page.records.emplace_back().cursor = "last";
  checks_.mark();
  asks(1s, 200).cursor = "last";
  EXPECT_EQ(verdicts(check), std::vector<Verdict>{});
  stage_.history().exchanges.back().cursor = "first";
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kInconclusive});
  stage_.history().exchanges.front().in_doubt = false;
  EXPECT_EQ(verdicts(check), std::vector{Verdict::kFail});
}

}  // namespace
}  // namespace terapi::conformance
