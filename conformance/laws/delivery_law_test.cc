#include "conformance/laws/delivery_law.h"

#include <gtest/gtest.h>

#include <optional>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

class NoServer final : public ServerCaller {
 public:
  const Dialect& dialect() const override { return terapi_dialect(); }
  std::string secret_key() const override { return "k"; }
  Answer call(core::Request /*request*/) override { return {}; }
  Answer run(std::string /*body*/) override { return {}; }
  std::vector<Answer> run_side_by_side(std::vector<std::string> /*bodies*/,
                                       core::Request /*read*/) override {
    return {};
  }
};

// One run that changed a record, under a policy of one URL and three attempts 100 ms apart.
class Deliveries : public testing::Test {
 protected:
  Deliveries() {
    const auto settings = core::json::Document::parse(
        R"({"webhook_urls":["http://receiver/hook"],"retry":{"attempts":3,"first_delay":"100ms",
            "factor":1,"timeout":"1s"}})");
    policy_.change(settings->root());
    RunSeen run;
    run.counts.added = 1;
    run.taken = true;
    run.deliveries = {"d1"};
    runs_.push_back(run);
  }

  void attempt(core::Duration at, std::optional<int> answered, std::string delivery = "d1") {
    WebhookSeen webhook;
    webhook.at = core::Time(at);
    webhook.answered = answered;
    webhook.path = "/hook";
    webhook.delivery = std::move(delivery);
    seen_.push_back(webhook);
  }
  // The clauses that are broken, as it stands at that time.
  std::vector<std::string> broken(core::Duration now, std::size_t waits = 1) {
    Findings findings;
    LawContext context{server_, findings};
    const DeliveriesSeen seen{runs_,   seen_, resent_,          {},
                              policy_, 0,     core::Time(now),  {.exact = exact_},
                              waits,   "",    "http://receiver"};
    context.deliveries = &seen;
    check_deliveries(context);
    EXPECT_EQ(context.unproven, "");
    std::vector<std::string> clauses;
    for (const Finding& finding : findings.take()) clauses.push_back(finding.clause);
    return clauses;
  }
  using Clauses = std::vector<std::string>;

  NoServer server_;
  AnnouncePolicy policy_;
  std::vector<RunSeen> runs_;
  std::vector<WebhookSeen> seen_;
  std::set<std::string> resent_;
  bool exact_ = true;
};

TEST_F(Deliveries, AreAsThePolicySays) {
  attempt(0ms, 500);
  attempt(100ms, std::nullopt);
  attempt(200ms, 204);
  EXPECT_EQ(broken(1h), Clauses{});
}

TEST_F(Deliveries, MayStillComeWhileNothingIsDue) {
  EXPECT_EQ(broken(0s, 0), Clauses{}) << "no time has passed";
  attempt(0ms, 500);
  EXPECT_EQ(broken(99ms), Clauses{});
}

TEST_F(Deliveries, AreMissedWhenTheyAreDue) {
  EXPECT_EQ(broken(1ms), Clauses{"HOOK-1"});
  attempt(0ms, 500);
  EXPECT_EQ(broken(100ms), Clauses{"HOOK-6"});
}

TEST_F(Deliveries, WaitForTheTimeOutOfOneThatIsSilent) {
  attempt(0ms, std::nullopt);
  seen_.back().silent = true;
  EXPECT_EQ(broken(1s), Clauses{});
  EXPECT_EQ(broken(1100ms), Clauses{"HOOK-6"});
}

// HOOK-6 counts the status; a server that wants to have all of a 200 before it believes it is
// right, too.
TEST_F(Deliveries, MayEndOrGoOnAfterASuccessThatBrokeOff) {
  attempt(0ms, std::nullopt);
  seen_.back().cut_off = true;
  EXPECT_EQ(broken(1h), Clauses{});
  attempt(100ms, 200);
  EXPECT_EQ(broken(1h), Clauses{});
}

TEST_F(Deliveries, EndWhenOneIsTaken) {
  attempt(0ms, 201);
  attempt(100ms, 200);
  EXPECT_EQ(broken(1s), Clauses{"HOOK-6"});
}

// A busy judge's 200 may come when a sender of so little patience has given it up.
TEST_F(Deliveries, MayComeAgainInRealTimeWhereTheTimeOutIsShort) {
  exact_ = false;
  attempt(0ms, 200);
  attempt(100ms, 200);
  EXPECT_EQ(broken(1h), Clauses{});
  const auto patient = core::json::Document::parse(R"({"retry":{"timeout":"20s"}})");
  policy_.change(patient->root());
  EXPECT_EQ(broken(1h), Clauses{"HOOK-6"});
}

TEST_F(Deliveries, EndAfterTheLastAttempt) {
  for (int i = 0; i < 4; ++i) attempt(i * 100ms, 500);
  EXPECT_EQ(broken(1s), Clauses{"HOOK-7"});
}

TEST_F(Deliveries, ComeAtTheTimesOfThePolicy) {
  attempt(0ms, 500);
  attempt(150ms, 200);
  EXPECT_EQ(broken(1s), Clauses{"HOOK-7"});
}

TEST_F(Deliveries, AreNotOfRunsThatChangedNothing) {
  attempt(0ms, 200);
  runs_.front().counts = {};
  EXPECT_EQ(broken(1s), Clauses{"HOOK-5"});
}

TEST_F(Deliveries, HaveTheIdsThatRunsName) {
  attempt(0ms, 200);
  attempt(0ms, 200, "d2");
  EXPECT_EQ(broken(1s), Clauses{"HOOK-8"});
}

TEST_F(Deliveries, SentAgainByHandAreNotCounted) {
  attempt(0ms, 200);
  attempt(1h, 200);
  resent_.insert("d1");
  EXPECT_EQ(broken(2h), Clauses{});
}

TEST_F(Deliveries, SayNothingWhereChanceDecides) {
  Findings findings;
  LawContext context{server_, findings};
  check_deliveries(context);
  EXPECT_NE(context.unproven, "");
}

}  // namespace
}  // namespace terapi::conformance
