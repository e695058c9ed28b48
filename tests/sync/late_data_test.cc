// What the client does about data that becomes visible late: the looks after a webhook, and the
// overlap that is read again.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/sync/client_steps.h"

namespace terapi::tests {
namespace {

TEST(LateData, DoesNotLookAgainWhenTheWebhooksDataCame) {
  SyncWorld world;
  world.options.poll = 1h;
  world.simulator().send_webhooks();
  world.start_client();
  world.run_for(1s);
  const auto before = world.network().sent();
  world.simulator().save({"r1"});
  world.run_for(1min);
  EXPECT_EQ(world.network().sent() - before, 1U);
  EXPECT_EQ(world.difference(), "");
}

TEST(LateData, LooksAgainAfterAWebhookThatCameBeforeItsData) {
  SyncWorld world;
  world.options.poll = 1h;
  world.simulator().send_webhooks();
  world.simulator().save({"r0"});
  world.start_client();
  world.run_for(1s);
  world.simulator().faults(R"([{"id":"s","on":"api","times":3,"do":{"stale":"5s"}}])");
  world.simulator().save({"r1"});
  world.run_for(30s);
  EXPECT_GE(world.simulator().fired("s"), 1);
  EXPECT_EQ(world.difference(), "");
}

TEST(LateData, FindsALateCommitWithTheOverlapAndNeverMovesTheCursorBack) {
  for (const bool overlap : {false, true}) {
    SyncWorld world;
    world.options.poll = 5s;
    world.options.overlap = overlap ? core::Duration(1min) : core::Duration(0);
    world.simulator().save({"r0"});
    world.start_client();
    world.run_for(1s);
    world.simulator().faults(R"([{"id":"l","on":"store","times":1,"do":{"late_commit":"10s"}}])");
    world.simulator().save({"late"});
    world.run_for(1s);
    world.simulator().save({"r1"});
    world.run_for(7s);
    const auto before = world.client().store().position(world.streams[0]);
    world.run_for(2min);
    const auto after = world.client().store().position(world.streams[0]);
    EXPECT_EQ(before->cursor, after->cursor);
    EXPECT_EQ(stored_payload(world, "late"), overlap ? R"({"id":"late","n":0})" : "(not stored)");
    if (overlap) {
      EXPECT_EQ(world.difference(), "");
    }
  }
}

TEST(LateData, FindsALateCommitAlsoAfterAQuietTime) {
  SyncWorld world;
  world.options.poll = 5s;
  world.options.overlap = 1min;
  world.simulator().save({"r0"});
  world.start_client();
  world.run_for(10min);
  world.simulator().faults(R"([{"id":"l","on":"store","times":1,"do":{"late_commit":"10s"}}])");
  world.simulator().save({"late"});
  world.run_for(1s);
  world.simulator().save({"r1"});
  world.run_for(2min);
  EXPECT_EQ(world.difference(), "");
}

// Refuses the windows of an overlap with that answer until it is empty.
void refuse_windows(SyncWorld& world, const std::shared_ptr<std::optional<core::Outcome>>& answer) {
  world.instead = [answer](const core::Request& request) -> std::optional<core::Outcome> {
    if (request.target.find("modified_after=") == std::string::npos) return std::nullopt;
    return *answer;
  };
}

TEST(LateData, AWindowThatTheServerRefusesDoesNotStopTheStreamAndIsTold) {
  for (const char* code : {"invalid_query_params", "bad_request", "invalid_cursor"}) {
    SyncWorld world;
    world.options.poll = 5s;
    world.options.overlap = 1min;
    world.simulator().save({"r0"});
    const auto answer = std::make_shared<std::optional<core::Outcome>>(error_of(400, code));
    refuse_windows(world, answer);
    world.start_client();
    world.run_for(10min);
    EXPECT_EQ(world.progress().health, client::Health::kUpToDate);
    EXPECT_EQ(world.progress().error.code, "overlap_refused");
    ASSERT_EQ(world.events.size(), 1U) << code;  // once, though each poll tries it again
    EXPECT_NE(world.events[0].find("the overlap could not be read again"), std::string::npos);
    EXPECT_NE(world.events[0].find(code), std::string::npos) << world.events[0];
    EXPECT_EQ((*world.client().store().status())[0].error.code, "overlap_refused");
    answer->reset();
    world.run_for(1min);
    EXPECT_EQ(world.progress().error, core::Error{});
    EXPECT_EQ((*world.client().store().status())[0].error, core::Error{});
  }
}

TEST(LateData, AWindowThatWasRefusedOrBrokeOffIsReadLaterFromWhereItBegan) {
  for (const int status : {400, 503}) {
    SyncWorld world;
    world.options.poll = 5s;
    world.options.overlap = 1min;
    world.simulator().save({"r0"});
    world.start_client();
    world.run_for(10min);
    world.simulator().faults(R"([{"id":"l","on":"store","times":1,"do":{"late_commit":"10s"}}])");
    world.simulator().save({"late"});
    world.run_for(1s);
    const auto answer = std::make_shared<std::optional<core::Outcome>>(error_of(status, "e"));
    refuse_windows(world, answer);
    world.simulator().save({"r1"});
    world.run_for(10min);
    world.simulator().save({"r2"});  // whose window begins long after what was late
    world.run_for(5s);
    answer->reset();
    world.run_for(3min);
    EXPECT_EQ(world.difference(), "") << status;
  }
}

TEST(LateData, FindsALateCommitInTheNangoDialect) {
  simulator::TestSimulatorOptions given;
  given.dialect = &simulator::nango_dialect();
  SyncWorld world(given);
  world.options.dialect = &client::nango_dialect();
  world.options.poll = 5s;
  world.options.overlap = 1min;
  world.simulator().save({"r0"});
  world.start_client();
  world.run_for(1s);
  world.simulator().faults(R"([{"id":"l","on":"store","times":1,"do":{"late_commit":"10s"}}])");
  world.simulator().save({"late"});
  world.run_for(1s);
  world.simulator().save({"r1"});
  world.run_for(2min);
  EXPECT_EQ(stored_payload(world, "late"), R"({"id":"late","n":0})");
  EXPECT_EQ(world.progress().error, core::Error{});
}

// Its window begins further back than REC-8 lets anybody ask.
TEST(LateData, AnOldAndQuietStreamHasAnOverlapToo) {
  SyncWorld world;
  world.options.poll = 24h;
  world.options.overlap = 1min;
  world.simulator().save({"r0"});
  world.clock().advance_by(24h * 500);
  world.start_client();
  world.run_for(48h);
  EXPECT_EQ(world.progress().error, core::Error{});
  EXPECT_TRUE(world.events.empty()) << world.events[0];
}

TEST(LateData, ReReadsNoWindowInWhichNothingCanCome) {
  SyncWorld world;
  world.options.poll = 5s;
  world.options.overlap = 1min;
  world.simulator().save({"r0"});
  world.start_client();
  world.run_for(3min);
  const auto before = world.network().sent();
  world.run_for(50s);
  EXPECT_EQ(world.network().sent() - before, 10U);  // the polls alone
}

}  // namespace
}  // namespace terapi::tests
