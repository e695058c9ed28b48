#include "conformance/laws/standard_webhook.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/base64.h"
#include "core/duration.h"
#include "core/hmac.h"
#include "core/parse_number.h"

namespace terapi::conformance {
namespace {

constexpr const char* kId = "webhook-id";
constexpr const char* kTimestamp = "webhook-timestamp";
constexpr const char* kSignature = "webhook-signature";
constexpr std::string_view kKeyPrefix = "whsec_";
// Verifiers refuse what is five minutes off; a slow machine is given a good part of that.
constexpr core::Duration kTolerance = std::chrono::minutes(2);

std::string header(const WebhookSeen& webhook, const char* name) {
  return std::string(webhook.request.headers.get(name).value_or(""));
}

bool has_any(const WebhookSeen& webhook) {
  const core::Headers& headers = webhook.request.headers;
  return headers.get(kId) || headers.get(kTimestamp) || headers.get(kSignature);
}

// Of the list "v1,… v1,…", one for each key while they change.
bool has_signature(std::string_view list, const std::string& wanted) {
  while (!list.empty()) {
    const std::size_t blank = std::min(list.find(' '), list.size());
    if (list.substr(0, blank) == wanted) return true;
    list.remove_prefix(std::min(blank + 1, list.size()));
  }
  return false;
}

std::optional<std::chrono::seconds> timestamp_of(const WebhookSeen& webhook) {
  const auto number = core::parse_number<std::int64_t>(header(webhook, kTimestamp));
  if (!number) return std::nullopt;
  return std::chrono::seconds(*number);
}

}  // namespace

void check_standard_webhook(const WebhookSeen& webhook, Findings& findings) {
  if (!has_any(webhook)) return;
  const std::string id = header(webhook, kId);
  const std::string timestamp = header(webhook, kTimestamp);
  if (id.empty() || !timestamp_of(webhook)) {
    findings.fail("HOOK-10", "a webhook has not all of Standard Webhooks' headers",
                  "webhook-id, and webhook-timestamp in whole seconds",
                  "webhook-id: " + id + ", webhook-timestamp: " + timestamp, {webhook.event});
    return;
  }
  if (!webhook.signing_key.starts_with(kKeyPrefix)) return;
  const auto key =
      core::decode_base64(std::string_view(webhook.signing_key).substr(kKeyPrefix.size()));
  if (!key) return;
  std::string text = id;
  text.append(".").append(timestamp).append(".").append(webhook.request.body);
  const std::string right =
      "v1," + core::base64(core::hmac_sha256(*key, text), core::Padding::kWith);
  const std::string list = header(webhook, kSignature);
  if (has_signature(list, right)) return;
  findings.fail("HOOK-10", "the Standard Webhooks signature is not that of id, timestamp and body",
                right, list, {webhook.event});
}

void check_standard_attempts(const std::vector<const WebhookSeen*>& attempts, Findings& findings) {
  const WebhookSeen& first = *attempts.front();
  const auto began = timestamp_of(first);
  if (!has_any(first) || !began) return;
  for (std::size_t i = 1; i < attempts.size(); ++i) {
    const WebhookSeen& later = *attempts[i];
    const auto now = timestamp_of(later);
    if (!has_any(later) || !now) continue;
    const std::vector<std::size_t> both = {first.event, later.event};
    if (header(later, kId) != header(first, kId)) {
      findings.fail("HOOK-10", "an attempt has another webhook-id than the first one",
                    header(first, kId), header(later, kId), both);
    }
    const core::Duration passed = later.at - first.at;
    const core::Duration told = *now - *began;
    if (std::chrono::abs(told - passed) <= kTolerance) continue;
    findings.fail("HOOK-8", "an attempt does not carry the time at which it was made",
                  "webhook-timestamp " + core::format_duration(passed) + " after the first one's",
                  core::format_duration(told) + " after it", both);
  }
}

}  // namespace terapi::conformance
