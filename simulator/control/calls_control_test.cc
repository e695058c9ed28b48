// Runs, truth, faults, deliveries, journals, metrics and the page.
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <set>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(RunControl, AnswersWithItsCounts) {
  InProcessSimulator s;
  s.send_webhooks();
  s.save({"a", "b", "c"});
  const Json run = s.run(R"("save":[{"id":"a","n":0},{"id":"d"}],"update":[{"id":"b","n":9}],)"
                         R"("delete":["c","nobody"])");
  EXPECT_EQ(run["added"], 1);
  EXPECT_EQ(run["updated"], 1);
  EXPECT_EQ(run["deleted"], 1);
  EXPECT_EQ(run["unchanged"], 2);
  EXPECT_THAT(run["deliveries"], SizeIs(1));
  EXPECT_FALSE(run["run_id"].get<std::string>().empty());
}

TEST(RunControl, MergesUpdatesDeeplyAndReplacesWholeSets) {
  InProcessSimulator s;
  s.run(R"("save":[{"id":"a","x":{"y":1,"z":[1,2]},"w":1},{"id":"b"}])");
  s.run(R"("update":[{"id":"a","x":{"z":[3],"new":null}},{"id":"nobody","x":1}])");
  Json record = s.page({{"ids", "a"}})["records"][0];
  record.erase("_terapi_metadata");
  EXPECT_EQ(record.dump(), R"({"id":"a","x":{"y":1,"z":[3],"new":null},"w":1})");
  const Json run = s.run(R"("replace":[{"id":"a","w":2},{"id":"c"}])");
  EXPECT_EQ(run["added"], 1);
  EXPECT_EQ(run["updated"], 1);
  EXPECT_EQ(run["deleted"], 1);
  EXPECT_THAT(ids_of(s.page({{"filter", "deleted"}})["records"]), ElementsAre("b"));
  EXPECT_EQ(s.run(R"("replace":[])")["deleted"], 2);
}

TEST(RunControl, CreatesWhatTheWorldDoesNotName) {
  InProcessSimulator s;
  s.run(
      R"("integration":"new","connection":"conn","model":"Thing","sync":"things","save":[{"id":"1"}])");
  EXPECT_THAT(s.control("GET", "/world").body, HasSubstr("\"things\""));
  core::Headers with = TestSimulator::headers();
  with.set("Provider-Config-Key", "new");
  with.set("Connection-Id", "conn");
  EXPECT_THAT(s.page({{"model", "Thing"}}, with)["records"], SizeIs(1));
}

TEST(RunControl, RefusesWhatIsWrongAndChangesNothing) {
  InProcessSimulator s;
  s.save({"a"});
  const std::string before = s.control("GET", "/truth").body + s.control("GET", "/world").body;
  const std::string stream = R"("integration":"github","connection":"demo","model":"Issue")";
  for (const std::string& body :
       {std::string("{}"), std::string("nonsense"), std::string("[]"),
        "{" + stream + R"(,"save":{"id":"x"}})", "{" + stream + R"(,"save":[{"id":"b"},{"x":1}]})",
        "{" + stream + R"(,"save":["b"]})", "{" + stream + R"(,"save":[{"id":""}]})",
        "{" + stream + R"(,"save":[{"id":null}]})", "{" + stream + R"(,"delete":[true]})",
        "{" + stream + R"(,"save":[{"id":")" + std::string(256, 'x') + R"("}]})",
        "{" + stream + R"(,"type":"sometimes"})", "{" + stream + R"(,"webhook":"no"})",
        "{" + stream + R"(,"sav":[]})", "{" + stream + R"(,"error":5})",
        std::string(
            R"({"integration":"","connection":"demo","model":"Issue","save":[{"id":"b"}]})"),
        std::string(R"({"integration":"github","connection":"demo","save":[{"id":"b"}]})")}) {
    const core::Response response = s.control("POST", "/runs", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(error_code(response), "invalid_body") << body;
    EXPECT_EQ(s.control("GET", "/truth").body + s.control("GET", "/world").body, before) << body;
  }
  EXPECT_EQ(s.control("POST", "/runs?environment=none", "{" + stream + "}").status, 404);
  EXPECT_EQ(s.control("GET", "/truth?environment=none").status, 404);
  EXPECT_EQ(s.control("POST", "/truth/diff?environment=none").status, 404);
}

TEST(TruthControl, DumpsEveryRecordInCursorOrder) {
  InProcessSimulator s;
  s.run(R"("save":[{"id":"a","n":1.50,"z":{"b":0.10}}])");
  s.save({"b"});
  s.remove({"a"});
  s.run(R"("model":"Label","save":[{"id":"l"}])");
  const Json records = s.page()["records"];
  const core::Response response = s.control("GET", "/truth?model=Issue");
  EXPECT_THAT(header(response.headers, "Content-Type"), HasSubstr("application/x-ndjson"));
  const std::string line = R"({"integration":"github","connection":"demo","model":"Issue",)"
                           R"("variant":"base","id":")";
  EXPECT_EQ(response.body,
            line + R"(b","deleted":false,"payload":{"id":"b","n":0},"last_modified_at":")" +
                metadata(records[0])["last_modified_at"].get<std::string>() + R"(","cursor":")" +
                cursor_of(records[0]) + "\"}\n" + line +
                R"(a","deleted":true,"payload":{"id":"a","n":1.50,"z":{"b":0.10}},)"
                R"("last_modified_at":")" +
                metadata(records[1])["last_modified_at"].get<std::string>() + R"(","cursor":")" +
                cursor_of(records[1]) + "\"}\n");
  EXPECT_EQ(s.control("GET", "/truth?connection=nobody").body, "");
}

TEST(TruthControl, FindsNothingWrongWithItsOwnDump) {
  InProcessSimulator s;
  s.save({"a", "b", "c"});
  s.remove({"c"});
  const std::string dump = s.control("GET", "/truth").body;
  EXPECT_EQ(s.ok("POST", "/truth/diff", dump)["equal"], true);
  // Tombstones need not be kept, key order does not matter.
  const std::string without = dump.substr(0, dump.find("\n", dump.find("\n") + 1) + 1);
  EXPECT_EQ(s.ok("POST", "/truth/diff", without)["equal"], true);
}

TEST(TruthControl, TellsLostStalePhantomAndResurrected) {
  InProcessSimulator s;
  s.save({"fine", "lost", "stale", "changed", "gone"});
  const std::string old = s.control("GET", "/truth").body;
  s.advance("1s");
  s.save({"stale"}, 1);
  s.remove({"gone"});
  std::string dump;
  std::size_t begin = 0;
  while (begin < old.size()) {
    const std::size_t end = old.find('\n', begin) + 1;
    std::string text = old.substr(begin, end - begin);
    if (text.find("\"id\":\"lost\"") == std::string::npos) dump += text;
    begin = end;
  }
  const std::string payload = R"({"id":"changed","n":0})";
  dump.replace(dump.find(payload), payload.size(), R"({"id":"changed","n":7})");
  dump += R"({"integration":"github","connection":"demo","model":"Issue","variant":"base",)"
          R"("id":"phantom","deleted":false,"payload":{"id":"phantom"},)"
          R"("last_modified_at":"2024-01-01T00:00:00.000000+00:00","cursor":"x"})";
  const Json diff = s.ok("POST", "/truth/diff", dump);
  EXPECT_EQ(diff["equal"], false);
  EXPECT_THAT(ids_of(diff["lost"]), ElementsAre("lost"));
  std::vector<std::string> stale = ids_of(diff["stale"]);
  std::sort(stale.begin(), stale.end());
  EXPECT_THAT(stale, ElementsAre("changed", "stale"));
  EXPECT_THAT(ids_of(diff["phantom"]), ElementsAre("phantom"));
  EXPECT_THAT(ids_of(diff["resurrected"]), ElementsAre("gone"));
  EXPECT_EQ(s.ok("POST", "/truth/diff")["counts"]["lost"], 4);
}

TEST(TruthControl, RefusesWhatIsNoDump) {
  InProcessSimulator s;
  s.save({"a"});
  const std::string line = s.control("GET", "/truth").body;
  for (const std::string& dump : {std::string("nonsense"), std::string("[]"), line + line,
                                  line + "{\"id\":5}", std::string("{}")}) {
    const core::Response response = s.control("POST", "/truth/diff", dump);
    EXPECT_EQ(response.status, 400) << dump;
    EXPECT_THAT(response.body, HasSubstr("line ")) << dump;
  }
}

TEST(FaultControl, PutsReadsAndDeletesRules) {
  InProcessSimulator s;
  EXPECT_EQ(s.ok("GET", "/faults").dump(), R"({"faults":[]})");
  s.faults(R"([{"on":"api","do":{"delay":"1s"}},{"id":"b","on":"webhook","do":{"drop":true}}])");
  EXPECT_EQ(s.ok("GET", "/faults").dump(),
            R"({"faults":[{"id":"fault-1","on":"api","do":{"delay":"1s"},"matched":0,"fired":0},)"
            R"({"id":"b","on":"webhook","do":{"drop":true},"matched":0,"fired":0}]})");
  s.ok("PUT", "/faults/c", R"({"on":"store","do":{"late_commit":"1s"}})");
  EXPECT_THAT(s.ok("GET", "/faults")["faults"], SizeIs(3));
  EXPECT_EQ(s.ok("GET", "/faults/c")["id"], "c");
  EXPECT_EQ(s.control("DELETE", "/faults/c").status, 204);
  EXPECT_EQ(error_code(s.control("DELETE", "/faults/c")), "unknown_fault");
  EXPECT_EQ(s.control("GET", "/faults/c").status, 404);
  s.faults(R"({"faults":[{"id":"only","on":"api","do":{"reset":true}}]})");
  EXPECT_THAT(s.ok("GET", "/faults")["faults"], SizeIs(1));
  EXPECT_EQ(s.control("DELETE", "/faults").status, 204);
  EXPECT_THAT(s.ok("GET", "/faults")["faults"], IsEmpty());
}

TEST(FaultControl, RefusesWhatAreNoRulesAndKeepsThoseInForce) {
  InProcessSimulator s;
  s.faults(R"({"id":"kept","on":"api","do":{"delay":"1s"}})");
  for (
      const std::string body :
      {R"("reset")", "5", "true", "nonsense", R"({"faults":5})", R"({"faults":{}})",
       R"([{"on":"api","do":{"delay":"1s"}},{"on":"api"}])", R"([5])",
       R"([{"id":"a","on":"api","do":{"reset":true}},{"id":"a","on":"api","do":{"reset":true}}])"}) {
    EXPECT_EQ(error_code(s.control("PUT", "/faults", body)), "invalid_body") << body;
    EXPECT_THAT(s.ok("GET", "/faults")["faults"], SizeIs(1)) << body;
  }
  const core::Response response =
      s.control("PUT", "/faults/x", "{\"on\":\"api\",\n \"do\":{\"dealy\":\"1s\"}}");
  const Json errors = Json::parse(response.body)["error"]["errors"];
  EXPECT_THAT(error_list(response), Contains("do.dealy:unrecognized_keys"));
  EXPECT_EQ(errors.back()["line"], 2);
}

TEST(DeliveryControl, ListsFiltersAndShowsDeliveries) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":1})"});
  s.send_webhooks();
  s.save({"a"});
  s.receiver().answer_with(500);
  const Json failed = s.run(R"("model":"Label","save":[{"id":"l"}])");
  const auto count = [&](const std::string& query) {
    return s.ok("GET", "/deliveries" + query)["deliveries"].size();
  };
  EXPECT_EQ(count(""), 2U);
  EXPECT_EQ(count("?state=failed"), 1U);
  EXPECT_EQ(count("?state=held"), 0U);
  EXPECT_EQ(count("?model=Label"), 1U);
  EXPECT_EQ(count("?connection=other"), 0U);
  EXPECT_EQ(count("?limit=1"), 1U);
  for (const std::string query : {"?state=lost", "?limit=0", "?limit=x", "?limit=-1"}) {
    EXPECT_EQ(s.control("GET", "/deliveries" + query).status, 400) << query;
  }
  const Json shown = s.delivery(failed);
  EXPECT_EQ(shown["model"], "Label");
  EXPECT_EQ(shown["run_id"], failed["run_id"]);
  EXPECT_EQ(Json::parse(shown["body"].get<std::string>())["model"], "Label");
  EXPECT_TRUE(shown["headers"].contains("X-Terapi-Hmac-Sha256"));
  EXPECT_EQ(error_code(s.control("GET", "/deliveries/none")), "unknown_delivery");
}

TEST(JournalControl, TellsWhatCallersAskedForAndGot) {
  InProcessSimulator s;
  s.save({"a", "b"});
  s.get({{"limit", "1"}});
  s.get({{"limit", "0"}});
  const Json listed = s.ok("GET", "/requests");
  ASSERT_THAT(listed["requests"], SizeIs(2));
  EXPECT_EQ(listed["dropped"], 0);
  const Json& good = listed["requests"][0];
  EXPECT_EQ(good["status"], 200);
  EXPECT_EQ(good["records"], 1);
  EXPECT_EQ(good["query"], "model=Issue&limit=1");
  EXPECT_FALSE(good["next_cursor"].is_null());
  EXPECT_EQ(listed["requests"][1]["error"], "invalid_query_params");
  const Json logs = s.ok("GET", "/logs");
  EXPECT_EQ(logs["logs"][0]["event"], "run");
}

TEST(JournalControl, IsBoundedAndSaysHowMuchItLetGo) {
  InProcessSimulator s;
  for (int i = 0; i < 10'005; ++i) s.send(request_of("GET", "/records"));
  EXPECT_EQ(s.ok("GET", "/requests?limit=1")["dropped"], 5);
}

TEST(StatusControl, IsAliveReadyAndDescribed) {
  InProcessSimulator s;
  EXPECT_EQ(s.ok("GET", "/health")["status"], "ok");
  EXPECT_EQ(s.ok("GET", "/ready")["status"], "ready");
  EXPECT_THAT(header(s.control("GET", "/").headers, "Content-Type"), HasSubstr("text/html"));
  EXPECT_EQ(s.control("GET", "").status, 200);
  s.save({"a", "b"});
  s.remove({"a"});
  const Json stream = s.ok("GET", "/streams")["streams"][0];
  EXPECT_EQ(stream["records"], 2);
  EXPECT_EQ(stream["deleted"], 1);
  EXPECT_EQ(stream["last_cursor"], cursor_of(s.page()["records"][1]));
}

// Every call of the OpenAPI document exists, and no call answers without being in it.
TEST(StatusControl, DescribesTheCallsThatExist) {
  InProcessSimulator s;
  const Json document = s.ok("GET", "/openapi.json");
  for (const auto& [pattern, operations] : document["paths"].items()) {
    const std::string path = std::regex_replace(pattern, std::regex(R"(\{\w+\})"), "x");
    for (const std::string method : {"GET", "PUT", "POST", "PATCH", "DELETE"}) {
      std::string key = method;
      std::transform(key.begin(), key.end(), key.begin(), ::tolower);
      const core::Response response =
          s.send(request_of(method, path, TestSimulator::headers(), "nonsense"));
      const bool exists = response.status != 405 && error_code(response) != "not_found";
      EXPECT_EQ(exists, operations.contains(key)) << method << " " << path;
      EXPECT_LT(response.status, 500) << method << " " << path;
    }
  }
}

TEST(StatusControl, AnswersUnknownPathsAndMethods) {
  InProcessSimulator s;
  EXPECT_EQ(s.control("GET", "/nothing").status, 404);
  EXPECT_EQ(s.control("GET", "//health").status, 404);
  const core::Response response = s.control("DELETE", "/world");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(header(response.headers, "Allow"), "GET, PUT");
}

TEST(StatusControl, WritesMetricsThatParse) {
  InProcessSimulator s;
  s.send_webhooks();
  s.run(R"("model":"a\"b\\c\nd","save":[{"id":"x"}])");
  s.save({"a"});
  s.faults(R"({"id":"say \"hi\"","on":"api","do":{"delay":"1s"}})");
  s.get({});
  s.get({{"limit", "0"}});
  const core::Response response = s.send(request_of("GET", "/metrics"));
  EXPECT_THAT(header(response.headers, "Content-Type"), HasSubstr("version=0.0.4"));
  const std::regex sample(R"re([a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? [0-9]+)re");
  std::set<std::string> families;
  std::string line;
  std::istringstream lines(response.body);
  while (std::getline(lines, line)) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(families.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
    } else if (!line.starts_with("# HELP ")) {
      EXPECT_TRUE(std::regex_match(line, sample)) << line;
      EXPECT_TRUE(families.contains(line.substr(0, line.find_first_of("{ ")))) << line;
    }
  }
  EXPECT_THAT(response.body, HasSubstr("terapi_requests_total{status=\"200\"} 1\n"));
  EXPECT_THAT(response.body, HasSubstr("terapi_requests_total{status=\"400\"} 1\n"));
  EXPECT_THAT(response.body, HasSubstr("terapi_webhook_attempts_total 2\n"));
}

// AUTH-5: a key is in no log, no journal, no error, no metric and not on the page.
TEST(Secrecy, KeepsKeysOutOfEverythingButTheEnvironment) {
  const std::string secret = "secret-5f1e", signing = "signing-77aa", token = "guess-9b3c";
  InProcessSimulator s({.environment = R"("secret_key":")" + secret + R"(","signing_key":")" +
                                       signing + R"(","retry":{"attempts":2})"});
  std::string logged;
  s.simulator().set_log_sink(
      [&](const LogEntry& entry) { logged += log_json(entry) + log_text(entry); });
  s.send_webhooks_to({s.receiver_url("/hook"), s.refusing_url()});
  s.receiver().answer_with(500);
  const core::Headers with = TestSimulator::headers(secret);
  s.save({"a"});
  s.run_until_idle();
  std::string all = logged;
  for (const core::Response& response :
       {s.get({}, with), s.get({{"limit", "0"}}, with), s.get({{"cursor", "x"}}, with),
        s.get({}, TestSimulator::headers(token)), s.get({}, {{"Authorization", token}}),
        s.send(request_of("GET", "/nothing", with)), s.send(request_of("PUT", "/records", with)),
        s.control("PUT", "/world", "nonsense"), s.control("GET", "/requests"),
        s.control("GET", "/logs"), s.control("GET", "/advisories"), s.control("GET", "/deliveries"),
        s.control("GET", "/"), s.control("GET", "/streams"), s.control("GET", "/truth"),
        s.send(request_of("GET", "/metrics"))}) {
    all += response.body;
    for (const auto& [name, value] : response.headers) all += name + value;
  }
  for (const std::string& key : {secret, signing, token}) EXPECT_THAT(all, Not(HasSubstr(key)));
}

// All that the simulator has written down, printed, or shows of its own accord.
std::string all_that_is_told(InProcessSimulator& s) {
  std::string all;
  for (const std::string path : {"/requests", "/logs", "/advisories", "/deliveries", "/streams",
                                 "/schedules", "/integrations", "/faults", "/snapshots"}) {
    all += s.control("GET", path).body;
  }
  for (const Json& each : Json(s.ok("GET", "/logs")["logs"])) {
    all += s.control("GET", "/logs/" + each["id"].dump()).body;
  }
  for (const Json& each : Json(s.ok("GET", "/deliveries")["deliveries"])) {
    all += s.control("GET", "/deliveries/" + each["id"].get<std::string>()).body;
  }
  return all + s.send(request_of("GET", "/metrics")).body;
}

void expect_not_told(const std::string& all, const std::string& secret) {
  const std::size_t at = all.find(secret);
  EXPECT_EQ(at, std::string::npos) << secret << ": " << all.substr(at < 200 ? 0 : at - 200, 300);
}

// A key in any place of a request, of either API, also percent-encoded.
TEST(Secrecy, TellsNoKeyWhereverACallerPutIt) {
  const std::string key(kDefaultSecretKey);
  std::string upper = key;
  std::string encoded;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  for (const char c : key) encoded += c == '-' ? "%2D" : c == '7' ? "%37" : std::string(1, c);
  for (const std::string& given : {key, upper, encoded}) {
    InProcessSimulator s;
    std::string all;
    s.simulator().set_log_sink(
        [&](const LogEntry& entry) { all += log_json(entry) + log_text(entry); });
    const core::Headers with = TestSimulator::headers();
    const auto call = [&](const std::string& method, const std::string& target,
                          core::Headers headers, const std::string& body = "") {
      if (!body.empty()) headers.add("Content-Type", "application/json");
      const core::Outcome outcome = s.outcome(request_of(method, target, headers, body));
      all += outcome.response.body;
      for (const auto& [name, value] : outcome.response.headers) all += name + value;
    };
    for (const std::string base : {"", "/_simulator"}) {
      call("GET", base + "/" + given, with);
      call(given, base + "/records?model=Issue", with);
      call("GET", base + "/records?model=Issue&api_key=" + given, with);
      call("GET", base + "/deliveries/" + given, with);
      call("GET", base + "/faults/" + given + "?x=" + given, with);
      call("GET", base + "/logs?" + given + "=1", with);
    }
    for (const std::string parameter :
         {"model", "variant", "cursor", "modified_after", "limit", "filter", "ids"}) {
      call("GET", "/records?" + parameter + "=" + given, with);
    }
    call("GET", "/records?model=Issue&limit=0",
         {{"Authorization", "Bearer " + key}, {"Provider-Config-Key", given}});
    call("GET", "/records?model=Issue", {{"Authorization", given}});
    call("GET", "/proxy/" + given + "?hapikey=hap1-5f1e", with);
    call("GET", "/proxy/x?anything=hap1-5f1e", with);
    call("POST", "/action/trigger", with, R"({"action_name":")" + given + R"(","input":{}})");
    call("POST", "/sync/trigger", with, R"({")" + given + R"(":1})");
    call("PUT", "/_simulator/faults", {}, R"([{"id":")" + given + R"(","on":"api"}])");
    call("POST", "/_simulator/runs", {}, R"({")" + given + R"(":[")" + given + R"("]})");
    s.run(R"("model":")" + given + R"(","save":[{"id":"1"}])");
    s.run(R"("sync":")" + given + R"(","save":[{"id":"2"}])");
    all += all_that_is_told(s);
    for (const std::string& secret : {key, upper, encoded, std::string("hap1-5f1e")}) {
      expect_not_told(all, secret);
    }
  }
}

// Who may call a receiver is often said by the receiver's own URL.
TEST(Secrecy, TellsNothingOfAUrlThatOpensIt) {
  InProcessSimulator s;
  std::string all;
  s.simulator().set_log_sink(
      [&](const LogEntry& entry) { all += log_json(entry) + log_text(entry); });
  s.send_webhooks_to({s.receiver_url("/hook?token=pa55"), s.refusing_url() + "?pa55"});
  s.receiver().answer_with(500);
  s.settings(R"("retry":{"attempts":2},"breaker":{"failures":1})");
  s.save({"a"});
  s.run_until_idle();
  for (const std::string url : {"http://u:pa55@h/x", "h/x?token=pa55", "ftp://h/x?a=pa55"}) {
    all += s.control("PATCH", "/environment", R"({"webhook_urls":[")" + url + R"("]})").body;
    core::Headers with = TestSimulator::headers();
    with.add("Base-Url-Override", url);
    all += s.send(request_of("GET", "/proxy/x", with)).body;
  }
  all += all_that_is_told(s);
  expect_not_told(all, "pa55");
  EXPECT_THAT(all, HasSubstr(s.receiver_url("/hook?token=[hidden]")));
  EXPECT_THAT(s.receiver().requests().front().target, HasSubstr("token=pa55")) << "it is sent to";
  EXPECT_THAT(s.control("GET", "/environment").body, HasSubstr("token=pa55")) << "it is a setting";
}

// What is about keys, and what is the owner's data, is as it is.
TEST(Secrecy, ShowsTheOwnerSettingsAndData) {
  const std::string key(kDefaultSecretKey);
  InProcessSimulator s;
  s.run(R"("save":[{"id":"1","text":")" + key + R"("}])");
  for (const std::string path : {"/environment", "/world", "/truth"}) {
    EXPECT_THAT(s.control("GET", path).body, HasSubstr(key)) << path;
  }
  EXPECT_THAT(s.get({}).body, HasSubstr(key)) << "a record's payload is value for value";
}

// The same seed and the same calls give the same bytes, everywhere.
TEST(Determinism, TwoSimulatorsOfOneSeedGiveTheSameBytes) {
  const auto play = [](std::uint64_t seed) {
    InProcessSimulator s({.seed = seed, .environment = R"("retry":{"jitter":0.5})"});
    std::string trace;
    int count = 0;
    s.receiver().set_answer([&](const core::Request& request) {
      for (const auto& [name, value] : request.headers) trace += name + ":" + value + "\n";
      trace += request.body + "\n";
      return TestReceiver::status(++count % 3 == 0 ? 200 : 500);
    });
    s.send_webhooks();
    s.faults(R"([{"id":"p","on":"api","probability":0.5,"do":{"status":503}},)"
             R"({"id":"w","on":"webhook","probability":0.3,"do":{"duplicate":2}},)"
             R"({"id":"s","on":"store","probability":0.3,"do":{"late_commit":"3s"}}])");
    for (int i = 0; i < 15; ++i) {
      trace += s.save({std::to_string(i % 4), std::to_string(i)}, i).dump();
      if (i % 5 == 4) trace += s.remove({std::to_string(i - 1)}).dump();
      const core::Outcome outcome = s.outcome_of({{"model", "Issue"}, {"limit", "3"}});
      trace += std::to_string(outcome.response.status) + outcome.response.body;
      s.advance("700ms");
    }
    s.run_until_idle();
    for (const std::string path :
         {"/truth", "/deliveries", "/logs", "/requests", "/advisories", "/faults", "/world"}) {
      trace += s.control("GET", path).body;
    }
    return trace;
  };
  const std::string first = play(1);
  EXPECT_TRUE(first == play(1));
  EXPECT_FALSE(first == play(2));
}

}  // namespace
}  // namespace terapi::simulator
