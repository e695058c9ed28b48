// Each client mutant does what it says, and the client without it does not: a story that the
// reference client survives and the mutant does not.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "conformance/harness/mutants/changed_page.h"
#include "conformance/harness/mutants/records_target.h"
#include "conformance/harness/mutants/test_client.h"

namespace terapi::conformance {
namespace {

using M = const ClientMutant*;
// True when the client did right.
using Story = bool (*)(M mutant);

std::vector<std::string> named(int count, const std::string& prefix = "r") {
  std::vector<std::string> ids;
  for (int i = 1; i <= count; ++i) ids.push_back(prefix + std::to_string(i));
  return ids;
}
void save_each(ClientWorld& world, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) world.simulator.save({id});
}

// --- cursors ---

bool survives_a_crash_at_each_store_call(M mutant) {
  for (int n = 1; n < 100; ++n) {
    ClientWorld world(mutant);
    world.simulator.save(named(7));
    world.options.sync.limit = 3;
    int left = n;
    world.bent.before_call = [&] {
      if (--left == 0) throw TestCrash();
    };
    world.start();
    const bool crashed = world.run_for(12s);
    if (crashed) {
      world.start();
      world.run_for(12s);
    }
    if (!world.in_sync()) return false;
    if (!crashed) return n > 4;
  }
  return false;
}
bool reads_nothing_again(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(5));
  world.options.sync.limit = 2;
  world.start();
  world.run_for(1s);
  const int before = world.network.pages_with_records;
  world.run_for(20s);
  return before == 3 && world.network.pages_with_records == before && world.in_sync();
}
bool resumes_after_a_restart(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(5));
  world.start();
  world.run_for(1s);
  const int before = world.network.pages_with_records;
  world.kill();
  world.start();
  world.run_for(1s);
  return world.network.pages_with_records == before && world.in_sync();
}
bool models_have_their_own_cursors(M mutant) {
  ClientWorld world(mutant);
  world.options.streams = {{"github", "demo", "Issue"}, {"github", "demo", "Pull"}};
  world.simulator.run(R"("model":"Pull","save":[{"id":"1"}])");
  world.simulator.save({"2"});
  world.start();
  world.run_for(12s);
  return world.in_sync(0) && world.in_sync(1);
}
bool connections_have_their_own_cursors(M mutant) {
  ClientWorld world(mutant);
  world.options.streams = {{"github", "demo", "Issue"}, {"github", "other", "Issue"}};
  world.simulator.run(R"("connection":"other","save":[{"id":"1"}])");
  world.simulator.save({"2"});
  world.start();
  world.run_for(12s);
  return world.in_sync(0) && world.in_sync(1);
}
bool stores_as_it_goes(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(20));
  world.options.sync.limit = 1;
  world.network.before_answer = [answers = 0]() mutable {
    if (++answers == 10) throw TestCrash();
  };
  world.start();
  return world.run_for(1s) && !world.stored().empty();
}
bool survives_a_full_disk(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(7));
  world.options.sync.limit = 3;
  world.bent.fail_commit = 2;
  world.start();
  world.run_for(60s);
  return world.in_sync();
}

// --- paging ---

bool goes_on_after_a_short_page(M mutant) {
  ClientWorld world(mutant, {.environment = R"("max_response_bytes":2000)"});
  world.simulator.save(named(30));
  world.options.sync.poll = 1h;
  world.start();
  world.run_for(60s);
  return world.in_sync();
}
bool goes_on_after_an_empty_page(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(6));
  world.options.sync.limit = 2;
  world.options.sync.poll = 1h;
  world.network.instead =
      [done = false](core::Request& request) mutable -> std::optional<core::Outcome> {
    const auto cursor = RecordsTarget::of(request)->get("cursor");
    if (done || !cursor) return std::nullopt;
    done = true;
    // The same place, written in another way.
    return core::Outcome{{200, {}, R"({"records":[],"next_cursor":")" + *cursor + "=\"}"}, {}};
  };
  world.start();
  world.run_for(60s);
  return world.in_sync();
}
bool reads_every_page(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(10));
  world.options.sync.limit = 3;
  world.options.sync.poll = 1h;
  world.start();
  world.run_for(60s);
  return world.in_sync();
}
bool reads_ties_across_pages(M mutant) {
  ClientWorld world(mutant);
  save_each(world, named(3, "a"));
  world.simulator.save(named(12));
  world.options.sync.limit = 5;
  world.start();
  world.run_for(60s);
  return world.in_sync();
}
bool sends_any_cursor_back(M mutant) {
  const std::string tail = "+/=&%";
  ClientWorld world(mutant);
  world.simulator.save(named(6));
  world.options.sync.limit = 2;
  world.network.bend = [&](core::Response& response) {
    auto page = ChangedPage::parse(response.body);
    if (!page) return;
    if (page->next_cursor) *page->next_cursor += tail;
    for (ChangedRecord& record : page->records) {
      record.set_metadata("cursor", core::json::quoted(record.metadata("cursor") + tail));
    }
    response.body = page->text();
  };
  world.network.instead = [&](core::Request& request) -> std::optional<core::Outcome> {
    auto target = RecordsTarget::of(request);
    if (!target) return ClientWorld::error_of(400, "invalid_query_params");
    const auto cursor = target->get("cursor");
    if (!cursor) return std::nullopt;
    if (!cursor->ends_with(tail)) return ClientWorld::error_of(400, "invalid_cursor");
    target->set("cursor", cursor->substr(0, cursor->size() - tail.size()));
    request.target = target->text();
    return std::nullopt;
  };
  world.start();
  world.run_for(60s);
  return world.stored().size() == 6;
}
bool keeps_variants_apart(M mutant) {
  ClientWorld world(mutant);
  world.options.streams = {{"github", "demo", "Issue", "eu"}};
  world.simulator.save({"1"});
  world.simulator.run(R"("variant":"eu","save":[{"id":"2"}])");
  world.start();
  world.run_for(6s);
  return world.in_sync();
}
bool reads_a_truncated_page_again(M mutant) {
  for (const bool told : {true, false}) {
    ClientWorld world(mutant);
    world.simulator.save(named(9));
    world.options.sync.limit = 3;
    world.options.sync.poll = 1h;
    const auto page = world.simulator.get({{"limit", "3"}}).body;
    core::Outcome cut{{200, {}, page.substr(0, page.size() / 2)}, {}};
    if (told) cut.wire.truncate_after = 10;
    world.answer_nth(1, cut);
    world.start();
    world.run_for(60s);
    if (!world.in_sync()) return false;
  }
  return true;
}
bool resumes_by_cursor(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"});
  world.start();
  world.run_for(1s);
  world.simulator.save({"2"});
  world.run_for(6s);
  for (const std::string& target : world.network.targets) {
    if (target.find("modified_after=") != std::string::npos) return false;
  }
  return world.in_sync();
}

// --- records ---

bool applies_a_deletion(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(3));
  world.start();
  world.run_for(1s);
  world.simulator.remove({"r2"});
  world.run_for(6s);
  return world.in_sync();
}
bool takes_a_deletion_first_seen(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(3));
  world.simulator.remove({"r2"});
  for (int life = 0; life < 2; ++life) {
    world.start();
    world.run_for(6s);
    world.kill();
  }
  return world.died.empty() && world.in_sync() && world.stored().size() == 3;
}
bool takes_an_update_first_seen(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"});
  world.simulator.save({"1"}, 2);
  world.start();
  world.run_for(6s);
  return world.in_sync();
}
bool takes_a_record_added_anew(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"});
  world.start();
  world.run_for(1s);
  world.simulator.remove({"1"});
  world.run_for(6s);
  world.simulator.save({"1"}, 2);
  world.run_for(6s);
  return world.in_sync();
}
bool names_a_record_it_cannot_store(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(3));
  world.network.bend = [](core::Response& response) {
    const std::size_t at = response.body.find("\"id\":\"r2\"");
    if (at != std::string::npos) response.body.replace(at, 9, "\"id\":2");
  };
  world.start();
  world.run_for(20s);
  const auto progress = world.client->engine().progress().at(0);
  return progress.health == client::Health::kStopped && !progress.record.empty();
}
bool keeps_the_payload_of_a_pruned_record(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"}, 7);
  world.start();
  world.run_for(1s);
  const std::string before = world.stored_payload("1");
  const auto position = world.disk->position(world.options.streams[0]);
  EXPECT_EQ(world.simulator.prune(*position->cursor).status, 200);
  world.answer_first(1, ClientWorld::error_of(400, "invalid_cursor"));
  world.run_for(20s);
  return world.stored_payload("1") == before;
}
bool keeps_the_newer_version(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"}, 1);
  const core::Response old = world.simulator.get({});
  world.simulator.save({"1"}, 2);
  world.start();
  world.run_for(1s);
  world.answer_first(1, {old, {}});
  world.run_for(5s);
  return world.stored_payload("1") == R"({"id":"1","n":2})";
}
bool stores_value_for_value(M mutant) {
  ClientWorld world(mutant);
  world.simulator.run(
      R"("save":[{"id":"007","n":9223372036854775807,"t":"é"},{"id":"7","n":0.10}])");
  world.start();
  world.run_for(6s);
  return world.in_sync() && world.stored().size() == 2;
}
bool keeps_what_it_holds_while_it_reads_everything(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save(named(5));
  world.start();
  world.run_for(1s);
  world.answer_first(1, ClientWorld::error_of(400, "invalid_cursor"));
  std::size_t least = 5;
  world.bent.after_call = [&] {
    std::size_t live = 0;
    for (const auto& [id, payload] : world.stored()) live += payload.starts_with("{") ? 1 : 0;
    least = std::min(least, live);
  };
  world.run_for(20s);
  return least == 5 && world.in_sync();
}

// --- patience ---

bool converges_without_webhooks(M mutant) {
  ClientWorld world(mutant);
  world.start();
  world.run_for(1s);
  world.simulator.save({"1"});
  world.run_for(6s);
  return world.in_sync();
}
bool outlives_trouble(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"});
  world.network.instead = [&](core::Request&) -> std::optional<core::Outcome> {
    if (world.simulator.clock().now() > core::VirtualClock::start_of_time() + 20s) {
      return std::nullopt;
    }
    return ClientWorld::error_of(503, "unavailable");
  };
  world.start();
  world.run_for(3min);
  return world.in_sync();
}
bool asks_for_pages_of_its_size(M mutant) {
  ClientWorld world(mutant);
  world.options.sync.limit = 50;
  world.start();
  world.run_for(1s);
  return world.network.targets.at(0).find("limit=50") != std::string::npos;
}
bool stops_on_a_refusal(M mutant) {
  ClientWorld world(mutant);
  world.answer_first(1'000'000, ClientWorld::error_of(401, "unknown_account"));
  world.start();
  world.run_for(10s);
  return world.network.sent <= 2;
}
bool waits_as_it_is_told(M mutant) {
  ClientWorld world(mutant);
  world.simulator.save({"1"});
  world.answer_first(1, ClientWorld::error_of(429, "too_many_request", {{"Retry-After", "60"}}));
  world.start();
  world.run_for(59s);
  const int sent = world.network.sent;
  world.run_for(10s);
  return sent == 1 && world.in_sync();
}
bool goes_on_after_an_error(M mutant) {
  for (const int status : {429, 503}) {
    ClientWorld world(mutant);
    world.simulator.save(named(9));
    world.options.sync.limit = 3;
    world.options.sync.poll = 1h;
    world.answer_nth(2, ClientWorld::error_of(status, "later", {{"Retry-After", "1"}}));
    world.start();
    world.run_for(60s);
    if (!world.in_sync()) return false;
  }
  return true;
}
bool takes_retry_after_0_for_a_while(M mutant) {
  ClientWorld world(mutant);
  world.answer_first(1'000'000,
                     ClientWorld::error_of(429, "too_many_request", {{"Retry-After", "0"}}));
  world.start();
  world.run_for(10s);
  return world.network.sent <= 20;
}
bool follows_no_redirect(M mutant) {
  ClientWorld world(mutant);
  world.answer_first(1,
                     {{302, {{"Location", "http://elsewhere.test/records?model=Issue"}}, ""}, {}});
  world.start();
  world.run_for(10s);
  for (const std::string& target : world.network.targets) {
    if (target.find("elsewhere") != std::string::npos) return false;
  }
  return true;
}

// --- webhooks ---

// A client that is up to date, polls rarely and hears of a change.
struct Informed {
  explicit Informed(M mutant, bool deletes = false) : world(mutant) {
    world.simulator.send_webhooks();
    world.options.sync.poll = 1h;
    world.simulator.save(named(3));
    world.start();
    world.run_for(30s);
    if (deletes) {
      world.simulator.remove({"r2"});
    } else {
      world.simulator.save({"new"});
    }
    world.simulator.clock().advance_by(core::Duration(0));
    sent = world.network.sent;
  }
  ClientWorld world;
  int sent = 0;
};

bool answers_before_it_fetches(M mutant) {
  Informed told(mutant);
  told.world.deliver(told.world.last_webhook());
  told.world.run_for(5s);
  return told.world.sent_at_answer == told.sent && told.world.in_sync();
}
bool fetches_once_at_a_time(M mutant) {
  Informed told(mutant);
  for (int i = 0; i < 10; ++i) told.world.deliver(told.world.last_webhook());
  told.world.run_for(5s);
  return told.world.network.most_in_flight == 1 && told.world.in_sync();
}
bool looks_when_something_is_deleted(M mutant) {
  Informed told(mutant, true);
  told.world.deliver(told.world.last_webhook());
  told.world.run_for(5s);
  return told.world.in_sync();
}
bool verifies_the_bytes_that_came(M mutant) {
  Informed told(mutant);
  const std::string body =
      R"({ "type": "sync", "model": "Issue", "connectionId": "demo", "providerConfigKey": "github" })";
  return told.world.deliver(ClientWorld::signed_webhook(body)) == 200;
}
bool refuses_a_forgery(M mutant) {
  Informed told(mutant);
  const core::Request good = told.world.last_webhook();
  core::Request forged = good;
  forged.headers.set("X-Terapi-Hmac-Sha256", std::string(64, '0'));
  return told.world.deliver(forged) == 401 && told.world.deliver(good) == 200;
}
bool refuses_what_is_not_signed(M mutant) {
  Informed told(mutant);
  core::Request bare = told.world.last_webhook();
  bare.headers.erase("X-Terapi-Hmac-Sha256");
  bare.headers.erase("X-Terapi-Signature");
  return told.world.deliver(bare) == 401;
}
bool makes_up_for_a_lost_webhook(M mutant) {
  Informed told(mutant);
  told.world.run_for(10s);
  told.world.simulator.save({"newer"});
  told.world.simulator.clock().advance_by(core::Duration(0));
  told.world.deliver(told.world.last_webhook());
  told.world.run_for(5s);
  return told.world.in_sync();
}
bool accepts_unknown_types(M mutant) {
  Informed told(mutant);
  return told.world.deliver(ClientWorld::signed_webhook(R"({"type":"news"})")) == 200;
}
bool remembers_a_webhook_while_it_fetches(M mutant) {
  Informed told(mutant);
  told.world.deliver(told.world.last_webhook());
  told.world.run_for(1500us);  // answered by the server, and still on the way
  told.world.simulator.save({"newer"});
  told.world.simulator.clock().advance_by(core::Duration(0));
  told.world.deliver(told.world.last_webhook());
  told.world.run_for(900ms);
  return told.world.in_sync();
}

const std::map<std::string_view, Story>& stories() {
  static const std::map<std::string_view, Story> kStories = {
      {"cursor-before-records", survives_a_crash_at_each_store_call},
      {"cursor-own-transaction-first", survives_a_crash_at_each_store_call},
      {"cursor-per-response", reads_nothing_again},
      {"stores-null", reads_nothing_again},
      {"cursor-every-second-page", reads_nothing_again},
      {"cursor-by-sync", models_have_their_own_cursors},
      {"cursor-ignores-connection", connections_have_their_own_cursors},
      {"no-commit-before-moving-on", stores_as_it_goes},
      {"swallows-store-errors", survives_a_full_disk},
      {"no-restart-resume", resumes_after_a_restart},
      {"stops-on-short-page", goes_on_after_a_short_page},
      {"stops-on-empty-page", goes_on_after_an_empty_page},
      {"one-page-only", reads_every_page},
      {"millisecond-cursor", reads_ties_across_pages},
      {"pages-by-time", reads_ties_across_pages},
      {"unescaped-cursor", sends_any_cursor_back},
      {"drops-variant", keeps_variants_apart},
      {"accepts-truncated", reads_a_truncated_page_again},
      {"resumes-by-modified-after", resumes_by_cursor},
      {"ignores-deletes", applies_a_deletion},
      {"unknown-delete-throws", takes_a_deletion_first_seen},
      {"inserts-only-added", takes_an_update_first_seen},
      {"updates-only-updated", takes_a_record_added_anew},
      {"skips-bad-record", names_a_record_it_cannot_store},
      {"pruned-overwrites", keeps_the_payload_of_a_pruned_record},
      {"stale-overwrites", keeps_the_newer_version},
      {"numbers-through-double", stores_value_for_value},
      {"ids-as-numbers", stores_value_for_value},
      {"text-through-ascii", stores_value_for_value},
      {"skips-ties", reads_ties_across_pages},
      {"wipes-on-invalid-cursor", keeps_what_it_holds_while_it_reads_everything},
      {"no-polling", converges_without_webhooks},
      {"gives-up-early", outlives_trouble},
      {"pages-without-bound", asks_for_pages_of_its_size},
      {"retries-4xx-for-ever", stops_on_a_refusal},
      {"hot-loop-on-4xx", stops_on_a_refusal},
      {"ignores-retry-after", waits_as_it_is_told},
      {"stops-on-429", goes_on_after_an_error},
      {"errors-are-the-end", goes_on_after_an_error},
      {"hot-loop-on-retry-after-0", takes_retry_after_0_for_a_while},
      {"follows-redirects", follows_no_redirect},
      {"answers-after-fetch", answers_before_it_fetches},
      {"two-fetches", fetches_once_at_a_time},
      {"fetch-per-webhook", fetches_once_at_a_time},
      {"verifies-reserialised", verifies_the_bytes_that_came},
      {"verifies-nothing", refuses_what_is_not_signed},
      {"any-signature", refuses_a_forgery},
      {"legacy-signature", refuses_a_forgery},
      {"webhook-as-data", makes_up_for_a_lost_webhook},
      {"ignores-delete-webhooks", looks_when_something_is_deleted},
      {"refuses-unknown-types", accepts_unknown_types},
      {"drops-hints-while-fetching", remembers_a_webhook_while_it_fetches},
  };
  return kStories;
}

class ClientMutantTest : public testing::TestWithParam<std::string> {};

TEST_P(ClientMutantTest, IsWrongWhereTheReferenceClientIsRight) {
  const auto story = stories().find(GetParam());
  ASSERT_NE(story, stories().end()) << "no story shows this mutant's defect";
  EXPECT_TRUE(story->second(nullptr)) << "the reference client fails, too";
  EXPECT_FALSE(story->second(find_client_mutant(GetParam()))) << "the defect does not show";
}

std::vector<std::string> client_mutant_ids() {
  std::vector<std::string> ids;
  for (const ClientMutant& mutant : client_mutants()) ids.emplace_back(mutant.id);
  return ids;
}
INSTANTIATE_TEST_SUITE_P(Mutants, ClientMutantTest, testing::ValuesIn(client_mutant_ids()),
                         [](const auto& id) {
                           std::string name = id.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ClientMutants, HaveUniqueIdsDefectsAndClauses) {
  std::set<std::string_view> ids;
  for (const ClientMutant& mutant : client_mutants()) {
    EXPECT_TRUE(ids.insert(mutant.id).second) << mutant.id;
    EXPECT_TRUE(mutant.defect.ends_with(".")) << mutant.id;
    EXPECT_NE(mutant.clause.find('-'), std::string_view::npos) << mutant.id;
    EXPECT_EQ(find_client_mutant(mutant.id), &mutant);
  }
  EXPECT_EQ(find_client_mutant("no-such-mutant"), nullptr);
}

// A mutant that does nothing at all would be found by any scenario, and prove little of the suite.
TEST(ClientMutants, DoAnOrdinaryDayRight) {
  for (const ClientMutant& mutant : client_mutants()) {
    ClientWorld world(&mutant);
    world.simulator.send_webhooks();
    save_each(world, named(5));
    world.start();
    world.run_for(1s);
    world.simulator.save({"r2", "r6"}, 1);
    world.run_for(1ms);
    EXPECT_EQ(world.deliver(world.last_webhook()), mutant.id == "answers-after-fetch" ? 0 : 200)
        << mutant.id;
    world.run_for(1min);
    EXPECT_TRUE(world.in_sync()) << mutant.id;
    EXPECT_EQ(world.died, "") << mutant.id;
  }
}

TEST(ClientMutants, TheStoriesAreAboutMutantsThatExist) {
  for (const auto& [id, story] : stories()) EXPECT_NE(find_client_mutant(id), nullptr) << id;
}

}  // namespace
}  // namespace terapi::conformance
