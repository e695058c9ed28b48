// CLIENT-2: a crash at any point leaves a cursor that is never ahead of the records. Each test
// kills the client at its n-th call, for every n, until a run completes without reaching it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sync/sync_world.h"

namespace terapi::tests {
namespace {

std::vector<std::string> numbered(const std::string& prefix, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(prefix + std::to_string(i));
  return ids;
}

// Kills the client at its n-th call of one kind.
struct Fuse {
  int left = 0;
  bool blown = false;
  void burn() {
    if (left == 0) return;
    if (--left == 0) {
      blown = true;
      throw Crash();
    }
  }
};

// Every record up to the stored cursor is stored (I5).
void expect_cursor_not_ahead(SyncWorld& world) {
  auto store = client::SqliteStore::open(world.file());
  ASSERT_TRUE(store);
  const auto position = (*store)->position(world.streams[0]);
  ASSERT_TRUE(position);
  if (!position->cursor) return;
  std::vector<std::string> ids;
  ASSERT_TRUE((*store)->read(world.streams[0], [&](const client::StoredRecord& record) {
    ids.push_back(record.id);
    return true;
  }));
  const auto served = world.simulator().walk();
  for (const simulator::Json& record : served) {
    EXPECT_NE(std::find(ids.begin(), ids.end(), record["id"]), ids.end())
        << record["id"] << " is before the cursor and not stored";
    if (simulator::cursor_of(record) == *position->cursor) return;
  }
}

enum class At { kBeforeStoreCall, kAfterStoreCall, kBeforeRequest, kBeforeAnswer };

class CrashTest : public testing::TestWithParam<At> {
 protected:
  // A backlog with ties, then changes while the client runs.
  static void story(SyncWorld& world) {
    world.simulator().save(numbered("a", 7));
    world.simulator().save(numbered("b", 5));
    world.simulator().remove({"a3", "b1"});
    world.options.limit = 3;
    world.options.poll = 5s;
  }

  void arm(SyncWorld& world, Fuse& fuse) const {
    world.network().on_send = [this, &fuse](const core::Request&) {
      if (GetParam() == At::kBeforeRequest) fuse.burn();
    };
    world.network().before_answer = [this, &fuse](core::Result<core::Response>&) {
      if (GetParam() == At::kBeforeAnswer) fuse.burn();
    };
    world.prepare_client = [this, &fuse](SyncClient& client) {
      client.fragile().before_call = [this, &fuse] {
        if (GetParam() == At::kBeforeStoreCall) fuse.burn();
      };
      client.fragile().after_call = [this, &fuse] {
        if (GetParam() == At::kAfterStoreCall) fuse.burn();
      };
    };
  }
};

TEST_P(CrashTest, AtEveryCallLosesNothing) {
  int crashes = 0;
  for (int n = 1; n < 200; ++n) {
    SCOPED_TRACE("crash at call " + std::to_string(n));
    SyncWorld world;
    story(world);
    Fuse fuse{n};
    arm(world, fuse);
    world.start_client();
    bool crashed = world.run_for(100ms);
    world.simulator().save({"a0", "c0"}, 2);
    crashed = crashed || world.run_for(12s);
    ASSERT_EQ(crashed, fuse.blown);
    expect_cursor_not_ahead(world);
    if (crashed) {
      ++crashes;
      world.start_client();
      world.run_for(12s);
    }
    ASSERT_EQ(world.difference(), "");
    if (!fuse.blown) break;
  }
  EXPECT_GE(crashes, 6);
}

TEST_P(CrashTest, AgainAndAgainStillGetsThere) {
  // Each process lives for a few calls only; what it stored before must carry the next one on.
  SyncWorld world;
  story(world);
  world.simulator().save(numbered("d", 40));
  Fuse fuse;
  arm(world, fuse);
  for (int life = 0; life < 60; ++life) {
    fuse.left = 5;
    world.start_client();
    if (!world.run_for(2s)) break;
    expect_cursor_not_ahead(world);
  }
  EXPECT_EQ(world.difference(), "");
}

INSTANTIATE_TEST_SUITE_P(Crash, CrashTest,
                         testing::Values(At::kBeforeStoreCall, At::kAfterStoreCall,
                                         At::kBeforeRequest, At::kBeforeAnswer),
                         [](const auto& at) {
                           switch (at.param) {
                             case At::kBeforeStoreCall:
                               return "BeforeStoreCall";
                             case At::kAfterStoreCall:
                               return "AfterStoreCall";
                             case At::kBeforeRequest:
                               return "BeforeRequest";
                             case At::kBeforeAnswer:
                               return "BeforeAnswer";
                           }
                           return "";
                         });

TEST(Crash, AfterTheWebhookWasAnsweredIsMadeUpForAtTheStart) {
  SyncWorld world;
  world.simulator().send_webhooks();
  world.start_client();
  world.run_for(1s);
  world.simulator().save({"1"});
  // The webhook is delivered and answered; the fetch that it leads to brings nothing any more.
  world.network().before_answer = [](core::Result<core::Response>&) { throw Crash(); };
  ASSERT_TRUE(world.run_for(1s));
  world.network().before_answer = nullptr;
  ASSERT_EQ(world.simulator().receiver().requests().size(), 1U);
  world.start_client();
  world.run_for(100ms);
  EXPECT_EQ(world.difference(), "");
}

TEST(Crash, DuringAFullReadGoesOnFromWhereItWas) {
  SyncWorld world;
  world.options.limit = 2;
  world.simulator().save(numbered("a", 9));
  world.start_client();
  world.run_for(1s);
  ASSERT_EQ(world.difference(), "");
  world.simulator().save({"a4"}, 1);
  // The stored cursor is not taken; the full read dies half-way.
  int refusals = 0;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (refusals > 0 || request.target.find("cursor=") == std::string::npos) return std::nullopt;
    ++refusals;
    return core::Outcome{{400, {}, R"({"error":{"code":"invalid_cursor","message":"no"}})"}, {}};
  };
  Fuse fuse;
  world.client().fragile().after_call = [&] { fuse.burn(); };
  fuse.left = 5;
  ASSERT_TRUE(world.run_for(40s));
  EXPECT_EQ(refusals, 1);
  expect_cursor_not_ahead(world);
  world.start_client();
  world.run_for(1s);
  EXPECT_EQ(world.difference(), "");
}

}  // namespace
}  // namespace terapi::tests
