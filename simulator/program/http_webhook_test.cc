// HOOK: webhooks as a receiver sees them, in process and over sockets, on virtual time.
#include <gmock/gmock.h>

#include <atomic>
#include <map>

#include "core/hex.h"
#include "core/hmac.h"
#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WebhookContract : public ContractTest {
 public:
  // The simulator, its webhooks sent to the receiver's /hook.
  TestSimulator& sending(TestSimulatorOptions options = {}) {
    TestSimulator& s = simulator(std::move(options));
    s.send_webhooks();
    return s;
  }
};
TERAPI_ON_BOTH_BACKENDS(WebhookContract);

std::vector<std::string> attempt_times(const Json& delivery) {
  std::vector<std::string> times;
  for (const Json& attempt : delivery["attempts"]) {
    times.push_back(attempt["at"].get<std::string>().substr(17, 9));
  }
  return times;
}

// HOOK-1, HOOK-2: the payload and its counts.
TEST_P(WebhookContract, AnnouncesARunWithItsExactPayload) {
  TestSimulator& s = sending();
  s.save({"a", "b"});
  s.advance("1s");
  s.run(R"("save":[{"id":"a","n":5},{"id":"c"}],"delete":["b"])");
  s.run_until_idle();
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/hook");
  EXPECT_EQ(header(requests[0].headers, "Content-Type"), "application/json");
  EXPECT_EQ(
      requests[0].body,
      R"({"connectionId":"demo","from":"terapi","model":"Issue",)"
      R"("modifiedAfter":"2024-01-01T00:00:00.000Z","providerConfigKey":"github",)"
      R"("queryTimeStamp":"2024-01-01T00:00:00.000Z",)"
      R"("responseResults":{"added":2,"deleted":0,"updated":0},"success":true,)"
      R"("syncName":"github-issues","syncType":"INITIAL","syncVariant":"base","type":"sync"})");
  const Json second = Json::parse(requests[1].body);
  EXPECT_EQ(second["responseResults"], Json({{"added", 1}, {"deleted", 1}, {"updated", 1}}));
  EXPECT_EQ(second["syncType"], "INCREMENTAL");
}

// HOOK-1: one for each model that a run changed.
TEST_P(WebhookContract, SendsOneForEachChangedModel) {
  TestSimulator& s = sending();
  s.save({"a"});
  s.run(R"("model":"Label","save":[{"id":"l"}])");
  s.run_until_idle();
  std::vector<std::string> models;
  for (const auto& request : s.receiver().requests()) {
    models.push_back(Json::parse(request.body)["model"]);
  }
  EXPECT_THAT(models, testing::UnorderedElementsAre("Issue", "Label"));
}

// HOOK-3
TEST_P(WebhookContract, NamesATimeFromWhichAllThatTheRunChangedIsFound) {
  TestSimulator& s = sending();
  s.save({"old"});
  s.advance("1234567us");
  s.run(R"("save":[{"id":"a"}],"delete":["old"])");
  s.run_until_idle();
  const std::string from = Json::parse(s.receiver().requests().back().body)["modifiedAfter"];
  EXPECT_THAT(ids_of(s.page({{"modified_after", from}})["records"]), ElementsAre("a", "old"));
}

// HOOK-6, HOOK-7, HOOK-8, HOOK-11: the backoff, to the microsecond.
TEST_P(WebhookContract, RetriesWithTheSameBytesAtTheExactTimesOfThePolicy) {
  TestSimulator& s = sending();
  auto count = std::make_shared<std::atomic<int>>(0);
  s.receiver().set_answer(
      [count](const core::Request&) { return TestReceiver::status(++*count < 7 ? 500 : 200); });
  const Json run = s.save({"a"});
  const Json moved = s.run_until_idle();
  EXPECT_EQ(moved["attempts"], 6);  // the first went out with the run
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "delivered");
  EXPECT_THAT(attempt_times(delivery),
              ElementsAre("00.000000", "00.100000", "00.300000", "00.700000", "01.500000",
                          "03.100000", "06.300000"));
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(7));
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(requests[i].body, requests[0].body);
    for (const std::string name :
         {"X-Terapi-Delivery", "X-Terapi-Hmac-Sha256", "X-Terapi-Signature"}) {
      EXPECT_EQ(header(requests[i].headers, name), header(requests[0].headers, name)) << name;
      EXPECT_NE(header(requests[i].headers, name), "") << name;
    }
    EXPECT_EQ(header(requests[i].headers, "X-Terapi-Attempt"), std::to_string(i + 1));
    const Json& attempt = delivery["attempts"][i];
    EXPECT_EQ(attempt["number"], i + 1);
    EXPECT_EQ(attempt["status"], i < 6 ? 500 : 200);
    EXPECT_EQ(attempt["next_attempt_at"].is_null(), i == 6);
  }
  EXPECT_EQ(header(requests[0].headers, "X-Terapi-Delivery"), delivery["id"]);
}

// HOOK-6: 2xx is success, all else is tried again.
TEST_P(WebhookContract, TakesOnlyTwoHundredsForSuccess) {
  TestSimulator& s = sending();
  for (const int status : {200, 201, 202, 204, 299}) {
    s.receiver().forget();
    s.receiver().answer_with(status);
    const Json run = s.save({std::to_string(status)});
    s.run_until_idle();
    EXPECT_THAT(s.receiver().requests(), SizeIs(1)) << status;
    EXPECT_EQ(s.delivery(run)["state"], "delivered") << status;
  }
  for (const int status :
       {300, 301, 302, 304, 307, 308, 400, 401, 404, 408, 410, 429, 500, 502, 503}) {
    s.receiver().forget();
    s.receiver().answer_with(status);
    const Json run = s.save({std::to_string(status)});
    s.run_until_idle();
    EXPECT_THAT(s.receiver().requests(), SizeIs(7)) << status;
    const Json delivery = s.delivery(run);
    EXPECT_EQ(delivery["state"], "failed") << status;
    EXPECT_EQ(delivery["attempts"][0]["status"], status);
  }
}

// HOOK-6: a redirect is never followed.
TEST_P(WebhookContract, NeverFollowsARedirect) {
  TestSimulator& s = sending({.environment = R"("retry":{"attempts":2})"});
  const std::string elsewhere = s.receiver_url("/elsewhere");
  s.receiver().set_answer([elsewhere](const core::Request&) {
    return core::Outcome{{307, {{"Location", elsewhere}}, ""}, {}};
  });
  s.save({"a"});
  s.run_until_idle();
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(2));
  for (const auto& request : requests) EXPECT_EQ(request.target, "/hook");
}

// HOOK-6
TEST_P(WebhookContract, RetriesARefusedConnection) {
  TestSimulator& s = simulator();
  s.send_webhooks_to({s.refusing_url()});
  const Json run = s.save({"a"});
  s.run_until_idle();
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "failed");
  ASSERT_THAT(delivery["attempts"], SizeIs(7));
  for (const Json& attempt : delivery["attempts"]) {
    EXPECT_TRUE(attempt["status"].is_null());
    EXPECT_EQ(attempt["error"], "connection_refused");
  }
  EXPECT_EQ(attempt_times(delivery).back(), "06.300000");
}

// HOOK-6
TEST_P(WebhookContract, RetriesADroppedConnection) {
  TestSimulator& s = sending();
  s.send_webhooks_to({s.faulty_receiver_url("/hook")});
  auto count = std::make_shared<std::atomic<int>>(0);
  s.receiver().set_answer([count](const core::Request&) {
    core::Outcome outcome = TestReceiver::status(200);
    outcome.wire.reset = ++*count == 1;
    return outcome;
  });
  const Json run = s.save({"a"});
  s.run_until_idle();
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "delivered");
  ASSERT_THAT(delivery["attempts"], SizeIs(2));
  EXPECT_EQ(delivery["attempts"][0]["error"], "connection_reset");
}

// HOOK-6, HOOK-7: an attempt takes its time-out, then the backoff begins.
TEST_P(WebhookContract, GivesASilentReceiverItsTimeOut) {
  TestSimulator& s = sending({.environment = R"("retry":{"timeout":"200ms","attempts":3})"});
  s.send_webhooks_to({s.faulty_receiver_url("/hook")});
  s.receiver().set_answer([](const core::Request&) {
    core::Outcome outcome = TestReceiver::status(200);
    outcome.wire.delay = std::chrono::seconds(30);
    return outcome;
  });
  const Json run = s.save({"a"});
  s.run_until_idle();
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "failed");
  EXPECT_THAT(attempt_times(delivery), ElementsAre("00.000000", "00.300000", "00.700000"));
  for (const Json& attempt : delivery["attempts"]) {
    EXPECT_EQ(attempt["error"], "timeout");
    EXPECT_EQ(attempt["duration_ms"], 200);
  }
}

// HOOK-12
TEST_P(WebhookContract, SendsAGivenUpDeliveryAgainByHand) {
  TestSimulator& s = sending();
  s.receiver().answer_with(503);
  const Json run = s.save({"a"});
  s.run_until_idle();
  ASSERT_EQ(s.delivery(run)["state"], "failed");
  s.receiver().answer_with(200);
  s.ok("POST", "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend");
  s.run_until_idle();
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "delivered");
  EXPECT_THAT(delivery["attempts"], SizeIs(8));
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(8));
  EXPECT_EQ(header(requests[7].headers, "X-Terapi-Attempt"), "8");
  EXPECT_EQ(header(requests[7].headers, "X-Terapi-Delivery"),
            header(requests[0].headers, "X-Terapi-Delivery"));
  EXPECT_EQ(requests[7].body, requests[0].body);
}

// HOOK-12: a resend has all attempts of the policy before it.
TEST_P(WebhookContract, GivesAResentDeliveryAllAttemptsAgain) {
  TestSimulator& s = sending({.environment = R"("retry":{"attempts":3})"});
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.run_until_idle();
  s.ok("POST", "/deliveries/" + run["deliveries"][0].get<std::string>() + "/resend");
  s.run_until_idle();
  EXPECT_THAT(attempt_times(s.delivery(run)), ElementsAre("00.000000", "00.100000", "00.300000",
                                                          "00.300000", "00.400000", "00.600000"));
}

// HOOK-1: the second URL never waits for the first.
TEST_P(WebhookContract, LetsNoUrlWaitForAnother) {
  TestSimulator& s = simulator();
  s.send_webhooks_to({s.refusing_url(), s.receiver_url("/second")});
  const Json run = s.save({"a"});
  ASSERT_THAT(run["deliveries"], SizeIs(2));
  s.run_until_idle();
  EXPECT_EQ(s.delivery(run, 0)["state"], "failed");
  EXPECT_EQ(s.delivery(run, 1)["state"], "delivered");
  EXPECT_THAT(attempt_times(s.delivery(run, 1)), ElementsAre("00.000000"));
  EXPECT_NE(run["deliveries"][0], run["deliveries"][1]);
}

// HOOK-1: a connection's own URL is used instead of both.
TEST_P(WebhookContract, SendsToTheConnectionsOwnUrlInstead) {
  TestSimulator& s = simulator();
  const std::string own = s.receiver_url("/own");
  s.ok("PUT", "/world",
       R"({"environment":{"webhook_urls":[")" + s.receiver_url("/one") + R"(",")" +
           s.receiver_url("/two") +
           R"("]},"integrations":[{"id":"github"}],"connections":[)"
           R"({"id":"demo","integration":"github","webhook_url":")" +
           own + R"("},{"id":"other","integration":"github"}]})");
  s.save({"a"});
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  EXPECT_EQ(s.receiver().requests()[0].target, "/own");
  s.receiver().forget();
  s.run(R"("connection":"other","save":[{"id":"a"}])");
  s.run_until_idle();
  std::vector<std::string> targets;
  for (const auto& request : s.receiver().requests()) targets.push_back(request.target);
  EXPECT_THAT(targets, testing::UnorderedElementsAre("/one", "/two"));
}

// HOOK-5
TEST_P(WebhookContract, SendsNothingForARunWithoutChangesUnlessAsked) {
  TestSimulator& s = sending();
  s.save({"a"});
  s.run_until_idle();
  s.receiver().forget();
  EXPECT_THAT(s.save({"a"})["deliveries"], IsEmpty());
  EXPECT_THAT(s.remove({"nobody"})["deliveries"], IsEmpty());
  EXPECT_THAT(s.save({"b"}, 0, R"(,"webhook":false)")["deliveries"], IsEmpty());
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
  s.settings(R"("always_send":true)");
  EXPECT_THAT(s.save({"a"})["deliveries"], SizeIs(1));
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  EXPECT_EQ(Json::parse(s.receiver().requests()[0].body)["responseResults"],
            Json({{"added", 0}, {"deleted", 0}, {"updated", 0}}));
}

// HOOK-2, SYNC-4
TEST_P(WebhookContract, AnnouncesAFailedRunAndKeepsWhatItSaved) {
  TestSimulator& s = sending();
  s.save({"old"});
  s.run_until_idle();
  s.receiver().forget();
  s.run(R"("replace":[{"id":"new"}],"error":{"type":"script_error","description":"it broke"})");
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  EXPECT_EQ(s.receiver().requests()[0].body,
            R"({"connectionId":"demo","error":{"description":"it broke","type":"script_error"},)"
            R"("failedAt":"2024-01-01T00:00:00.000Z","from":"terapi","model":"Issue",)"
            R"("providerConfigKey":"github","startedAt":"2024-01-01T00:00:00.000Z",)"
            R"("success":false,"syncName":"github-issues","syncType":"INCREMENTAL",)"
            R"("syncVariant":"base","type":"sync"})");
  const Json records = s.page()["records"];
  EXPECT_THAT(ids_of(records), ElementsAre("old", "new"));
  EXPECT_EQ(metadata(records[0])["last_action"], "ADDED");  // no deletions are detected
}

// HOOK-4: looked at from within the receiver, in process; over sockets, after the fact.
TEST(WebhookReadiness, IsNeverSentBeforeItsDataCanBeRead) {
  InProcessSimulator s;
  s.send_webhooks();
  std::vector<std::size_t> seen;
  s.receiver().set_answer([&](const core::Request&) {
    seen.push_back(s.page()["records"].size());
    return TestReceiver::status(200);
  });
  for (int i = 1; i <= 5; ++i) s.save({std::to_string(i)});
  s.run_until_idle();
  EXPECT_THAT(seen, ElementsAre(1U, 2U, 3U, 4U, 5U));
}

// HOOK-9: what a receiver does to verify.
TEST_P(WebhookContract, SignsTheBytesThatItSends) {
  TestSimulator& s = sending({.environment = R"("signing_key":"sign-me")"});
  s.run(R"("sync":"Üñï \"sync\" \u2028","save":[{"id":"a"}])");
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  const core::Request request = s.receiver().requests()[0];
  EXPECT_EQ(header(request.headers, "X-Terapi-Hmac-Sha256"),
            core::hex(core::hmac_sha256("sign-me", request.body)));
  EXPECT_EQ(header(request.headers, "X-Terapi-Signature"),
            core::hex(core::sha256(std::string(kDefaultSecretKey) + request.body)));
  EXPECT_FALSE(request.headers.get("webhook-signature"));  // HOOK-10: off by default
}

// HOOK-9: both keys sign for the overlap, the newest first; then the new one alone.
TEST_P(WebhookContract, SignsWithBothKeysDuringARotation) {
  TestSimulator& s = sending({.environment = R"("signing_key":"one","signing_key_overlap":"1h")"});
  const auto signature_of = [&](const std::string& id) {
    s.receiver().forget();
    s.save({id});
    s.run_until_idle();
    const auto requests = s.receiver().requests();
    return requests.empty()
               ? std::pair<std::string, std::string>()
               : std::pair(header(requests[0].headers, "X-Terapi-Hmac-Sha256"), requests[0].body);
  };
  const auto with = [](const std::string& key, const std::string& body) {
    return core::hex(core::hmac_sha256(key, body));
  };
  auto [signature, body] = signature_of("a");
  EXPECT_EQ(signature, with("one", body));
  s.settings(R"("signing_key":"two")");
  std::tie(signature, body) = signature_of("b");
  EXPECT_EQ(signature, with("two", body) + "," + with("one", body));
  s.settings(R"("always_send":false)");  // another change of the settings begins no rotation
  s.advance("3599s");
  std::tie(signature, body) = signature_of("c");
  EXPECT_EQ(signature, with("two", body) + "," + with("one", body));
  s.advance("1s");
  std::tie(signature, body) = signature_of("d");
  EXPECT_EQ(signature, with("two", body));
}

// HOOK-10
TEST_P(WebhookContract, AddsStandardWebhooksHeadersWhereAsked) {
  TestSimulator& s = sending({.environment = R"("standard_webhooks":true,"signing_key":)"
                                             R"("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")"});
  s.save({"a"});
  s.run_until_idle();
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  const core::Request request = s.receiver().requests()[0];
  const std::string id = header(request.headers, "webhook-id");
  EXPECT_EQ(id, header(request.headers, "X-Terapi-Delivery"));
  EXPECT_EQ(header(request.headers, "webhook-timestamp"), "1704067200");
  EXPECT_EQ(header(request.headers, "webhook-signature").substr(0, 3), "v1,");
}

// HOOK-14: opens, holds, probes, closes, loses nothing.
TEST_P(WebhookContract, HoldsDeliveriesWhileTheBreakerIsOpenAndLosesNone) {
  TestSimulator& s =
      sending({.environment = R"("breaker":{"failures":5,"window":"10s","open_for":"60s"},)"
                              R"("retry":{"attempts":1})"});
  s.receiver().answer_with(500);
  std::vector<Json> runs;
  for (int i = 0; i < 6; ++i) runs.push_back(s.save({"f" + std::to_string(i)}));
  s.advance("1ms");
  EXPECT_THAT(s.receiver().requests(), SizeIs(6));  // more than five failures: it opens
  s.receiver().answer_with(200);
  for (int i = 0; i < 4; ++i) runs.push_back(s.save({"h" + std::to_string(i)}));
  s.advance("59s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(6));
  EXPECT_EQ(s.delivery(runs[6])["state"], "held");
  EXPECT_EQ(s.delivery(runs[6])["held_by"], "breaker");
  s.advance("2s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(10));
  for (std::size_t i = 6; i < 10; ++i) EXPECT_EQ(s.delivery(runs[i])["state"], "delivered");
}

// HOOK-14: a probe that fails keeps it open for as long again; the others are not sent.
TEST_P(WebhookContract, ProbesWithOneDeliveryOnly) {
  TestSimulator& s =
      sending({.environment = R"("breaker":{"failures":2,"window":"10s","open_for":"60s"},)"
                              R"("retry":{"attempts":1})"});
  s.receiver().answer_with(500);
  for (int i = 0; i < 3; ++i) s.save({"f" + std::to_string(i)});
  s.advance("1ms");
  for (int i = 0; i < 3; ++i) s.save({"h" + std::to_string(i)});
  EXPECT_THAT(s.receiver().requests(), SizeIs(3));
  s.advance("61s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(4));  // one probe
  s.receiver().answer_with(200);
  s.advance("50s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(4));
  s.advance("11s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(6));
  std::map<std::string, int> states;
  const Json listed = s.ok("GET", "/deliveries");
  for (const Json& delivery : listed["deliveries"]) ++states[delivery["state"]];
  EXPECT_EQ(states, (std::map<std::string, int>{{"delivered", 2}, {"failed", 4}}));
}

}  // namespace
}  // namespace terapi::simulator
