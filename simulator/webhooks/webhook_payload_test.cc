#include "simulator/webhooks/webhook_payload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

WebhookFacts facts() {
  WebhookFacts facts;
  facts.stream = {"github", "demo", "Issue", "base"};
  facts.sync = "github-issues";
  facts.counts = {3, 1, 2, 9};
  facts.modified_after = core::VirtualClock::start_of_time() + 1999999us;
  facts.started_at = core::VirtualClock::start_of_time();
  facts.ended_at = core::VirtualClock::start_of_time() + 2s;
  return facts;
}

void expect_alphabetical(const nlohmann::ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    keys.push_back(key);
    if (value.is_object()) expect_alphabetical(value);
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end())) << object.dump();
}

// HOOK-2, HOOK-3: the exact text; times are rounded down, never past the modification.
TEST(WebhookPayload, IsTheDocumentedTextForASuccess) {
  EXPECT_EQ(webhook_body(facts(), terapi_dialect()),
            R"({"connectionId":"demo","from":"terapi","model":"Issue",)"
            R"("modifiedAfter":"2024-01-01T00:00:01.999Z","providerConfigKey":"github",)"
            R"("queryTimeStamp":"2024-01-01T00:00:01.999Z",)"
            R"("responseResults":{"added":3,"deleted":2,"updated":1},"success":true,)"
            R"("syncName":"github-issues","syncType":"INCREMENTAL","syncVariant":"base",)"
            R"("type":"sync"})");
}

// HOOK-2
TEST(WebhookPayload, IsTheDocumentedTextForAFailure) {
  WebhookFacts failed = facts();
  failed.type = SyncType::kInitial;
  failed.stream.variant = "v1";
  failed.error = RunError{"script_error", "line 1\n\"quoted\""};
  EXPECT_EQ(webhook_body(failed, terapi_dialect()),
            R"({"connectionId":"demo",)"
            R"("error":{"description":"line 1\n\"quoted\"","type":"script_error"},)"
            R"("failedAt":"2024-01-01T00:00:02.000Z","from":"terapi","model":"Issue",)"
            R"("providerConfigKey":"github","startedAt":"2024-01-01T00:00:00.000Z",)"
            R"("success":false,"syncName":"github-issues","syncType":"INITIAL",)"
            R"("syncVariant":"v1","type":"sync"})");
}

// HOOK-2
TEST(WebhookPayload, HasItsKeysInAlphabeticalOrder) {
  WebhookFacts failed = facts();
  failed.error = RunError{"a", "b"};
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    expect_alphabetical(nlohmann::ordered_json::parse(webhook_body(facts(), *dialect)));
    expect_alphabetical(nlohmann::ordered_json::parse(webhook_body(failed, *dialect)));
  }
}

}  // namespace
}  // namespace terapi::simulator
