// What the client does inside, where a judge who only sees requests and a dump cannot look: how
// many pages are held, what is stored by halves, when a claim is given back, what the status says.
// What can be seen from outside is in scenarios/client, which `terapi-conformance reference` plays.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/test_ports.h"
#include "tests/sync/client_steps.h"

namespace terapi::tests {
namespace {

// --- hints, and pages that lead nowhere ---

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

core::Outcome page_of(const std::vector<std::string>& list, const std::string& next_cursor) {
  return {{200, {}, client::page_with(list, next_cursor)}, {}};
}

// What `cursor=` asks for; 0 where it is not there.
std::size_t page_asked_for(const core::Request& request) {
  const std::size_t at = request.target.find("cursor=c");
  return at == std::string::npos ? 0 : std::stoul(request.target.substr(at + 8));
}

TEST(Client, ACircleOfPagesIsNoEndlessLoopWhateverItsLength) {
  for (const bool empty : {false, true}) {
    for (const std::size_t length : {2U, 3U, 7U, 40U}) {
      SyncWorld world;
      world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
        const std::string next = std::to_string((page_asked_for(request) + 1) % length);
        return page_of(empty ? std::vector<std::string>{} : std::vector{next}, "c" + next);
      };
      world.start_client();
      world.run_for(1s);
      EXPECT_LE(world.network().sent(), 20 * (length + 2)) << length;
      world.run_for(10min);
      // The waits double up to a minute.
      EXPECT_LE(world.network().sent(), 60 * (length + 2)) << length;
      EXPECT_EQ(world.progress().health, client::Health::kRetrying);
      EXPECT_EQ(world.progress().error.code, "paging_circle");
      ASSERT_FALSE(world.events.empty());
      EXPECT_NE(world.events[0].find("the pages go round in a circle"), std::string::npos);
    }
  }
}

// The same records for ever, under cursors that are new each time; and no records at all.
TEST(Client, PagesThatRepeatUnderNewCursorsAreNoEndlessLoop) {
  for (const auto& list : {std::vector<std::string>{}, std::vector<std::string>{"r1", "r2"}}) {
    SyncWorld world;
    int cursors = 0;
    world.instead = [&](const core::Request&) -> std::optional<core::Outcome> {
      return page_of(list, "new" + std::to_string(++cursors));
    };
    world.start_client();
    world.run_for(10min);
    EXPECT_LE(world.network().sent(), 6'000U);
    EXPECT_EQ(world.progress().error.code, "paging_circle");
  }
}

TEST(Client, StopsGoingRoundWhenItIsToldTo) {
  SyncWorld world;
  world.options.give_up = 1min;
  world.instead = [](const core::Request& request) -> std::optional<core::Outcome> {
    const std::string next = std::to_string((page_asked_for(request) + 1) % 3);
    return page_of({next}, "c" + next);
  };
  world.start_client();
  world.run_for(10min);
  EXPECT_EQ(world.progress().error.code, "gave_up");
}

// --- CLIENT-9: what goes wrong, and what is done about it ---

TEST(Client, AsksForFewerRecordsAfterAPageThatBroke) {
  for (const core::Outcome& broken :
       {core::Outcome{{200, {}, R"({"records":[)"}, {}}, core::Outcome{{}, {.delay = 1h}}}) {
    SyncWorld world;
    world.options.limit = 8;
    world.simulator().save(ids(1, 8));
    answer_first(world, 1, broken);
    world.start_client();
    world.run_for(1min);
    EXPECT_NE(world.targets.at(1).find("&limit=4"), std::string::npos) << world.targets[1];
    EXPECT_EQ(world.difference(), "");
  }
}

TEST(Client, WaitsBrieflyAgainOnceItWasWell) {
  SyncWorld world;
  world.options.poll = 1h;
  world.options.second_looks = {};
  answer_first(world, 12, error_of(500, "server_error"));
  world.start_client();
  world.run_for(20min);
  ASSERT_EQ(world.progress().health, client::Health::kUpToDate);
  answer_first(world, 1, error_of(500, "server_error"));
  world.simulator().save({"r1"});
  world.client().engine().hint({"github", "demo", "Issue", std::nullopt, std::nullopt});
  world.run_for(1s);  // the first wait is half a second at most
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, AWebhookDoesNotShortenTheWait) {
  SyncWorld world;
  answer_first(world, 1, error_of(429, "too_many_request", {{"Retry-After", "120"}}));
  world.start_client();
  world.run_for(10s);
  world.client().engine().hint({"github", "demo", "Issue", std::nullopt, std::nullopt});
  world.run_for(100s);
  EXPECT_EQ(world.network().sent(), 1U);
}

// The floor is a second and up to a tenth of one; what says nothing is a failure like any other,
// and the waits after those double: 63.5 s are the longest seven.
TEST(Client, RetryAfterZeroIsASecondAndGarbageIsNone) {
  struct Case {
    const char* value;
    std::size_t least;
    std::size_t most;
  };
  for (const Case& with : {Case{"0", 54, 61}, {"soon", 7, 20}, {"-1", 7, 20}, {"", 7, 20}}) {
    SyncWorld world;
    answer_first(world, 1'000'000,
                 error_of(429, "too_many_request", {{"Retry-After", with.value}}));
    world.start_client();
    world.run_for(60s);
    EXPECT_GE(world.network().sent(), with.least) << with.value;
    EXPECT_LE(world.network().sent(), with.most) << with.value;
  }
}

TEST(Client, StopsOn401AndSaysSo) {
  SyncWorld world;
  world.options.endpoint.secret_key = "11111111-1111-4111-8111-111111111111";
  world.start_client();
  world.run_for(10min);
  EXPECT_EQ(world.network().sent(), 1U);
  const auto progress = world.progress();
  EXPECT_EQ(progress.health, client::Health::kStopped);
  EXPECT_EQ(progress.error.code, "unknown_account");
  ASSERT_EQ(world.events.size(), 1U);
  EXPECT_NE(world.events[0].find("stopped: the server answered 401"), std::string::npos);
  const auto status = world.client().store().status();
  ASSERT_TRUE(status && status->size() == 1);
  EXPECT_EQ((*status)[0].health, "stopped");
  EXPECT_EQ((*status)[0].error.code, "unknown_account");
}

TEST(Client, AStreamThatStopsLeavesTheOthersRunning) {
  SyncWorld world;
  world.streams = {{"github", "nobody", "Issue"}, {"github", "demo", "Issue"}};
  world.simulator().save(ids(1, 3));
  world.start_client();
  world.run_for(1min);
  EXPECT_EQ(world.progress(0).health, client::Health::kStopped);
  EXPECT_EQ(world.progress(0).error.code, "unknown_connection");
  EXPECT_EQ(world.progress(1).health, client::Health::kUpToDate);
  EXPECT_EQ(world.difference(1), "");
}

TEST(Client, RecoversWhenACursorIsRefusedInTheMiddleOfTheFirstWalk) {
  SyncWorld world;
  world.options.limit = 2;
  world.simulator().save(ids(1, 6));
  bool refused = false;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (refused || request.target.find("cursor=") == std::string::npos) return std::nullopt;
    refused = true;
    return error_of(400, "invalid_cursor");
  };
  world.start_client();
  world.run_for(10s);
  EXPECT_TRUE(refused);
  EXPECT_EQ(world.progress().full_reads, 1U);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, StopsWhenACursorIsRefusedThatItNeverSent) {
  SyncWorld world;
  answer_first(world, 1'000'000, error_of(400, "invalid_cursor"));
  world.start_client();
  world.run_for(1min);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.network().sent(), 1U);
}

TEST(Client, GoesOnFromWhereItWasAfterACrashDuringAFullRead) {
  SyncWorld world;
  world.options.limit = 2;
  world.simulator().save(ids(1, 9));
  world.start_client();
  world.run_for(1s);
  ASSERT_EQ(world.difference(), "");
  world.simulator().save({"r4"}, 1);
  // The stored cursor is not taken; the full read dies half-way.
  int refusals = 0;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (refusals > 0 || request.target.find("cursor=") == std::string::npos) return std::nullopt;
    ++refusals;
    return error_of(400, "invalid_cursor");
  };
  int calls = 0;
  world.client().fragile().after_call = [&] {
    if (++calls == 5) throw Crash();
  };
  ASSERT_TRUE(world.run_for(40s));
  EXPECT_EQ(refusals, 1);
  world.start_client();
  world.run_for(1s);
  EXPECT_EQ(world.difference(), "");
}

// --- CLIENT-10: bounded ---

TEST(Client, HoldsAtMostTwoPages) {
  SyncWorld world;
  world.simulator().save(ids(1, 50));
  world.options.limit = 5;
  world.start_client();
  world.client().fragile().before_call = [&] { EXPECT_LE(world.network().in_flight(), 1U); };
  world.run_for(1s);
  EXPECT_EQ(world.most_in_flight, 1U);
  EXPECT_EQ(world.client().fragile().most_records, 5U);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, HandsTheNextPageToASlowStoreAndFetchesNoMore) {
  SyncWorld world;
  world.simulator().save(ids(1, 50));
  world.options.limit = 5;
  world.store_time = 100ms;
  world.start_client();
  world.client().fragile().before_call = [&] {
    // position() and the commits so far, and two pages more at most.
    EXPECT_LE(world.network().sent(), world.client().fragile().commits + 2);
  };
  world.run_for(10s);
  // The one that is being stored, and the next.
  EXPECT_EQ(world.client().background().most_waiting, 2);
  EXPECT_EQ(world.difference(), "");
}

// The page that was handed over is not stored: the store is not where it has to begin.
TEST(Client, LosesNothingWhenTheStoreFailsWithTheNextPageAlreadyHandedOver) {
  SyncWorld world;
  world.simulator().save(ids(1, 50));
  world.options.limit = 5;
  world.store_time = 100ms;
  world.start_client();
  world.run_for(250ms);  // the second page is being stored, the third is handed over
  ASSERT_EQ(world.client().background().waiting(), 2);
  world.client().fragile().fail_commits = 1;
  world.run_for(100ms);
  EXPECT_EQ(world.progress().counts.records, 5U);
  world.run_for(60s);
  EXPECT_EQ(world.progress().failures, 1U);
  EXPECT_EQ(world.progress().counts.records, 50U);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, StoresByHalvesWithTheNextPageAlreadyHandedOver) {
  SyncWorld world;
  world.simulator().save(ids(1, 30));
  world.options.limit = 5;
  world.store_time = 100ms;
  world.start_client();
  world.run_for(250ms);
  ASSERT_EQ(world.client().background().waiting(), 2);
  world.client().fragile().refuse_commits = 1;
  world.run_for(20s);
  EXPECT_EQ(world.progress().health, client::Health::kUpToDate);
  EXPECT_EQ(world.progress().failures, 0U);
  EXPECT_EQ(world.progress().counts.records, 30U);
  EXPECT_EQ(world.difference(), "");
}

// The first page of a full read ends where the stored cursor is already: that the store is there
// says nothing of whether that page was stored.
TEST(Client, DoesNotStoreThePageAfterTheFirstOfAFullReadThatFailed) {
  SyncWorld world;
  world.simulator().save(ids(1, 8));
  world.options.limit = 2;
  world.options.once = true;
  world.store_time = 100ms;
  world.start_client();
  // One page is stored, its cursor refused, and the first commit of the full read fails.
  world.client().fragile().fail_commit = 2;
  bool refused = false;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (refused || request.target.find("cursor=") == std::string::npos) return std::nullopt;
    refused = true;
    return error_of(400, "invalid_cursor");
  };
  world.run_for(60s);
  EXPECT_EQ(world.progress().full_reads, 1U);
  EXPECT_EQ(world.difference(), "");
  // Two of the first walk; the next one finds the cursor taken, and goes on behind them.
  EXPECT_EQ(world.progress().counts.records, 8U);
}

TEST(Client, WaitsAsLongAsItWasToldAlsoWhenTheCommitBeforeFailsAfterwards) {
  SyncWorld world;
  world.simulator().save(ids(1, 8));
  world.options.limit = 2;
  world.store_time = 100ms;
  int requests = 0;
  world.instead = [&](const core::Request&) -> std::optional<core::Outcome> {
    if (++requests != 2) return std::nullopt;
    return error_of(429, "rate_limit_exceeded", {{"Retry-After", "120"}});
  };
  world.start_client();
  world.client().fragile().fail_commits = 1;
  world.run_for(100s);
  EXPECT_EQ(world.network().sent(), 2U);
  world.run_for(60s);
  EXPECT_EQ(world.difference(), "");
}

// As a transport in one's own process may: the next page is there before the store was asked.
TEST(Client, SyncsThroughATransportThatAnswersWithinTheCall) {
  SyncWorld world;
  world.simulator().save(ids(1, 50));
  world.options.limit = 5;
  core::HandlerTransport at_once(
      [&](const core::Request& request, const std::function<void(core::Outcome)>& done) {
        done(world.simulator().outcome(request));
      });
  SyncClient client(world.options, world.streams, world.clock(), at_once, world.file());
  client.engine().start();
  world.run_for(1s);
  const client::StreamProgress progress = client.engine().progress().front();
  EXPECT_EQ(progress.counts.records, 50U);
  EXPECT_EQ(progress.failures, 0U);
  EXPECT_EQ(progress.health, client::Health::kUpToDate);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, CountsThePageThatWasBeingStoredWhenTheNextOneFailed) {
  SyncWorld world;
  world.simulator().save(ids(1, 4));
  world.options.limit = 2;
  world.store_time = 100ms;
  int requests = 0;
  world.instead = [&](const core::Request&) -> std::optional<core::Outcome> {
    if (++requests != 2) return std::nullopt;
    return core::Outcome{{}, {.reset = true}};
  };
  world.start_client();
  world.run_for(10s);
  EXPECT_EQ(world.progress().counts.records, 4U);
  EXPECT_EQ(world.progress().failures, 1U);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, FetchesThePageAfterWhileItStoresOne) {
  SyncWorld world;
  world.simulator().save(ids(1, 6));
  world.options.limit = 2;
  world.start_client();
  std::vector<std::uint64_t> sent_at_commit;
  world.client().fragile().before_call = [&] { sent_at_commit.push_back(world.network().sent()); };
  world.run_for(1s);
  // position, three commits, of which the first reports, and the last report: each of the first
  // two commits runs with the next page already asked for.
  ASSERT_EQ(sent_at_commit.size(), 6U);
  EXPECT_EQ(sent_at_commit[1], 2U);
  EXPECT_EQ(sent_at_commit[3], 3U);
}

TEST(Client, AsksForFewerRecordsWhenTheyAreLarge) {
  SyncWorld world;
  world.options.max_page_bytes = 100'000;
  world.options.limit = 100;
  std::string save = R"("save":[)";
  for (int i = 0; i < 60; ++i) {
    save += (i > 0 ? "," : "") + (R"({"id":"r)" + std::to_string(i)) + R"(","text":")" +
            std::string(20'000, 'x') + R"("})";
  }
  world.simulator().run(save + "]");
  world.start_client();
  world.run_for(1min);
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.progress().failures, 0U);
}

TEST(Client, ARecordLargerThanAPageMayBeStopsTheStreamAndSaysSo) {
  SyncWorld world;
  world.options.max_page_bytes = 10'000;
  save_each(world, ids(1, 3));
  world.simulator().run(R"("save":[{"id":"big","text":")" + std::string(20'000, 'x') + R"("}])");
  world.start_client();
  world.run_for(1min);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.progress().error.code, "record_too_large");
  // What came before it is stored.
  EXPECT_EQ(stored_payload(world, "r3"), R"({"id":"r3","n":0})");
}

// --- CLIENT-11: poison ---

TEST(Client, ARecordThatComesBrokenEachTimeStopsTheStreamAfterWhatCameBefore) {
  SyncWorld world;
  save_each(world, ids(1, 9));
  world.options.limit = 8;
  world.network().before_answer = [](core::Result<core::Response>& answer) {
    const std::size_t at = answer->body.find(R"("id":"r3")");
    if (at != std::string::npos) answer->body[at] = '#';
  };
  world.start_client();
  world.run_for(1h);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.progress().error.code, "poison_record");
  EXPECT_EQ(stored_payload(world, "r2"), R"({"id":"r2","n":0})");
  EXPECT_EQ(stored_payload(world, "r4"), "(not stored)");
  const auto position = world.client().store().position(world.streams[0]);
  EXPECT_NE(world.progress().error.message.find(*position->cursor), std::string::npos);
}

// Within `record`, in each answer.
void damage(SyncWorld& world, const std::string& record, const std::string& with) {
  world.network().before_answer = [=](core::Result<core::Response>& answer) {
    const std::string member = R"("id":")" + record + R"(","n":)";
    const std::size_t at = answer->body.find(member);
    if (at != std::string::npos) answer->body.replace(at + member.size(), 1, with);
  };
}

TEST(Client, ARecordThatIsNotJsonIsNamedAndStopsTheStreamWithinSeconds) {
  for (const std::string with : {"\"\xff\"", "01", "tru", "\"\n\""}) {
    SyncWorld world;
    save_each(world, ids(1, 9));
    damage(world, "r3", with);
    world.start_client();
    world.run_for(30s);
    EXPECT_EQ(world.progress().health, client::Health::kStopped) << with;
    EXPECT_EQ(world.progress().error.code, "poison_record");
    EXPECT_EQ(world.progress().record, "r3");
    EXPECT_EQ(stored_payload(world, "r2"), R"({"id":"r2","n":0})");
    EXPECT_EQ(stored_payload(world, "r4"), "(not stored)");
    EXPECT_EQ((*world.client().store().status())[0].record, "r3");
  }
}

TEST(Client, ARecordThatIsNestedTooDeeplyStopsTheStreamAtOnce) {
  SyncWorld world;
  save_each(world, ids(1, 9));
  damage(world, "r3", std::string(100'001, '[') + std::string(100'001, ']'));
  world.start_client();
  world.run_for(100ms);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.progress().record, "r3");
  EXPECT_EQ(stored_payload(world, "r2"), R"({"id":"r2","n":0})");
}

TEST(Client, DamageThatPassesIsNoPoison) {
  SyncWorld world;
  save_each(world, ids(1, 9));
  damage(world, "r3", "\xff");
  world.start_client();
  world.run_for(100ms);
  EXPECT_EQ(world.progress().record, "r3");
  world.network().before_answer = nullptr;
  world.run_for(30s);
  EXPECT_EQ(world.difference(), "");
  EXPECT_EQ(world.progress().record, "");
  EXPECT_EQ((*world.client().store().status())[0].record, "");
}

TEST(Client, ARecordThatTheStoreRefusesStopsTheStream) {
  SyncWorld world;
  world.simulator().save(ids(1, 5));
  world.prepare_client = [](SyncClient& client) { client.fragile().refuse_id = "r3"; };
  world.start_client();
  world.run_for(10min);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.progress().error.code, "cannot_store_record");
  EXPECT_EQ(world.progress().record, "r3");
  // What stands before it is stored.
  const auto served = simulator::ids_of(world.simulator().walk());
  const auto before = std::find(served.begin(), served.end(), "r3") - served.begin();
  EXPECT_EQ(world.client().store().position(world.streams[0])->records,
            static_cast<std::uint64_t>(before));
}

// --- CLIENT-12: two workers ---

TEST(Client, LeavesAStreamThatAnotherWorkerHasAndTakesItWhenItIsFree) {
  SyncWorld world;
  world.simulator().save(ids(1, 5));
  world.prepare_client = [](SyncClient& client) { client.fragile().claimed_elsewhere = true; };
  world.start_client();
  world.run_for(10s);
  EXPECT_EQ(world.network().sent(), 0U);
  world.client().fragile().claimed_elsewhere = false;
  world.run_for(2s);
  EXPECT_EQ(world.difference(), "");
  EXPECT_FALSE(world.client().fragile().claimed);  // given back
}

TEST(Client, ProlongsItsClaimDuringALongWalk) {
  SyncWorld world;
  world.options.limit = 1;
  world.simulator().save(ids(1, 20));
  world.store_time = 1s;
  world.start_client();
  world.run_for(20s);
  EXPECT_EQ(world.progress().counts.pages, 20U);
  // At the beginning, and every third of the span of 15 s.
  EXPECT_GE(world.client().fragile().claims, 4);
  EXPECT_LE(world.client().fragile().claims, 5);
}

TEST(Client, GivesItsClaimBackWhenItFailsStopsOrIsShutDown) {
  for (const int status : {500, 401}) {
    SyncWorld world;
    answer_first(world, 1'000'000, error_of(status, "e"));
    world.start_client();
    world.run_for(10ms);
    EXPECT_FALSE(world.client().fragile().claimed) << status;
  }
  SyncWorld world;
  world.start_client();
  world.run_for(1ms);
  EXPECT_TRUE(world.client().fragile().claimed);
  bool stopped = false;
  world.client().engine().stop([&] { stopped = true; });
  world.run_for(1ms);
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(world.client().fragile().claimed);
}

// --- once ---

TEST(Client, OnceFinishesWhenEveryStreamIsUpToDate) {
  SyncWorld world;
  world.streams = {{"github", "demo", "Issue"}, {"github", "demo", "Pull"}};
  world.simulator().save(ids(1, 5));
  world.options.once = true;
  world.options.limit = 2;
  int finished = 0;
  world.start_client();
  world.client().engine().on_finished([&] { ++finished; });
  world.run_for(10s);
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, OncePollsNothingThatIsUpToDateWhileAnotherStreamStillRuns) {
  SyncWorld world;
  world.streams = {{"github", "demo", "Issue"}, {"github", "demo", "Pull"}};
  world.options.once = true;
  world.options.poll = 1s;
  world.instead = [&](const core::Request& request) -> std::optional<core::Outcome> {
    if (request.target.find("Pull") == std::string::npos) return std::nullopt;
    return error_of(429, "too_many_request", {{"Retry-After", "600"}});
  };
  world.start_client();
  world.run_for(5min);
  EXPECT_EQ(world.network().sent(), 2U);
}

TEST(Client, DoesNotGiveUpWhileItGetsOn) {
  SyncWorld world;
  world.options.give_up = 1min;
  world.options.limit = 1;
  save_each(world, ids(1, 10));
  // Every second answer fails, for longer than a minute.
  bool fails = false;
  world.instead = [&](const core::Request&) -> std::optional<core::Outcome> {
    fails = !fails;
    if (!fails) return std::nullopt;
    return error_of(503, "e", {{"Retry-After", "20"}});
  };
  world.start_client();
  world.run_for(10min);
  EXPECT_NE(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, IsPatientAgainOnceItWasWell) {
  SyncWorld world;
  world.options.give_up = 1min;
  world.options.poll = 5min;
  answer_first(world, 1, error_of(429, "e", {{"Retry-After", "120"}}));
  world.start_client();
  world.run_for(3min);
  ASSERT_EQ(world.progress().health, client::Health::kUpToDate);
  answer_first(world, 1, error_of(500, "e"));
  world.run_for(6min);
  EXPECT_EQ(world.progress().health, client::Health::kUpToDate);
  EXPECT_EQ(world.progress().failures, 2U);
}

TEST(Client, SaysThatItSyncsAgainWithTheFirstRecords) {
  SyncWorld world;
  world.options.limit = 1;
  save_each(world, ids(1, 3));
  answer_first(world, 1, error_of(500, "e"));
  world.start_client();
  world.run_for(20ms);
  EXPECT_EQ((*world.client().store().status())[0].health, "retrying");
  std::vector<std::string> healths;
  world.client().fragile().after_call = [&] {
    healths.push_back((*world.client().store().status())[0].health);
  };
  world.run_for(1min);
  ASSERT_GE(healths.size(), 5U);
  EXPECT_EQ(healths[2], "syncing");
  EXPECT_EQ(healths.back(), "up_to_date");
}

TEST(Client, AMaintenancePageIsNoPoison) {
  SyncWorld world;
  world.simulator().save(ids(1, 3));
  answer_first(world, 100, {{200, {}, "<html>back soon</html>"}, {}});
  world.start_client();
  world.run_for(6h);
  EXPECT_EQ(world.difference(), "");
}

TEST(Client, GivesUpWhenItIsToldTo) {
  SyncWorld world;
  world.options.give_up = 1min;
  answer_first(world, 1'000'000, error_of(500, "server_error"));
  world.start_client();
  world.run_for(10min);
  EXPECT_EQ(world.progress().health, client::Health::kStopped);
  EXPECT_EQ(world.progress().error.code, "gave_up");
}

}  // namespace
}  // namespace terapi::tests
