// A few scenarios over real HTTP: the program with its sockets and, of the laws, those that an
// in-process simulator answers without them.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/play/server_scenario_files.h"
#include "conformance/harness/stage/http_server_stage.h"
#include "conformance/scenario/step.h"
#include "core/system/test_socket.h"
#include "core/test_places.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

TEST(ServerScenarioOverHttp, PassesOnTheProgram) {
  const std::string program = core::bin_folder() + "/terapi-simulator";
  auto stage = HttpServerStage::make_with_simulator(program, {}, 1);
  ASSERT_TRUE(stage) << stage.error().message;
  for (const char* id :
       {"server/actions", "server/routes", "webhooks/backoff", "webhooks/never-before-readable",
        "webhooks/redirect-not-followed", "webhooks/no-reason-phrase",
        "webhooks/closes-unannounced", "security/hostile-requests", "security/endless-requests",
        "security/body-over-the-limit"}) {
    const auto scenario = server_scenario(std::string(id) + ".json");
    ASSERT_TRUE(scenario) << scenario.error().message;
    const ScenarioResult result = play_server(*scenario, **stage);
    std::string told = result.reason;
    for (const Finding& finding : result.findings) {
      told += "\n" + finding.clause + " " + finding.what + "\n  expected: " + finding.expected +
              "\n  actual: " + finding.actual;
    }
    EXPECT_EQ(result.verdict, Verdict::kPass) << id << ": " << told;
  }
}

// The server's clock is virtual and the judge's is not: a reader is told by one of them.
TEST(ServerScenarioOverHttp, IsToldByOneClock) {
  auto stage =
      HttpServerStage::make_with_simulator(core::bin_folder() + "/terapi-simulator", {}, 1);
  ASSERT_TRUE(stage) << stage.error().message;
  const auto scenario = server_scenario("webhooks/never-before-readable.json");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const ScenarioResult result = play_server(*scenario, **stage);
  EXPECT_EQ(result.verdict, Verdict::kPass) << result.reason;
  ASSERT_FALSE(result.timeline.empty());
  core::Time before = result.timeline.front().at;
  for (const Event& event : result.timeline) {
    EXPECT_GE(event.at, before) << event.text;
    EXPECT_LT(event.at - before, std::chrono::minutes(5)) << event.text;
    before = event.at;
  }
}

// What a server reads of a receiver's answer that carries this word.
std::string answered(ServerStage& stage, const std::string& word) {
  stage.set_receiver([&](const core::Request&, core::Time) {
    return core::Outcome{{200, {{std::string(ReceiverAnswer::kOnTheWire), word}}, "taken"}, {}};
  });
  const auto url = core::parse_url(stage.receiver_url("/hook"));
  EXPECT_TRUE(url);
  auto reading = std::async(std::launch::async, [&] {
    core::TestSocket socket = core::TestSocket::connect(url->port);
    socket.send("POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    return word == "closes" ? socket.read_all() : socket.read_response();
  });
  stage.run_until(
      [&] { return reading.wait_for(std::chrono::seconds(0)) == std::future_status::ready; },
      std::chrono::seconds(20));
  return reading.get();
}

TEST(HttpServerStage, AnswersWebhooksAsCarelesslyAsItIsTold) {
  auto stage =
      HttpServerStage::make_with_simulator(core::bin_folder() + "/terapi-simulator", {}, 1);
  ASSERT_TRUE(stage) << stage.error().message;
  const std::string bare = answered(**stage, "no reason");
  EXPECT_TRUE(bare.starts_with("HTTP/1.1 200\r\n") && bare.ends_with("taken")) << bare;
  const std::string closed = answered(**stage, "closes");
  EXPECT_TRUE(closed.starts_with("HTTP/1.1 200 OK\r\n") && closed.ends_with("taken")) << closed;
  for (const std::string& answer : {bare, closed}) {
    EXPECT_FALSE(core::has(answer, "Connection: close")) << answer;
    EXPECT_FALSE(core::has(answer, "X-On-The-Wire")) << answer;
  }
}

}  // namespace
}  // namespace terapi::conformance
