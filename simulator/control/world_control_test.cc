// World, reset, snapshots, environment, clock.
#include <gmock/gmock.h>

#include "core/temporary_folder.h"
#include "simulator/storage/sqlite_storage.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Everything that can be seen of a state.
std::string seen(TestSimulator& s) {
  std::string text;
  for (const std::string path :
       {"/truth", "/world", "/faults", "/deliveries", "/environment", "/clock", "/streams"}) {
    text += path + ": " + s.control("GET", path).body + "\n";
  }
  return text;
}

// A state with something of everything: records, a delivery that waits, a counted fault, a time.
void fill(TestSimulator& s) {
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a", "b"});
  s.remove({"b"});
  s.faults(R"([{"id":"f","on":"api","every":2,"do":{"delay":"1s"}}])");
  s.get({});
  s.advance("250ms");
}

// Else run-until-idle would go on to a time at which nothing happens any more.
TEST(WorldControl, NothingOfTheOldStateIsStillToHappenAfterAReset) {
  InProcessSimulator s;
  s.faults(R"([{"id":"late","on":"store","do":{"late_commit":"10s"}}])");
  s.save({"a"});
  EXPECT_EQ(s.clock().pending(), 1U);
  s.ok("POST", "/reset");
  EXPECT_EQ(s.clock().pending(), 0U);
  const std::string now = s.now();
  s.run_until_idle();
  EXPECT_EQ(s.now(), now);
}

TEST(WorldControl, ResetGoesBackToTheWorldAsStarted) {
  InProcessSimulator s({.world = R"("records":[{"connection":"demo","model":"Issue","items":)"
                                 R"([{"id":"given"}]}],"faults":[{"id":"start","on":"api",)"
                                 R"("nth":[9],"do":{"delay":"1s"}}])"});
  const std::string before = seen(s);
  fill(s);
  s.settings(R"("always_send":true)");
  EXPECT_NE(seen(s), before);
  s.ok("POST", "/reset");
  EXPECT_EQ(seen(s), before);
  s.receiver().forget();
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), IsEmpty());  // nothing of before goes out
  EXPECT_EQ(seen(s), before);
}

// What comes after a reset is what came after the start.
TEST(WorldControl, TheSameCallsGiveTheSameAfterAReset) {
  InProcessSimulator s;
  fill(s);
  s.run_until_idle();
  const std::string first = seen(s);
  s.ok("POST", "/reset");
  fill(s);
  s.run_until_idle();
  EXPECT_EQ(seen(s), first);
}

TEST(WorldControl, SnapshotsBringEverythingBack) {
  InProcessSimulator s;
  fill(s);
  const std::string before = seen(s);
  EXPECT_EQ(s.control("POST", "/snapshots/one").status, 201);
  s.run_until_idle();
  s.save({"c"});
  s.ok("DELETE", "/faults");
  const std::string after = seen(s);
  EXPECT_EQ(s.control("POST", "/snapshots/two").status, 201);
  s.ok("POST", "/snapshots/one/restore");
  EXPECT_EQ(seen(s), before);
  // The delivery that waited goes on where it was.
  s.receiver().forget();
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), SizeIs(10));  // of two deliveries, two attempts were made
  s.ok("POST", "/snapshots/two/restore");
  EXPECT_EQ(seen(s), after);
  s.ok("POST", "/reset");
  const Json listed = s.ok("GET", "/snapshots");
  ASSERT_THAT(listed["snapshots"], SizeIs(2));  // snapshots outlive a reset
  EXPECT_EQ(listed["snapshots"][0]["name"], "one");
  EXPECT_EQ(listed["snapshots"][0]["records"], 2);
  EXPECT_EQ(listed["snapshots"][0]["at"], "2024-01-01T00:00:00.250000+00:00");
  EXPECT_EQ(s.ok("GET", "/snapshots/one"), listed["snapshots"][0]);
}

TEST(WorldControl, SnapshotsAreReplacedAndRemovedByName) {
  InProcessSimulator s;
  s.control("POST", "/snapshots/x");
  s.save({"a"});
  s.control("POST", "/snapshots/x");
  s.ok("POST", "/reset");
  s.ok("POST", "/snapshots/x/restore");
  EXPECT_THAT(s.page()["records"], SizeIs(1));
  EXPECT_EQ(s.control("DELETE", "/snapshots/x").status, 204);
  for (const auto& [method, path] : Parameters{
           {"DELETE", "/snapshots/x"}, {"POST", "/snapshots/x/restore"}, {"GET", "/snapshots/x"}}) {
    const core::Response response = s.control(method, path);
    EXPECT_EQ(response.status, 404) << method;
    EXPECT_EQ(error_code(response), "unknown_snapshot");
  }
  s.control("POST", "/snapshots/y");
  s.control("POST", "/snapshots/z");
  EXPECT_EQ(s.control("DELETE", "/snapshots").status, 204);
  EXPECT_THAT(s.ok("GET", "/snapshots")["snapshots"], IsEmpty());
}

TEST(WorldControl, ReplacesTheWorld) {
  InProcessSimulator s;
  s.save({"a"});
  const std::string world =
      R"({"environment":{"name":"other","secret_key":"k"},"integrations":[{"id":"i"}],)"
      R"("connections":[{"id":"c","integration":"i"}],)"
      R"("records":[{"connection":"c","integration":"i","model":"M","generate":{"count":3}}]})";
  s.ok("PUT", "/world", world);
  EXPECT_EQ(s.get({}).status, 401);
  EXPECT_THAT(s.page({{"model", "M"}}, {{"Authorization", "Bearer k"},
                                        {"Provider-Config-Key", "i"},
                                        {"Connection-Id", "c"}})["records"],
              SizeIs(3));
  // What GET /world says can be put back.
  const std::string said = s.control("GET", "/world").body;
  s.ok("PUT", "/world", said);
  EXPECT_EQ(s.control("GET", "/world").body, said);
}

TEST(WorldControl, LeavesTheStateUntouchedWhenAWorldIsBad) {
  InProcessSimulator s;
  fill(s);
  const std::string before = seen(s);
  for (const std::string world :
       {"{", "[]", "null", R"({"enviroment":{}})", R"({"environment":{"retry":{"attempts":0}}})",
        R"({"records":[{"connection":"nobody","model":"M","items":[]}]})",
        R"({"integrations":[{"id":"i"}],"connections":[{"id":"c","integration":"i"}],)"
        R"("records":[{"connection":"c","model":"M","items":[{"id":"1"},{"no":"id"}]}]})",
        R"({"integrations":[{"id":"i"}],"connections":[{"id":"c","integration":"i"}],)"
        R"("records":[{"connection":"c","model":"M","file":"/nowhere/at/all.ndjson"}]})",
        // Nobody may be kept waiting for what comes out of it.
        R"({"integrations":[{"id":"i"}],"connections":[{"id":"c","integration":"i"}],)"
        R"("records":[{"connection":"c","model":"M","file":"/dev/null"}]})",
        R"({"faults":[{"on":"api","do":{}}]})", R"({"connections":[{"id":"c","integration":"x"}]})",
        R"({"environments":[{"name":"a","secret_key":"k"},{"name":"b","secret_key":"k"}]})"}) {
    const core::Response response = s.control("PUT", "/world", world);
    EXPECT_EQ(response.status, 400) << world;
    EXPECT_EQ(error_code(response), "invalid_body") << world;
    EXPECT_EQ(seen(s), before) << world;
  }
  s.receiver().forget();
  s.run_until_idle();
  EXPECT_FALSE(s.receiver().requests().empty());  // timers live on, too
}

TEST(WorldControl, SaysWhereAWorldIsBad) {
  InProcessSimulator s;
  const core::Response response =
      s.control("PUT", "/world", "{\n  \"integrations\": [],\n  \"conections\": []\n}");
  const Json error = Json::parse(response.body)["error"]["errors"][0];
  EXPECT_EQ(error["line"], 3);
  EXPECT_EQ(error["column"], 3);
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("connections"));
}

TEST(EnvironmentControl, MergesWhatIsPatchedAndShowsAllOfIt) {
  InProcessSimulator s;
  const Json before = s.ok("GET", "/environment");
  EXPECT_EQ(before["secret_key"], kDefaultSecretKey);
  EXPECT_EQ(before["signing_key"], kDefaultSecretKey);
  EXPECT_EQ(before["retry"]["attempts"], 7);
  const Json after = s.ok("PATCH", "/environment", R"({"retry":{"attempts":3}})");
  EXPECT_EQ(after["retry"]["attempts"], 3);
  EXPECT_EQ(after["retry"]["first_delay"], before["retry"]["first_delay"]);
  EXPECT_EQ(s.ok("GET", "/environment"), after);
  s.settings(R"("secret_key":"other")");
  EXPECT_EQ(s.get({}).status, 401);
  EXPECT_EQ(s.get({}, TestSimulator::headers("other")).status, 200);
}

TEST(EnvironmentControl, RefusesWhatIsWrongAndChangesNothing) {
  InProcessSimulator s;
  const Json before = s.ok("GET", "/environment");
  for (const std::string patch :
       {R"({"always_sent":true})", R"({"name":"x"})", R"({"secret_key":""})",
        R"({"secret_key":"a b"})", R"({"webhook_urls":["ftp://x"]})",
        R"({"webhook_urls":["http://a","http://b","http://c"]})", R"({"retry":{"attempts":"7"}})",
        R"({"retry":{"first_delay":100}})", R"({"rate_limit":{"requests":0}})",
        R"({"rate_limit":{"per":"0s"}})", R"({"breaker":{"failure":1}})", "[]", "nonsense",
        R"({"always_send":true,"max_response_bytes":0})"}) {
    EXPECT_EQ(error_code(s.control("PATCH", "/environment", patch)), "invalid_body") << patch;
    EXPECT_EQ(s.ok("GET", "/environment"), before) << patch;
  }
  EXPECT_EQ(error_code(s.control("GET", "/environment?environment=none")), "unknown_environment");
  EXPECT_EQ(s.control("PATCH", "/environment?environment=none", "{}").status, 404);
}

TEST(ClockControl, MovesTimeExactlyAndSaysSo) {
  InProcessSimulator s;
  EXPECT_EQ(
      s.ok("GET", "/clock").dump(),
      R"({"mode":"virtual","now":"2024-01-01T00:00:00.000000+00:00","pending_timers":0,"recurring_timers":0,)"
      R"("in_flight":0,"next_due":null})");
  EXPECT_EQ(s.advance("5m").dump(),
            R"({"now":"2024-01-01T00:05:00.000000+00:00","advanced":"5m","attempts":0})");
  EXPECT_EQ(s.ok("POST", "/clock/advance", R"({"to":"2024-01-02T01:00:00+01:00"})")["now"],
            "2024-01-02T00:00:00.000000+00:00");
  EXPECT_EQ(s.ok("POST", "/clock/run-until-idle")["advanced"], "0s");
}

TEST(ClockControl, RefusesWhatIsNoMove) {
  InProcessSimulator s;
  for (const std::string body :
       {"{}", R"({"by":5})", R"({"by":"-5s"})", R"({"by":"5"})", R"({"for":"5s"})",
        R"({"by":"1s","to":"2024-01-02T00:00:00Z"})", R"({"to":"2023-12-31T00:00:00Z"})",
        R"({"to":"tomorrow"})", R"({"by":"5000d"})", "nonsense"}) {
    EXPECT_EQ(error_code(s.control("POST", "/clock/advance", body)), "invalid_body") << body;
  }
  EXPECT_EQ(s.now(), "2024-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(s.control("POST", "/clock/run-until-idle", R"({"limit":5})").status, 400);
}

// A timestamp has four digits for the year.
TEST(ClockControl, EndsBeforeTimestampsDo) {
  InProcessSimulator s;
  for (const std::string to : {"9999-12-31T23:59:59.999999Z", "9999-01-01T00:00:00.000001Z",
                               "9999-12-31T23:59:59-23:59"}) {
    const core::Response refused = s.control("POST", "/clock/advance", R"({"to":")" + to + R"("})");
    EXPECT_EQ(error_code(refused), "invalid_body") << to;
    EXPECT_THAT(refused.body, HasSubstr("to lies past 9999-01-01T00:00:00.000000+00:00")) << to;
  }
  s.ok("POST", "/clock/advance", R"({"to":"9999-01-01T00:00:00Z"})");
  EXPECT_THAT(s.control("POST", "/clock/advance", R"({"by":"1us"})").body,
              HasSubstr("by leads past 9999-01-01"));
  // What happens at the very end is dated after all that came before it.
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.settings(R"("retry":{"first_delay":"87000000h","max_delay":"87000000h"})");
  for (int i = 0; i < 3; ++i) s.save({"a"}, i);
  EXPECT_EQ(s.ok("POST", "/clock/run-until-idle")["now"], "9999-01-01T00:00:00.000000+00:00");
  std::string all;
  for (const std::string path : {"/truth", "/deliveries", "/logs", "/clock"}) {
    all += s.control("GET", path).body;
  }
  EXPECT_THAT(all, HasSubstr("9999-01-01T00:00:00.000002+00:00"));
  EXPECT_THAT(all, testing::Not(HasSubstr("\"0000-")));
}

TEST(ClockControl, RunsUntilIdleOrItsLimit) {
  InProcessSimulator s;
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  const Json clock = s.ok("GET", "/clock");
  EXPECT_EQ(clock["pending_timers"], 1);
  EXPECT_EQ(clock["next_due"], "2024-01-01T00:00:00.100000+00:00");
  const Json limited = s.ok("POST", "/clock/run-until-idle", R"({"limit":"1s"})");
  EXPECT_EQ(limited["attempts"], 3);
  EXPECT_EQ(limited["now"], "2024-01-01T00:00:00.700000+00:00");
  EXPECT_EQ(s.run_until_idle()["now"], "2024-01-01T00:00:06.300000+00:00");
  EXPECT_EQ(s.run_until_idle()["attempts"], 0);
}

// A call that moves time answers when the attempts are over, not before.
TEST(ClockControl, WaitsForAttemptsOnTheWire) {
  InProcessSimulator s;
  s.send_webhooks();
  s.hold_answers();
  s.save({"a"});
  bool answered = false;
  s.simulator().handle(request_of("POST", "/_simulator/clock/advance", {}, R"({"by":"1h"})"),
                       [&](const core::Outcome&) { answered = true; });
  EXPECT_FALSE(answered);
  EXPECT_EQ(s.now(), "2024-01-01T00:00:00.000000+00:00");  // time stands still meanwhile
  s.answer_held();
  EXPECT_TRUE(answered);
  EXPECT_EQ(s.now(), "2024-01-01T01:00:00.000000+00:00");
}

// One rule for saving under a name and for reading by it.
TEST(RunControl, SavesUnderNoNameThatNobodyCouldReadBy) {
  InProcessSimulator s;
  const std::string longest(255, 'M');
  const auto status = [&](const std::string& member, const std::string& name) {
    Json body = {{"integration", "github"}, {"connection", "demo"}, {"model", "Issue"}};
    body[member] = name;
    body["save"] = Json::array({{{"id", "1"}}});
    return s.control("POST", "/runs", body.dump()).status;
  };
  for (const std::string member : {"integration", "connection", "model", "sync", "variant"}) {
    EXPECT_EQ(status(member, longest), 200) << member;
    EXPECT_EQ(status(member, longest + "M"), 400) << member;
    EXPECT_EQ(status(member, std::string("a\0b", 3)), 400) << member;
  }
  for (const std::string name : {" a", "a ", "a\nb", "a\x7F"}) {
    EXPECT_EQ(status("connection", name), 400) << name;
    EXPECT_EQ(status("integration", name), 400) << name;
  }
  for (const std::string name : {"a b", "a/b", "\xC3\xA9", ""}) {
    EXPECT_EQ(status("variant", name), 400) << name;
  }
  EXPECT_EQ(s.get({{"model", longest}}).status, 200);
  EXPECT_EQ(s.get({{"model", longest + "M"}}).status, 400);
  std::string in_bytes;
  for (int i = 0; i < 255; ++i) in_bytes += "\xC3\xA9";
  EXPECT_EQ(status("model", in_bytes), 200);
  EXPECT_EQ(s.page({{"model", in_bytes}})["records"].size(), 1U);
  // Whatever was saved can be read.
  for (const Json& stream : Json(s.ok("GET", "/streams")["streams"])) {
    core::Headers with = TestSimulator::headers();
    with.set("Provider-Config-Key", stream["integration"]);
    with.set("Connection-Id", stream["connection"]);
    EXPECT_EQ(s.get({{"model", stream["model"]}, {"variant", stream["variant"]}}, with).status, 200)
        << stream;
  }
  EXPECT_EQ(s.control("PUT", "/world", s.control("GET", "/world").body).status, 200)
      << "what a run by hand has named can be said by a world file";
}

TEST(WorldControl, TakesNoNameThatNobodyCouldReadBy) {
  InProcessSimulator s;
  const std::string too_long(256, 'x');
  const auto world = [](const std::string& integration, const std::string& connection,
                        const std::string& model, const std::string& variant) {
    return R"({"integrations":[{"id":")" + integration + R"(","syncs":[{"name":"s","models":[")" +
           model + R"("]}]}],"connections":[{"id":")" + connection + R"(","integration":")" +
           integration + R"("}],"records":[{"integration":")" + integration +
           R"(","connection":")" + connection + R"(","model":")" + model + R"(","variant":")" +
           variant + R"(","items":[{"id":"1"}]}]})";
  };
  EXPECT_EQ(s.control("PUT", "/world", world("i", "c", "M", "v")).status, 200);
  for (const std::string& wrong : {world(too_long, "c", "M", "v"), world("i", too_long, "M", "v"),
                                   world("i", "c", too_long, "v"), world("i", "c", "M", too_long),
                                   world("i ", "c", "M", "v"), world("i", "c\\n", "M", "v"),
                                   world("i", "c", "M\\u0000", "v"), world("i", "c", "M", "a b")}) {
    EXPECT_EQ(error_code(s.control("PUT", "/world", wrong)), "invalid_body") << wrong;
  }
}

// Half of a surrogate pair would become the same as any other.
TEST(HalfSurrogates, AreRefusedWhereTheyNameSomething) {
  InProcessSimulator s;
  s.save({"x\xEF\xBF\xBD"});
  for (const std::string half : {R"(x\ud83d)", R"(x\udc00)", R"(x\ude00\ud83d)"}) {
    for (const std::string members :
         {R"("delete":["HALF"])", R"("save":[{"id":"HALF"}])", R"("update":[{"id":"HALF"}])",
          R"("replace":[{"id":"HALF"}])", R"("model":"HALF")", R"("sync":"HALF")",
          R"("error":"HALF")", R"("error":{"type":"HALF"})"}) {
      std::string body = R"({"integration":"github","connection":"demo",)" + members;
      if (members.find("model") == std::string::npos) body += R"(,"model":"Issue")";
      body.replace(body.find("HALF"), 4, half);
      const core::Response refused = s.control("POST", "/runs", body + "}");
      EXPECT_EQ(error_code(refused), "invalid_body") << body;
      EXPECT_THAT(refused.body, HasSubstr("surrogate")) << body;
    }
    const auto with_half = [&](std::string text) {
      text.replace(text.find("HALF"), 4, half);
      return text;
    };
    for (const std::string rules :
         {R"([{"id":"HALF","on":"api","do":{"reset":true}}])",
          R"([{"on":"api","match":{"model":"HALF"},"do":{"reset":true}}])",
          R"([{"on":"api","do":{"status":500,"body":"HALF"}}])",
          R"([{"on":"api","do":{"status":500,"headers":{"X":"HALF"}}}])"}) {
      EXPECT_EQ(error_code(s.control("PUT", "/faults", with_half(rules))), "invalid_body") << rules;
    }
    core::Headers json = TestSimulator::headers();
    json.add("Content-Type", "application/json");
    for (const std::string body : {R"({"provider_config_key":"github","connection_id":"HALF"})",
                                   R"({"provider_config_key":"HALF","connection_id":"x"})"}) {
      EXPECT_EQ(s.send(request_of("POST", "/connections", json, with_half(body))).status, 400);
    }
    for (const std::string body :
         {R"({"provider_config_key":"github","connection_id":"HALF","metadata":{}})",
          R"({"provider_config_key":"github","connection_id":["demo","HALF"],"metadata":{}})"}) {
      const core::Response refused =
          s.send(request_of("POST", "/connections/metadata", json, with_half(body)));
      EXPECT_EQ(refused.status, 400);
      EXPECT_THAT(refused.body, HasSubstr("surrogate"));
    }
    const std::string dump = R"({"integration":"github","connection":"demo","model":"Issue",)"
                             R"("id":"HALF","payload":{}})";
    EXPECT_EQ(s.control("POST", "/truth/diff", with_half(dump)).status, 400);
  }
  for (const std::string target :
       {"/faults/%ED%A0%BD", "/snapshots/x%ED%B0%80", "/deliveries/%FF", "/logs?text=%ED%A0%BD"}) {
    EXPECT_EQ(s.control("GET", target).status, 400) << target;
  }
  EXPECT_EQ(ids_of(s.page()["records"]), std::vector<std::string>{"x\xEF\xBF\xBD"});
}

// In payloads they are kept as they are, and apart.
TEST(HalfSurrogates, StayApartInPayloads) {
  InProcessSimulator s;
  s.run(R"("save":[{"id":"1","\ud83d":1,"v":"\ud83d"}])");
  EXPECT_EQ(s.run(R"("save":[{"id":"1","\ud83d":1,"v":"\ud83e"}])")["updated"], 1);
  EXPECT_EQ(s.run(R"("update":[{"id":"1","\ud83e":2}])")["updated"], 1);
  EXPECT_THAT(s.get({}).body, HasSubstr(R"("\ud83d":1,"v":"\ud83e","\ud83e":2)"));
  core::Headers json = TestSimulator::headers();
  json.add("Content-Type", "application/json");
  s.send(request_of("PATCH", "/connections/metadata", json,
                    R"({"provider_config_key":"github","connection_id":"demo",)"
                    R"("metadata":{"\ud83d":1}})"));
  const core::Response both =
      s.send(request_of("PATCH", "/connections/metadata", json,
                        R"({"provider_config_key":"github","connection_id":"demo",)"
                        R"("metadata":{"\ud83e":2}})"));
  EXPECT_THAT(both.body, HasSubstr(R"({"\ud83d":1,"\ud83e":2})"));
}

// AUTH-2: by a flag, a world file or a data file.
TEST(Start, RefusesAKeyThatNoCallerCouldUse) {
  const auto start = [](SimulatorOptions options, Storage* storage = nullptr) {
    core::VirtualClock clock;
    core::HandlerTransport nowhere(
        [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); });
    Simulator simulator(std::move(options), clock, nowhere, storage);
    const auto started = simulator.start();
    return started ? std::string() : started.error().code + ": " + started.error().message;
  };
  const auto nango = [](std::string key) {
    SimulatorOptions options;
    options.dialect = &nango_dialect();
    options.secret_key = std::move(key);
    return options;
  };
  EXPECT_EQ(start(nango("")), "");
  EXPECT_EQ(start(nango("11111111-2222-4333-8444-555555555555")), "");
  EXPECT_THAT(start(nango("plain")), testing::StartsWith("bad_key: the secret key of the "
                                                         "environment 'dev' is not a UUID"));
  SimulatorOptions of_world = nango("");
  of_world.world_text = R"({"environment":{"secret_key":"plain"}})";
  EXPECT_THAT(start(of_world), testing::HasSubstr("secret_key is not a UUID"));
  SimulatorOptions second;
  second.world_text = R"({"environments":[{"name":"a"},{"name":"b","secret_key":"of-b"}]})";
  second.secret_key = "of-b";
  EXPECT_THAT(start(second), testing::HasSubstr("'b' is that of another environment"));

  const core::TemporaryFolder folder;
  {
    auto storage = SqliteStorage::open(folder.file("x.db"), nango_dialect());
    ASSERT_TRUE(storage);
    TestSimulatorOptions kept;
    kept.storage = storage->get();
    kept.environment = R"("secret_key":"plain")";
    InProcessSimulator s(kept);  // as an older version left it
  }
  auto storage = SqliteStorage::open(folder.file("x.db"), nango_dialect());
  ASSERT_TRUE(storage);
  EXPECT_THAT(start(nango(""), storage->get()), testing::HasSubstr("is not a UUID"));
}

}  // namespace
}  // namespace terapi::simulator
