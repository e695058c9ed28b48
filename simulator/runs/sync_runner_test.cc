// Syncs in the background, through the APIs: SYNC-1 to SYNC-7, CUR-10, HOOK-2.
#include "simulator/runs/sync_runner.h"

#include <gmock/gmock.h>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A world with an external API of three issues, whose sync has run once.
class BackgroundTest : public testing::Test {
 public:
  static TestSimulatorOptions world(const std::string& sync = R"("type":"incremental")",
                                    const std::string& upstream = "") {
    TestSimulatorOptions options;
    options.world_text =
        R"({"environment":{"name":"dev","webhook_urls":["http://receiver.test/hook"]},)"
        R"("integrations":[{"id":"github","syncs":[{"name":"github-issues",)" +
        sync +
        R"(}]}],"connections":[{"id":"demo","integration":"github"}],"upstream":[)"
        R"({"connection":"demo","collection":"issues","items":[{"id":1},{"id":2},{"id":3}])" +
        upstream + "}]}";
    return options;
  }
};

core::Response api(TestSimulator& s, std::string method, std::string target,
                   std::string body = "") {
  core::Headers with = TestSimulator::headers();
  if (!body.empty()) with.add("Content-Type", "application/json");
  return s.send(request_of(std::move(method), std::move(target), std::move(with), std::move(body)));
}

Json api_ok(TestSimulator& s, std::string method, std::string target, std::string body = "") {
  const core::Response response = api(s, std::move(method), target, std::move(body));
  EXPECT_GE(response.status, 200) << target;
  EXPECT_LT(response.status, 300) << target << ": " << response.body;
  return TestSimulator::parse(response.body);
}

constexpr const char* kIssues = "/upstream/github/demo/issues";
constexpr const char* kDemo =
    R"("syncs":["github-issues"],"provider_config_key":"github","connection_id":"demo")";

Json status(TestSimulator& s, const std::string& names = "github-issues") {
  const Json all = api_ok(
      s, "GET",
      "/sync/status?syncs=" + names + "&provider_config_key=github&connection_id=demo")["syncs"];
  EXPECT_THAT(all, SizeIs(1));
  return all.empty() ? Json::object() : all[0];
}

std::vector<Json> webhooks(TestSimulator& s) {
  std::vector<Json> bodies;
  for (const core::Request& request : s.receiver().requests()) {
    bodies.push_back(Json::parse(request.body));
  }
  s.receiver().forget();
  return bodies;
}

TEST_F(BackgroundTest, ASyncRunsAtOnceThenAtItsFrequency) {
  InProcessSimulator s(world());
  EXPECT_THAT(ids_of(s.page()["records"]), UnorderedElementsAre("1", "2", "3"));
  std::vector<Json> sent = webhooks(s);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0]["syncType"], "INITIAL");
  EXPECT_EQ(sent[0]["responseResults"]["added"], 3);

  s.ok("PUT", std::string(kIssues) + "/2", R"({"title":"new"})");
  s.ok("DELETE", std::string(kIssues) + "/3");
  s.advance("59m");
  EXPECT_THAT(webhooks(s), IsEmpty()) << "nothing changes between two runs";
  s.advance("1m");
  sent = webhooks(s);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0]["syncType"], "INCREMENTAL");
  EXPECT_EQ(sent[0]["responseResults"].dump(), R"({"added":0,"deleted":1,"updated":1})");
  EXPECT_EQ(s.page({{"filter", "deleted"}})["records"][0]["id"], "3");
  s.advance("2h");
  EXPECT_THAT(webhooks(s), IsEmpty()) << "runs that change nothing announce nothing (HOOK-5)";
}

TEST_F(BackgroundTest, AFullSyncFindsDeletionsByComparing) {
  InProcessSimulator s(world(R"("type":"full")"));
  EXPECT_THAT(s.page()["records"], SizeIs(3));
  s.ok("DELETE", std::string(kIssues) + "/1");
  s.advance("1h");
  EXPECT_EQ(status(s)["latestResult"]["Issue"]["deleted"], 1);
  EXPECT_EQ(status(s)["recordCount"]["Issue"], 2);
  // PRUNE-2: what was pruned is read, and saved, again.
  const std::string cursor = cursor_of(s.page()["records"].back());
  s.prune(cursor);
  s.advance("1h");
  EXPECT_EQ(status(s)["latestResult"]["Issue"]["updated"], 2);
  s.advance("1h");
  EXPECT_EQ(status(s)["latestResult"]["Issue"]["updated"], 0);
}

TEST_F(BackgroundTest, ARunThatFailsPartWayKeepsWhatItSavedAndDeletesNothing) {
  for (const std::string kind : {"full", "incremental"}) {
    InProcessSimulator s(world("\"type\":\"" + kind + "\"", R"(,"page_size":2)"));
    webhooks(s);
    s.ok("PATCH", kIssues, R"([{"id":1,"n":1},{"id":4},{"id":5}])");
    s.ok("DELETE", std::string(kIssues) + "/2");
    s.ok("DELETE", std::string(kIssues) + "/3");
    s.faults(R"([{"id":"half","on":"upstream","match":{"collection":"issues"},"nth":[2],)"
             R"("do":{"status":503}}])");
    s.advance("1h");
    EXPECT_EQ(s.fired("half"), 1) << kind;
    const std::vector<Json> sent = webhooks(s);
    ASSERT_THAT(sent, SizeIs(1)) << kind;
    EXPECT_EQ(sent[0]["success"], false);
    EXPECT_EQ(sent[0]["error"]["type"], "script_http_error");
    EXPECT_EQ(sent[0]["error"]["description"], "GET /issues answered 503");
    EXPECT_EQ(status(s)["status"], "ERROR");
    Json schedule = s.ok("GET", "/schedules")["schedules"][0];
    EXPECT_EQ(schedule["error"], "script_http_error: GET /issues answered 503");
    EXPECT_GT(schedule["counts"]["Issue"]["unchanged"].get<int>() +
                  schedule["counts"]["Issue"]["updated"].get<int>(),
              0);
    EXPECT_THAT(s.page({{"filter", "deleted"}})["records"], IsEmpty()) << kind;
    EXPECT_EQ(s.page({{"ids", "1"}})["records"][0]["n"], 1) << kind;
    s.advance("1h");
    EXPECT_EQ(status(s)["status"], "SUCCESS");
    schedule = s.ok("GET", "/schedules")["schedules"][0];
    EXPECT_EQ(schedule["error"], nullptr);
    EXPECT_EQ(schedule["counts"]["Issue"]["deleted"], 2);
    EXPECT_THAT(ids_of(s.page({{"filter", "deleted"}})["records"]), UnorderedElementsAre("2", "3"))
        << kind;
    EXPECT_EQ(status(s)["recordCount"]["Issue"], 3) << kind;
  }
}

TEST_F(BackgroundTest, EveryFaultOfTheExternalApiMakesARunFail) {
  for (const std::string what : {R"({"reset":true})", R"({"truncate_after":5})",
                                 R"({"stall":"30s"})", R"({"status":200,"body":{"surprise":1}})",
                                 R"({"status":200,"body":"<html>"})", R"({"drip":"1B/s"})"}) {
    InProcessSimulator s(world());
    s.faults(R"([{"id":"f","on":"upstream","do":)" + what + "}]");
    s.advance("1h");
    s.run_until_idle();
    EXPECT_EQ(status(s)["status"], "ERROR") << what;
  }
}

TEST_F(BackgroundTest, ARateLimitIsWaitedFor) {
  InProcessSimulator s(
      world(R"("type":"full")", R"(,"page_size":1,"rate_limit":{"requests":2,"per":"1m"})"));
  EXPECT_EQ(status(s)["status"], "RUNNING");
  EXPECT_THAT(s.page()["records"], SizeIs(2)) << "what was read is there already";
  s.run_until_idle();
  EXPECT_EQ(s.now(), "2024-01-01T00:01:00.000000+00:00");
  EXPECT_EQ(status(s)["status"], "SUCCESS");
  EXPECT_THAT(s.page()["records"], SizeIs(3));
}

TEST_F(BackgroundTest, OneRunAtATimeAndOneMoreQueued) {
  InProcessSimulator s(world(R"("type":"full")", R"(,"latency":"10s")"));
  EXPECT_EQ(status(s)["status"], "RUNNING");
  for (int i = 0; i < 3; ++i) api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
  const auto runs = [&] { return s.ok("GET", "/schedules")["runs"].get<int>(); };
  EXPECT_EQ(runs(), 1);
  s.advance("15s");
  EXPECT_EQ(runs(), 2) << "three triggers during a run are one more";
  s.run_until_idle();
  EXPECT_EQ(runs(), 2);
  EXPECT_EQ(s.now(), "2024-01-01T00:00:20.000000+00:00");
}

TEST_F(BackgroundTest, PausedNothingRunsAndWhatWasDueRunsWhenStarted) {
  InProcessSimulator s(world());
  api_ok(s, "POST", "/sync/pause", std::string("{") + kDemo + "}");
  EXPECT_EQ(status(s)["status"], "PAUSED");
  EXPECT_TRUE(status(s)["nextScheduledSyncAt"].is_null());
  s.ok("PUT", std::string(kIssues) + "/4", "{}");
  s.advance("3h");
  EXPECT_THAT(s.page()["records"], SizeIs(3));
  api_ok(s, "POST", "/sync/start", std::string("{") + kDemo + "}");
  EXPECT_THAT(s.page()["records"], SizeIs(4));
  EXPECT_EQ(status(s)["nextScheduledSyncAt"], "2024-01-01T04:00:00.000Z");
}

TEST_F(BackgroundTest, AResetReadsAllAgainAndMayEmptyTheCache) {
  InProcessSimulator s(world());
  webhooks(s);
  const Json before = s.page()["records"];
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + R"(,"opts":{"reset":true}})");
  EXPECT_THAT(webhooks(s), IsEmpty()) << "the same payloads are no modifications (META-5)";
  EXPECT_EQ(status(s)["type"], "INITIAL");
  EXPECT_EQ(s.page()["records"], before);

  s.advance("1m");
  const std::string old_cursor = cursor_of(before[1]);
  api_ok(s, "POST", "/sync/trigger",
         std::string("{") + kDemo + R"(,"opts":{"reset":true,"emptyCache":true}})");
  const std::vector<Json> sent = webhooks(s);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0]["responseResults"]["added"], 3);
  // CUR-10: an old cursor goes on to mean its position in time.
  EXPECT_THAT(s.page({{"cursor", old_cursor}})["records"], SizeIs(3));
  EXPECT_EQ(metadata(s.page()["records"][0])["first_seen_at"], "2024-01-01T00:01:00.000000+00:00");
}

TEST_F(BackgroundTest, EmptiesWithoutAResetInTheNangoDialect) {
  TestSimulatorOptions options = world();
  options.dialect = &nango_dialect();
  InProcessSimulator s(options);
  const auto count = [&] { return status(s)["recordCount"]["Issue"]; };
  s.ok("PUT", std::string(kIssues) + "/2", R"({"title":"new"})");
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + R"(,"opts":{"emptyCache":true}})");
  EXPECT_EQ(status(s)["type"], "INCREMENTAL");
  EXPECT_EQ(count(), 1) << "what did not change is gone";
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + R"(,"opts":{"reset":true}})");
  EXPECT_EQ(count(), 3);
}

TEST_F(BackgroundTest, FrequenciesAreAConnectionsOwn) {
  InProcessSimulator s(world());
  const std::string whose =
      R"({"sync_name":"github-issues","provider_config_key":"github","connection_id":"demo",)";
  const auto set = [&](const std::string& to) {
    return api(s, "PUT", "/sync/update-connection-frequency", whose + "\"frequency\":" + to + "}");
  };
  EXPECT_EQ(set("\"every 5 minutes\"").body, R"({"frequency":"5m"})");
  EXPECT_EQ(status(s)["nextScheduledSyncAt"], "2024-01-01T00:05:00.000Z");
  s.ok("PUT", std::string(kIssues) + "/4", "{}");
  s.advance("5m");
  EXPECT_THAT(s.page()["records"], SizeIs(4));
  EXPECT_EQ(set("null").body, R"({"frequency":"1h"})");
  // As clients of Nango may say it.
  for (const auto& [said, meant] : {std::pair{"5 mins", "5m"},
                                    {"30min", "30m"},
                                    {"every 30m", "30m"},
                                    {"hour", "1h"},
                                    {"every minute", "1m"},
                                    {"2 hrs", "2h"},
                                    {"every 2hr", "2h"},
                                    {"day", "1d"},
                                    {"45 secs", "45s"},
                                    {"half hour", "30m"},
                                    {"every quarter hour", "15m"},
                                    {"every half day", "12h"},
                                    {"week", "7d"},
                                    {"every month", "30d"},
                                    {"1h30m", "90m"}}) {
    EXPECT_EQ(set('"' + std::string(said) + '"').body,
              R"({"frequency":")" + std::string(meant) + "\"}")
        << said;
  }
  for (const std::string wrong : {"\"5s\"", "\"often\"", "7", "\"every 0 hours\"", "\"every\"",
                                  "\"every  5m\"", "\"5 weeks\"", "\"1.5 hours\""}) {
    EXPECT_EQ(set(wrong).status, 400) << wrong;
  }
  EXPECT_THAT(error_list(api(s, "PUT", "/sync/update-connection-frequency",
                             whose.substr(0, whose.size() - 1) + "}")),
              ElementsAre("frequency:required"));
}

TEST_F(BackgroundTest, VariantsHaveRecordsOfTheirOwn) {
  InProcessSimulator s(world());
  const std::string whose = R"({"provider_config_key":"github","connection_id":"demo"})";
  const std::string path = "/sync/github-issues/variant/v1";
  EXPECT_EQ(api_ok(s, "POST", path, whose)["variant"], "v1");
  EXPECT_EQ(error_code(api(s, "POST", path, whose)), "sync_variant_already_exists");
  EXPECT_EQ(status(s, "github-issues::v1")["variant"], "v1");
  EXPECT_THAT(s.page({{"variant", "v1"}})["records"], SizeIs(3));
  s.ok("DELETE", std::string(kIssues) + "/1");
  s.advance("1h");
  EXPECT_THAT(s.page({{"variant", "v1"}, {"filter", "deleted"}})["records"], SizeIs(1));
  EXPECT_EQ(api_ok(s, "DELETE", path, whose).dump(), R"({"success":true})");
  EXPECT_THAT(s.page({{"variant", "v1"}})["records"], IsEmpty());
  EXPECT_EQ(error_code(api(s, "DELETE", path, whose)), "unknown_sync_variant");
  EXPECT_EQ(error_code(api(s, "POST", "/sync/github-issues/variant/v%201", whose)),
            "invalid_variant");
  EXPECT_EQ(error_code(api(s, "DELETE", "/sync/github-issues/variant/base", whose)),
            "invalid_variant");
}

TEST_F(BackgroundTest, CallsThatNameWhatIsNotThereAreRefused) {
  InProcessSimulator s(world());
  const auto trigger = [&](const std::string& body) {
    return api(s, "POST", "/sync/trigger", body);
  };
  EXPECT_EQ(error_code(trigger(R"({"syncs":["x"],"provider_config_key":"github"})")),
            "unknown_sync");
  EXPECT_EQ(error_code(trigger(R"({"syncs":[],"provider_config_key":"x"})")),
            "unknown_provider_config_key");
  EXPECT_EQ(error_code(
                trigger(R"({"syncs":[],"provider_config_key":"github","connection_id":"nobody"})")),
            "unknown_connection");
  EXPECT_THAT(error_list(trigger("{}")),
              ElementsAre("syncs:required", "provider_config_key:required"));
  EXPECT_THAT(error_list(trigger(std::string("{") + kDemo + R"(,"opts":{"emptyCache":true}})")),
              ElementsAre("opts:invalid_value"));
  EXPECT_THAT(error_list(api(s, "GET", "/sync/status")),
              ElementsAre("syncs:invalid_type", "provider_config_key:invalid_type"));
}

TEST_F(BackgroundTest, WhatARunByHandSavesTheExternalApiHolds) {
  InProcessSimulator s(world(R"("type":"full")"));
  s.run(R"("save":[{"id":"9","by":"hand"}],"delete":["1"],"update":[{"id":"2","n":5}])");
  s.advance("1h");
  EXPECT_EQ(status(s)["latestResult"]["Issue"].dump(), R"({"added":0,"updated":0,"deleted":0})");
  EXPECT_EQ(s.ok("GET", kIssues)["count"], 3);
  EXPECT_EQ(s.ok("GET", std::string(kIssues) + "/2")["n"], 5);
}

TEST_F(BackgroundTest, ASnapshotBringsSchedulesAndExternalApisBack) {
  InProcessSimulator s(world());
  s.advance("30m");
  s.ok("POST", "/snapshots/half");
  s.ok("PUT", std::string(kIssues) + "/4", "{}");
  s.advance("1h");
  EXPECT_THAT(s.page()["records"], SizeIs(4));
  s.ok("POST", "/snapshots/half/restore");
  EXPECT_EQ(s.ok("GET", kIssues)["count"], 3);
  EXPECT_THAT(s.page()["records"], SizeIs(3));
  s.ok("PUT", std::string(kIssues) + "/5", "{}");
  s.advance("29m");
  EXPECT_THAT(s.page()["records"], SizeIs(3));
  s.advance("1m");
  EXPECT_THAT(s.page()["records"], SizeIs(4)) << "the next run is where it was";
}

TEST_F(BackgroundTest, IdleDoesNotWaitForTheNextRun) {
  InProcessSimulator s(world());
  const Json moved = s.run_until_idle();
  EXPECT_EQ(moved["now"], "2024-01-01T00:00:00.000000+00:00");
  const Json clock = s.ok("GET", "/clock");
  EXPECT_EQ(clock["pending_timers"], 0);
  EXPECT_EQ(clock["recurring_timers"], 1);
  EXPECT_EQ(clock["next_due"], "2024-01-01T01:00:00.000000+00:00");
}

TEST_F(BackgroundTest, ChangesByThemselvesAreTheSameInEveryRun) {
  const auto after_a_day = [] {
    InProcessSimulator s(world(R"("type":"full")",
                               R"(,"changes":{"every":"10m","added":3,"changed":2,"deleted":1})"));
    s.advance("24h");
    return s.ok("GET", kIssues).dump();
  };
  const std::string first = after_a_day();
  EXPECT_EQ(first, after_a_day());
  // 3 to begin with, and 3 - 1 more in each of 144 intervals.
  EXPECT_EQ(Json::parse(first)["count"], 3 + 2 * 144);
}

TEST_F(BackgroundTest, AWorldThatCannotBeMadeLeavesRunsUnderWayAlone) {
  InProcessSimulator s(world(R"("type":"full")", R"(,"latency":"10s")"));
  const core::Response failed = s.control(
      "PUT", "/world",
      R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}],)"
      R"("records":[{"connection":"demo","model":"Issue","file":"/nothing/there.ndjson"}]})");
  EXPECT_GE(failed.status, 400);
  s.run_until_idle();
  EXPECT_THAT(s.page()["records"], SizeIs(3));
  EXPECT_EQ(status(s)["status"], "SUCCESS");
}

TEST_F(BackgroundTest, AStreamThatIsEmptiedMeanwhileIsFilledAnew) {
  // Two syncs that write the same model.
  InProcessSimulator s(world(R"("type":"full"},{"name":"b","models":["Issue"],)"
                             R"("collections":{"Issue":"issues"},"type":"full")",
                             R"(,"latency":"10s","page_size":2)"));
  s.run_until_idle();
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
  s.advance("10s");
  api_ok(s, "POST", "/sync/trigger",
         R"({"syncs":["b"],"provider_config_key":"github","connection_id":"demo",)"
         R"("opts":{"reset":true,"emptyCache":true}})");
  EXPECT_THAT(s.page()["records"], IsEmpty());
  s.run_until_idle();
  EXPECT_EQ(status(s)["status"], "SUCCESS");
  EXPECT_THAT(s.page()["records"], SizeIs(3));
}

TEST_F(BackgroundTest, ASyncWithoutAnExternalApiGetsOneWhenItIsTriggered) {
  InProcessSimulator s;  // its sync is enabled, and has records by hand only
  s.save({"1", "2"});
  s.advance("3h");
  EXPECT_THAT(s.ok("GET", "/schedules")["schedules"], IsEmpty());
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
  EXPECT_EQ(status(s)["recordCount"]["Issue"], 2) << "what was there came from it";
  s.ok("PUT", std::string(kIssues) + "/3", "{}");
  s.advance("1h");
  EXPECT_EQ(status(s)["recordCount"]["Issue"], 3);
}

TEST_F(BackgroundTest, PagesThatLeadBackToThemselvesFailTheRun) {
  InProcessSimulator s(world());
  s.faults(R"([{"id":"f","on":"upstream","do":{"status":200,"body":{"data":[],"next":"1"}}}])");
  s.advance("1h");
  EXPECT_EQ(status(s)["status"], "ERROR");
}

TEST_F(BackgroundTest, DeletionsAfterAFailedOrResetRunAreTold) {
  InProcessSimulator s(world(R"("type":"incremental","enabled":false)", R"(,"page_size":2)"));
  s.faults(R"([{"id":"f","on":"upstream","nth":[2],"do":{"status":503}}])");
  s.ok("PATCH", "/integrations/github/endpoints/github-issues", R"({"enabled":true})");
  EXPECT_EQ(status(s)["status"], "ERROR");
  EXPECT_THAT(s.page()["records"], SizeIs(2)) << "the first page was saved";
  s.ok("DELETE", std::string(kIssues) + "/1");
  s.advance("1h");
  EXPECT_EQ(s.page({{"ids", "1"}})["records"][0]["_terapi_metadata"]["last_action"], "DELETED");

  s.ok("DELETE", std::string(kIssues) + "/2");
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + R"(,"opts":{"reset":true}})");
  EXPECT_EQ(s.page({{"ids", "2"}})["records"][0]["_terapi_metadata"]["last_action"], "DELETED");
  EXPECT_EQ(status(s)["recordCount"]["Issue"], 1);
}

TEST_F(BackgroundTest, WhatChangedDuringARunIsReadByTheNext) {
  for (const std::string kind : {"full", "incremental"}) {
    InProcessSimulator s(world("\"type\":\"" + kind + "\""));
    s.faults(R"([{"id":"slow","on":"upstream","do":{"delay":"10s"}}])");
    api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
    s.advance("5s");
    s.ok("PUT", std::string(kIssues) + "/4", "{}");
    s.advance("5s");
    EXPECT_EQ(status(s)["status"], "SUCCESS");
    s.ok("DELETE", "/faults");
    api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
    EXPECT_THAT(s.page()["records"], SizeIs(4)) << kind;
  }
}

TEST_F(BackgroundTest, EnabledAgainItRunsAtOnceAndDisabledNothingIsLeftQueued) {
  InProcessSimulator s(world());
  const auto enable = [&](const char* on) {
    s.ok("PATCH", "/integrations/github/endpoints/github-issues",
         std::string(R"({"enabled":)") + on + "}");
  };
  s.advance("10m");
  enable("false");
  s.ok("PUT", std::string(kIssues) + "/4", "{}");
  enable("true");
  EXPECT_THAT(s.page()["records"], SizeIs(4));

  s.faults(R"([{"id":"slow","on":"upstream","do":{"delay":"10s"}}])");
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
  api_ok(s, "POST", "/sync/trigger", std::string("{") + kDemo + "}");
  const int runs = s.ok("GET", "/schedules")["runs"];
  enable("false");
  s.advance("1h");
  EXPECT_EQ(s.ok("GET", "/schedules")["runs"], runs);
}

TEST_F(BackgroundTest, ARunLongerThanItsFrequencyLeavesTimesOut) {
  InProcessSimulator s(world(R"("type":"full","frequency":"10s")", R"(,"latency":"15s")"));
  const Json moved = s.run_until_idle();
  EXPECT_EQ(moved["now"], "2024-01-01T00:00:15.000000+00:00");
  EXPECT_EQ(status(s)["nextScheduledSyncAt"], "2024-01-01T00:00:20.000Z");
}

TEST_F(BackgroundTest, APlanEndsWithItsCollection) {
  InProcessSimulator s(world());
  const std::string plan = R"({"changes":{"every":"10m","added":1}})";
  const auto connect = [&] {
    api_ok(s, "POST", "/connections", R"({"provider_config_key":"github","connection_id":"acme"})");
    s.ok("PATCH", "/upstream/github/acme/issues", plan);
  };
  connect();
  api_ok(s, "DELETE", "/connections/acme?provider_config_key=github");
  connect();
  const int before = s.ok("GET", "/upstream/github/acme/issues")["count"];
  s.advance("10m");
  EXPECT_EQ(s.ok("GET", "/upstream/github/acme/issues")["count"], before + 1);
}

TEST_F(BackgroundTest, WhatIsHeldBackGoesWithItsConnection) {
  InProcessSimulator s(world());
  s.faults(R"([{"id":"late","on":"store","do":{"late_commit":"1h"}}])");
  s.run(R"("save":[{"id":"9"}])");
  api_ok(s, "DELETE", "/connections/demo?provider_config_key=github");
  s.advance("2h");
  EXPECT_THAT(s.ok("GET", "/streams")["streams"], IsEmpty());
}

// The cost of this is in benchmarks; here, that nothing is missing after a month.
TEST_F(BackgroundTest, ManyConnectionsRunForAMonth) {
  InProcessSimulator s(world());
  for (int i = 0; i < 20; ++i) {
    api_ok(s, "POST", "/connections",
           R"({"provider_config_key":"github","connection_id":"c)" + std::to_string(i) + "\"}");
  }
  s.advance("720h");
  EXPECT_EQ(s.ok("GET", "/schedules")["runs"], 21 * 721);
}

}  // namespace
}  // namespace terapi::simulator
