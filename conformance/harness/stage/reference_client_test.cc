#include "conformance/harness/stage/reference_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "client/storage/memory_store.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "core/background.h"
#include "core/virtual_network.h"
#include "simulator/test_simulator.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// A client, with a mutant or without, and a simulator, on one virtual clock.
class ClientWorld {
 public:
  explicit ClientWorld(const ClientMutant* mutant) : mutant_(mutant) {
    options.sync.endpoint = {"http://terapi.test", std::string(simulator::kDefaultSecretKey)};
    options.sync.poll = 5s;
    options.streams = {{"github", "demo", "Issue"}};
    options.signing_keys = {std::string(simulator::kDefaultSecretKey)};
    options.died = [this](const std::string& reason) {
      died = reason;
      client.reset();
    };
  }

  void start() {
    client = std::make_unique<ReferenceClient>(
        options, ReferenceClientPorts{simulator.clock(), network, disk, background_, &disk},
        mutant_);
    client->start();
  }
  void run_for(core::Duration span) { simulator.clock().advance_by(span); }

  // Gives the client the last webhook that the simulator has sent.
  void deliver_webhook() {
    ASSERT_FALSE(simulator.receiver().requests().empty());
    core::Request webhook = simulator.receiver().requests().back();
    webhook.target = "/webhooks";
    client->receive(webhook, [this](const core::Response& response) { answer = response.status; });
  }
  std::uint64_t stored() { return disk.position(options.streams[0])->records; }

  simulator::InProcessSimulator simulator;
  core::VirtualNetwork network{simulator.clock(), [this](const core::Request& request, auto done) {
                                 done(simulator.outcome(request));
                               }};
  client::MemoryStore disk;
  ReferenceClientOptions options;
  std::unique_ptr<ReferenceClient> client;
  std::string died;
  int answer = 0;  // to the webhook, so far

 private:
  const ClientMutant* mutant_;
  core::InlineBackground background_{simulator.clock()};
};

TEST(ReferenceClient, SyncsAndAnswersWebhooksBeforeItFetches) {
  ClientWorld world(nullptr);
  world.simulator.send_webhooks();
  world.options.sync.poll = 1h;
  world.start();
  world.run_for(1s);
  world.simulator.save({"1"});
  world.run_for(1ms);
  world.deliver_webhook();
  EXPECT_EQ(world.answer, 200);
  world.run_for(1s);
  EXPECT_EQ(world.stored(), 1U);
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
      world.deliver_webhook();
      world.run_for(moment);
      world.client.reset();
      const auto stored = world.stored();
      const auto sent = world.network.sent();
      world.run_for(1h);
      EXPECT_EQ(world.stored(), stored);
      EXPECT_EQ(world.network.sent(), sent);
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
  world.deliver_webhook();
  world.client.reset();
  world.run_for(1h);
  EXPECT_EQ(world.answer, 0);
}

TEST(ReferenceClient, MayBeDestroyedByWhoeverHearsOfItsDeath) {
  ClientWorld world(find_client_mutant("unknown-delete-throws"));
  world.simulator.save({"1"});
  world.simulator.remove({"1"});
  world.start();
  world.run_for(1s);
  EXPECT_NE(world.died.find("\"1\""), std::string::npos) << world.died;
  EXPECT_EQ(world.client, nullptr);
  EXPECT_EQ(world.stored(), 0U);
}

TEST(ReferenceClient, IsSilentFromItsDeathOn) {
  ClientWorld world(find_client_mutant("unknown-delete-throws"));
  world.simulator.save({"1"});
  world.simulator.remove({"1"});
  int deaths = 0;
  world.options.died = [&](const std::string&) { ++deaths; };  // and leaves it where it is
  world.start();
  world.run_for(1s);
  const auto sent = world.network.sent();
  world.run_for(1h);
  EXPECT_EQ(deaths, 1);
  EXPECT_EQ(world.network.sent(), sent);
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
