#include "conformance/program/judge_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string refusal(const char* mode, const std::vector<std::string>& words) {
  JudgeFlags judge;
  core::Flags flags;
  judge.add_to(flags, mode);
  const auto rest = flags.parse(words);
  return rest ? "" : rest.error().message;
}

TEST(JudgeFlags, EveryModeThatJudgesTakesEveryReport) {
  for (const char* mode : {"client", "server", "reference", "mutants"}) {
    for (const ReportFormat& format : report_formats()) {
      EXPECT_EQ(refusal(mode, {"--" + std::string(format.name), "file"}), "");
    }
    EXPECT_EQ(refusal(mode, {"--shuffle", "--repeat", "2", "--shard", "1/2", "--seed", "7",
                             "--known-failing", "file"}),
              "");
  }
}

TEST(JudgeFlags, AModeThatCannotHonourAFlagSaysWhichModesCan) {
  EXPECT_EQ(refusal("list", {"--junit", "file"}),
            "list takes no --junit: that is for client, server, reference, mutants and explore");
  EXPECT_EQ(refusal("server", {"--jobs", "4"}),
            "server takes no --jobs: that is for client, reference, mutants and explore");
  EXPECT_THAT(refusal("explain", {"--filter", "*"}), HasSubstr("explain takes no --filter"));
  EXPECT_EQ(refusal("list", {"--filter", "*"}), "");
}

TEST(JudgeFlags, HelpShowsOnlyWhatTheModeTakes) {
  JudgeFlags judge;
  core::Flags flags;
  judge.add_to(flags, "list");
  EXPECT_THAT(flags.help(), HasSubstr("--filter"));
  EXPECT_THAT(flags.help(), Not(HasSubstr("--junit")));
}

TEST(IdFilter, TakesEverythingWhenItSaysNothing) {
  EXPECT_TRUE(IdFilter::parse("").takes("client/storm"));
}

TEST(IdFilter, TakesWhatFitsOneOfItsGlobs) {
  const IdFilter filter = IdFilter::parse("client/*,server/page-?");
  EXPECT_TRUE(filter.takes("client/storm"));
  EXPECT_TRUE(filter.takes("server/page-1"));
  EXPECT_FALSE(filter.takes("server/page-10"));
  EXPECT_FALSE(filter.takes("webhooks/retry"));
}

TEST(IdFilter, LeavesOutWhatFitsAfterAnExclamationMark) {
  const IdFilter filter = IdFilter::parse("client/*,!client/stalled-*");
  EXPECT_TRUE(filter.takes("client/storm"));
  EXPECT_FALSE(filter.takes("client/stalled-body"));
  EXPECT_FALSE(filter.takes("server/storm"));
}

TEST(IdFilter, TakesAllOthersWhenItOnlyLeavesOut) {
  const IdFilter filter = IdFilter::parse("!client/*");
  EXPECT_TRUE(filter.takes("server/storm"));
  EXPECT_FALSE(filter.takes("client/storm"));
}

}  // namespace
}  // namespace terapi::conformance
