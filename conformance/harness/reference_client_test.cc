#include "conformance/harness/reference_client.h"

#include <gtest/gtest.h>

#include "conformance/harness/mutants/test_client.h"

namespace terapi::conformance {
namespace {

TEST(ReferenceClient, SyncsAndAnswersWebhooks) {
  ClientWorld world(nullptr);
  world.simulator.send_webhooks();
  world.options.sync.poll = 1h;
  world.start();
  world.run_for(1s);
  world.simulator.save({"1"});
  world.run_for(1ms);
  EXPECT_EQ(world.deliver(world.last_webhook()), 200);
  world.run_for(1s);
  EXPECT_TRUE(world.in_sync());
}

TEST(ReferenceClient, LeavesNothingBehindWhenItIsDestroyedAtAnyMoment) {
  for (const ClientMutant& mutant : client_mutants()) {
    SCOPED_TRACE(mutant.id);
    for (core::Duration moment{0}; moment < 8ms; moment += 500us) {
      ClientWorld world(&mutant);
      world.simulator.send_webhooks();
      world.options.sync.limit = 1;
      world.simulator.save({"1", "2", "3"});
      world.simulator.clock().advance_by(1ms);
      world.start();
      world.deliver(world.last_webhook());
      world.run_for(moment);
      world.kill();
      const int commits = world.bent.commits;
      const int sent = world.network.sent;
      world.run_for(1h);
      EXPECT_EQ(world.bent.commits, commits);
      EXPECT_EQ(world.network.sent, sent);
    }
  }
}

TEST(ReferenceClient, AnswersNoWebhookAfterItIsGone) {
  ClientWorld world(find_client_mutant("answers-after-fetch"));
  world.simulator.send_webhooks();
  world.start();
  world.run_for(1s);
  world.simulator.save({"1"});
  world.run_for(1ms);
  EXPECT_EQ(world.deliver(world.last_webhook()), 0);
  world.kill();
  world.run_for(1h);
  EXPECT_EQ(world.sent_at_answer, -1);
}

TEST(ReferenceClient, MayBeDestroyedByWhoeverHearsOfItsDeath) {
  ClientWorld world(find_client_mutant("unknown-delete-throws"));
  world.simulator.save({"1"});
  world.simulator.remove({"1"});
  world.start();
  world.run_for(1s);
  EXPECT_NE(world.died.find("\"1\""), std::string::npos) << world.died;
  EXPECT_EQ(world.client, nullptr);
  EXPECT_TRUE(world.stored().empty());
}

TEST(ReferenceClient, IsSilentFromItsDeathOn) {
  ClientWorld world(find_client_mutant("unknown-delete-throws"));
  world.simulator.save({"1"});
  world.simulator.remove({"1"});
  int deaths = 0;
  world.options.died = [&](const std::string&) { ++deaths; };  // and leaves it where it is
  world.start();
  world.run_for(1s);
  const int sent = world.network.sent;
  world.run_for(1h);
  EXPECT_EQ(deaths, 1);
  EXPECT_EQ(world.network.sent, sent);
  bool stopped = false;
  world.client->stop([&] { stopped = true; });
  world.run_for(1s);
  EXPECT_TRUE(stopped);
}

TEST(ReferenceClient, StopsWhenAsked) {
  for (const char* id : {"", "no-commit-before-moving-on", "two-fetches"}) {
    ClientWorld world(find_client_mutant(id));
    world.simulator.save({"1", "2", "3"});
    world.options.sync.limit = 1;
    world.start();
    world.run_for(3ms);
    bool stopped = false;
    world.client->stop([&] { stopped = true; });
    world.run_for(1s);
    EXPECT_TRUE(stopped) << id;
  }
}

}  // namespace
}  // namespace terapi::conformance
