#include "conformance/program/measure_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Words = std::vector<std::string>;

std::string measure_refusal(const Words& words) {
  MeasureFlags flags;
  const auto read = flags.read(words);
  return read ? "" : read.error().message;
}

MeasuringOptions measuring_options(const Words& words) {
  MeasureFlags flags;
  const auto read = flags.read(words);
  EXPECT_TRUE(read.has_value()) << read.error().message;
  return flags.options({"terapi-sync run", "terapi-sync dump"});
}

TEST(MeasureFlags, ADumpAndANameAreOfTheRunBeforeThem) {
  const auto options = measuring_options({"--run", "a", "--dump", "a dump", "--run", "b", "--run",
                                          "c", "--name", "third", "--dump", "c dump"});
  ASSERT_EQ(options.clients.size(), 4u);
  EXPECT_TRUE(options.clients[0].reference);
  EXPECT_EQ(options.clients[0].name, "terapi-sync");
  EXPECT_EQ(options.clients[1].commands.dump, "a dump");
  EXPECT_EQ(options.clients[2].commands.dump, "");
  EXPECT_EQ(options.clients[3].commands.dump, "c dump");
  EXPECT_EQ(options.clients[3].name, "third");
}

TEST(MeasureFlags, OfOneClientTheOrderDoesNotMatter) {
  const auto options = measuring_options({"--dump", "a dump", "--name", "mine", "--run", "a"});
  EXPECT_EQ(options.clients[1].commands.run, "a");
  EXPECT_EQ(options.clients[1].commands.dump, "a dump");
  EXPECT_EQ(options.clients[1].name, "mine");
}

TEST(MeasureFlags, ADumpTooManyIsRefused) {
  EXPECT_EQ(measure_refusal({"--run", "a", "--run", "b", "--dump", "x", "--dump", "y"}),
            "--dump 'y': the --run before it, 'b', has one already; give each --dump right after "
            "its --run");
  EXPECT_THAT(measure_refusal({"--dump", "x", "--dump", "y", "--run", "a"}),
              HasSubstr("there is one already"));
  EXPECT_THAT(measure_refusal({"--dump", "x"}), HasSubstr("--run is not"));
}

TEST(MeasureFlags, EveryNameIsThatOfOneClient) {
  EXPECT_THAT(measure_refusal({"--run", "a", "--name", "x", "--run", "b", "--name", "x"}),
              HasSubstr("'x' is the name of another client"));
  EXPECT_THAT(measure_refusal({"--run", "a", "--name", "terapi-sync"}),
              HasSubstr("another client"));
  const auto options = measuring_options({"--run", "./a", "--run", "b/a", "--run", "terapi-sync"});
  EXPECT_EQ(options.clients[1].name, "a");
  EXPECT_EQ(options.clients[2].name, "a (2)");
  EXPECT_EQ(options.clients[3].name, "terapi-sync (2)");
}

TEST(MeasureFlags, TheReferenceAloneCanBeMeasured) {
  EXPECT_EQ(measuring_options({}).clients.size(), 1u);
  EXPECT_THAT(measure_refusal({"--no-reference"}), HasSubstr("nothing to measure"));
  EXPECT_EQ(measuring_options({"--no-reference", "--run", "a"}).clients.size(), 1u);
}

TEST(MeasureFlags, OnlySomeParts) {
  EXPECT_THAT(measuring_options({"--only", "catch-up,webhooks"}).parts,
              ElementsAre(MeasuredPart::kCatchUp, MeasuredPart::kWebhooks));
  EXPECT_EQ(measure_refusal({"--only", "webhook"}),
            "--only: there is no part 'webhook'; did you mean 'webhooks'?; expected first-sync, "
            "webhooks or catch-up, separated by commas");
}

TEST(MeasureFlags, QuickIsLessOfEverythingButWhatWasAskedFor) {
  const auto quick = measuring_options({"--quick"});
  const auto usual = measuring_options({});
  EXPECT_LT(quick.records, usual.records);
  EXPECT_LT(quick.rounds, usual.rounds);
  EXPECT_EQ(measuring_options({"--quick", "--records", "777"}).records, 777u);
}

TEST(MeasureFlags, FlagsOfModesThatJudgeAreRefused) {
  EXPECT_THAT(measure_refusal({"--junit", "f"}), HasSubstr("measure takes no --junit"));
  EXPECT_THAT(measure_refusal({"--filter", "*"}), HasSubstr("measure takes no --filter"));
  EXPECT_THAT(measure_refusal({"--records", "0"}), HasSubstr("--records"));
  EXPECT_THAT(measure_refusal({"client.py"}), HasSubstr("quote the command"));
  EXPECT_EQ(measure_refusal({"--json", "f", "--html", "f", "--dialect", "nango", "--repeat", "1",
                             "--latency", "0s"}),
            "");
}

TEST(NameOfCommand, IsTheFileThatItRuns) {
  EXPECT_EQ(name_of_command("python3 conformance/examples/python/client.py"), "client.py");
  EXPECT_EQ(name_of_command("exec node --no-warnings 'src/main.js' --x=a.b"), "main.js");
  EXPECT_EQ(name_of_command("/usr/bin/python3.11 client.py"), "client.py");
  EXPECT_EQ(name_of_command("build/bin/terapi-example-client"), "terapi-example-client");
  EXPECT_EQ(name_of_command("./sync"), "sync");
  EXPECT_EQ(name_of_command("  "), "client");
}

}  // namespace
}  // namespace terapi::conformance
