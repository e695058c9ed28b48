// Deliveries from the run to the receiver, in process; what the wire shows is in
// program/http_webhook_test.cc.
#include "simulator/webhooks/webhook_queue.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "core/base64.h"
#include "core/check.h"
#include "core/hmac.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> gaps(const Json& delivery) {
  std::vector<std::string> times;
  for (const Json& attempt : delivery["attempts"]) {
    times.push_back(attempt["at"].get<std::string>().substr(17, 9));
  }
  return times;
}

// HOOK-7
TEST(WebhookQueue, TakesThePolicyAsData) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":4,"first_delay":"1s","factor":3,)"
                                       R"("max_delay":"5s"})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.run_until_idle();
  EXPECT_THAT(gaps(s.delivery(run)),
              ElementsAre("00.000000", "01.000000", "04.000000", "09.000000"));
}

// HOOK-7: jitter is seeded.
TEST(WebhookQueue, DrawsJitterFromTheSeed) {
  const auto times = [](std::uint64_t seed) {
    InProcessSimulator s({.seed = seed, .environment = R"("retry":{"jitter":0.5})"});
    s.send_webhooks();
    s.receiver().answer_with(500);
    const Json run = s.save({"a"});
    s.run_until_idle();
    return gaps(s.delivery(run));
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
  EXPECT_THAT(times(1), SizeIs(7));
}

// HOOK-1: a receiver that has not answered yet keeps nobody waiting.
TEST(WebhookQueue, SendsToOthersWhileOneReceiverIsSilent) {
  InProcessSimulator s;
  s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
  s.hold_answers();
  s.save({"a"});
  s.save({"b"});
  EXPECT_THAT(s.receiver().requests(), SizeIs(4));
  EXPECT_EQ(s.ok("GET", "/clock")["in_flight"], 4);
  s.answer_held();
  EXPECT_EQ(s.ok("GET", "/clock")["in_flight"], 0);
  EXPECT_EQ(s.ok("GET", "/deliveries?state=delivered")["deliveries"].size(), 4U);
}

// HOOK-1, HOOK-6 and HOOK-7 as the public system has them.
TEST(WebhookQueue, GoesToTheSecondUrlWhenTheFirstIsDoneInTheNangoDialect) {
  InProcessSimulator s({.dialect = &nango_dialect()});
  s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  ASSERT_THAT(run["deliveries"], SizeIs(2));
  const auto state = [&](int i) {
    return s.ok("GET", "/deliveries/" + run["deliveries"][i].get<std::string>());
  };
  EXPECT_EQ(state(1)["state"], "held");
  EXPECT_EQ(state(1)["held_by"], "turn:" + run["deliveries"][0].get<std::string>());
  s.run_until_idle();
  EXPECT_THAT(gaps(state(0)), ElementsAre("00.000000", "03.000000", "09.000000"));
  EXPECT_THAT(gaps(state(1)), ElementsAre("09.000000", "12.000000", "18.000000"));
}

TEST(WebhookQueue, TakesARefusalForAnAnswerInTheNangoDialect) {
  for (const int status : {304, 400, 404, 408, 429}) {
    InProcessSimulator s({.dialect = &nango_dialect()});
    s.send_webhooks();
    s.receiver().answer_with(status);
    const Json run = s.save({"a"});
    s.run_until_idle();
    EXPECT_THAT(s.delivery(run)["attempts"], SizeIs(1)) << status;
  }
}

TEST(WebhookQueue, FollowsFiveRedirectsInTheNangoDialect) {
  for (const int hops : {1, 5, 6}) {
    InProcessSimulator s({.dialect = &nango_dialect()});
    s.send_webhooks();
    int left = hops;
    s.receiver().set_answer([&](const core::Request&) {
      core::Outcome outcome = TestReceiver::status(left > 0 ? 302 : 200);
      if (left > 0) outcome.response.headers.add("Location", "/hop" + std::to_string(left--));
      return outcome;
    });
    const Json run = s.save({"a"});
    s.run_until_idle();
    const Json delivery = s.delivery(run);
    EXPECT_THAT(delivery["attempts"], SizeIs(1)) << hops;
    EXPECT_EQ(delivery["state"], hops <= 5 ? "delivered" : "failed") << hops;
    const auto requests = s.receiver().requests();
    EXPECT_EQ(requests.size(), std::min<std::size_t>(static_cast<std::size_t>(hops) + 1, 6));
    EXPECT_EQ(requests.front().method, "POST");
    EXPECT_EQ(requests.back().method, "GET");
    EXPECT_EQ(requests.back().body, "");
    EXPECT_EQ(header(requests.front().headers, "User-Agent"),
              header(requests.back().headers, "User-Agent"));
    EXPECT_THAT(header(requests.front().headers, "User-Agent"),
                testing::StartsWith("nango/0.71.4 ("));
  }
}

TEST(WebhookQueue, RetriesWhatTheNetworkDidInTheNangoDialect) {
  InProcessSimulator s({.dialect = &nango_dialect()});
  s.send_webhooks_to({s.refusing_url()});
  const Json run = s.save({"a"});
  s.run_until_idle();
  EXPECT_THAT(gaps(s.delivery(run)), ElementsAre("00.000000", "03.000000", "09.000000"));
}

// HOOK-8: ids are unique, and drawn from the seed.
TEST(WebhookQueue, GivesEachDeliveryAnIdOfItsOwn) {
  std::set<std::string> ids;
  for (const std::uint64_t seed : {1, 2}) {
    InProcessSimulator s({.seed = seed});
    s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
    for (int i = 0; i < 50; ++i) s.save({std::to_string(i)});
    for (const auto& request : s.receiver().requests()) {
      ids.insert(header(request.headers, "X-Terapi-Delivery"));
    }
  }
  EXPECT_EQ(ids.size(), 200U);
}

// HOOK-12
TEST(WebhookQueue, RefusesToResendWhatIsStillBeingAttempted) {
  InProcessSimulator s;
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  const std::string path = "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend";
  const core::Response refused = s.control("POST", path);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(error_code(refused), "delivery_in_progress");
  s.run_until_idle();
  EXPECT_EQ(s.control("POST", path).status, 202);
  EXPECT_EQ(s.control("POST", "/deliveries/none/resend").status, 404);
}

// HOOK-12: what was delivered may be sent again, too.
TEST(WebhookQueue, ResendsADeliveredOneAsAReplay) {
  InProcessSimulator s;
  s.send_webhooks();
  const Json run = s.save({"a"});
  s.ok("POST", "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend");
  s.run_until_idle();
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].body, requests[1].body);
  EXPECT_EQ(header(requests[1].headers, "X-Terapi-Attempt"), "2");
}

// HOOK-10: their verifiers refuse a timestamp that is five minutes old.
TEST(WebhookQueue, SignsEachAttemptOfItsOwnForStandardWebhooks) {
  InProcessSimulator s({.environment = R"("standard_webhooks":true,"signing_key":"whsec_c2VjcmV0",)"
                                       R"("retry":{"attempts":2,"first_delay":"10m"})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.run_until_idle();
  s.settings(R"("signing_key":"whsec_bmV3IQ==","signing_key_overlap":"0s")");
  const std::string path = "/deliveries/" + run["deliveries"][0].get<std::string>();
  s.ok("POST", path + "/resend");
  s.advance("1s");
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(3));
  const Json attempts = s.ok("GET", path)["attempts"];
  const std::string id = header(requests[0].headers, "webhook-id");
  std::size_t sent = 0;
  for (const auto& [timestamp, key] :
       {std::pair("1704067200", "secret"), {"1704067800", "secret"}, {"1704067800", "new!"}}) {
    const core::Headers& headers = requests[sent].headers;
    EXPECT_EQ(header(headers, "webhook-id"), id);
    EXPECT_EQ(header(headers, "webhook-timestamp"), timestamp);
    const std::string content = id + "." + timestamp + "." + requests[sent].body;
    EXPECT_EQ(header(headers, "webhook-signature"),
              "v1," + core::base64(core::hmac_sha256(key, content), core::Padding::kWith));
    EXPECT_EQ(attempts[sent]["headers"]["webhook-timestamp"], timestamp);
    EXPECT_EQ(header(headers, "X-Terapi-Hmac-Sha256"),
              header(requests[0].headers, "X-Terapi-Hmac-Sha256"));  // HOOK-8
    ++sent;
  }
}

// HOOK-11
TEST(WebhookQueue, LogsEachAttempt) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":2})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.run_until_idle();
  const Json logged = s.ok("GET", "/logs?kind=delivery")["logs"][0];
  EXPECT_EQ(logged["name"], run["deliveries"][0]);
  std::vector<std::string> results;
  for (const Json& step : Json(s.ok("GET", "/logs/" + logged["id"].dump())["steps"])) {
    const Json& fields = step["fields"];
    results.push_back(fields["attempt"].get<std::string>() + ":" +
                      fields["status"].get<std::string>() + ":" + fields.value("next", "none"));
  }
  EXPECT_THAT(results, ElementsAre("1:500:2024-01-01T00:00:00.100000+00:00", "2:500:none"));
}

// What the program's own log says stays as it was.
TEST(WebhookQueue, TellsEachAttemptToTheSink) {
  InProcessSimulator s({.environment = R"("retry":{"attempts":2})"});
  std::vector<std::string> lines;
  s.simulator().set_log_sink([&](const LogEntry& entry) { lines.push_back(entry.event); });
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  s.run_until_idle();
  EXPECT_THAT(lines, ElementsAre("run", "webhook.attempt", "webhook.attempt", "delivery.failed"));
}

// HOOK-11: what the receiver answered is kept, but not all of it.
TEST(WebhookQueue, KeepsTheBeginningOfTheAnswer) {
  InProcessSimulator s;
  s.send_webhooks();
  s.receiver().set_answer([](const core::Request&) {
    return core::Outcome{{200, {}, std::string(5000, 'y')}, {}};
  });
  const Json run = s.save({"a"});
  EXPECT_EQ(s.delivery(run)["attempts"][0]["response_body"], std::string(1024, 'y'));
}

// HOOK-6: an answer is one from its head on, whatever becomes of its body.
TEST(WebhookQueue, CountsOnlyTheStatus) {
  InProcessSimulator s;
  s.send_webhooks();
  core::WireFaults broken;
  broken.truncate_after = 3;
  for (const auto& [size, wire] :
       {std::pair(std::size_t{5} << 20, core::WireFaults()), std::pair(std::size_t{10}, broken)}) {
    s.receiver().set_answer([&, size = size, wire = wire](const core::Request&) {
      return core::Outcome{{200, {}, std::string(size, 'y')}, wire};
    });
    const Json attempts = s.delivery(s.save({"a" + std::to_string(size)}))["attempts"];
    EXPECT_EQ(attempts[0]["status"], 200) << size;
    EXPECT_THAT(attempts, SizeIs(1)) << size;
  }
}

// HOOK-11: the answer's headers too, in their order, as many as there is room for; only where one
// delivery is asked for.
TEST(WebhookQueue, KeepsTheFirstHeadersOfTheAnswer) {
  InProcessSimulator s;
  s.send_webhooks();
  s.receiver().set_answer([](const core::Request&) {
    core::Outcome outcome;
    outcome.response.headers = {{"Set-Cookie", "a"}, {"Set-Cookie", "b"}};
    outcome.response.headers.add("X-Long", std::string(4096, 'y'));
    outcome.response.headers.add("X-After", "1");
    return outcome;
  });
  const Json run = s.save({"a"});
  EXPECT_EQ(
      s.ok("GET", "/deliveries/" +
                      s.delivery(run)["id"].get<std::string>())["attempts"][0]["response_headers"],
      Json::parse(R"([["Set-Cookie","a"],["Set-Cookie","b"]])"));
  EXPECT_FALSE(
      s.ok("GET", "/deliveries")["deliveries"][0]["attempts"][0].contains("response_headers"));
}

// A settings change moves attempts to come, not the URL of deliveries that are made.
TEST(WebhookQueue, KeepsADeliverysUrlWhenTheSettingsChange) {
  InProcessSimulator s;
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  s.send_webhooks_to({s.receiver_url("/new")});
  s.receiver().answer_with(200);
  s.run_until_idle();
  EXPECT_EQ(s.receiver().requests().back().target, "/hook");
}

// A bound on what is kept: 10,000 finished deliveries; unfinished ones never go.
TEST(WebhookQueue, ForgetsTheOldestFinishedDeliveriesAndCountsThem) {
  InProcessSimulator s;
  s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
  s.receiver().answer_with(500);
  const Json waiting = s.save({"waiting"});
  s.receiver().answer_with(200);
  Json first;
  for (int i = 0; i < 5'005; ++i) {
    const Json run = s.save({"r" + std::to_string(i % 3)}, i + 1);
    if (i == 0) first = run;
  }
  const Json listed = s.ok("GET", "/deliveries?limit=1");
  EXPECT_EQ(listed["total"], 10'002);
  EXPECT_EQ(listed["dropped"], 10);
  EXPECT_EQ(s.control("GET", "/deliveries/" + first["deliveries"][0].get<std::string>()).status,
            404);
  EXPECT_EQ(s.delivery(waiting)["state"], "pending");
}

// HOOK-14: one URL's breaker is not another's.
TEST(WebhookQueue, KeepsABreakerForEachUrl) {
  InProcessSimulator s({.environment = R"("breaker":{"failures":1},"retry":{"attempts":1})"});
  s.send_webhooks_to({s.refusing_url(), s.receiver_url("/good")});
  for (int i = 0; i < 5; ++i) s.save({std::to_string(i)});
  EXPECT_THAT(s.receiver().requests(), SizeIs(5));
  EXPECT_EQ(s.ok("GET", "/deliveries?state=held")["deliveries"].size(), 3U);
}

// HOOK-14: retries count as failures, and wait like everything else.
TEST(WebhookQueue, HoldsRetriesWhileTheBreakerIsOpen) {
  InProcessSimulator s({.environment = R"("breaker":{"failures":2,"open_for":"60s"})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.advance("1s");
  EXPECT_THAT(gaps(s.delivery(run)), ElementsAre("00.000000", "00.100000", "00.300000"));
  s.receiver().answer_with(200);
  s.run_until_idle();
  EXPECT_EQ(s.delivery(run)["state"], "delivered");
  EXPECT_THAT(s.delivery(run)["attempts"], SizeIs(4));
}

// HOOK-14: a probe that never leaves, since a fault takes it, keeps nothing waiting for ever.
TEST(WebhookQueue, LosesNothingWhenAFaultDropsTheProbe) {
  InProcessSimulator s({.environment = R"("breaker":{"failures":1,"open_for":"60s"},)"
                                       R"("retry":{"attempts":2,"first_delay":"1ms"})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  const Json probe = s.save({"probe"});
  s.advance("2ms");  // both attempts failed: it opened
  s.receiver().answer_with(200);
  s.faults(R"({"id":"drop","on":"webhook","match":{"attempt":3},"do":{"drop":true}})");
  s.ok("POST", "/deliveries/" + probe["deliveries"][0].get<std::string>() + "/resend");
  const Json waiting = s.save({"waiting"});
  s.run_until_idle();
  EXPECT_EQ(s.delivery(probe)["state"], "dropped");
  EXPECT_EQ(s.delivery(waiting)["state"], "delivered");
}

// HOOK-14: when the breaker is taken away, what it held goes out.
TEST(WebhookQueue, LosesNothingWhenTheBreakerIsTakenAway) {
  InProcessSimulator s({.environment = R"("breaker":{"failures":1,"open_for":"60s"},)"
                                       R"("retry":{"attempts":1})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  s.save({"b"});
  const std::vector<Json> held = {s.save({"c"}), s.save({"d"}), s.save({"e"})};
  s.hold_answers();
  s.receiver().answer_with(200);
  s.begin("POST", "/clock/advance", R"({"by":"60s"})");  // the probe is on the wire
  s.settings(R"("breaker":null)");
  s.answer_held();
  s.run_until_idle();
  for (const Json& run : held) EXPECT_EQ(s.delivery(run)["state"], "delivered");
}

// HOOK-14
TEST(WebhookQueue, ResendsAHeldDeliveryOnlyWhenTheBreakerLetsIt) {
  InProcessSimulator s({.environment = R"("breaker":{"failures":1,"open_for":"60s"},)"
                                       R"("retry":{"attempts":1})"});
  s.send_webhooks();
  s.receiver().answer_with(500);
  s.save({"a"});
  s.save({"b"});
  const Json run = s.save({"c"});
  s.ok("POST", "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend");
  s.advance("1s");
  EXPECT_EQ(s.delivery(run)["state"], "held");
  s.receiver().answer_with(200);
  s.run_until_idle();
  EXPECT_EQ(s.delivery(run)["state"], "delivered");
}

// Each test makes one invariant untrue by hand, and sees that the queue notices.
class WebhookQueueInvariants : public testing::Test {
 public:
  WebhookQueueInvariants()
      : receiver_([this](const core::Request&, const std::function<void(core::Outcome)>& done) {
          unanswered_.push_back(done);
        }) {
    Environment& environment = engine_.state().environments.emplace_back();
    environment.settings.webhook_urls = {"http://receiver.test/"};
    environment.settings.retry.attempts = 1;
    environment.settings.breaker = BreakerPolicy{.failures = 1};
  }
  // A delivery that waits for its first attempt, or with `hold` for its data.
  Delivery& announce(bool hold = false) {
    const Environment& environment = engine_.state().environments.front();
    static_cast<void>(queue_.announce(environment, {}, "run", hold));
    return engine_.state().deliveries.rbegin()->second;
  }
  void send() {
    while (clock_.run_next(clock_.now())) {
    }
  }
  void answer(int status) {
    for (const auto& done : std::exchange(unanswered_, {})) done({{status, {}, ""}, {}});
  }
  // The breaker is open, and this delivery its probe.
  Delivery& probe() {
    for (int failed = 0; failed < 2; ++failed) {
      announce();
      send();
      answer(500);
    }
    clock_.set(clock_.now() + std::chrono::hours(1));
    Delivery& delivery = announce();
    send();
    return delivery;
  }
  void expect_broken(const std::string& message) {
    EXPECT_DEATH(core::check_invariants(queue_), message);
  }

 protected:
  core::VirtualClock clock_;
  std::vector<std::function<void(core::Outcome)>> unanswered_;
  core::HandlerTransport receiver_;
  Engine engine_{clock_, terapi_dialect(), 1};
  WebhookQueue queue_{engine_, receiver_};
};

TEST_F(WebhookQueueInvariants, HoldThroughALifeOfADelivery) {
  Delivery& delivery = announce();
  core::check_invariants(queue_);
  send();
  EXPECT_EQ(delivery.state, DeliveryState::kInFlight);
  answer(200);
  EXPECT_EQ(delivery.state, DeliveryState::kDelivered);
  EXPECT_EQ(probe().state, DeliveryState::kInFlight);
  core::check_invariants(queue_);
}

TEST_F(WebhookQueueInvariants, ATimerHasADelivery) {
  const std::uint64_t number = announce().number;
  engine_.state().deliveries.erase(number);
  expect_broken("a timer belongs to a delivery");
}

TEST_F(WebhookQueueInvariants, WhatHasATimerIsPendingOrHeld) {
  announce().state = DeliveryState::kDelivered;
  expect_broken("what waits is pending or held");
}

TEST_F(WebhookQueueInvariants, WhatHasATimerSaysWhenItIsDue) {
  announce().next_attempt_at.reset();
  expect_broken("what has a timer says when it is due");
}

TEST_F(WebhookQueueInvariants, AHeldDeliveryHasAReason) {
  announce(true).held = {};
  expect_broken("a delivery is held for a reason");
}

TEST_F(WebhookQueueInvariants, APendingDeliveryIsNotHeld) {
  announce().held = {HeldFor::kCommit, {}};
  expect_broken("a delivery is held for a reason, and for no other");
}

TEST_F(WebhookQueueInvariants, AHeldDeliveryIsFoundByItsUrl) {
  Delivery& delivery = announce();
  delivery.state = DeliveryState::kHeld;
  delivery.held = {HeldFor::kFault, "rule"};
  expect_broken("a held delivery is found by its URL");
}

TEST_F(WebhookQueueInvariants, WhatIsHeldIsADeliveryToThatUrl) {
  announce(true).url = "http://elsewhere.test/";
  expect_broken("what is held is a delivery to that URL");
}

TEST_F(WebhookQueueInvariants, WhatIsInTheListOfHeldDeliveriesIsHeld) {
  announce(true).state = DeliveryState::kFailed;
  expect_broken("what is in the list of held deliveries is held");
}

TEST_F(WebhookQueueInvariants, AFaultHoldsNothingForEver) {
  announce(true).held = {HeldFor::kFault, "rule"};
  expect_broken("a fault holds a delivery for a minute at most");
}

TEST_F(WebhookQueueInvariants, TheBreakerHoldsNothingForEver) {
  announce(true).held = {HeldFor::kBreaker, {}};
  expect_broken("waits for a probe");
}

TEST_F(WebhookQueueInvariants, WhatIsUnderWayIsInFlight) {
  Delivery& delivery = announce();
  send();
  delivery.state = DeliveryState::kPending;
  expect_broken("what is under way is in flight");
}

TEST_F(WebhookQueueInvariants, NoDeliveryIsForgotten) {
  announce();
  engine_.state().deliveries[7].number = 7;
  expect_broken("each delivery waits, is under way or has ended");
}

TEST_F(WebhookQueueInvariants, FailuresAreAttemptsThatWereMade) {
  announce().attempts_made = 1;
  expect_broken("failures are attempts that were made");
}

TEST_F(WebhookQueueInvariants, ABreakerThatWaitsForAProbeHasOneUnderWay) {
  probe().url = "http://elsewhere.test/";
  expect_broken("a breaker that waits for a probe has one under way");
}

}  // namespace
}  // namespace terapi::simulator
