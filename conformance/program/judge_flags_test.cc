#include "conformance/program/judge_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "conformance/program/scenario_set.h"
#include "core/temporary_folder.h"

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
    EXPECT_EQ(refusal(mode, {"--annotations", "on"}), "");
    EXPECT_THAT(refusal(mode, {"--baseline", "/none.json"}), HasSubstr("/none.json: cannot be"));
    EXPECT_EQ(refusal(mode, {"--shuffle", "--repeat", "2", "--shard", "1/2", "--seed", "7",
                             "--known-failing", "file"}),
              "");
  }
}

TEST(JudgeFlags, AModeThatCannotHonourAFlagSaysWhichModesCan) {
  EXPECT_EQ(refusal("list", {"--junit", "file"}),
            "list takes no --junit: that is for client, server, reference, mutants and explore");
  EXPECT_THAT(refusal("validate", {"--baseline", "file"}),
              HasSubstr("validate takes no --baseline: that is for client, server, reference, "
                        "mutants and explore"));
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

// --- what is for a run --------------------------------------------------------------------------

class Narrowed : public testing::Test {
 protected:
  std::vector<std::string> left(JudgeFlags flags) {
    std::vector<Scenario> all(3);
    all[0].id = "client/plain";
    all[0].file = plain_file_;
    all[1].id = "client/other";
    all[2].id = "client/large";
    all[2].thorough = true;
    flags.scenarios = folder_.path();
    auto out = flags.narrow(all);
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    left_out_ = out ? *out : std::vector<std::string>();
    std::vector<std::string> ids;
    for (const Scenario& scenario : all) ids.push_back(scenario.id);
    return ids;
  }

  core::TemporaryFolder folder_;
  std::vector<std::string> left_out_;
  std::string plain_file_;
};

using Ids = std::vector<std::string>;

TEST_F(Narrowed, HasWhatTakesMinutesOnlyWhenThatIsAskedFor) {
  EXPECT_EQ(left({}), (Ids{"client/plain", "client/other"}));
  EXPECT_EQ(left_out_, (Ids{"client/large"}));
  JudgeFlags thorough;
  thorough.thorough = true;
  EXPECT_EQ(left(thorough), (Ids{"client/plain", "client/other", "client/large"}));
  JudgeFlags named;
  named.filter = "client/large";
  EXPECT_EQ(left(named), (Ids{"client/plain", "client/other", "client/large"}));
}

TEST_F(Narrowed, QuickHasWhatItsListSays) {
  JudgeFlags quick;
  quick.quick = true;
  std::ofstream(folder_.file("quick.jsonc")) << quick_file({"client/other"}, "by hand");
  EXPECT_EQ(left(quick), (Ids{"client/other"}));
  EXPECT_EQ(left_out_, (Ids{"client/plain", "client/large"}));
}

TEST_F(Narrowed, QuickHasAlsoThoseOfOnesOwn) {
  JudgeFlags quick;
  quick.quick = true;
  quick.more_scenarios = {"mine"};
  std::ofstream(folder_.file("quick.jsonc")) << quick_file({"client/other"}, "by hand");
  plain_file_ = "mine/client/plain.json";
  EXPECT_EQ(left(quick), (Ids{"client/plain", "client/other"}));
  plain_file_ = "mine-not/client/plain.json";
  EXPECT_EQ(left(quick), (Ids{"client/other"}));
}

TEST_F(Narrowed, SaysWhatIsWrongWithAQuickList) {
  JudgeFlags quick;
  quick.quick = true;
  quick.scenarios = folder_.path();
  std::vector<Scenario> none;
  EXPECT_NE(quick.narrow(none).error().message.find("mutants --choose-quick"), std::string::npos);
  std::ofstream(folder_.file("quick.jsonc")) << R"({"quick": []})";
  EXPECT_EQ(quick.narrow(none).error().message,
            folder_.file("quick.jsonc") + R"(: expected {"quick": ["folder/scenario", …]})");
  quick.thorough = true;
  EXPECT_EQ(quick.narrow(none).error().message,
            "--quick and --thorough are opposites; give one of them");
}

}  // namespace
}  // namespace terapi::conformance
