#include "conformance/program/known_failing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/program/scenario_set.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

KnownFailing list_of(const std::string& entries,
                     KnownFailing::Kind kind = KnownFailing::Kind::kOfThisServer) {
  auto known = KnownFailing::parse(R"({"known_failing":[)" + entries + "]}", "list.jsonc", kind);
  EXPECT_TRUE(known) << (known ? "" : known.error().message);
  return known ? *std::move(known) : KnownFailing();
}

ScenarioResult failed_with(const std::vector<std::string>& sentences) {
  ScenarioResult result;
  result.scenario = "server/filter-subsets";
  result.verdict = sentences.empty() ? Verdict::kPass : Verdict::kFail;
  for (const std::string& sentence : sentences) {
    result.findings.push_back({Verdict::kFail, "REC-7", "", sentence, "a", "b", {}});
  }
  return result;
}

constexpr const char* kLosesDeletions =
    R"({"scenario":"server/filter-subsets","finding":"it loses*","reason":"known of it"})";

TEST(KnownFailingTest, WithAFindingOnlyThatOneIsForgiven) {
  ScenarioResult result =
      failed_with({"it loses deletions", "it loses them (and 5 more of this kind)"});
  list_of(kLosesDeletions).apply(result);
  EXPECT_EQ(result.verdict, Verdict::kSkip);
  EXPECT_EQ(result.reason, "known to fail: known of it");

  ScenarioResult more = failed_with({"it loses deletions", "it adds some of its own"});
  list_of(kLosesDeletions).apply(more);
  EXPECT_EQ(more.verdict, Verdict::kFail);
  EXPECT_EQ(more.findings.at(0).verdict, Verdict::kInfo);
  EXPECT_THAT(more.findings.at(0).what, HasSubstr("known to fail, known of it"));
  EXPECT_EQ(more.findings.at(1).verdict, Verdict::kFail);
}

TEST(KnownFailingTest, EachReasonIsToldOnce) {
  KnownFailing known = list_of(kLosesDeletions);
  known.add(
      list_of(R"({"scenario":"server/filter-subsets","finding":"it adds*","reason":"too much"})"));
  ScenarioResult result = failed_with({"it loses deletions", "it adds some", "it loses more"});
  known.apply(result);
  EXPECT_EQ(result.verdict, Verdict::kSkip);
  EXPECT_EQ(result.reason, "known to fail: known of it; too much");
}

TEST(KnownFailingTest, AWarningIsKnownToo) {
  const auto warned = [](const std::string& sentence) {
    ScenarioResult result = failed_with({sentence});
    result.verdict = result.findings.at(0).verdict = Verdict::kWarn;
    return result;
  };
  ScenarioResult known = warned("it loses deletions");
  list_of(kLosesDeletions).apply(known);
  EXPECT_EQ(known.verdict, Verdict::kSkip);
  ScenarioResult other = warned("it is slow");
  list_of(kLosesDeletions, KnownFailing::Kind::kOfADialect).apply(other);
  EXPECT_EQ(other.verdict, Verdict::kWarn);
}

TEST(KnownFailingTest, WhatIsKnownOfADialectIsNeverStale) {
  KnownFailing known = list_of(kLosesDeletions, KnownFailing::Kind::kOfADialect);
  ScenarioResult right = failed_with({});
  known.apply(right);
  EXPECT_EQ(right.verdict, Verdict::kInfo);
  std::vector<ScenarioResult> none;
  list_of(kLosesDeletions, KnownFailing::Kind::kOfADialect).add_stale(none);
  EXPECT_TRUE(none.empty());

  KnownFailing own = list_of(kLosesDeletions);
  ScenarioResult mended = failed_with({});
  own.apply(mended);
  EXPECT_EQ(mended.verdict, Verdict::kFail);
}

// Nobody else would notice an entry that no longer names anything.
TEST(KnownFailingTest, TheListThatComesWithTheProjectNamesScenariosThatThereAre) {
  const std::string file = known_failing_of("nango");
  ASSERT_NE(file, "");
  EXPECT_EQ(known_failing_of("terapi"), "");
  const auto known = KnownFailing::load(file, KnownFailing::Kind::kOfADialect);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_GT(known->size(), 0U);
  const auto scenarios = load_scenarios("");
  ASSERT_TRUE(scenarios) << scenarios.error().message;
  for (const std::string& id : known->scenarios()) {
    EXPECT_TRUE(std::any_of(scenarios->begin(), scenarios->end(), [&](const Scenario& scenario) {
      return scenario.id == id && scenario.speaks("nango");
    })) << id;
  }
}

// Nothing is skipped without a word.
TEST(KnownFailingTest, EachScenarioThatIsNotForADialectSaysWhy) {
  const auto scenarios = load_scenarios("");
  ASSERT_TRUE(scenarios) << scenarios.error().message;
  for (const Scenario& scenario : *scenarios) {
    EXPECT_EQ(scenario.dialects.empty(), scenario.dialects_why.empty()) << scenario.id;
  }
}

TEST(KnownFailingTest, AnEntryOfWhatIsNotForThisRunIsNotStale) {
  std::vector<ScenarioResult> results;
  list_of(kLosesDeletions).add_stale(results, {"server/filter-subsets"});
  EXPECT_TRUE(results.empty());
  list_of(kLosesDeletions).add_stale(results, {"server/other"});
  EXPECT_EQ(results.size(), 1u);
}

}  // namespace
}  // namespace terapi::conformance
