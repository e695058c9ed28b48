#include "core/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace terapi::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum class Level { kQuiet, kLoud };
constexpr auto kLevels =
    std::to_array<Word<Level>>({{Level::kQuiet, "quiet"}, {Level::kLoud, "loud"}});

class FlagsTest : public testing::Test {
 protected:
  FlagsTest() {
    flags.text("host", "HOST", "where to listen", host);
    flags.number("port", "N", "port to listen on", {.most = 65535}, port);
    flags.number("workers", "N", "how many at once", {1, 64}, workers);
    flags.duration("poll", "DURATION", "how often", std::chrono::milliseconds(1), poll);
    flags.duration("for", "DURATION", "how long", {}, budget);
    flags.list("stream", "STREAM", "which; may be repeated", streams);
    flags.choice("clock", {"system", "virtual"}, "which clock", clock);
    flags.choice("level", kLevels, "how loud", level);
    flags.toggle("verbose", "say more", verbose);
    flags.add("load", "SPEC", "what to load", [this](const std::string& value) -> Result<void> {
      if (value == "bad") return Error{"bad_load", "not that"};
      loads.push_back(value);
      return {};
    });
  }
  std::string error(const std::vector<std::string>& arguments) {
    const auto rest = flags.parse(arguments);
    EXPECT_FALSE(rest);
    if (rest) return "";
    EXPECT_EQ(rest.error().code, "bad_usage");
    return rest.error().message;
  }

  Flags flags;
  std::string host = "127.0.0.1";
  std::uint64_t port = 3003;
  std::string clock = "system";
  Level level = Level::kQuiet;
  std::optional<std::uint64_t> workers;
  Duration poll = std::chrono::seconds(30);
  std::optional<Duration> budget;
  std::vector<std::string> streams;
  bool verbose = false;
  std::vector<std::string> loads;
};

TEST_F(FlagsTest, TakesValuesAfterSpaceAndEquals) {
  const auto rest =
      flags.parse({"serve", "--host", "::1", "--port=0", "--clock", "virtual", "--level=loud",
                   "--verbose", "--load", "a=b", "--load=c=d", "more"});
  ASSERT_TRUE(rest);
  EXPECT_THAT(*rest, ElementsAre("serve", "more"));
  EXPECT_EQ(host, "::1");
  EXPECT_EQ(port, 0U);
  EXPECT_EQ(clock, "virtual");
  EXPECT_EQ(level, Level::kLoud);
  EXPECT_TRUE(verbose);
  EXPECT_THAT(loads, ElementsAre("a=b", "c=d"));
}

TEST_F(FlagsTest, LeavesAloneWhatIsNotGiven) {
  ASSERT_TRUE(flags.parse({}));
  EXPECT_EQ(host, "127.0.0.1");
  EXPECT_EQ(port, 3003U);
  EXPECT_FALSE(verbose);
}

TEST_F(FlagsTest, EndsAtTheDoubleDash) {
  const auto rest = flags.parse({"exec", "--port", "1", "--", "--port", "x", "--", "-y"});
  ASSERT_TRUE(rest);
  EXPECT_THAT(*rest, ElementsAre("exec", "--port", "x", "--", "-y"));
  EXPECT_EQ(port, 1U);
}

TEST_F(FlagsTest, TakesASingleDashAndEmptyWordsAsWords) {
  const auto rest = flags.parse({"-", ""});
  ASSERT_TRUE(rest);
  EXPECT_THAT(*rest, ElementsAre("-", ""));
}

// --secret-key "$UNSET"
TEST_F(FlagsTest, RefusesEmptyValues) {
  host = "before";
  EXPECT_THAT(error({"--host="}), HasSubstr("--host is empty; expected "));
  EXPECT_THAT(error({"--host", ""}), HasSubstr("--host is empty; expected "));
  EXPECT_EQ(host, "before");
  std::vector<std::string> several;
  flags.list("several", "WORD", "", several);
  EXPECT_THAT(error({"--several", "a", "--several", ""}),
              HasSubstr("--several is empty; expected WORD"));
}

TEST_F(FlagsTest, NamesTheNearestFlag) {
  EXPECT_EQ(error({"--prot", "1"}), "unknown flag '--prot'; did you mean '--port'?");
  EXPECT_THAT(error({"--zzzzzz=1"}), HasSubstr("known: --host, --port"));
  EXPECT_THAT(error({"-p", "1"}), HasSubstr("unknown flag '-p'"));
}

TEST_F(FlagsTest, RefusesMissingAndSuperfluousValues) {
  EXPECT_THAT(error({"--port"}), HasSubstr("--port has no value; expected N"));
  EXPECT_THAT(error({"--verbose=yes"}), HasSubstr("takes no value"));
  EXPECT_FALSE(verbose);
}

TEST_F(FlagsTest, RefusesNumbersOutOfRange) {
  for (const std::string value :
       {"65536", "-1", "+1", "1.0", "1e3", "", " 1", "0x10", "99999999999999999999999"}) {
    EXPECT_THAT(error({"--port", value}), HasSubstr("from 0 to 65535")) << value;
  }
  EXPECT_EQ(port, 3003U);
}

TEST_F(FlagsTest, KeepsNumbersWithinTheirBounds) {
  ASSERT_TRUE(flags.parse({"--workers", "64"}));
  EXPECT_EQ(workers, 64U);
  for (const std::string value : {"0", "65", "-1", "many"}) {
    EXPECT_EQ(error({"--workers", value}),
              "--workers: '" + value + "' is not a whole number from 1 to 64");
  }
  EXPECT_EQ(workers, 64U);
}

TEST_F(FlagsTest, ReadsDurations) {
  ASSERT_TRUE(flags.parse({"--poll", "1.5s", "--for=0s"}));
  EXPECT_EQ(poll, std::chrono::milliseconds(1500));
  EXPECT_EQ(budget, Duration(0));
  EXPECT_EQ(error({"--poll", "0s"}), "--poll: '0s' is too short; expected 1ms or more");
  EXPECT_THAT(error({"--for", "soon"}), HasSubstr("--for: 'soon' is not a duration"));
  EXPECT_EQ(poll, std::chrono::milliseconds(1500));
}

TEST_F(FlagsTest, CollectsTheTextsOfAListInOrder) {
  ASSERT_TRUE(flags.parse({"--stream", "b", "--stream=a", "--stream", "b"}));
  EXPECT_THAT(streams, ElementsAre("b", "a", "b"));
}

TEST_F(FlagsTest, RefusesWordsThatAreNoChoice) {
  EXPECT_EQ(error({"--clock", "virtal"}),
            "--clock: unknown value 'virtal'; did you mean 'virtual'?");
  EXPECT_EQ(clock, "system");
}

TEST_F(FlagsTest, PassesOnWhatASetterSays) {
  const auto rest = flags.parse({"--load", "bad"});
  ASSERT_FALSE(rest);
  EXPECT_EQ(rest.error(), (Error{"bad_load", "not that"}));
}

TEST_F(FlagsTest, SaysWhyAFlagIsRefusedAndDoesNotSuggestIt) {
  flags.refuse("hosts", "--hosts is of another command");
  flags.refuse("port", "no port here");
  EXPECT_EQ(error({"--port", "1"}), "no port here");
  EXPECT_EQ(error({"--hosts", "a"}), "--hosts is of another command");
  EXPECT_EQ(error({"--hosts=a"}), "--hosts is of another command");
  EXPECT_THAT(error({"--hostx", "a"}), HasSubstr("'--host'"));
  EXPECT_EQ(flags.help().find("hosts"), std::string::npos);
}

TEST_F(FlagsTest, AFlagThatWasRefusedIsTakenOnceItIsAdded) {
  flags.refuse("port", "no port here");
  bool port_wanted = false;
  flags.toggle("port", "whether", port_wanted);
  EXPECT_TRUE(flags.parse({"--port"}).has_value());
  EXPECT_TRUE(port_wanted);
}

TEST_F(FlagsTest, TellsWhichFlagsAreNamedAndTakesNoValueForOne) {
  using Names = std::set<std::string>;
  EXPECT_EQ(flags.named_in({"--port", "--clock", "word", "--load=--host", "--nonsense"}),
            (Names{"port", "load", "nonsense"}));
  EXPECT_EQ(flags.named_in({"--clock", "virtual", "--", "--port"}), (Names{"clock"}));
}

TEST_F(FlagsTest, HelpHasALineForEachFlag) {
  const std::string help = flags.help();
  EXPECT_THAT(help, HasSubstr("--clock system|virtual"));
  EXPECT_THAT(help, HasSubstr("--port N"));
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 10);
}

}  // namespace
}  // namespace terapi::core
