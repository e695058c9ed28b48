// Clients that are processes: what the judge says of those that die, say nothing or hang, and that
// nothing of them is left.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/stage/process_client_stage.h"

namespace terapi::conformance {
namespace {

ScenarioResult judged(const std::string& command, const std::string& steps,
                      const std::string& settings = "{}") {
  auto scenario = Scenario::parse(
      R"({"id":"client/small","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"test",)"
      R"("judges":"client","kills_none":"a test's own","given":{"records":[)"
      R"({"connection":"demo","model":"Issue","items":[{"id":"1","n":1}]}]},"client":)" +
          settings + R"(,"steps":[)" + steps + "]}",
      "small.json");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  ClientPlayOptions options;
  options.sweep = few_moments();
  options.make_stage = [command](ClientStageOptions stage) {
    return ProcessClientStage::make(std::move(stage), {.run = command, .dump = ""});
  };
  return play_client(*scenario, options);
}

std::string all_of(const ScenarioResult& result) {
  std::string text(to_string(result.verdict));
  text += " " + result.reason;
  for (const Finding& finding : result.findings)
    text += "; " + finding.what + ": " + finding.actual;
  return text;
}

TEST(ProcessClient, OneThatCannotBeRunIsAFailureThatSaysSo) {
  const ScenarioResult result =
      judged("/there/is/no/such/program", R"({"client":"starts"},{"until":"converged"})");
  EXPECT_EQ(result.verdict, Verdict::kFail) << all_of(result);
  EXPECT_NE(all_of(result).find("status 127"), std::string::npos) << all_of(result);
}

TEST(ProcessClient, OneThatDiesIsToldWithWhatItSaid) {
  const ScenarioResult result =
      judged("echo 'no database here' >&2; exit 3", R"({"client":"starts"},{"until":"converged"})");
  EXPECT_EQ(result.verdict, Verdict::kFail) << all_of(result);
  EXPECT_NE(all_of(result).find("status 3"), std::string::npos) << all_of(result);
  EXPECT_NE(all_of(result).find("no database here"), std::string::npos) << all_of(result);
}

TEST(ProcessClient, OneThatNeverStopsTalkingIsToldByItsLastWords) {
  const ScenarioResult result =
      judged("head -c 20000000 /dev/zero | tr '\\0' 'x'; echo 'the end'; exit 3",
             R"({"client":"starts"},{"until":"converged"})");
  EXPECT_NE(all_of(result).find("the end"), std::string::npos);
  EXPECT_LT(result.subject_output.size(), 100'000u);
}

// What is told of it is short; how much it has said is counted all the same, also of those before.
TEST(ProcessClient, AllThatItEverSaidIsCounted) {
  ClientStageOptions options;
  options.world = "{}";
  auto made =
      ProcessClientStage::make(std::move(options), {.run = "head -c 10000 /dev/zero", .dump = ""});
  ASSERT_TRUE(made) << made.error().message;
  ClientStage& stage = **made;
  ASSERT_TRUE(stage.open());
  for (const std::uint64_t bytes : {10'000U, 20'000U}) {
    ASSERT_TRUE(stage.start_client(1));
    ASSERT_TRUE(stage.run_until([&] { return !stage.client(1).alive; }, std::chrono::seconds(60)));
    EXPECT_EQ(stage.output_bytes(1), bytes);
    EXPECT_EQ(stage.output(1).size(), 4096U);
  }
}

// It has said something, but not of the record that it cannot have stored.
TEST(ProcessClient, AWordOfWelcomeTellsOfNoSpoiltRecord) {
  const std::string asks = R"(bash -c '
    echo welcome
    exec 3<>"/dev/tcp/127.0.0.1/${TERAPI_BASE_URL##*:}"
    printf "GET /records?model=Issue HTTP/1.1\r\nHost: judge\r\nAuthorization: Bearer $TERAPI_SECRET_KEY\r\n" >&3
    printf "Connection-Id: demo\r\nProvider-Config-Key: github\r\n\r\n" >&3
    read -r answer <&3
    )";
  const std::string steps =
      R"({"wire":[{"do":"poison","id":"bad","record":"1","lacks":"null metadata"}]},
      {"client":"starts","wait":false},{"until":"fired","fault":"bad"},{"pass":"300ms"},
      {"expect":{"that":"surfaced","record":"1"}})";
  const ScenarioResult silent =
      judged(asks + "exec tail -f /dev/null'", steps, R"({"may_stop":true})");
  EXPECT_NE(all_of(silent).find("said nothing of a record"), std::string::npos) << all_of(silent);
  const ScenarioResult tells =
      judged(asks + "echo record 1 is bad; exec tail -f /dev/null'", steps, R"({"may_stop":true})");
  EXPECT_EQ(all_of(tells).find("said nothing of a record"), std::string::npos) << all_of(tells);
}

// The judge has no processor while a client asks: whether it still waits for the answer, nobody
// knows.
TEST(ProcessClient, WhatTheJudgeWasLateToAnswerIsInDoubt) {
  ClientStageOptions options;
  options.world = "{}";
  const auto asked =
      std::filesystem::temp_directory_path() / ("asked-" + std::to_string(::getpid()));
  auto made = ProcessClientStage::make(std::move(options), {.run = R"(bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/${TERAPI_BASE_URL##*:}"
    printf "GET /records HTTP/1.1\r\nHost: judge\r\n\r\n" >&3
    : >")" + asked.string() + R"("
    read -r answer <&3')",
                                                            .dump = ""});
  ASSERT_TRUE(made) << made.error().message;
  ClientStage& stage = **made;
  ASSERT_TRUE(stage.open());
  ASSERT_TRUE(stage.start_client(1));
  const auto begin = std::chrono::steady_clock::now();
  const auto is_held_up = [&] {
    const auto passed = std::chrono::steady_clock::now() - begin;
    return passed < std::chrono::milliseconds(400) ||
           (!std::filesystem::exists(asked) && passed < std::chrono::seconds(60));
  };
  ASSERT_TRUE(stage.run_until(
      [&] {
        while (is_held_up()) std::this_thread::yield();
        return !stage.client(1).alive;
      },
      std::chrono::seconds(60)));
  EXPECT_TRUE(std::filesystem::remove(asked));
  ASSERT_EQ(stage.history().exchanges.size(), 1U) << stage.output(1);
  EXPECT_TRUE(stage.history().exchanges[0].in_doubt);
}

// `yes` would print for a minute, and gigabytes.
TEST(ProcessClient, ADumpWithoutEndIsEnded) {
  ClientStageOptions options;
  options.world = "{}";
  auto made = ProcessClientStage::make(std::move(options), {.run = "exit 3", .dump = "yes"});
  ASSERT_TRUE(made) << made.error().message;
  ClientStage& stage = **made;
  ASSERT_TRUE(stage.open());
  const auto dump = stage.dump();
  ASSERT_FALSE(dump);
  EXPECT_NE(dump.error().message.find("the dump command printed more than 16777216 bytes"),
            std::string::npos)
      << dump.error().message;
}

bool anybody_has(const std::string& mark) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::stringstream text;
    text << file.rdbuf();
    if (text.str().find(mark) != std::string::npos) return true;
  }
  return false;
}

TEST(ProcessClient, NothingOfItIsLeftRunning) {
  // One in its group, and one that has left it.
  const std::string mark = std::to_string(100'000 + ::getpid()) + ".5";
  judged("sleep " + mark + " & setsid sleep " + mark + " & exit 1",
         R"({"client":"starts","wait":false},{"until":"dead","within":"5s"})");
  // Killed they are; the kernel may take a moment to bury them.
  for (int i = 0; i < 100'000 && anybody_has(mark); ++i) std::this_thread::yield();
  EXPECT_FALSE(anybody_has(mark));
}

TEST(ProcessClient, ItsFolderIsGoneAfterwards) {
  const std::string note =
      (std::filesystem::temp_directory_path() / ("folder-of-client-" + std::to_string(::getpid())))
          .string();
  judged("printf %s \"$TERAPI_STATE_DIR\" > " + note + "; exit 1",
         R"({"client":"starts","wait":false},{"until":"dead","within":"5s"})");
  std::ifstream file(note);
  std::string folder;
  std::getline(file, folder);
  std::filesystem::remove(note);
  ASSERT_FALSE(folder.empty());
  EXPECT_FALSE(std::filesystem::exists(folder)) << folder;
}

}  // namespace
}  // namespace terapi::conformance
