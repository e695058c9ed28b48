#include "simulator/world/settings_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace json = core::json;

struct Read {
  Settings settings;
  json::Issues issues;
  std::vector<std::string> messages() const {
    std::vector<std::string> all;
    for (const json::Issue& issue : issues) all.push_back(issue.message);
    return all;
  }
};

Read read(const std::string& text, Settings settings = default_settings(terapi_dialect()),
          const Dialect& dialect = terapi_dialect()) {
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  Read result{std::move(settings), {}};
  json::Fields fields(document->root(), {"environment"}, result.issues);
  read_settings(fields, result.settings, dialect);
  fields.finish();
  return result;
}

std::string written(const Settings& settings) {
  json::Writer out;
  write_settings(out, settings);
  return out.take();
}

TEST(Settings, HaveTheDialectsRetryDefaults) {
  const Settings terapi = default_settings(terapi_dialect());
  EXPECT_EQ(terapi.retry.attempts, 7);
  EXPECT_EQ(terapi.retry.first_delay, 100ms);
  EXPECT_EQ(terapi.retry.factor_thousandths, 2000);
  EXPECT_EQ(terapi.retry.timeout, 20s);
  EXPECT_EQ(terapi.retry.jitter_thousandths, 0);
  const Settings nango = default_settings(nango_dialect());
  EXPECT_EQ(nango.retry.attempts, 3);
  EXPECT_EQ(nango.retry.first_delay, 3s);
}

TEST(Settings, AreReadMemberByMember) {
  const Read all = read(R"({"name":"prod","secret_key":"k","signing_key":"whsec_c2VjcmV0",
      "signing_key_overlap":"1h","webhook_urls":["http://a/","https://b/x"],
      "retry":{"attempts":3,"first_delay":"1s","factor":1.5,"max_delay":"10m","timeout":"5s",
               "jitter":0.25},
      "always_send":true,"standard_webhooks":true,"rate_limit":{"requests":5,"per":"10s"},
      "breaker":{"failures":2,"window":"1s","open_for":"1m"},"max_response_bytes":1000})");
  EXPECT_THAT(all.messages(), IsEmpty());
  const Settings& s = all.settings;
  EXPECT_EQ(s.name, "prod");
  EXPECT_EQ(s.secret_key, "k");
  EXPECT_EQ(s.effective_signing_key(), "whsec_c2VjcmV0");
  EXPECT_EQ(s.signing_key_overlap, 1h);
  EXPECT_THAT(s.webhook_urls, ElementsAre("http://a/", "https://b/x"));
  EXPECT_EQ(s.retry, (RetryPolicy{3, 1s, 1500, 10min, 5s, 250}));
  EXPECT_TRUE(s.always_send);
  EXPECT_TRUE(s.standard_webhooks);
  EXPECT_EQ(s.rate_limit, (RateLimit{5, 10s}));
  EXPECT_EQ(s.breaker, (BreakerPolicy{2, 1s, 1min}));
  EXPECT_EQ(s.max_response_bytes, 1000);
}

TEST(Settings, StayWhatTheyWereWhereNothingIsSaid) {
  const Settings before = read(R"({"name":"x","secret_key":"k","rate_limit":{"requests":9},
      "webhook_urls":["http://a/"],"max_response_bytes":5})")
                              .settings;
  EXPECT_EQ(read("{}", before).settings, before);
  const Read patched = read(R"({"rate_limit":{"per":"2s"},"retry":{"attempts":1}})", before);
  EXPECT_THAT(patched.messages(), IsEmpty());
  EXPECT_EQ(patched.settings.rate_limit, (RateLimit{9, 2s}));
  EXPECT_EQ(patched.settings.retry.attempts, 1);
  EXPECT_EQ(patched.settings.retry.first_delay, 100ms);
}

TEST(Settings, AreTakenAwayByNull) {
  const Settings before = read(R"({"secret_key":"k","signing_key":"s","rate_limit":{},"breaker":{},
      "max_response_bytes":5,"webhook_urls":["http://a/"]})")
                              .settings;
  ASSERT_TRUE(before.rate_limit && before.breaker && before.max_response_bytes);
  const Read after = read(R"({"rate_limit":null,"breaker":null,"max_response_bytes":null,
      "signing_key":null,"webhook_urls":null})",
                          before);
  EXPECT_THAT(after.messages(), IsEmpty());
  EXPECT_FALSE(after.settings.rate_limit);
  EXPECT_FALSE(after.settings.breaker);
  EXPECT_FALSE(after.settings.max_response_bytes);
  EXPECT_EQ(after.settings.effective_signing_key(), "k");
  EXPECT_THAT(after.settings.webhook_urls, IsEmpty());
}

TEST(Settings, ReadJitterAsSwitchOrShare) {
  EXPECT_EQ(read(R"({"retry":{"jitter":true}})").settings.retry.jitter_thousandths, 1000);
  EXPECT_EQ(read(R"({"retry":{"jitter":false}})").settings.retry.jitter_thousandths, 0);
  EXPECT_EQ(read(R"({"retry":{"jitter":0.001}})").settings.retry.jitter_thousandths, 1);
  EXPECT_EQ(read(R"({"retry":{"jitter":2}})").issues.size(), 1U);
}

// AUTH-2
TEST(Settings, RefuseAKeyThatNoCallerCouldUse) {
  const Settings before = default_settings(terapi_dialect());
  for (const std::string key : {R"()", R"(a b)", R"(a\tb)", R"(a\nb)", R"( a)", R"(\u0000)"}) {
    EXPECT_EQ(read(R"({"secret_key":")" + key + R"("})").issues.size(), 1U) << key;
  }
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    const Read plain = read(R"({"secret_key":"plain"})", before, *dialect);
    EXPECT_EQ(plain.issues.empty(), dialect == &terapi_dialect());
    const std::string uuid = R"({"secret_key":"7F3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54"})";
    EXPECT_THAT(read(uuid, before, *dialect).issues, IsEmpty());
  }
  EXPECT_THAT(
      read(R"({"secret_key":"plain"})", before, nango_dialect()).messages(),
      ElementsAre(HasSubstr("environment.secret_key is not a UUID of version 4, as the keys of the "
                            "nango dialect are")));
}

TEST(Settings, ReportEveryFaultAtOnce) {
  const Read bad = read(R"({"name":"","secret_key":"a b","webhook_urls":["ftp://x"],"retry":
      {"attempts":0,"first_delay":"soon","factor":-1,"atempts":2},"always_send":"yes",
      "rate_limit":{"requests":0,"per":"0s"},"breaker":[],"max_response_bytes":0,"retries":1,
      "previous_signing_key_until":"yesterday"})");
  EXPECT_THAT(
      bad.messages(),
      testing::UnorderedElementsAre(
          HasSubstr("name must not be empty"), HasSubstr("white space"), HasSubstr("ftp://x"),
          HasSubstr("environment.retry.attempts is 0"), HasSubstr("environment.retry.first_delay"),
          HasSubstr("environment.retry.factor is -1"), HasSubstr("did you mean 'attempts'"),
          HasSubstr("environment.always_send"), HasSubstr("environment.rate_limit.requests"),
          HasSubstr("rate_limit.per must be longer"), HasSubstr("environment.breaker"),
          HasSubstr("environment.max_response_bytes"), HasSubstr("unknown key 'retries'"),
          HasSubstr("RFC 3339")));
}

// HOOK-10: no library verifies with a key of another kind.
TEST(Settings, WantAKeyOfStandardWebhooksForThem) {
  const Settings good =
      read(R"({"secret_key":"k","signing_key":"whsec_c2VjcmV0","standard_webhooks":true})")
          .settings;
  EXPECT_TRUE(good.standard_webhooks);
  EXPECT_EQ(standard_webhooks_key(good.signing_key), "secret");
  EXPECT_THAT(read(R"({"signing_key":null})", good).messages(),
              ElementsAre(HasSubstr("environment.signing_key cannot be")));
  for (const char* key : {"k", "whsec_", "whsec_#", "WHSEC_c2VjcmV0"}) {
    const std::string text = R"({"signing_key":")" + std::string(key) + R"("})";
    EXPECT_THAT(read(text).messages(), IsEmpty()) << key;
    EXPECT_THAT(read(text, good).messages(), ElementsAre(HasSubstr("environment.signing_key")))
        << key;
  }
  EXPECT_THAT(read(R"({"secret_key":"k","standard_webhooks":true})").messages(),
              ElementsAre(HasSubstr("environment.standard_webhooks cannot be")));
  // What a data file has from before goes on.
  Settings before;
  before.secret_key = "k";
  before.standard_webhooks = true;
  EXPECT_THAT(read(R"({"always_send":true})", before).messages(), IsEmpty());
}

TEST(Settings, AllowTwoUrlsAndNoMore) {
  EXPECT_THAT(read(R"({"webhook_urls":["http://a","http://b"]})").messages(), IsEmpty());
  EXPECT_THAT(read(R"({"webhook_urls":["http://a","http://b","http://c"]})").messages(),
              ElementsAre(HasSubstr("more than two")));
}

TEST(Settings, ComeBackFromWhatTheyAreWrittenAs) {
  for (const std::string text :
       {R"({"name":"dev","secret_key":"k"})",
        R"({"name":"a\"b","secret_key":"k","signing_key":"s","signing_key_overlap":"90s",
            "webhook_urls":["http://a/?x=\"%20"],"retry":{"attempts":1,"first_delay":"1us",
            "factor":1.005,"max_delay":"2d","timeout":"1ms","jitter":0.1},"always_send":true,
            "rate_limit":{"requests":1,"per":"1ms"},"breaker":{"failures":1},
            "max_response_bytes":1,"previous_signing_key":"old",
            "previous_signing_key_until":"2024-01-02T00:00:00Z"})"}) {
    Settings before = read(text).settings;
    before.signing_key = before.effective_signing_key();
    const Read again = read(written(before), Settings());
    EXPECT_THAT(again.messages(), IsEmpty()) << written(before);
    EXPECT_EQ(again.settings, before) << written(before);
  }
}

TEST(Settings, WriteFactorsAsDecimals) {
  Settings settings;
  settings.retry.factor_thousandths = 1050;
  settings.retry.jitter_thousandths = 5;
  EXPECT_THAT(written(settings), HasSubstr(R"("factor":1.05,)"));
  EXPECT_THAT(written(settings), HasSubstr(R"("jitter":0.005)"));
}

// HOOK-9: the old key signs too for the overlap.
TEST(SigningKey, GoesOnSigningForTheOverlap) {
  const Time now = core::VirtualClock::start_of_time();
  Settings before;
  before.secret_key = "secret";
  Settings after = before;
  after.signing_key = "new";
  after.signing_key_overlap = 1h;
  rotate_signing_key(before, after, now);
  EXPECT_EQ(after.previous_signing_key, "secret");
  EXPECT_EQ(after.previous_signing_key_until, now + 1h);
}

TEST(SigningKey, IsGoneAtOnceWithoutAnOverlap) {
  const Time now = core::VirtualClock::start_of_time();
  Settings before;
  before.signing_key = "old";
  before.previous_signing_key = "older";
  before.previous_signing_key_until = now;
  Settings after = before;
  after.signing_key = "new";
  after.signing_key_overlap = 0s;
  rotate_signing_key(before, after, now);
  EXPECT_EQ(after.previous_signing_key, "");
  EXPECT_FALSE(after.previous_signing_key_until);
}

TEST(SigningKey, StaysAloneWhenItDoesNotChange) {
  Settings before;
  before.secret_key = "same";
  Settings after = before;
  after.signing_key = "same";
  after.name = "other";
  rotate_signing_key(before, after, core::VirtualClock::start_of_time());
  EXPECT_FALSE(after.previous_signing_key_until);
}

}  // namespace
}  // namespace terapi::simulator
