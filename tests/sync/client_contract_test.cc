// The CLIENT clauses, CLIENT-1 to 8, in virtual time.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sync/client_steps.h"

namespace terapi::tests {
namespace {

// --- CLIENT-1: resumes from the cursor ---

TEST(Client, ResumesFromTheStoredCursorAfterARestart) {
  SyncWorld world;
  world.simulator().save(ids(1, 5));
  world.start_client();
  world.run_for(1s);
  world.kill_client();
  const std::string cursor = simulator::cursor_of(world.simulator().walk().back());
  world.simulator().save({"r6"});
  world.targets.clear();
  world.start_client();
  world.run_for(1s);
  ASSERT_EQ(world.targets.size(), 1U);
  EXPECT_NE(world.targets[0].find("&cursor=" + core::percent_encode(cursor)), std::string::npos)
      << world.targets[0];
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, KeepsACursorForEachStream) {
  SyncWorld world;
  world.streams = {{"github", "demo", "Issue"},
                   {"github", "demo", "Pull"},
                   {"github", "other", "Issue"},
                   {"github", "demo", "Issue", "eu"}};
  for (const std::string where :
       {R"("connection":"demo","model":"Issue")", R"("connection":"demo","model":"Pull")",
        R"("connection":"other","model":"Issue")",
        R"("connection":"demo","model":"Issue","variant":"eu")"}) {
    world.simulator().run(where + R"(,"save":[{"id":"1","w":)" + simulator::Json(where).dump() +
                          R"(},{"id":"2"}])");
  }
  world.options.limit = 1;
  world.start_client();
  world.run_for(1s);
  for (std::size_t i = 0; i < world.streams.size(); ++i) EXPECT_EQ(world.difference(i), "");
}

// --- CLIENT-3: polling is the safety net ---

TEST(Client, ConvergesWithoutAnyWebhookWithinOnePoll) {
  SyncWorld world;
  world.options.poll = 30s;
  world.start_client();
  world.run_for(1s);
  world.simulator().save(ids(1, 3));
  world.run_for(30s);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, LooksAtOnceWhenAWebhookComes) {
  SyncWorld world;
  world.options.poll = 1h;
  world.simulator().send_webhooks();
  world.start_client();
  world.run_for(1s);
  world.simulator().save(ids(1, 3));
  world.run_for(100ms);
  EXPECT_EQ(world.difference(), "");
}

// --- CLIENT-4: a webhook is a hint ---

TEST(Client, ABurstOfWebhooksLeadsToOneRunningFetchAndOneMore) {
  SyncWorld world;
  world.options.poll = 1h;
  world.options.second_looks = {};
  world.simulator().save(ids(1, 3));
  world.start_client();
  world.run_for(1s);
  const auto before = world.network().sent();
  const client::Hint hint{"github", "demo", "Issue", std::nullopt, std::nullopt};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(world.client().engine().hint(hint));
  world.run_for(1ms);  // the fetch is under way
  for (int i = 0; i < 100; ++i) world.client().engine().hint(hint);
  world.run_for(10s);
  EXPECT_EQ(world.network().sent() - before, 2U);
  EXPECT_EQ(world.most_in_flight, 1U);
}

TEST(Client, HintsOfUnknownStreamsAreNoticedAndIgnored) {
  SyncWorld world;
  world.start_client();
  world.run_for(1s);
  const auto before = world.network().sent();
  for (const client::Hint& hint : {client::Hint{"github", "demo", "Nope", {}, {}},
                                   client::Hint{"github", "nope", "Issue", {}, {}},
                                   client::Hint{"nope", "demo", "Issue", {}, {}},
                                   client::Hint{"github", "demo", "Issue", "nope", {}}}) {
    EXPECT_FALSE(world.client().engine().hint(hint));
  }
  world.run_for(1s);
  EXPECT_EQ(world.network().sent(), before);
}

// --- CLIENT-5, 6: verified, and answered before fetching ---

TEST(Client, AForgedWebhookHasNoEffect) {
  SyncWorld world;
  world.options.poll = 1h;
  world.simulator().send_webhooks();
  world.simulator().faults(R"([{"id":"f","on":"webhook","do":{"forge":"signature"}}])");
  world.start_client();
  world.run_for(1s);
  const auto before = world.network().sent();
  world.simulator().save({"r1"});
  world.run_for(60s);
  EXPECT_GE(world.simulator().fired("f"), 1);
  EXPECT_EQ(world.network().sent(), before);
  ASSERT_FALSE(world.simulator().receiver().requests().empty());
}

TEST(Client, AnswersTheWebhookBeforeItFetches) {
  SyncWorld world;
  world.options.poll = 1h;
  world.start_client();
  world.run_for(1s);
  const auto before = world.network().sent();
  world.simulator().send_webhooks();
  std::uint64_t sent_at_answer = 0;
  world.simulator().receiver().set_answer([&](const core::Request& request) -> core::Outcome {
    core::Outcome outcome{world.client().receiver().handle(request), {}};
    sent_at_answer = world.network().sent();
    EXPECT_EQ(outcome.response.status, 200);
    return outcome;
  });
  world.simulator().save({"r1"});
  world.run_for(1s);
  EXPECT_EQ(sent_at_answer, before);
  EXPECT_GT(world.network().sent(), before);
}

// --- CLIENT-7: pages to the end ---

TEST(Client, PagesToTheEndAndNeverStoresNull) {
  SyncWorld world;
  world.simulator().save(ids(1, 10));
  world.options.limit = 5;  // exactly two pages
  world.start_client();
  world.run_for(1s);
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.network().sent(), 2U);
  const auto position = world.client().store().position(world.streams[0]);
  ASSERT_TRUE(position && position->cursor);
  EXPECT_EQ(*position->cursor, simulator::cursor_of(world.simulator().walk().back()));
}

TEST(Client, KeepsItsCursorWhenAPageIsEmpty) {
  SyncWorld world;
  world.simulator().save(ids(1, 3));
  world.start_client();
  world.run_for(1s);
  const auto before = world.client().store().position(world.streams[0]);
  world.run_for(65s);
  const auto after = world.client().store().position(world.streams[0]);
  EXPECT_EQ(after->cursor, before->cursor);
}

TEST(Client, GoesOnAfterAnEmptyPageWithACursor) {
  SyncWorld world;
  save_each(world, ids(1, 4));
  const auto records = world.simulator().walk();
  world.options.limit = 2;
  const std::string second = core::percent_encode(simulator::cursor_of(records[1]));
  bool emptied = false;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (emptied || request.target.find(second) == std::string::npos) return std::nullopt;
    emptied = true;
    return core::Outcome{
        {200, {}, R"({"records":[],"next_cursor":")" + simulator::cursor_of(records[2]) + "\"}"},
        {}};
  };
  world.start_client();
  world.run_for(1s);
  EXPECT_TRUE(emptied);
  // What the empty page skipped was never served: r3 is not stored, r4 is.
  EXPECT_EQ(stored_payload(world, "r3"), "(not stored)");
  EXPECT_EQ(stored_payload(world, "r4"), R"({"id":"r4","n":0})");
}

TEST(Client, APageThatLeadsBackToItselfIsNoEndlessLoop) {
  SyncWorld world;
  world.simulator().save(ids(1, 2));
  const std::string cursor = simulator::cursor_of(world.simulator().walk().back());
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (request.target.find("cursor=") == std::string::npos) return std::nullopt;
    return core::Outcome{{200, {}, R"({"records":[],"next_cursor":")" + cursor + "\"}"}, {}};
  };
  world.start_client();
  world.run_for(2min);
  EXPECT_LT(world.network().sent(), 40U);
  EXPECT_GE(world.network().sent(), 3U);
  EXPECT_EQ(world.progress().error.code, "bad_page");
}

// --- CLIENT-8: upserts, tombstones, versions, pruned records ---

TEST(Client, AppliesChangesDeletionsAndRevivals) {
  SyncWorld world;
  world.options.poll = 5s;
  world.start_client();
  world.run_for(1s);
  world.simulator().save(ids(1, 3));
  world.run_for(5s);
  world.simulator().save({"r1"}, 7);
  world.simulator().remove({"r2"});
  world.run_for(5s);
  EXPECT_EQ(stored_payload(world, "r1"), R"({"id":"r1","n":7})");
  EXPECT_EQ(stored_payload(world, "r2"), R"(deleted {"id":"r2","n":0})");
  EXPECT_EQ(world.difference(), "");
  world.simulator().save({"r2"}, 9);
  world.run_for(5s);
  EXPECT_EQ(stored_payload(world, "r2"), R"({"id":"r2","n":9})");
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, StoresATombstoneOfAnIdItNeverSaw) {
  SyncWorld world;
  world.simulator().save(ids(1, 2));
  world.simulator().remove({"r1"});
  world.start_client();
  world.run_for(1s);
  EXPECT_EQ(stored_payload(world, "r1"), R"(deleted {"id":"r1","n":0})");
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, AStaleAnswerNeverOverwritesANewerVersion) {
  SyncWorld world;
  world.options.poll = 5s;
  world.simulator().save({"r1"}, 1);
  const core::Response old_page = world.simulator().get({});
  world.simulator().save({"r1"}, 2);
  world.start_client();
  world.run_for(1s);
  world.instead = [&](const core::Request&) -> std::optional<core::Outcome> {
    return core::Outcome{old_page, {}};
  };
  world.run_for(5s);
  EXPECT_EQ(stored_payload(world, "r1"), R"({"id":"r1","n":2})");
}

TEST(Client, APrunedRecordKeepsItsStoredPayload) {
  SyncWorld world;
  world.options.poll = 5s;
  world.simulator().save({"r1"}, 1);
  world.start_client();
  world.run_for(1s);
  const auto position = world.client().store().position(world.streams[0]);
  ASSERT_EQ(world.simulator().prune(*position->cursor).status, 200);
  // A full read brings the pruned record.
  answer_first(world, 1, error_of(400, "invalid_cursor"));
  world.run_for(6s);
  EXPECT_EQ(world.progress().full_reads, 1U);
  EXPECT_EQ(stored_payload(world, "r1"), R"({"id":"r1","n":1})");
}

}  // namespace
}  // namespace terapi::tests
