#include "simulator/webhooks/webhook_signature.h"

#include "core/base64.h"
#include "core/hex.h"
#include "core/hmac.h"

namespace terapi::simulator {
namespace {

bool overlaps(const Settings& settings, Time now) {
  return !settings.previous_signing_key.empty() && settings.previous_signing_key_until &&
         now < *settings.previous_signing_key_until;
}

// Standard Webhooks keys are "whsec_" and base64; any other text is the key itself.
std::string standard_key(std::string_view key) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!key.starts_with(kPrefix)) return std::string(key);
  return core::decode_base64(key.substr(kPrefix.size())).value_or(std::string(key));
}

std::string standard_signature(std::string_view key, std::string_view content) {
  return "v1," + core::base64(core::hmac_sha256(standard_key(key), content), core::Padding::kWith);
}

void add_standard_headers(core::Headers& headers, const Settings& settings, bool both,
                          std::string_view delivery_id, std::string_view body, Time now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::string timestamp = std::to_string(seconds);
  const std::string content = std::string(delivery_id) + "." + timestamp + "." + std::string(body);
  std::string signatures = standard_signature(settings.effective_signing_key(), content);
  if (both) signatures += " " + standard_signature(settings.previous_signing_key, content);
  headers.add("webhook-id", std::string(delivery_id));
  headers.add("webhook-timestamp", timestamp);
  headers.add("webhook-signature", signatures);
}

}  // namespace

std::string hmac_signature(std::string_view key, std::string_view body) {
  return core::hex(core::hmac_sha256(key, body));
}

std::string legacy_signature(std::string_view secret_key, std::string_view body) {
  return core::hex(core::sha256(std::string(secret_key) + std::string(body)));
}

core::Headers signature_headers(const Settings& settings, const Dialect& dialect,
                                std::string_view delivery_id, std::string_view body, Time now) {
  const bool both = overlaps(settings, now) && !dialect.one_signing_key;
  std::string hmac = hmac_signature(settings.effective_signing_key(), body);
  if (both) hmac += "," + hmac_signature(settings.previous_signing_key, body);
  core::Headers headers;
  headers.add(std::string(dialect.legacy_header), legacy_signature(settings.secret_key, body));
  headers.add(std::string(dialect.hmac_header), std::move(hmac));
  if (settings.standard_webhooks) {
    add_standard_headers(headers, settings, both, delivery_id, body, now);
  }
  return headers;
}

}  // namespace terapi::simulator
