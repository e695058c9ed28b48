#include "conformance/laws/announce_policy.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using core::json::Document;

using Urls = std::vector<std::string>;

TEST(AnnouncePolicy, IsTheContractsUnlessTheWorldSaysOtherwise) {
  const AnnouncePolicy policy = AnnouncePolicy::of_world(Document::parse("{}")->root());
  EXPECT_EQ(policy.attempts(), 7U);
  EXPECT_EQ(policy.timeout(), 20s);
  EXPECT_EQ(policy.delay_after(1), 100ms);
  EXPECT_EQ(policy.delay_after(6), 3200ms);
  EXPECT_FALSE(policy.always());
  EXPECT_TRUE(policy.certain());
  EXPECT_EQ(policy.urls_of("github", "demo"), Urls{});
}

TEST(AnnouncePolicy, TakesAConnectionsOwnUrlInPlaceOfTheEnvironments) {
  const auto world = Document::parse(R"({"environment":{"webhook_urls":["u1","u2"]},
      "connections":[{"id":"demo","integration":"github"},
                     {"id":"acme","integration":"github","webhook_url":"own"}]})");
  const AnnouncePolicy policy = AnnouncePolicy::of_world(world->root());
  EXPECT_EQ(policy.urls_of("github", "demo"), (Urls{"u1", "u2"}));
  EXPECT_EQ(policy.urls_of("github", "acme"), Urls{"own"});
}

TEST(AnnouncePolicy, KeepsWhatASettingDoesNotName) {
  AnnouncePolicy policy = AnnouncePolicy::of_world(
      Document::parse(R"({"environment":{"retry":{"attempts":4,"first_delay":"1s"}}})")->root());
  const AnnouncePolicy before = policy;
  policy.change(Document::parse(R"({"rate_limit":null})")->root());
  EXPECT_EQ(policy, before);
  policy.change(Document::parse(R"({"retry":{"factor":3,"max_delay":"5s"}})")->root());
  EXPECT_EQ(policy.attempts(), 4U);
  EXPECT_EQ(policy.delay_after(2), 3s);
  EXPECT_EQ(policy.delay_after(3), 5s);
  EXPECT_EQ(policy.delay_after(1'000), 5s);
}

TEST(AnnouncePolicy, IsUncertainWhereChanceOrABreakerDecides) {
  for (const char* settings : {R"({"retry":{"jitter":0.5}})", R"({"breaker":{"failures":2}})"}) {
    AnnouncePolicy policy;
    policy.change(Document::parse(settings)->root());
    EXPECT_FALSE(policy.certain()) << settings;
  }
}

}  // namespace
}  // namespace terapi::conformance
