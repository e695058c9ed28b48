// What is noticed of webhooks that are wrong, and that nothing is of those that are right.
#include "conformance/laws/webhook_laws.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"
#include "conformance/contract/webhook_signature.h"
#include "conformance/laws/continuity.h"
#include "conformance/laws/webhook_expectation.h"

namespace terapi::conformance {
namespace {

constexpr const char* kWebhookText =
    R"({"connectionId":"demo","from":"terapi","model":"Issue",)"
    R"("modifiedAfter":"2024-01-01T00:00:00.000Z","providerConfigKey":"github",)"
    R"("queryTimeStamp":"2024-01-01T00:00:00.000Z",)"
    R"("responseResults":{"added":2,"deleted":0,"updated":0},"success":true,)"
    R"("syncName":"github-issues","syncType":"INITIAL","syncVariant":"base","type":"sync"})";

core::Time at_ms(int ms) {
  return *read_timestamp("2024-01-01T00:00:00Z") + std::chrono::milliseconds(ms);
}

WebhookSeen webhook(int attempt = 1, int ms = 0, const std::string& body = kWebhookText,
                    const std::string& signed_body = "") {
  const std::string& bytes = signed_body.empty() ? body : signed_body;
  core::Request request;
  request.method = "POST";
  request.target = "/hook";
  request.body = body;
  request.headers = {{"Content-Type", "application/json"},
                     {"X-Terapi-Hmac-Sha256", hmac_sha256_hex("sign", bytes)},
                     {"X-Terapi-Signature", legacy_signature_hex("secret", bytes)},
                     {"X-Terapi-Delivery", "d1"},
                     {"X-Terapi-Attempt", std::to_string(attempt)}};
  WebhookSeen seen = webhook_of(std::move(request), at_ms(ms), terapi_dialect());
  seen.secret_key = "secret";
  seen.signing_key = "sign";
  return seen;
}

// The clauses that are found broken.
std::string form_of(const WebhookSeen& seen) {
  Findings findings;
  check_webhook_form(seen, terapi_dialect(), findings);
  const auto kept = findings.take();
  return kept.empty() ? "" : kept.front().clause;
}

TEST(WebhookForm, IsTakenApart) {
  const WebhookSeen seen = webhook(3);
  EXPECT_EQ(seen.delivery, "d1");
  EXPECT_EQ(seen.attempt, 3);
  EXPECT_EQ(seen.path, "/hook");
  EXPECT_EQ(form_of(seen), "");
}

TEST(WebhookForm, HasTheSignatureOfItsBytes) {
  EXPECT_EQ(form_of(webhook(1, 0, kWebhookText, std::string(kWebhookText) + " ")), "HOOK-9");
  WebhookSeen seen = webhook();
  std::string loud(*seen.request.headers.get("X-Terapi-Hmac-Sha256"));
  std::transform(loud.begin(), loud.end(), loud.begin(), ::toupper);
  seen.request.headers.set("X-Terapi-Hmac-Sha256", loud);
  EXPECT_EQ(form_of(seen), "HOOK-9");
}

TEST(WebhookForm, HasItsLegacySignatureByTheKeyOfTheDialect) {
  WebhookSeen seen = webhook();
  seen.request.headers.set("X-Terapi-Signature", legacy_signature_hex("sign", kWebhookText));
  EXPECT_EQ(form_of(seen), "HOOK-9");

  const std::string body = R"({"from":"nango","type":"auth"})";
  const auto found = [&](const char* key, const char* legacy_key) {
    core::Request request;
    request.method = "POST";
    request.target = "/hook";
    request.body = body;
    request.headers = {{"Content-Type", "application/json"},
                       {"X-Nango-Hmac-Sha256", hmac_sha256_hex(key, body)},
                       {"X-Nango-Signature", legacy_signature_hex(legacy_key, body)},
                       {"X-Nango-Delivery", "d1"},
                       {"X-Nango-Attempt", "1"}};
    WebhookSeen nangos = webhook_of(std::move(request), at_ms(0), nango_dialect());
    nangos.secret_key = "secret";
    nangos.signing_key = "sign";
    Findings findings;
    check_webhook_form(nangos, nango_dialect(), findings);
    return findings.count();
  };
  EXPECT_EQ(found("sign", "sign"), 0U);
  EXPECT_EQ(found("sign", "secret"), 1U);
  EXPECT_EQ(found("secret", "secret"), 0U) << "one key for everything";
  EXPECT_EQ(found("secret", "sign"), 1U);
}

TEST(WebhookForm, HasAnAttemptAndADelivery) {
  WebhookSeen seen = webhook();
  seen.attempt.reset();
  EXPECT_EQ(form_of(seen), "HOOK-8");
  seen = webhook();
  seen.delivery.clear();
  EXPECT_EQ(form_of(seen), "HOOK-8");
}

TEST(WebhookForm, HasAllMembersInOrder) {
  EXPECT_EQ(form_of(webhook(1, 0, R"({"type":"sync","success":true})")), "HOOK-2");
  EXPECT_EQ(form_of(webhook(1, 0, R"({"type":"auth","from":"terapi"})")), "HOOK-2");
  EXPECT_EQ(form_of(webhook(1, 0, R"({"from":"terapi","type":"auth"})")), "");
  EXPECT_EQ(form_of(webhook(1, 0, "[]")), "HOOK-2");
}

TEST(WebhookAttempts, AreAlikeAndCounted) {
  const auto found = [](const WebhookSeen& first, const WebhookSeen& second) {
    Findings findings;
    check_attempts_alike({&first, &second}, terapi_dialect(), findings);
    return findings.count();
  };
  EXPECT_EQ(found(webhook(1), webhook(2)), 0U);
  EXPECT_EQ(found(webhook(4), webhook(5)), 0U);
  EXPECT_EQ(found(webhook(1), webhook(1)), 1U);
  EXPECT_EQ(found(webhook(1), webhook(3)), 1U);
  EXPECT_EQ(found(webhook(1), webhook(2, 0, "{}", kWebhookText)), 1U);
  EXPECT_EQ(found(webhook(1), webhook(2, 0, kWebhookText, "{}")), 2U);
}

// A way that takes time makes an attempt later, and one that was not answered seem later than it
// was sent; it makes none earlier.
TEST(WebhookGaps, AllowForTheWayAsItWasMeasured) {
  const auto found = [](int gap_ms, bool silent, const Timing& timing) {
    WebhookSeen first = webhook(1, 0);
    first.silent = silent;
    const WebhookSeen second = webhook(2, gap_ms);
    Findings findings;
    check_gaps({&first, &second}, {std::chrono::milliseconds(400)}, timing, findings);
    return findings.count();
  };
  const Timing slow{.exact = true, .slack = std::chrono::milliseconds(100)};
  EXPECT_EQ(found(500, false, slow), 0U);
  EXPECT_EQ(found(501, false, slow), 1U);
  EXPECT_EQ(found(399, false, slow), 1U);
  EXPECT_EQ(found(300, true, slow), 0U);
  EXPECT_EQ(found(299, true, slow), 1U);
  const Timing real{.exact = false, .slack = std::chrono::seconds(2)};
  EXPECT_EQ(found(3000, false, real), 0U);
  EXPECT_EQ(found(3500, false, real), 1U);
  const Timing hopeless{.exact = false, .too_slow = "it stood still"};
  EXPECT_EQ(found(1, false, hopeless), 0U);
  EXPECT_EQ(found(60'000, false, hopeless), 0U);
}

TEST(WebhookGaps, AreExactInVirtualTimeAndNeverEarlyInReal) {
  const auto worst = [](int gap_ms, bool exact, bool silent = false) {
    WebhookSeen first = webhook(1, 0);
    first.silent = silent;
    const WebhookSeen second = webhook(2, gap_ms);
    Findings findings;
    check_gaps({&first, &second}, {std::chrono::milliseconds(400)}, {.exact = exact}, findings);
    Verdict verdict = Verdict::kPass;
    for (const Finding& finding : findings.take()) verdict = graver(verdict, finding.verdict);
    return verdict;
  };
  EXPECT_EQ(worst(400, true), Verdict::kPass);
  EXPECT_EQ(worst(401, true), Verdict::kFail);
  EXPECT_EQ(worst(399, true), Verdict::kFail);
  EXPECT_EQ(worst(380, false), Verdict::kPass);
  EXPECT_EQ(worst(900, false), Verdict::kPass);
  EXPECT_EQ(worst(300, false), Verdict::kFail);
  EXPECT_EQ(worst(3000, false), Verdict::kWarn);
  // Nobody knows how long one that was not answered had been under way.
  EXPECT_EQ(worst(300, false, true), Verdict::kPass);
  EXPECT_EQ(worst(300, true, true), Verdict::kFail);
}

TEST(WebhookCounts, AreThoseOfTheRun) {
  RunSeen run;
  run.counts.added = 2;
  Findings findings;
  check_counts(webhook(), run, findings);
  EXPECT_TRUE(findings.empty());
  run.counts.deleted = 1;
  check_counts(webhook(), run, findings);
  EXPECT_FALSE(findings.empty());
}

TEST(WebhookSignatures, AreThoseOfTheKeysNewestFirst) {
  WebhookSeen seen = webhook();
  seen.request.headers.set("X-Terapi-Hmac-Sha256", hmac_sha256_hex("new", kWebhookText) + "," +
                                                       hmac_sha256_hex("old", kWebhookText));
  const auto found = [&](const std::vector<std::string>& keys) {
    Findings findings;
    check_signed_by(seen, keys, terapi_dialect(), findings);
    return !findings.empty();
  };
  EXPECT_FALSE(found({"new", "old"}));
  EXPECT_TRUE(found({"old", "new"}));
  EXPECT_TRUE(found({"new"}));
}

TEST(WebhookExpectation, CountsWhatCame) {
  const std::vector<WebhookSeen> seen = {webhook(1), webhook(2, 100)};
  WebhooksExpected expected;
  const auto found = [&] {
    Findings findings;
    check_expected(expected, seen, terapi_dialect(), {}, findings);
    return findings.count();
  };
  expected.deliveries = 1;
  expected.attempts = 2;
  expected.requests = 2;
  expected.models = {{"Issue"}};
  expected.paths = {{"/hook", 2}};
  expected.headers = {{"X-Terapi-Delivery", "d*"}, {"webhook-id", std::nullopt}};
  EXPECT_EQ(found(), 0U);
  expected.deliveries = 2;
  EXPECT_EQ(found(), 1U);
  expected.attempts = 3;
  expected.paths = {{"/other", 1}};
  EXPECT_EQ(found(), 4U);
}

Walk walk_of(const std::vector<std::pair<std::string, int>>& records) {
  Walk walk;
  walk.whole = true;
  for (const auto& [id, ms] : records) {
    ServedRecord record;
    record.id = id;
    record.payload = R"({"id":")" + id + "\"}";
    record.last_action = "ADDED";
    record.last_modified_at = write_timestamp(at_ms(ms));
    record.cursor =
        write_cursor({at_ms(ms), "1a161601-2399-4836-aab2-f695eb6a6ac2"}, terapi_dialect());
    walk.records.push_back(std::move(record));
  }
  return walk;
}

TEST(WebhookModifiedAfter, IsAtOrBeforeWhatItAnnounces) {
  ModelStream stream;
  stream.records.push_back({"a", {{R"({"id":"a"})", false, "ADDED", 1, 1}}});
  stream.by_id["a"] = 0;
  RunSeen run;
  run.number = 1;
  Findings findings;
  check_modified_after_covers(webhook(), run, stream, walk_of({{"a", 0}}), terapi_dialect(),
                              findings);
  EXPECT_TRUE(findings.empty());
  check_modified_after_covers(webhook(), run, stream, walk_of({{"a", -1}}), terapi_dialect(),
                              findings);
  EXPECT_FALSE(findings.empty());
}

TEST(WebhookReadable, FindsWhatIsNotThereYet) {
  ModelStream stream;
  stream.records.push_back({"a", {{R"({"id":"a"})", false, "ADDED", 1, 1}}});
  stream.by_id["a"] = 0;
  Findings findings;
  check_readable(webhook(), 1, 0, stream, walk_of({{"a", 0}}), terapi_dialect(), findings);
  EXPECT_TRUE(findings.empty());
  Walk pruned_meanwhile = walk_of({{"a", 0}});
  pruned_meanwhile.records[0].payload = R"({"id":"x"})";
  check_readable(webhook(), 1, 0, stream, pruned_meanwhile, terapi_dialect(), findings);
  EXPECT_EQ(findings.take().at(0).clause, "HOOK-4");
  pruned_meanwhile.records[0].pruned_at = "2024-01-01T00:00:00.000000+00:00";
  check_readable(webhook(), 1, 0, stream, pruned_meanwhile, terapi_dialect(), findings);
  EXPECT_TRUE(findings.empty());
  check_readable(webhook(), 1, 0, stream, walk_of({}), terapi_dialect(), findings);
  EXPECT_EQ(findings.take().at(0).clause, "HOOK-4");
}

// What was under way while it was read may be in it; what was acknowledged before has to be.
TEST(WebhookReadable, TakesWhatWasUnderWayMeanwhile) {
  ModelStream stream;
  stream.records.push_back({"a",
                            {{R"({"id":"a","n":1})", false, "ADDED", 1, 1},
                             {R"({"id":"a","n":2})", false, "UPDATED", 2, 1},
                             {R"({"id":"a","n":3})", false, "UPDATED", 3, 1}}});
  stream.by_id["a"] = 0;
  const auto found = [&](std::size_t run, std::size_t acknowledged, int served) {
    Walk walk = walk_of({{"a", 0}});
    walk.records[0].payload = R"({"id":"a","n":)" + std::to_string(served) + "}";
    Findings findings;
    check_readable(webhook(), run, acknowledged, stream, walk, terapi_dialect(), findings);
    return findings.count();
  };
  // Run 2 is announced; run 3 was told to the server, which has not answered it.
  EXPECT_EQ(found(2, 1, 1), 1U);
  EXPECT_EQ(found(2, 1, 2), 0U);
  EXPECT_EQ(found(2, 1, 3), 0U);
  EXPECT_EQ(found(2, 2, 2), 0U);
  EXPECT_EQ(found(2, 3, 2), 1U);
  EXPECT_EQ(found(2, 3, 3), 0U);
}

TEST(Continuity, FindsWhatTurnsUpBehindACursor) {
  const Walk before = walk_of({{"a", 1}, {"c", 3}});
  Findings findings;
  check_continuity(before, walk_of({{"a", 1}, {"c", 3}, {"d", 4}}), terapi_dialect(), findings);
  check_continuity(before, walk_of({{"c", 3}, {"a", 5}}), terapi_dialect(), findings);
  EXPECT_TRUE(findings.empty());
  check_continuity(before, walk_of({{"a", 1}, {"b", 2}, {"c", 3}}), terapi_dialect(), findings);
  EXPECT_EQ(findings.take().at(0).clause, "CUR-8");
}

}  // namespace
}  // namespace terapi::conformance
