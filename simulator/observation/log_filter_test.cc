#include "simulator/observation/log_filter.h"

#include <gmock/gmock.h>

namespace terapi::simulator {
namespace {

Operation failed_run() {
  Operation run;
  run.kind = LogKind::kRun;
  run.level = LogLevel::kWarning;
  run.outcome = LogOutcome::kFailure;
  run.at = core::VirtualClock::start_of_time();
  run.environment = "dev";
  run.integration = "github";
  run.connection = "demo";
  run.sync = "github-issues";
  run.variant = "base";
  run.models = {"Issue", "User"};
  run.name = "run-7";
  run.error = "boom";
  run.fields = {{"type", "INITIAL"}};
  run.add({run.at, Duration(0), LogLevel::kInfo, "webhook", "in the queue", {{"delivery", "d-9"}}});
  return run;
}

TEST(LogFilter, LetsThroughWhatFitsAllOfIt) {
  const Operation run = failed_run();
  EXPECT_TRUE(LogFilter().matches(run));
  EXPECT_TRUE((LogFilter{.least = LogLevel::kWarning}.matches(run)));
  EXPECT_FALSE((LogFilter{.least = LogLevel::kError}.matches(run)));
  EXPECT_TRUE((LogFilter{.kind = LogKind::kRun}.matches(run)));
  EXPECT_FALSE((LogFilter{.kind = LogKind::kProxy}.matches(run)));
  EXPECT_TRUE((LogFilter{.outcome = LogOutcome::kFailure}.matches(run)));
  EXPECT_FALSE((LogFilter{.outcome = LogOutcome::kRunning}.matches(run)));
  EXPECT_TRUE((LogFilter{.event = "run"}.matches(run)));
  EXPECT_TRUE((LogFilter{.event = "run.failed"}.matches(run)));
  EXPECT_FALSE((LogFilter{.event = "ru"}.matches(run)));
  EXPECT_TRUE((LogFilter{.from = run.at, .to = run.at}.matches(run)));
  EXPECT_FALSE((LogFilter{.from = run.at + core::Duration(1)}.matches(run)));
  EXPECT_FALSE((LogFilter{.to = run.at - core::Duration(1)}.matches(run)));
}

TEST(LogFilter, KnowsTheStreamByItsParts) {
  const Operation run = failed_run();
  EXPECT_TRUE((
      LogFilter{.environment = "dev", .integration = "github", .connection = "demo"}.matches(run)));
  EXPECT_TRUE((LogFilter{.sync = "github-issues", .variant = "base"}.matches(run)));
  EXPECT_TRUE((LogFilter{.model = "User"}.matches(run)));
  EXPECT_FALSE((LogFilter{.environment = "prod"}.matches(run)));
  EXPECT_FALSE((LogFilter{.integration = "hubspot"}.matches(run)));
  EXPECT_FALSE((LogFilter{.connection = "acme"}.matches(run)));
  EXPECT_FALSE((LogFilter{.sync = "other"}.matches(run)));
  EXPECT_FALSE((LogFilter{.model = "Label"}.matches(run)));
  EXPECT_FALSE((LogFilter{.variant = "v1"}.matches(run)));
}

TEST(LogFilter, FindsTextWhereverItStands) {
  const Operation run = failed_run();
  for (const std::string text :
       {"demo/Issue", "github/demo/User", "run-7", "boom", "a run failed", "INITIAL", "d-9",
        "in the queue", "github-issues", "GitHub/Demo/issue"}) {
    EXPECT_TRUE((LogFilter{.text = text}.matches(run))) << text;
  }
  EXPECT_FALSE((LogFilter{.text = "Contact"}.matches(run)));
}

}  // namespace
}  // namespace terapi::simulator
