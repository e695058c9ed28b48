// The log through the API: LOG-1, HOOK-11, AUTH-5.
#include <gmock/gmock.h>

#include "core/temporary_folder.h"
#include "simulator/storage/sqlite_storage.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A world with an external API of three issues, in pages of two, whose sync has run once.
TestSimulatorOptions background(const std::string& collection = R"("page_size":2)") {
  TestSimulatorOptions options;
  options.world_text =
      R"({"environment":{"name":"dev","webhook_urls":["http://receiver.test/hook"],)"
      R"("retry":{"attempts":3}},)"
      R"("integrations":[{"id":"github","syncs":[{"name":"github-issues","type":"full"}]}],)"
      R"("connections":[{"id":"demo","integration":"github"}],"upstream":[)"
      R"({"connection":"demo","collection":"issues","items":[{"id":1},{"id":2},{"id":3}],)" +
      collection + "}]}";
  return options;
}

core::Response send_call(TestSimulator& s, std::string method, std::string target,
                         std::string body = "", core::Headers more = {}) {
  core::Headers with = TestSimulator::headers();
  if (!body.empty()) with.add("Content-Type", "application/json");
  for (const auto& [name, value] : more) with.add(name, value);
  return s.send(request_of(std::move(method), std::move(target), std::move(with), std::move(body)));
}

std::vector<Json> logs(TestSimulator& s, const std::string& query = "") {
  std::vector<Json> all;
  for (const Json& each : Json(s.ok("GET", "/logs" + query)["logs"])) all.push_back(each);
  return all;
}

// The newest of that query, with its steps.
Json newest(TestSimulator& s, const std::string& query) {
  const std::vector<Json> found = logs(s, query);
  if (found.empty()) {
    ADD_FAILURE() << "nothing for " << query;
    return Json::object();
  }
  return s.ok("GET", "/logs/" + found.back()["id"].dump());
}

std::vector<std::string> said(const Json& operation) {
  std::vector<std::string> lines;
  for (const Json& step : operation["steps"]) {
    lines.push_back(step["event"].get<std::string>() + ": " + step["message"].get<std::string>());
  }
  return lines;
}

std::vector<std::string> events(const std::vector<Json>& all) {
  std::vector<std::string> found;
  for (const Json& each : all) found.push_back(each["event"]);
  return found;
}

TEST(LogControl, TellsARunWithItsSteps) {
  InProcessSimulator s(background());
  const Json run = newest(s, "?kind=run");
  EXPECT_EQ(run["outcome"], "success");
  EXPECT_EQ(run["level"], "info");
  EXPECT_EQ(run["integration"], "github");
  EXPECT_EQ(run["connection"], "demo");
  EXPECT_EQ(run["sync"], "github-issues");
  EXPECT_EQ(run["models"], Json({"Issue"}));
  EXPECT_EQ(run["variant"], "base");
  EXPECT_EQ(run["fields"]["type"], "INITIAL");
  EXPECT_EQ(run["counts"]["added"], 3);
  EXPECT_EQ(run["name"], s.ok("GET", "/schedules")["schedules"][0]["run_id"]);
  EXPECT_THAT(
      said(run),
      ElementsAre("page: GET /issues?per_page=1000 answered 200: 2 objects", "save: 2 added",
                  "page: GET /issues?per_page=1000&after=2 answered 200: 1 object", "save: 1 added",
                  "checkpoint: Issue was read to its end",
                  "webhook: a webhook was put in the queue"));
  EXPECT_EQ(run["steps"][5]["fields"]["delivery"],
            s.ok("GET", "/deliveries")["deliveries"][0]["id"]);
}

TEST(LogControl, TellsWhereARunFailedAndHowLongItTook) {
  InProcessSimulator s(background(R"("page_size":2,"latency":"100ms")"));
  s.run_until_idle();
  s.faults(R"([{"id":"half","on":"upstream","nth":[2],"do":{"status":502}}])");
  s.advance("1h");
  s.run_until_idle();
  const Json run = newest(s, "?kind=run&level=error");
  EXPECT_EQ(run["outcome"], "failure");
  EXPECT_EQ(run["level"], "error");
  EXPECT_EQ(run["event"], "run.failed");
  EXPECT_EQ(run["error"], "script_http_error: GET /issues answered 502");
  EXPECT_EQ(run["duration_ms"], 200);
  EXPECT_EQ(run["counts"]["unchanged"], 2);
  const std::vector<std::string> lines = said(run);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[1], "save: 2 unchanged");
  EXPECT_THAT(lines[2], HasSubstr("answered 502"));
  EXPECT_THAT(lines[3], HasSubstr("failure: the run ends here"));
  EXPECT_EQ(run["steps"][2]["level"], "error");
  EXPECT_EQ(run["steps"][2]["duration_ms"], 100);
  EXPECT_EQ(run["steps"][2]["at"], "2024-01-01T01:00:00.100000+00:00");
}

TEST(LogControl, TellsWhatARunWaitsFor) {
  InProcessSimulator s(background(R"("page_size":2,"rate_limit":{"requests":1,"per":"1m"})"));
  const Json waiting = newest(s, "?outcome=running");
  EXPECT_EQ(waiting["ended_at"], nullptr);
  EXPECT_EQ(waiting["level"], "warning");
  EXPECT_THAT(said(waiting).back(), HasSubstr("answered 429; it is asked again in 1m"));
  s.run_until_idle();
  EXPECT_EQ(s.ok("GET", "/logs/" + waiting["id"].dump())["duration_ms"], 60'000);
}

TEST(LogControl, TellsRunsThatFoundNothingNewApart) {
  InProcessSimulator s(background());
  s.advance("2h");
  const std::vector<Json> idle = logs(s, "?event=run.idle");
  ASSERT_THAT(idle, SizeIs(2));
  EXPECT_EQ(idle[0]["level"], "debug");
  EXPECT_EQ(idle[0]["models"], Json({"Issue"}));
  EXPECT_THAT(logs(s, "?kind=run&level=info"), SizeIs(1));
}

TEST(LogControl, TellsARunByHand) {
  InProcessSimulator s;
  s.save({"1", "2"});
  s.run(R"("save":[{"id":"1","n":5}],"delete":["2"],"error":"boom")");
  const Json run = newest(s, "?event=run.failed");
  EXPECT_EQ(run["error"], "script_error: boom");
  EXPECT_THAT(said(run), ElementsAre("save: 1 updated", "save: 1 deleted"));
  EXPECT_EQ(run["counts"]["updated"], 1);
}

TEST(LogControl, TellsThatARunWasCutOff) {
  InProcessSimulator s(background(R"("latency":"10s")"));
  send_call(s, "DELETE", "/connections/demo?provider_config_key=github");
  EXPECT_EQ(newest(s, "?kind=run")["outcome"], "cut_off");
}

TEST(LogControl, TellsADeliveryWithEachAttempt) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":3})"});
  s.send_webhooks();
  int count = 0;
  s.receiver().set_answer(
      [&](const core::Request&) { return TestReceiver::status(++count < 3 ? 500 : 204); });
  const Json run = s.save({"a"});
  EXPECT_EQ(newest(s, "?kind=delivery")["outcome"], "running");
  s.run_until_idle();
  const Json delivery = newest(s, "?kind=delivery");
  EXPECT_EQ(delivery["outcome"], "success");
  EXPECT_EQ(delivery["level"], "warning") << "the worst of its steps";
  EXPECT_EQ(delivery["name"], run["deliveries"][0]);
  EXPECT_EQ(delivery["fields"]["run"], run["run_id"]);
  EXPECT_EQ(delivery["duration_ms"], 300);
  EXPECT_THAT(said(delivery), ElementsAre("attempt: attempt 1 was answered 500",
                                          "attempt: attempt 2 was answered 500",
                                          "attempt: attempt 3 was answered 204"));
  EXPECT_EQ(delivery["steps"][0]["fields"]["next"], "2024-01-01T00:00:00.100000+00:00");
  EXPECT_FALSE(delivery["steps"][2]["fields"].contains("next"));
}

TEST(LogControl, TellsWhatFaultsAndHandsDoToADelivery) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":1})"});
  s.send_webhooks_to({s.refusing_url()});
  const Json run = s.save({"a"});
  Json delivery = newest(s, "?kind=delivery");
  EXPECT_EQ(delivery["outcome"], "failure");
  EXPECT_EQ(delivery["error"], "the last attempt: connection_refused");
  s.ok("POST", "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend");
  s.run_until_idle();
  delivery = newest(s, "?kind=delivery");
  EXPECT_THAT(said(delivery), ElementsAre("attempt: attempt 1: connection_refused",
                                          "resend: it is sent again by hand",
                                          "attempt: attempt 2: connection_refused"));
  s.faults(R"([{"id":"lost","on":"webhook","do":{"drop":true}}])");
  s.save({"b"});
  delivery = newest(s, "?kind=delivery");
  EXPECT_EQ(delivery["outcome"], "dropped");
  EXPECT_EQ(delivery["error"], "fault lost");
  EXPECT_THAT(said(delivery), ElementsAre("fault: a fault strikes it"));
}

TEST(LogControl, GoesOnWithADeliveryThatASnapshotBroughtBack) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":2})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  s.ok("POST", "/snapshots/before");
  s.ok("POST", "/snapshots/before/restore");
  EXPECT_THAT(logs(s), IsEmpty());
  s.run_until_idle();
  EXPECT_THAT(said(newest(s, "?kind=delivery")),
              ElementsAre("attempt: attempt 2 was answered 500"));
}

TEST(LogControl, TellsActions) {
  InProcessSimulator s(background());
  const std::string body = R"({"action_name":"create-issue","input":{"title":"x"}})";
  send_call(s, "POST", "/action/trigger", body);
  Json action = newest(s, "?kind=action");
  EXPECT_EQ(action["name"], "create-issue");
  EXPECT_EQ(action["outcome"], "success");
  EXPECT_THAT(said(action), ElementsAre("request: POST /issues answered 201"));
  s.faults(R"([{"id":"slow","on":"upstream","match":{"method":"POST"},)"
           R"("do":{"delay":"2s","status":503}}])");
  send_call(s, "POST", "/action/trigger", body, {{"X-Async", "true"}});
  EXPECT_EQ(newest(s, "?kind=action")["outcome"], "running");
  s.run_until_idle();
  action = newest(s, "?kind=action");
  EXPECT_EQ(action["error"], "POST /issues answered 503");
  EXPECT_EQ(action["duration_ms"], 2000);
  EXPECT_THAT(action["fields"]["id"].get<std::string>(), SizeIs(36));
}

TEST(LogControl, TellsCallsOfTheProxy) {
  InProcessSimulator s(background());
  send_call(s, "GET", "/proxy/issues/1?token=abc");
  Json proxied = newest(s, "?kind=proxy");
  EXPECT_EQ(proxied["name"], "GET /issues/1");
  EXPECT_EQ(proxied["outcome"], "success");
  EXPECT_THAT(said(proxied), ElementsAre("request: GET /issues/1 answered 200"));
  s.faults(R"([{"id":"down","on":"upstream","nth":[1],"do":{"status":503}}])");
  core::Request again = request_of("GET", "/proxy/issues/9", TestSimulator::headers());
  again.headers.add("Retries", "2");
  s.simulator().handle(again, [](const core::Outcome&) {});
  EXPECT_EQ(newest(s, "?kind=proxy")["outcome"], "running");
  s.advance("100ms");
  proxied = newest(s, "?kind=proxy");
  EXPECT_EQ(proxied["outcome"], "failure");
  EXPECT_EQ(proxied["error"], "answered 404");
  EXPECT_EQ(proxied["level"], "error");
  EXPECT_EQ(proxied["steps"][0]["level"], "warning") << "the next try might have succeeded";
  EXPECT_THAT(said(proxied), ElementsAre("request: GET /issues/9 answered 503",
                                         "request: GET /issues/9 answered 404"));
}

TEST(LogControl, TellsEventsThatBelongToNoOperation) {
  InProcessSimulator s(background());
  s.ok("PATCH", "/integrations/github/endpoints/github-issues", R"({"enabled":false})");
  const Json event = newest(s, "?kind=event");
  EXPECT_EQ(event["event"], "sync.disabled");
  EXPECT_EQ(event["message"], "a sync was disabled");
  EXPECT_EQ(event["integration"], "github");
  EXPECT_EQ(event["sync"], "github-issues");
  EXPECT_EQ(event["steps_made"], 0);
}

// --- which ones ---------------------------------------------------------------------------------

TEST(LogControl, ShowsWhatIsAskedFor) {
  InProcessSimulator s;
  s.save({"1"});
  s.advance("1h");
  s.run(R"("model":"User","error":"boom","save":[{"id":"2"}])");
  EXPECT_THAT(events(logs(s, "?event=run")), ElementsAre("run", "run.failed"));
  EXPECT_THAT(events(logs(s, "?level=warning")), ElementsAre("run.failed"));
  EXPECT_THAT(events(logs(s, "?outcome=success")), ElementsAre("run"));
  EXPECT_THAT(events(logs(s, "?text=github/demo/User&limit=1")), ElementsAre("run.failed"));
  EXPECT_THAT(events(logs(s, "?model=Issue&integration=github&connection=demo&variant=base")),
              ElementsAre("run"));
  EXPECT_THAT(events(logs(s, "?sync=github-issues&environment=dev")), ElementsAre("run"));
  EXPECT_THAT(events(logs(s, "?from=2024-01-01T00:30:00Z")), ElementsAre("run.failed"));
  EXPECT_THAT(events(logs(s, "?to=2024-01-01T00:30:00Z")), ElementsAre("run"));
}

TEST(LogControl, PagesByIdBothWays) {
  InProcessSimulator s;
  for (int i = 0; i < 5; ++i) s.save({std::to_string(i)});
  const Json page = s.ok("GET", "/logs?limit=2");
  EXPECT_EQ(page["logs"][0]["id"], 4);
  EXPECT_EQ(page["next"], 4);
  s.save({"more"});
  const Json older = s.ok("GET", "/logs?limit=3&before=4");
  EXPECT_EQ(older["logs"][0]["id"], 1);
  EXPECT_EQ(older["next"], nullptr);
  const Json newer = s.ok("GET", "/logs?limit=1&after=4");
  EXPECT_EQ(newer["logs"][0]["id"], 5);
  EXPECT_EQ(newer["next"], 5);
}

TEST(LogControl, RefusesWhatItDoesNotUnderstand) {
  InProcessSimulator s;
  EXPECT_THAT(
      error_list(s.control("GET",
                           "/logs?level=loud&from=then&colour=red&kind=x&outcome=y"
                           "&limit=0&before=-1&text=a&text=b")),
      UnorderedElementsAre("level:invalid_value", "from:invalid_value", "colour:unrecognized_keys",
                           "kind:invalid_value", "outcome:invalid_value", "limit:invalid_value",
                           "before:invalid_value", "text:invalid_type"));
  EXPECT_THAT(s.control("GET", "/logs?kind=x").body,
              HasSubstr("'kind' is one of run, delivery, action, proxy, event"));
  EXPECT_THAT(error_list(s.control("GET", "/logs?before=9&after=3")),
              ElementsAre("after:invalid_value"));
  EXPECT_THAT(error_list(s.control(
                  "GET", "/logs?from=2024-01-02T00:00:00Z&to=2024-01-01T00:00:00Z&limit=10001")),
              UnorderedElementsAre("from:invalid_value", "limit:invalid_value"));
  for (const std::string id : {"7", "x", "-1"}) {
    EXPECT_EQ(error_code(s.control("GET", "/logs/" + id)), "unknown_operation");
  }
}

TEST(LogControl, SaysWhatIsKeptAndWhatWasDropped) {
  InProcessSimulator s(background());
  for (int i = 0; i < 10'005; ++i) send_call(s, "GET", "/proxy/issues/1");
  const Json answer = s.ok("GET", "/logs?limit=1");
  EXPECT_EQ(answer["dropped"], 5);
  for (const Json& each : answer["retention"]) {
    EXPECT_EQ(each["dropped"], each["kind"] == "proxy" ? 5 : 0) << each;
    EXPECT_EQ(each["kept"] == 10'000, each["kind"] == "proxy") << each;
    if (each["kind"] == "run") {
      EXPECT_EQ(each["oldest"], "2024-01-01T00:00:00.000000+00:00");
    }
  }
  EXPECT_THAT(logs(s, "?kind=run"), SizeIs(1));
}

// AUTH-5: neither where a caller wrote one, nor where an external API sent one back.
TEST(LogControl, HoldsNoKey) {
  const std::string key(kDefaultSecretKey);
  InProcessSimulator s(background());
  send_call(s, "GET", "/proxy/" + key + "?token=" + key);
  s.run(R"("error":{"type":"t","description":")" + key + "\"}");
  s.run(R"("model":")" + key + R"(","save":[{"id":"1"}])");
  std::string all = s.control("GET", "/logs").body;
  for (const Json& each : logs(s)) all += s.control("GET", "/logs/" + each["id"].dump()).body;
  EXPECT_THAT(all, Not(HasSubstr(key)));
  EXPECT_THAT(all, HasSubstr("GET /[key]"));
}

// --- a restart ----------------------------------------------------------------------------------

class KeptLogTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStorage> open() {
    auto storage = SqliteStorage::open(folder_.file("x.db"), terapi_dialect());
    TERAPI_CHECK(storage.has_value(), storage ? "" : storage.error().message);
    return *std::move(storage);
  }
  core::TemporaryFolder folder_;
};

TEST_F(KeptLogTest, ARestartFindsAllOfItAndIdsGoOn) {
  const auto shown = [](TestSimulator& s) {
    return s.control("GET", "/logs/2").body + s.control("GET", "/logs/3").body;
  };
  std::string before;
  TestSimulatorOptions options = background(R"("page_size":2,"latency":"10s")");
  {
    const auto storage = open();
    options.storage = storage.get();
    InProcessSimulator s(options);
    s.receiver().answer_with(500);
    send_call(s, "GET", "/proxy/issues/1");
    s.run(R"("save":[{"id":"x"}],"error":"boom")");
    before = shown(s);
  }
  const auto storage = open();
  options.storage = storage.get();
  InProcessSimulator s(options);
  s.receiver().answer_with(500);
  EXPECT_EQ(shown(s), before);
  const Json cut = logs(s, "?kind=run")[0];
  EXPECT_EQ(cut["id"], 1);
  EXPECT_EQ(cut["outcome"], "cut_off");
  EXPECT_EQ(cut["error"], "the simulator was stopped");
  EXPECT_EQ(logs(s).back()["id"], 5) << "after 4, the webhook, the run that begins again";
  EXPECT_EQ(logs(s).back()["outcome"], "running");
  s.advance("1s");
  const Json webhook = s.ok("GET", "/logs/4");
  EXPECT_EQ(webhook["outcome"], "failure");
  EXPECT_THAT(webhook["steps"], SizeIs(3)) << "attempts before and after, of one delivery";
}

TEST_F(KeptLogTest, WhatChangedNothingElseIsKeptToo) {
  TestSimulatorOptions options = background();
  {
    const auto storage = open();
    options.storage = storage.get();
    InProcessSimulator s(options);
    send_call(s, "GET", "/proxy/issues/1");
  }
  const auto storage = open();
  options.storage = storage.get();
  InProcessSimulator s(options);
  EXPECT_EQ(newest(s, "?kind=proxy")["name"], "GET /issues/1");
}

TEST_F(KeptLogTest, AResetEmptiesItAndIdsGoOn) {
  TestSimulatorOptions options;
  {
    const auto storage = open();
    options.storage = storage.get();
    InProcessSimulator s(options);
    s.save({"1"});
    s.save({"2"});
    s.ok("POST", "/reset");
    EXPECT_THAT(logs(s), IsEmpty());
  }
  const auto storage = open();
  options.storage = storage.get();
  InProcessSimulator s(options);
  EXPECT_THAT(logs(s), IsEmpty());
  s.save({"3"});
  EXPECT_EQ(logs(s)[0]["id"], 3);
}

}  // namespace
}  // namespace terapi::simulator
