#include "conformance/harness/explore/schedule_draw.h"

#include <gtest/gtest.h>

#include <set>

#include "conformance/harness/explore/fair_story.h"
#include "conformance/scenario/scenario_text.h"

namespace terapi::conformance {
namespace {

std::string text_of(std::uint64_t seed, const DrawOptions& options = {}) {
  const DrawnSchedule drawn = draw_schedule(seed, options);
  return scenario_text(drawn.scenario);
}

TEST(ScheduleDraw, DrawsTheSameFromTheSameSeed) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    EXPECT_EQ(text_of(seed), text_of(seed));
    texts.insert(text_of(seed));
  }
  EXPECT_EQ(texts.size(), 200U);
}

TEST(ScheduleDraw, DrawsFilesThatAreReadAsTheyWereDrawn) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const DrawnSchedule drawn = draw_schedule(seed, {});
    const auto read = Scenario::parse(scenario_text(drawn.scenario), "drawn");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->plan.steps.size(), drawn.scenario.plan.steps.size()) << seed;
    EXPECT_EQ(scenario_text(*read), scenario_text(drawn.scenario)) << seed;
  }
}

TEST(ScheduleDraw, DrawsFairStories) {
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
      const DrawnSchedule drawn = draw_schedule(seed, {.dialect = dialect});
      EXPECT_EQ(unfairness(drawn.scenario), "") << seed << " of " << dialect->name;
    }
  }
}

TEST(ScheduleDraw, LeavesKindsOutAndDrawsEachSomewhere) {
  FaultKinds all;
  std::size_t most = 0;
  std::size_t least = kFaultKinds;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const FaultKinds kinds = draw_schedule(seed, {}).kinds;
    least = std::min(least, kinds.size());
    most = std::max(most, kinds.size());
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
      if (kinds.has(static_cast<FaultKind>(i))) all.add(static_cast<FaultKind>(i));
    }
  }
  EXPECT_EQ(least, 1U) << "what it aims at, and nothing else";
  EXPECT_GE(most, 6U);
  // Two are of the world, and stand in no step.
  EXPECT_EQ(all.size(), kFaultKinds - 2);
}

TEST(ScheduleDraw, DrawsForHttpWhatAProcessCanBeMadeToDo) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    const FaultKinds kinds = draw_schedule(seed, {.over_http = true}).kinds;
    EXPECT_FALSE(kinds.has(FaultKind::kKillAtStoreCall)) << seed;
    EXPECT_FALSE(kinds.has(FaultKind::kKillAtStoreCalled)) << seed;
    EXPECT_FALSE(kinds.has(FaultKind::kDiskFull)) << seed;
  }
}

TEST(ScheduleDraw, ASmallWorldHasTwoStreamsAndFiftyRecords) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const DrawnSchedule drawn = draw_schedule(seed, {.size = DrawOptions::Size::kSmall});
    EXPECT_EQ(drawn.scenario.plan.client.streams.size(), 2U);
    const auto world = core::json::Document::parse(drawn.scenario.given);
    ASSERT_TRUE(world);
    std::size_t records = 0;
    for (const auto entry : world->root()["records"].items()) records += entry["items"].size();
    EXPECT_EQ(records, 50U);
  }
}

}  // namespace
}  // namespace terapi::conformance
