#include "conformance/harness/explore/drawn_aim.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/harness/explore/schedule_draw.h"

namespace terapi::conformance {
namespace {

using Moment = DrawnAim::Moment;

// How often a round has each.
std::vector<std::size_t> counts_of_round(std::uint64_t round) {
  const std::vector<DrawnAim>& all = drawn_aims();
  std::vector<std::size_t> counts(all.size());
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    const DrawnAim aim = drawn_aim(round * all.size() + i);
    for (std::size_t at = 0; at < all.size(); ++at) counts[at] += all[at] == aim ? 1 : 0;
  }
  return counts;
}

std::size_t runs_until_it_has_to_hold_everything(const std::vector<Step>& steps, std::size_t at) {
  std::size_t runs = 0;
  for (; at < steps.size() && !std::holds_alternative<WaitStep>(steps[at].what); ++at) {
    runs += std::holds_alternative<RunStep>(steps[at].what) ? 1 : 0;
  }
  return runs;
}

TEST(DrawnAim, NoneIsAimedAtAgainBeforeAllHaveBeen) {
  const std::vector<DrawnAim>& all = drawn_aims();
  for (std::uint64_t round = 0; round < 20; ++round) {
    const std::vector<std::size_t> counts = counts_of_round(round);
    for (std::size_t at = 0; at < all.size(); ++at) {
      // One that is twice in the list is aimed at twice.
      const auto listed = std::count(all.begin(), all.end(), all[at]);
      EXPECT_EQ(counts[at], static_cast<std::size_t>(listed))
          << word_of(all[at].kind) << " in round " << round;
    }
  }
}

// Whoever plays every N-th seed, where N divides a round, would meet some of them only.
TEST(DrawnAim, EachRoundHasAnOrderOfItsOwn) {
  const std::uint64_t count = drawn_aims().size();
  std::size_t same = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    same += drawn_aim(seed) == drawn_aim(seed + count) ? 1 : 0;
  }
  EXPECT_LT(same, count / 4);
}

TEST(DrawnAim, KindsOfAnswersAreAimedAtEveryMomentInWhichTheyCanStrike) {
  const auto aimed_at = [](FaultKind kind, Moment moment) {
    const std::vector<DrawnAim>& all = drawn_aims();
    return std::any_of(all.begin(), all.end(), [&](const DrawnAim& aim) {
      return aim.kind == kind && aim.moment == moment;
    });
  };
  for (const Moment moment : {Moment::kFirst, Moment::kAgain, Moment::kResume, Moment::kNext}) {
    EXPECT_TRUE(aimed_at(FaultKind::kServerError, moment));
    EXPECT_TRUE(aimed_at(FaultKind::kEmptyPage, moment));
  }
  EXPECT_FALSE(aimed_at(FaultKind::kInvalidCursor, Moment::kFirst)) << "it has none yet";
  EXPECT_TRUE(aimed_at(FaultKind::kInvalidCursor, Moment::kResume));
}

// A schedule without it would be one more that is left to chance.
TEST(DrawnAim, WhatASeedAimsAtIsInItsSchedule) {
  for (const DrawOptions::Size size : {DrawOptions::Size::kAny, DrawOptions::Size::kSmall}) {
    for (std::uint64_t seed = 1; seed <= 5 * drawn_aims().size(); ++seed) {
      const DrawnAim aim = drawn_aim(seed);
      const FaultKinds kinds = draw_schedule(seed, {.size = size}).kinds;
      EXPECT_TRUE(kinds.has(aim.kind)) << seed << ": " << word_of(aim.kind);
      EXPECT_TRUE(aim.moment != Moment::kAgain || kinds.has(FaultKind::kInvalidCursor)) << seed;
    }
  }
}

// Once the trouble is over, nobody tells it of anything more before it has to hold everything:
// what it missed stays missed.
TEST(DrawnAim, IsFollowedByQuiet) {
  for (std::uint64_t seed = 1; seed <= 5 * drawn_aims().size(); ++seed) {
    const DrawnAim aim = drawn_aim(seed);
    if (aim.moment != Moment::kResume || place_of(aim.kind) != FaultPlace::kApi) continue;
    if (traits_of(aim.kind).loses_hints) continue;  // it has to be told
    const DrawnSchedule drawn = draw_schedule(seed, {});
    const std::vector<Step>& steps = drawn.scenario.plan.steps;
    const std::string word = "\"" + std::string(word_of(aim.kind)) + "-";
    bool quiet = false;
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const auto* faults = std::get_if<FaultsStep>(&steps[at].what);
      if (faults == nullptr || faults->rules.find(word) == std::string::npos) continue;
      quiet = quiet || runs_until_it_has_to_hold_everything(steps, at) == 1;
    }
    EXPECT_TRUE(quiet) << seed << ": " << word;
  }
}

}  // namespace
}  // namespace terapi::conformance
