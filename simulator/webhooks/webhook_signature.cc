#include "simulator/webhooks/webhook_signature.h"

#include "core/base64.h"
#include "core/hex.h"
#include "core/hmac.h"
#include "simulator/world/settings_json.h"

namespace terapi::simulator {
namespace {

bool overlaps(const Settings& settings, Time now) {
  return !settings.previous_signing_key.empty() && settings.previous_signing_key_until &&
         now < *settings.previous_signing_key_until;
}

std::string standard_signature(std::string_view key, std::string_view content) {
  // Settings from before only such keys were taken may hold another one, which is the key itself.
  const std::string secret = standard_webhooks_key(key).value_or(std::string(key));
  return "v1," + core::base64(core::hmac_sha256(secret, content), core::Padding::kWith);
}

}  // namespace

std::string hmac_signature(std::string_view key, std::string_view body) {
  return core::hex(core::hmac_sha256(key, body));
}

std::string legacy_signature(std::string_view secret_key, std::string_view body) {
  return core::hex(core::sha256(std::string(secret_key) + std::string(body)));
}

core::Headers signature_headers(const Settings& settings, const Dialect& dialect,
                                std::string_view body, Time now) {
  const bool both = overlaps(settings, now) && !dialect.one_signing_key;
  std::string hmac = hmac_signature(settings.effective_signing_key(), body);
  if (both) hmac += "," + hmac_signature(settings.previous_signing_key, body);
  core::Headers headers;
  const std::string& legacy_key =
      dialect.one_signing_key ? settings.effective_signing_key() : settings.secret_key;
  headers.add(std::string(dialect.legacy_header), legacy_signature(legacy_key, body));
  headers.add(std::string(dialect.hmac_header), std::move(hmac));
  return headers;
}

core::Headers standard_headers(const Settings& settings, const Dialect& dialect,
                               std::string_view delivery_id, std::string_view body, Time now) {
  if (!settings.standard_webhooks) return {};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::string timestamp = std::to_string(seconds);
  const std::string content = std::string(delivery_id) + "." + timestamp + "." + std::string(body);
  std::string signatures = standard_signature(settings.effective_signing_key(), content);
  if (overlaps(settings, now) && !dialect.one_signing_key) {
    signatures += " " + standard_signature(settings.previous_signing_key, content);
  }
  return {{"webhook-id", std::string(delivery_id)},
          {"webhook-timestamp", timestamp},
          {"webhook-signature", signatures}};
}

bool is_standard_header(std::string_view name) {
  return name == "webhook-id" || name == "webhook-timestamp" || name == "webhook-signature";
}

}  // namespace terapi::simulator
