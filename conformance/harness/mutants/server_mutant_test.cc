// Each server mutant does what it says, and the simulator without it does not: a story that the
// simulator survives and the mutant does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/harness/mutants/test_server.h"
#include "simulator/webhooks/webhook_signature.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using simulator::Json;
using simulator::Parameters;
using Ids = std::vector<std::string>;
using Server = MutatedSimulator;
// True when the server did right. `Server` is new and empty, and sends no webhooks.
using ServerStory = bool (*)(Server& s);

void save_one_by_one(Server& s, const Ids& ids) {
  for (const std::string& id : ids) s.save({id});
}
Ids walked(Server& s, const Parameters& parameters = {}) {
  return simulator::ids_of(s.walk(parameters));
}
Ids ids_on_page(Server& s, const Parameters& parameters) {
  return simulator::ids_of(s.page(parameters)["records"]);
}
Json first_metadata(Server& s) { return simulator::metadata(s.walk().at(0)); }

// --- order ---

bool moves_what_is_updated(Server& s) {
  s.save({"1"});
  s.save({"2"});
  s.save({"1"}, 1);
  return walked(s) == Ids{"2", "1"};
}
bool orders_by_modification(Server& s) {
  save_one_by_one(s, {"b", "a"});
  return walked(s) == Ids{"b", "a"};
}
bool pages_through_ties(Server& s) {
  s.save({"1", "2", "3", "4", "5", "6", "7"});
  return walked(s, {{"limit", "3"}}).size() == 7;
}
bool pages_once_through_all(Server& s) {
  save_one_by_one(s, {"1", "2", "3", "4", "5"});
  return walked(s, {{"limit", "2"}}) == Ids{"1", "2", "3", "4", "5"};
}
bool knows_the_cursor_of_a_moved_record(Server& s) {
  save_one_by_one(s, {"1", "2"});
  const std::string cursor = simulator::cursor_of(s.walk().at(0));
  s.save({"1"}, 1);
  return s.get({{"cursor", cursor}}).status == 200 &&
         ids_on_page(s, {{"cursor", cursor}}) == Ids{"2", "1"};
}

// --- queries ---

bool filters_by_several_words(Server& s) {
  s.save({"1", "2"});
  s.remove({"1"});
  return walked(s, {{"filter", "added,deleted"}}).size() == 2;
}
bool filters_behind_a_cursor(Server& s) {
  save_one_by_one(s, {"1", "2"});
  const std::string cursor = simulator::cursor_of(s.walk().at(0));
  return ids_on_page(s, {{"cursor", cursor}, {"filter", "deleted"}}).empty();
}
bool keeps_to_the_limit(Server& s) {
  s.save({"1", "2", "3"});
  return ids_on_page(s, {{"limit", "2"}}).size() == 2;
}
bool includes_modified_after_itself(Server& s) {
  s.save({"1"});
  const std::string time = first_metadata(s)["last_modified_at"];
  return ids_on_page(s, {{"modified_after", time}}) == Ids{"1"};
}
bool combines_cursor_and_modified_after(Server& s) {
  save_one_by_one(s, {"1", "2"});
  const Json metadata = first_metadata(s);
  return ids_on_page(s, {{"cursor", metadata["cursor"]},
                         {"modified_after", metadata["last_modified_at"]}}) == Ids{"2"};
}
bool refuses_unknown_parameters(Server& s) { return s.get({{"foo", "1"}}).status == 400; }
bool keeps_variants_in_their_place(Server& s) {
  s.save({"1"});
  return ids_on_page(s, {{"variant", "eu"}}).empty();
}
bool refuses_a_fraction_as_limit(Server& s) { return s.get({{"limit", "1.5"}}).status == 400; }
bool answers_head(Server& s) {
  s.save({"1"});
  return s.send(simulator::request_of("HEAD", "/records?model=Issue", Server::headers())).status ==
         200;
}
bool keeps_environments_apart(Server& s) {
  s.ok("PUT", "/world", R"({"environments":[
      {"name":"dev","secret_key":"dev-key","integrations":[{"id":"github"}]},
      {"name":"prod","secret_key":"prod-key","integrations":[{"id":"slack"}],
       "connections":[{"id":"only","integration":"slack"}]}]})");
  const auto asks_with = [&](const std::string& key) {
    return s
        .get({}, {{"Authorization", "Bearer " + key},
                  {"Provider-Config-Key", "slack"},
                  {"Connection-Id", "only"}})
        .status;
  };
  return asks_with("prod-key") == 200 && asks_with("dev-key") == 400;
}
bool takes_the_scheme_in_any_case(Server& s) {
  core::Headers headers = Server::headers();
  headers.set("Authorization", "bearer " + std::string(simulator::kDefaultSecretKey));
  return s.get({}, headers).status == 200;
}

// --- answers ---

bool ends_on_an_exact_page(Server& s) {
  s.save({"1", "2"});
  return s.page({{"limit", "2"}})["next_cursor"].is_null();
}
bool keeps_first_seen(Server& s) {
  s.save({"1"});
  s.advance("1s");
  s.save({"1"}, 1);
  const Json metadata = first_metadata(s);
  return metadata["first_seen_at"] != metadata["last_modified_at"];
}
bool gives_microseconds(Server& s) {
  s.save({"1"});
  return first_metadata(s)["last_modified_at"].get<std::string>().size() == 32;
}
bool says_when_it_was_deleted(Server& s) {
  s.save({"1"});
  s.remove({"1"});
  const Json metadata = first_metadata(s);
  return metadata["deleted_at"] == metadata["last_modified_at"];
}
bool gives_values_back(Server& s) {
  const std::string payload = R"("n":9223372036854775807,"o":{"b":1,"a":0.10})";
  s.run(R"("save":[{"id":"1",)" + payload + "}]");
  return s.get({}).body.find(payload) != std::string::npos;
}
bool keeps_the_payload_of_what_is_deleted(Server& s) {
  s.save({"1"}, 5);
  s.remove({"1"});
  return s.walk().at(0)["n"] == 5;
}
bool keeps_the_streams_order_for_ids(Server& s) {
  save_one_by_one(s, {"1", "2"});
  return ids_on_page(s, {{"ids", "2"}, {"ids", "1"}}) == Ids{"1", "2"};
}
bool serves_tombstones(Server& s) {
  s.save({"1", "2"});
  s.remove({"1"});
  return walked(s).size() == 2;
}
bool refuses_a_bad_cursor(Server& s) { return s.get({{"cursor", "%%"}}).status == 400; }
bool says_not_found_in_json(Server& s) {
  const auto response = s.send(simulator::request_of("GET", "/nowhere", Server::headers()));
  return response.status == 404 && simulator::error_code(response) == "not_found";
}
bool says_when_to_come_again(Server& s) {
  s.settings(R"("rate_limit":{"requests":1,"per":"1m"})");
  (void)s.get({});
  const auto response = s.get({});
  return response.status == 429 && response.headers.get("Retry-After").has_value();
}
bool names_all_errors(Server& s) {
  return simulator::error_list(s.get({{"limit", "0"}, {"filter", "x"}})).size() == 2;
}

// --- runs and webhooks ---

bool announces_what_can_be_read(Server& s) {
  s.send_webhooks();
  bool readable = false;
  s.receiver().set_answer([&](const core::Request&) {
    readable = walked(s) == Ids{"1"};
    return simulator::WebhookReceiver::status(200);
  });
  s.save({"1"});
  s.run_until_idle();
  s.advance("2s");
  return readable && walked(s) == Ids{"1"};
}
bool moves_what_comes_back(Server& s) {
  save_one_by_one(s, {"1", "2"});
  s.remove({"1"});
  const std::string cursor = simulator::cursor_of(s.walk().back());
  s.save({"1"});
  return ids_on_page(s, {{"cursor", cursor}}) == Ids{"1"};
}
bool leaves_the_same_payload_alone(Server& s) {
  save_one_by_one(s, {"1", "2"});
  const Json run = s.save({"1"});
  return run["updated"] == 0 && walked(s) == Ids{"1", "2"};
}

// The webhooks of one run, all answered with `status`, until nothing is due.
std::vector<core::Request> attempts(Server& s, int status, core::Headers headers = {}) {
  s.receiver().set_answer([status, headers](const core::Request&) {
    return core::Outcome{{status, headers, ""}, {}};
  });
  s.send_webhooks();
  s.save({"1"});
  s.run_until_idle();
  return s.receiver().requests();
}
bool doubles_its_waits(Server& s) {
  (void)attempts(s, 500);
  if (s.received_at.size() < 3) return false;
  return s.received_at[2] - s.received_at[1] == 2 * (s.received_at[1] - s.received_at[0]);
}
bool gives_up_after_seven(Server& s) { return attempts(s, 500).size() == 7; }
bool retries_a_refusal(Server& s) { return attempts(s, 404).size() == 7; }
bool takes_any_2xx(Server& s) { return attempts(s, 204).size() == 1; }
bool follows_no_receivers_redirect(Server& s) {
  for (const auto& request : attempts(s, 302, {{"Location", "http://receiver.test/there"}})) {
    if (request.method != "POST" || request.target != "/hook") return false;
  }
  return true;
}
bool retries_a_dropped_connection(Server& s) {
  s.receiver().set_answer([](const core::Request&) { return core::Outcome{{}, {.reset = true}}; });
  s.send_webhooks();
  s.save({"1"});
  s.run_until_idle();
  return s.receiver().requests().size() == 7;
}
bool keeps_quiet_about_nothing(Server& s) {
  s.send_webhooks();
  s.save({"1"});
  s.save({"1"});
  s.run_until_idle();
  return s.receiver().requests().size() == 1;
}
bool signs_what_it_sends(Server& s) {
  const auto all = attempts(s, 200);
  return all.size() == 1 &&
         simulator::header(all[0].headers, "X-Terapi-Hmac-Sha256") ==
             simulator::hmac_signature(simulator::kDefaultSecretKey, all[0].body);
}
bool same_in_each_attempt(Server& s, const char* name) {
  std::set<std::string> values;
  const auto all = attempts(s, 500);
  for (const auto& request : all) values.insert(simulator::header(request.headers, name));
  return all.size() == 7 && values.size() == 1;
}
bool keeps_the_delivery_id(Server& s) { return same_in_each_attempt(s, "X-Terapi-Delivery"); }
bool keeps_the_signature(Server& s) { return same_in_each_attempt(s, "X-Terapi-Hmac-Sha256"); }
bool counts_attempts(Server& s) {
  const auto all = attempts(s, 500);
  return all.size() == 7 && simulator::header(all[6].headers, "X-Terapi-Attempt") == "7";
}
bool announces_each_model(Server& s) {
  s.send_webhooks();
  s.run(R"("sync":"both","model":"Issue","save":[{"id":"1"}])");
  s.run(R"("sync":"both","model":"Pull","save":[{"id":"1"}])");
  s.run_until_idle();
  return s.receiver().requests().size() == 2;
}
bool sends_to_both_urls(Server& s) {
  s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
  s.save({"1"});
  s.run_until_idle();
  return s.receiver().requests().size() == 2;
}

const std::map<std::string_view, ServerStory>& server_stories() {
  static const std::map<std::string_view, ServerStory> kStories = {
      {"orders-by-created", moves_what_is_updated},
      {"orders-by-id", orders_by_modification},
      {"no-tie-break", pages_through_ties},
      {"inclusive-cursor", pages_once_through_all},
      {"second-cursor", pages_once_through_all},
      {"forgets-moved-cursors", knows_the_cursor_of_a_moved_record},
      {"filter-drops-deletes", filters_by_several_words},
      {"filter-ignored-with-cursor", filters_behind_a_cursor},
      {"limit-ignored", keeps_to_the_limit},
      {"modified-after-exclusive", includes_modified_after_itself},
      {"modified-after-drops-cursor", combines_cursor_and_modified_after},
      {"unknown-parameter-accepted", refuses_unknown_parameters},
      {"variant-ignored", keeps_variants_in_their_place},
      {"fraction-limit", refuses_a_fraction_as_limit},
      {"head-with-500", answers_head},
      {"other-environment-visible", keeps_environments_apart},
      {"scheme-by-case", takes_the_scheme_in_any_case},
      {"has-more-off-by-one", ends_on_an_exact_page},
      {"empty-string-next-cursor", ends_on_an_exact_page},
      {"drops-last-of-full-page", pages_once_through_all},
      {"update-resets-first-seen", keeps_first_seen},
      {"metadata-millis", gives_microseconds},
      {"deleted-at-missing", says_when_it_was_deleted},
      {"loses-big-integers", gives_values_back},
      {"sorts-keys", gives_values_back},
      {"deleted-without-payload", keeps_the_payload_of_what_is_deleted},
      {"ids-order-of-request", keeps_the_streams_order_for_ids},
      {"delete-vanishes", serves_tombstones},
      {"bad-cursor-500", refuses_a_bad_cursor},
      {"html-not-found", says_not_found_in_json},
      {"no-retry-after", says_when_to_come_again},
      {"first-error-only", names_all_errors},
      {"webhook-before-commit", announces_what_can_be_read},
      {"undelete-keeps-timestamps", moves_what_comes_back},
      {"same-payload-is-update", leaves_the_same_payload_alone},
      {"constant-backoff", doubles_its_waits},
      {"unbounded-backoff", gives_up_after_seven},
      {"no-retry", gives_up_after_seven},
      {"announces-no-change", keeps_quiet_about_nothing},
      {"signs-other-bytes", signs_what_it_sends},
      {"upper-case-signature", signs_what_it_sends},
      {"new-delivery-id", keeps_the_delivery_id},
      {"attempt-number-stuck", counts_attempts},
      {"signature-changes-per-attempt", keeps_the_signature},
      {"refusal-not-retried", retries_a_refusal},
      {"silence-not-retried", retries_a_dropped_connection},
      {"only-200-counts", takes_any_2xx},
      {"redirect-followed", follows_no_receivers_redirect},
      {"no-webhook-for-second-model", announces_each_model},
      {"second-url-forgotten", sends_to_both_urls},
  };
  return kStories;
}

class ServerMutantTest : public testing::TestWithParam<std::string> {};

TEST_P(ServerMutantTest, IsWrongWhereTheSimulatorIsRight) {
  const auto story = server_stories().find(GetParam());
  ASSERT_NE(story, server_stories().end()) << "no story shows this mutant's defect";
  MutatedSimulator right(nullptr);
  EXPECT_TRUE(story->second(right)) << "the simulator fails, too";
  MutatedSimulator wrong(find_server_mutant(GetParam()));
  EXPECT_FALSE(story->second(wrong)) << "the defect does not show";
}

std::vector<std::string> server_mutant_ids() {
  std::vector<std::string> ids;
  for (const ServerMutant& mutant : server_mutants()) ids.emplace_back(mutant.id);
  return ids;
}
INSTANTIATE_TEST_SUITE_P(Mutants, ServerMutantTest, testing::ValuesIn(server_mutant_ids()),
                         [](const auto& id) {
                           std::string name = id.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ServerMutants, HaveUniqueIdsDefectsAndClauses) {
  std::set<std::string_view> ids;
  for (const ServerMutant& mutant : server_mutants()) {
    EXPECT_TRUE(ids.insert(mutant.id).second) << mutant.id;
    EXPECT_TRUE(mutant.defect.ends_with(".")) << mutant.id;
    EXPECT_NE(mutant.clause.find('-'), std::string_view::npos) << mutant.id;
    EXPECT_EQ(find_server_mutant(mutant.id), &mutant);
  }
  EXPECT_EQ(find_server_mutant("no-such-mutant"), nullptr);
}

// A mutant that does nothing at all would be found by any scenario, and prove little of the suite.
TEST(ServerMutants, DoAnOrdinaryDayRight) {
  for (const ServerMutant& mutant : server_mutants()) {
    if (mutant.id == "empty-string-next-cursor") continue;  // nobody can page through that one
    MutatedSimulator s(&mutant);
    s.send_webhooks();
    save_one_by_one(s, {"1", "2", "3"});
    s.run_until_idle();
    s.advance("2s");
    EXPECT_EQ(walked(s), (Ids{"1", "2", "3"})) << mutant.id;
    EXPECT_EQ(s.receiver().requests().size(), 3U) << mutant.id;
  }
}

TEST(ServerMutants, TheStoriesAreAboutMutantsThatExist) {
  for (const auto& [id, story] : server_stories()) EXPECT_NE(find_server_mutant(id), nullptr) << id;
}

}  // namespace
}  // namespace terapi::conformance
