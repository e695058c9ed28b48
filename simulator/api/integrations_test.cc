// Integrations, connections, actions and the proxy, through the public API: SYNC-1, SYNC-2, SYNC-6,
// WRITE-1 to WRITE-3, HOOK-13.
#include "simulator/api/integrations.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

core::Response call(TestSimulator& s, std::string method, std::string target, std::string body = "",
                    core::Headers with = TestSimulator::headers()) {
  if (!body.empty() && !with.get("Content-Type")) with.add("Content-Type", "application/json");
  return s.send(request_of(std::move(method), std::move(target), std::move(with), std::move(body)));
}

Json call_ok(TestSimulator& s, std::string method, std::string target, std::string body = "") {
  const core::Response response = call(s, std::move(method), target, std::move(body));
  EXPECT_GE(response.status, 200) << target;
  EXPECT_LT(response.status, 300) << target << ": " << response.body;
  return TestSimulator::parse(response.body);
}

Json endpoint(const Json& integration, std::string_view name) {
  for (const Json& each : integration["data"]["endpoints"]) {
    if (each["name"] == name) return each;
  }
  ADD_FAILURE() << "no endpoint " << name << " in " << integration.dump();
  return Json::object();
}

TestSimulatorOptions three_providers() {
  TestSimulatorOptions options;
  options.world_text =
      R"({"environment":{"name":"dev","webhook_urls":["http://receiver.test/hook"]},)"
      R"("integrations":[{"id":"github"},{"id":"crm","provider":"hubspot"},{"id":"stripe"}],)"
      R"("connections":[{"id":"demo","integration":"github"},{"id":"demo","integration":"crm"},)"
      R"({"id":"demo","integration":"stripe"}]})";
  return options;
}

std::vector<std::string> types_sent(TestSimulator& s) {
  std::vector<std::string> types;
  for (const core::Request& request : s.receiver().requests()) {
    types.push_back(Json::parse(request.body)["type"]);
  }
  s.receiver().forget();
  return types;
}

TEST(Integrations, HaveTheirProvidersTemplatesAsEndpointsAllOff) {
  InProcessSimulator s(three_providers());
  const Json all = call_ok(s, "GET", "/integrations")["data"];
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[1]["unique_key"], "crm");
  EXPECT_EQ(all[1]["provider"], "hubspot");
  EXPECT_EQ(all[1]["display_name"], "HubSpot");
  for (const auto& [key, sync, action] :
       {std::tuple{"github", "github-issues", "create-issue"},
        std::tuple{"crm", "hubspot-contacts", "create-contact"},
        std::tuple{"stripe", "stripe-invoices", "void-invoice"}}) {
    const Json one = call_ok(s, "GET", std::string("/integrations/") + key);
    EXPECT_EQ(endpoint(one, sync)["enabled"], false);
    EXPECT_EQ(endpoint(one, action)["type"], "action");
  }
  s.advance("48h");
  EXPECT_THAT(s.ok("GET", "/schedules")["schedules"], IsEmpty()) << "nothing runs until enabled";
}

TEST(Integrations, AnEnabledTemplateRunsForEachConnection) {
  InProcessSimulator s(three_providers());
  call_ok(s, "PATCH", "/integrations/crm",
          R"({"endpoints":[{"name":"hubspot-contacts","enabled":true}]})");
  core::Headers with = TestSimulator::headers();
  with.set("Provider-Config-Key", "crm");
  const Json page = s.page({{"model", "Contact"}, {"limit", "1000"}}, with);
  EXPECT_THAT(page["records"], SizeIs(80));
  const Json& contact = page["records"][0];
  EXPECT_THAT(contact["email"].get<std::string>(), HasSubstr("@example.com"));
  EXPECT_TRUE(contact["owner"]["id"].is_number());
  EXPECT_EQ(contact["created_at"], "2024-01-01T00:00:00.000000+00:00");
  EXPECT_THAT(types_sent(s), ElementsAre("sync"));

  // Off again: nothing runs; on again: at once.
  s.ok("PATCH", "/integrations/crm/endpoints/hubspot-contacts", R"({"enabled":false})");
  s.ok("POST", "/upstream/crm/demo/contacts", R"({"generate":{"count":2}})");
  s.advance("5h");
  EXPECT_THAT(types_sent(s), IsEmpty());
  s.ok("PATCH", "/integrations/crm/endpoints/hubspot-contacts", R"({"enabled":true})");
  EXPECT_THAT(types_sent(s), ElementsAre("sync"));
}

TEST(Integrations, AreCreatedChangedAndDeleted) {
  InProcessSimulator s(three_providers());
  EXPECT_EQ(call_ok(s, "POST", "/integrations",
                    R"({"provider":"stripe","unique_key":"billing"})")["data"]["display_name"],
            "Stripe");
  EXPECT_THAT(error_list(call(s, "POST", "/integrations",
                              R"({"provider":"stripe","unique_key":"billing"})")),
              ElementsAre("unique_key:invalid_value"));
  EXPECT_EQ(call_ok(s, "PATCH", "/integrations/billing",
                    R"({"unique_key":"bills","display_name":"Bills"})")["data"]["unique_key"],
            "bills");
  EXPECT_EQ(call(s, "GET", "/integrations/billing").status, 404);
  EXPECT_THAT(error_list(call(s, "PATCH", "/integrations/github", R"({"unique_key":"x"})")),
              ElementsAre("unique_key:invalid_value"));
  EXPECT_THAT(error_list(call(s, "PATCH", "/integrations/github",
                              R"({"endpoints":[{"name":"nothing","enabled":true}]})")),
              ElementsAre("endpoints:invalid_value"));
  s.save({"1"});
  call_ok(s, "DELETE", "/integrations/github");
  EXPECT_EQ(error_code(s.get({})), "unknown_connection");
  EXPECT_EQ(call(s, "DELETE", "/integrations/github").status, 404);
}

TEST(Integrations, TakeWhatClientsSayAndIsNotUsed) {
  InProcessSimulator s(three_providers());
  const std::string unused =
      R"("credentials":{"type":"OAUTH2"},"forward_webhooks":true,"integration_config":{"a":"b"},)"
      R"("custom":{"c":"d"}})";
  call_ok(s, "POST", "/integrations", R"({"provider":"stripe","unique_key":"billing",)" + unused);
  call_ok(s, "PATCH", "/integrations/billing", "{" + unused);
}

TEST(Connections, ANewOneSendsItsWebhookAndStartsItsSyncs) {
  InProcessSimulator s(three_providers());
  call_ok(s, "PATCH", "/integrations/github",
          R"({"endpoints":[{"name":"github-issues","enabled":true}]})");
  types_sent(s);
  core::Headers no_headers = {{"Authorization", "Bearer " + std::string(kDefaultSecretKey)}};
  const core::Response made =
      call(s, "POST", "/connections",
           R"({"provider_config_key":"github","connection_id":"acme","metadata":{"a":1},)"
           R"("credentials":{"type":"API_KEY","apiKey":"hush"}})",
           no_headers);
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.body, Not(HasSubstr("hush")));
  const auto requests = s.receiver().requests();
  ASSERT_THAT(types_sent(s), ElementsAre("auth", "sync"));
  EXPECT_EQ(requests[0].body,
            R"({"authMode":"API_KEY","connectionId":"acme","environment":"dev","from":"terapi",)"
            R"("operation":"creation","provider":"github","providerConfigKey":"github",)"
            R"("success":true,"type":"auth"})");
  EXPECT_TRUE(requests[0].headers.get("X-Terapi-Hmac-Sha256").has_value());
  core::Headers acme = TestSimulator::headers();
  acme.set("Connection-Id", "acme");
  EXPECT_THAT(s.page({{"limit", "1000"}}, acme)["records"], SizeIs(120));
}

TEST(Connections, AreListedWithoutCredentials) {
  InProcessSimulator s(three_providers());
  call_ok(s, "POST", "/connections",
          R"({"provider_config_key":"github","connection_id":"acme","tags":{"plan":"pro"},)"
          R"("credentials":{"type":"API_KEY","apiKey":"hush"},"end_user":{"id":"u1"}})");
  const std::string list = call(s, "GET", "/connections").body;
  EXPECT_THAT(list, Not(HasSubstr("hush")));
  EXPECT_THAT(list, Not(HasSubstr("credentials")));
  EXPECT_THAT(Json::parse(list)["connections"], SizeIs(4));
  EXPECT_EQ(
      call_ok(s, "GET", "/connections/acme?provider_config_key=github")["credentials"]["apiKey"],
      "hush");
  const auto count = [&](const std::string& query) {
    return call_ok(s, "GET", "/connections?" + query)["connections"].size();
  };
  EXPECT_EQ(count("connectionId=demo"), 3);
  EXPECT_EQ(count("search=cm"), 1);
  EXPECT_EQ(count("integrationId=github,stripe"), 3);
  EXPECT_EQ(count("endUserId=u1"), 1);
  EXPECT_EQ(count("tags[plan]=pro"), 1);
  EXPECT_EQ(count("tags[plan]=free"), 0);
  EXPECT_EQ(count("limit=3&page=1"), 1);
  EXPECT_EQ(count("force=1"), 4) << "clients send more than is known here";
  EXPECT_EQ(call(s, "GET", "/connections?limit=many").status, 400);
}

TEST(Connections, HaveMetadataThatIsSetAndMerged) {
  InProcessSimulator s(three_providers());
  const std::string whose = R"({"provider_config_key":"github","connection_id":"demo","metadata":)";
  call_ok(s, "POST", "/connections/metadata", whose + R"({"a":1,"b":{"c":2}}})");
  call_ok(s, "PATCH", "/connections/metadata", whose + R"({"b":3}})");
  const auto metadata_now = [&] {
    return call_ok(s, "GET", "/connections/demo?provider_config_key=github")["metadata"].dump();
  };
  EXPECT_EQ(metadata_now(), R"({"a":1,"b":3})");
  call_ok(s, "POST", "/connections/metadata", whose + "{}}");
  EXPECT_EQ(metadata_now(), "{}");
  EXPECT_EQ(call(s, "POST", "/connections/metadata",
                 R"({"provider_config_key":"github","connection_id":["demo","nobody"],)"
                 R"("metadata":{}})")
                .status,
            404);
}

TEST(Connections, LoseWhatNullTakesAway) {
  InProcessSimulator s(three_providers());
  const std::string path = "/connections/demo?provider_config_key=github";
  call_ok(s, "PATCH", path,
          R"({"tags":{"a":"b"},"end_user":{"id":"u"},"webhook_url":"http://receiver.test/own"})");
  EXPECT_EQ(call_ok(s, "GET", path)["webhook_url"], "http://receiver.test/own");
  call_ok(s, "PATCH", path, R"({"tags":null,"end_user":null,"webhook_url":null})");
  const Json now = call_ok(s, "GET", path);
  EXPECT_TRUE(now["webhook_url"].is_null());
  EXPECT_TRUE(now["end_user"].is_null());
  EXPECT_EQ(now["tags"].dump(), "{}");
}

TEST(Connections, HaveAUrlOfTheirOwnUnderItsNameInTheDialect) {
  TestSimulatorOptions options = three_providers();
  options.dialect = &nango_dialect();
  InProcessSimulator s(options);
  const std::string path = "/connections/demo?provider_config_key=github";
  call_ok(s, "PATCH", path, R"({"webhook_url_override":"http://receiver.test/own"})");
  const Json now = call_ok(s, "GET", path);
  EXPECT_EQ(now["webhook_url_override"], "http://receiver.test/own");
  EXPECT_FALSE(now.contains("webhook_url"));
  s.save({"1"});
  EXPECT_EQ(s.receiver().requests().back().target, "/own");
  // The page and sdk/node say it as in the other dialect.
  call_ok(s, "PATCH", path, R"({"webhook_url":"http://receiver.test/other"})");
  EXPECT_EQ(call_ok(s, "GET", path)["webhook_url_override"], "http://receiver.test/other");
  call_ok(s, "PATCH", path, R"({"webhook_url_override":null})");
  EXPECT_TRUE(call_ok(s, "GET", path)["webhook_url_override"].is_null());
}

TEST(Connections, TakeTheirRecordsAndRunsWithThem) {
  InProcessSimulator s(three_providers());
  call_ok(s, "PATCH", "/integrations/github",
          R"({"endpoints":[{"name":"github-issues","enabled":true}]})");
  call_ok(s, "DELETE", "/connections/demo?provider_config_key=github");
  EXPECT_EQ(error_code(s.get({})), "unknown_connection");
  EXPECT_THAT(s.ok("GET", "/schedules")["schedules"], IsEmpty());
  EXPECT_EQ(call(s, "DELETE", "/connections/demo?provider_config_key=github").status, 404);
  EXPECT_THAT(error_list(call(s, "GET", "/connections/demo")),
              ElementsAre("provider_config_key:invalid_type"));
  s.advance("3h");
}

TEST(Actions, WriteWhatTheNextRunBringsBack) {
  InProcessSimulator s(three_providers());
  call_ok(s, "PATCH", "/integrations/github",
          R"({"endpoints":[{"name":"github-issues","enabled":true}]})");
  const Json made = call_ok(s, "POST", "/action/trigger",
                            R"({"action_name":"create-issue","input":{"title":"Broken link"}})");
  EXPECT_EQ(made["title"], "Broken link");
  EXPECT_EQ(made["state"], "open");
  const std::string id = made["id"].dump();
  EXPECT_THAT(s.page({{"ids", id}})["records"], IsEmpty());
  s.advance("1h");
  EXPECT_EQ(s.page({{"ids", id}})["records"][0]["title"], "Broken link");

  EXPECT_EQ(error_code(call(s, "POST", "/action/trigger", R"({"action_name":"nothing"})")),
            "unknown_action");
  EXPECT_THAT(error_list(call(s, "POST", "/action/trigger", R"({"action_name":"create-issue"})")),
              ElementsAre("input.title:required"));
  s.faults(R"([{"id":"f","on":"upstream","match":{"method":"POST"},"do":{"status":500}}])");
  const core::Response failed =
      call(s, "POST", "/action/trigger", R"({"action_name":"create-issue","input":{"title":"x"}})");
  EXPECT_EQ(failed.status, 424);
  EXPECT_THAT(failed.body, HasSubstr("POST /issues answered 500"));
}

TEST(Actions, EndLaterWhenAskedForAsynchronously) {
  TestSimulatorOptions options = three_providers();
  options.world_text.insert(
      options.world_text.size() - 1,
      R"(,"upstream":[{"connection":"demo","integration":"stripe","collection":"invoices",)"
      R"("latency":"3s","items":[{"id":"in_1","status":"open"}]}])");
  InProcessSimulator s(options);
  core::Headers with = TestSimulator::headers();
  with.set("Provider-Config-Key", "stripe");
  with.add("X-Async", "true");
  const Json begun =
      Json::parse(call(s, "POST", "/action/trigger",
                       R"({"action_name":"void-invoice","input":{"id":"in_1"}})", with)
                      .body);
  const std::string where = begun["statusUrl"];
  EXPECT_EQ(where, "/action/" + begun["id"].get<std::string>());
  EXPECT_EQ(error_code(call(s, "GET", where)), "action_not_finished");
  s.run_until_idle();
  EXPECT_EQ(s.now(), "2024-01-01T00:00:03.000000+00:00");
  EXPECT_EQ(call_ok(s, "GET", where)["status"], "void");
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(1));
  const Json hook = Json::parse(requests[0].body);
  EXPECT_EQ(hook["type"], "async_action");
  EXPECT_EQ(hook["payload"]["statusUrl"], where);
  EXPECT_EQ(call(s, "GET", "/action/nothing").status, 404);
}

TEST(Proxy, PassesAnyMethodAndBodyOn) {
  InProcessSimulator s(three_providers());
  core::Headers with = TestSimulator::headers();
  with.add("Terapi-Proxy-X-Custom", "yes");
  with.add("Base-Url-Override", "");
  const core::Response read = call(s, "GET", "/proxy/issues?per_page=2", "", with);
  EXPECT_EQ(read.status, 200);
  EXPECT_THAT(Json::parse(read.body)["data"], SizeIs(2));
  EXPECT_THAT(header(read.headers, "Link"), HasSubstr("rel=\"next\""));
  const core::Response made = call(s, "POST", "/proxy/issues", R"({"title":"by proxy"})");
  EXPECT_EQ(made.status, 201);
  const std::string path = "/proxy/issues/" + Json::parse(made.body)["id"].dump();
  EXPECT_EQ(call(s, "PATCH", path, R"({"title":"again"})").status, 200);
  EXPECT_EQ(Json::parse(call(s, "GET", path).body)["title"], "again");
  EXPECT_EQ(call(s, "DELETE", path).status, 204);
  EXPECT_EQ(call(s, "GET", path).status, 404);
  EXPECT_EQ(Json::parse(call(s, "GET", path).body).dump(), R"({"message":"Not Found"})");

  core::Headers binary = TestSimulator::headers();
  binary.add("Content-Type", "image/png");
  const std::string bytes("\x89PNG\0\xff", 6);
  const core::Response echoed = call(s, "PUT", "/proxy/echo", bytes, binary);
  EXPECT_EQ(echoed.body, bytes);
  EXPECT_EQ(header(echoed.headers, "Content-Type"), "image/png");
  EXPECT_THAT(call(s, "GET", "/proxy/echo/a%2Fb?c=%20", "", with).body,
              HasSubstr(R"("target":"/echo/a%2Fb?c=%20","headers":[["X-Custom","yes"]])"));
  const std::string form = call(s, "POST", "/proxy/echo", "",
                                [] {
                                  core::Headers empty = TestSimulator::headers();
                                  empty.add("Content-Type", "application/x-www-form-urlencoded");
                                  return empty;
                                }())
                               .body;
  EXPECT_THAT(form, HasSubstr("\"method\":\"POST\""));
}

TEST(Actions, AreCarriedOutOnceThoughAKillCutsThemOff) {
  TestSimulatorOptions options = three_providers();
  options.world_text.insert(
      options.world_text.size() - 1,
      R"(,"upstream":[{"connection":"demo","integration":"github","collection":"issues",)"
      R"("latency":"3s","items":[]}])");
  InProcessSimulator s(options);
  core::Headers with = TestSimulator::headers();
  with.add("X-Async", "true");
  call(s, "POST", "/action/trigger", R"({"action_name":"create-issue","input":{"title":"once"}})",
       with);
  s.advance("1s");
  s.ok("POST", "/snapshots/within");
  s.ok("POST", "/snapshots/within/restore");
  s.run_until_idle();
  EXPECT_EQ(s.now(), "2024-01-01T00:00:03.000000+00:00");
  EXPECT_EQ(s.ok("GET", "/upstream/github/demo/issues")["count"], 1);
  EXPECT_THAT(types_sent(s), ElementsAre("async_action"));
}

TEST(Proxy, ReachesIdsWithASlash) {
  InProcessSimulator s(three_providers());
  const core::Response made = call(s, "POST", "/proxy/issues", R"({"id":"a/b c","title":"t"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(header(made.headers, "Location"), "/issues/a%2Fb%20c");
  EXPECT_EQ(call(s, "GET", "/proxy/issues/a%2Fb%20c").status, 200);
  EXPECT_EQ(call(s, "GET", "/proxy/issues/a/b%20c").status, 404);
  call_ok(s, "POST", "/connections",
          R"({"provider_config_key":"github","connection_id":"org/repo"})");
  EXPECT_EQ(
      call_ok(s, "GET", "/connections/org%2Frepo?provider_config_key=github")["connection_id"],
      "org/repo");
  EXPECT_THAT(error_list(call(s, "POST", "/connections",
                              R"({"provider_config_key":"github","connection_id":"metadata"})")),
              ElementsAre("connection_id:invalid_value"));
}

TEST(Proxy, RefusesWhatNoRunCouldMakeARecordOf) {
  InProcessSimulator s(three_providers());
  const std::string deep = std::string(600, '[') + std::string(600, ']');
  for (const std::string& body :
       {std::string(R"({"id":null})"), std::string(R"({"id":{}})"), std::string(R"({"id":""})"),
        std::string(R"({"id":"a\u0000b"})"), "{\"id\":\"" + std::string(300, 'x') + "\"}",
        std::string("[]"), std::string("{"), "{\"x\":" + deep + "}"}) {
    EXPECT_EQ(call(s, "POST", "/proxy/issues", body).status, 422) << body.substr(0, 40);
  }
  call(s, "PUT", "/proxy/issues/7", "{}");
  EXPECT_EQ(call(s, "PATCH", "/proxy/issues/7", R"({"id":null})").status, 422);
  EXPECT_EQ(call(s, "PATCH", "/proxy/issues/7", R"({"id":"8"})").status, 422);
  EXPECT_EQ(call(s, "PUT", "/proxy/issues/" + std::string(300, 'x'), "{}").status, 422);
  EXPECT_EQ(s.control("PUT", "/upstream/github/demo/issues/7", R"({"id":{}})").status, 400);
  EXPECT_EQ(s.control("PUT", "/upstream/github/demo/issues", R"([{"id":"a\u0000"}])").status, 400);
}

TEST(Proxy, CreatesUnderTheNextNumberThatIsFree) {
  InProcessSimulator s(three_providers());
  EXPECT_EQ(call(s, "POST", "/proxy/issues", R"({"id":122,"title":"mine"})").status, 201);
  const Json next = Json::parse(call(s, "POST", "/proxy/issues", R"({"title":"next"})").body);
  EXPECT_EQ(next["id"], 123);
  EXPECT_EQ(call(s, "POST", "/proxy/issues", R"({"id":122})").status, 409);
  call(s, "PUT", "/proxy/issues/124", R"({"title":"mine, too"})");
  EXPECT_THAT(s.ok("POST", "/upstream/github/demo/issues", R"({"generate":{"count":2}})")["ids"],
              ElementsAre("125", "126"));
  EXPECT_EQ(Json::parse(call(s, "GET", "/proxy/issues/122").body)["title"], "mine");
}

TEST(Keys, AreInNoErrorAndNoJournalWhereverTheyStood) {
  InProcessSimulator s(three_providers());
  const std::string key(kDefaultSecretKey);
  for (const std::string& path :
       {"/connections/" + key + "?provider_config_key=x", "/integrations/" + key, "/action/" + key,
        "/nothing/" + key, "/sync/status?syncs=" + key + "&provider_config_key=github",
        "/records?model=" + key + "&cursor=" + key}) {
    EXPECT_THAT(call(s, "GET", path).body, Not(HasSubstr(key))) << path;
  }
  call(s, "GET", "/proxy/echo/" + key);
  EXPECT_THAT(s.control("GET", "/requests").body, Not(HasSubstr(key)));
  EXPECT_THAT(s.control("GET", "/logs").body, Not(HasSubstr(key)));
}

TEST(Forward, PassesAWebhookOfTheExternalApiOn) {
  InProcessSimulator s(three_providers());
  const Json answer =
      s.ok("POST", "/forward",
           R"({"integration":"github","connection":"demo","payload":{"action":"opened"}})");
  EXPECT_THAT(answer["deliveries"], SizeIs(1));
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  EXPECT_EQ(s.receiver().requests()[0].body,
            R"({"connectionId":"demo","from":"terapi","payload":{"action":"opened"},)"
            R"("providerConfigKey":"github","type":"forward"})");
  EXPECT_EQ(s.control("POST", "/forward", R"({"integration":"x","connection":"y"})").status, 404);
}

}  // namespace
}  // namespace terapi::simulator
