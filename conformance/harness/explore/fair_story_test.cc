#include "conformance/harness/explore/fair_story.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

std::string unfair(const std::string& steps, const std::string& client = "{}",
                   const std::string& given = "{}", const std::string& dialects = "") {
  const auto scenario = Scenario::parse(
      R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"o",)"
      R"("judges":"client","kills_none":"k",)" +
          dialects + R"("given":)" + given + R"(,"client":)" + client + R"(,"steps":[)" + steps +
          "]}",
      "x.json");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return unfairness(*scenario);
}

constexpr const char* kConverged = R"({"until":"converged"})";
constexpr const char* kReset = R"({"faults":[{"id":"reset","on":"api","do":{"reset":true}}]})";

TEST(FairStory, ACalmOneIsFair) {
  EXPECT_EQ(unfair(R"({"client":"starts"},{"run":{"save":[{"id":"1"}]}},{"until":"converged"})"),
            "");
}

TEST(FairStory, FaultsHaveToStopBeforeItHasToConverge) {
  const std::string story = std::string(R"({"client":"starts"},)") + kReset + ",";
  EXPECT_NE(unfair(story + kConverged), "");
  EXPECT_EQ(unfair(story + R"({"faults":[]},{"until":"converged","within":"110s"})"), "");
  EXPECT_NE(unfair(story + R"({"faults":[]},{"until":"converged","within":"5s"})"), "");
}

TEST(FairStory, SomebodyHasToBeAlive) {
  EXPECT_NE(unfair(kConverged), "");
  EXPECT_NE(unfair(std::string(R"({"client":"starts"},{"client":"is killed"},)") + kConverged), "");
  EXPECT_NE(unfair(std::string(R"({"client":"starts"},{"kill_at":"answer"},)") + kConverged), "");
  EXPECT_EQ(unfair(std::string(R"({"client":"starts"},{"kill_at":"answer"},{"kill_at":"never"},)") +
                   kConverged),
            "");
}

TEST(FairStory, WhoeverHardlyPollsHasToBeTold) {
  const std::string far = R"({"poll":"10m"})";
  const std::string untold =
      R"({"client":"starts"},{"run":{"save":[{"id":"1"}],"webhook":false}},)";
  EXPECT_NE(unfair(untold + kConverged, far), "");
  EXPECT_EQ(unfair(untold + kConverged), "");
  EXPECT_EQ(unfair(untold + R"({"run":{"save":[{"id":"2"}]}},)" + kConverged, far), "");
}

// Deleting what is deleted moves it in this dialect, and sends no webhook.
TEST(FairStory, ALateDeletionThatNobodyIsToldOfIsWaitedForByNobody) {
  const std::string nango = R"("dialects":["nango"],"dialects_why":"w",)";
  const std::string late = R"({"between_pages":3,"run":{"delete":["1"]}},{"client":"starts"},)"
                           R"({"run":{"delete":["1"]}},)" +
                           std::string(kConverged);
  EXPECT_NE(unfair(late, R"({"poll":"10m"})", "{}", nango), "");
  EXPECT_EQ(unfair(late, R"({"poll":"2s"})", "{}", nango), "");
  EXPECT_EQ(unfair(late, R"({"poll":"10m"})"), "") << "deleting again is nothing there";
}

TEST(FairStory, AStreamHasToHaveAConnection) {
  const std::string story = R"({"client":"starts"},{"until":"converged"})";
  const auto connections = [](const std::string& list) {
    return R"({"connections":[)" + list + "]}";
  };
  EXPECT_EQ(unfair(story, "{}", connections(R"({"id":"demo","integration":"github"})")), "");
  EXPECT_NE(unfair(story, "{}", connections("")), "");
  EXPECT_NE(unfair(story, "{}", connections(R"({"id":"acme","integration":"github"})")), "");
}

TEST(FairStory, WhatComesLateHasToComeAlone) {
  const std::string late =
      R"({"client":"starts"},{"faults":[{"id":"l","on":"store","do":{"late_commit":"1s"}}]},)"
      R"({"run":{"save":[{"id":"1"}]}})";
  EXPECT_EQ(unfair(late), "");
  EXPECT_NE(unfair(late + R"(,{"run":{"save":[{"id":"2"}]}})"), "");
}

TEST(FairStory, ALimitHasToLetTheBacklogThrough) {
  const std::string story = R"({"client":"starts"},{"until":"converged"})";
  const auto limit = [](const std::string& rate) {
    return R"({"environment":{"rate_limit":)" + rate + "}}";
  };
  EXPECT_EQ(unfair(story, "{}", limit(R"({"requests":10,"per":"1s"})")), "");
  EXPECT_NE(unfair(story, "{}", limit(R"({"requests":1,"per":"1s"})")), "");
  EXPECT_NE(unfair(story, "{}", limit(R"({"requests":10,"per":"1h"})")), "");
}

// What a shrinker left of a story once: nobody had waited until the client held anything.
TEST(FairStory, WhatItHasToHoldStillItHadToHoldBefore) {
  const std::string still = R"({"expect":{"that":"converged"}})";
  const std::string held = R"({"client":"starts"},{"until":"converged"},)" + still;
  EXPECT_EQ(unfair(held), "");
  EXPECT_NE(unfair(R"({"client":"starts"},)" + still), "");
  EXPECT_NE(unfair(R"({"client":"starts"},{"until":"converged"},)"
                   R"({"run":{"save":[{"id":"1"}],"webhook":false}},)" +
                   still),
            "");
  const std::string sync = R"({"integrations":[{"id":"github","syncs":[{"name":"issues",)"
                           R"("models":["Issue"],"frequency":"3s"}]}]})";
  EXPECT_NE(unfair(held, "{}", sync), "") << "the sync may have run in between";
}

}  // namespace
}  // namespace terapi::conformance
