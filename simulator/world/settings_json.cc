#include "simulator/world/settings_json.h"

#include <algorithm>

#include "core/base64.h"
#include "core/duration.h"
#include "core/url.h"
#include "simulator/records/timestamp.h"
#include "simulator/records/uuid.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kMostUrls = 2;

// Opens the nested object of that key, reads it with `read`, and refuses unknown keys in it.
template <typename Read>
void nested(json::Fields& fields, std::string_view key, json::Issues& issues, Read read) {
  const json::Value value = fields.object(key);
  if (!value.is_object()) return;
  json::Fields inside(value, fields.path_to(key), issues);
  read(inside);
  inside.finish();
}

std::string thousandths(std::int64_t value) {
  std::string text = std::to_string(value / 1000);
  if (value % 1000 == 0) return text;
  std::string fraction = std::to_string(1000 + value % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

void read_retry(json::Fields& fields, RetryPolicy& retry) {
  retry.attempts = static_cast<int>(fields.integer("attempts", 1, 100).value_or(retry.attempts));
  retry.first_delay = fields.duration("first_delay").value_or(retry.first_delay);
  retry.factor_thousandths =
      fields.decimal("factor", 1000, 1000).value_or(retry.factor_thousandths);
  retry.max_delay = fields.duration("max_delay").value_or(retry.max_delay);
  retry.timeout = fields.duration("timeout").value_or(retry.timeout);
  if (fields.any("jitter").is_boolean()) {
    retry.jitter_thousandths = fields.any("jitter").boolean() ? 1000 : 0;
  } else {
    retry.jitter_thousandths = fields.decimal("jitter", 1000, 1).value_or(retry.jitter_thousandths);
  }
}

void read_urls(json::Fields& fields, Settings& settings) {
  if (!fields.has("webhook_urls")) return;
  settings.webhook_urls = fields.strings("webhook_urls");
  if (settings.webhook_urls.size() > kMostUrls) {
    fields.report("webhook_urls", "invalid_value", "holds more than two URLs");
  }
  for (const std::string& url : settings.webhook_urls) {
    if (const auto parsed = core::parse_url(url); !parsed) {
      fields.report("webhook_urls", "invalid_value",
                    "holds what cannot be used: " + parsed.error().message);
    }
  }
}

void read_optional_policies(json::Fields& fields, Settings& settings, json::Issues& issues) {
  if (fields.any("rate_limit").is_null()) settings.rate_limit.reset();
  nested(fields, "rate_limit", issues, [&](json::Fields& inside) {
    RateLimit limit = settings.rate_limit.value_or(RateLimit());
    limit.requests = inside.integer("requests", 1, 1'000'000'000).value_or(limit.requests);
    limit.per = inside.duration("per").value_or(limit.per);
    if (limit.per <= Duration(0)) {
      inside.report("per", "invalid_value", "must be longer than zero");
    }
    settings.rate_limit = limit;
  });
  if (fields.any("breaker").is_null()) settings.breaker.reset();
  nested(fields, "breaker", issues, [&](json::Fields& inside) {
    BreakerPolicy breaker = settings.breaker.value_or(BreakerPolicy());
    breaker.failures =
        static_cast<int>(inside.integer("failures", 1, 1'000'000).value_or(breaker.failures));
    breaker.window = inside.duration("window").value_or(breaker.window);
    breaker.open_for = inside.duration("open_for").value_or(breaker.open_for);
    settings.breaker = breaker;
  });
  if (fields.any("max_response_bytes").is_null()) settings.max_response_bytes.reset();
  if (const auto bytes = fields.integer("max_response_bytes", 1, std::int64_t{1} << 40)) {
    settings.max_response_bytes = bytes;
  }
}

// HOOK-10. Asked only where one of the members is said, so that what was kept from before goes on.
void check_standard_webhooks(json::Fields& fields, const Settings& settings) {
  const bool said = fields.has("standard_webhooks") || fields.has("signing_key");
  if (!said || !settings.standard_webhooks) return;
  if (standard_webhooks_key(settings.effective_signing_key())) return;
  fields.report(
      fields.has("signing_key") ? "signing_key" : "standard_webhooks", "invalid_value",
      "cannot be: with standard_webhooks the signing key has to be 'whsec_' and base64, "
      "as in \"signing_key\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\", since no library "
      "verifies with another one");
}

}  // namespace

std::optional<std::string> standard_webhooks_key(std::string_view signing_key) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!signing_key.starts_with(kPrefix)) return std::nullopt;
  auto secret = core::decode_base64(signing_key.substr(kPrefix.size()));
  if (secret && secret->empty()) return std::nullopt;
  return secret;
}

Settings default_settings(const Dialect& dialect) {
  Settings settings;
  const RetryDefaults& retry = dialect.retry();
  settings.retry.attempts = retry.attempts;
  settings.retry.first_delay = std::chrono::milliseconds(retry.first_delay_ms);
  settings.retry.factor_thousandths = std::int64_t{retry.delay_factor} * 1000;
  return settings;
}

std::optional<std::string> secret_key_fault(std::string_view key, const Dialect& dialect) {
  if (key.empty()) return "must not be empty";
  if (std::any_of(key.begin(), key.end(),
                  [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })) {
    return "must not contain white space or control characters";
  }
  if (dialect.bearer_by_split && !is_uuid_v4(key)) {
    return "is not a UUID of version 4, as the keys of the " + std::string(dialect.name) +
           " dialect are: no request would be let in; expected one such as "
           "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54";
  }
  return std::nullopt;
}

void read_settings(json::Fields& fields, Settings& settings, const Dialect& dialect) {
  json::Issues& issues = fields.issues();
  settings.name = fields.string("name").value_or(settings.name);
  if (const auto key = fields.string("secret_key")) {
    if (const auto fault = secret_key_fault(*key, dialect)) {
      fields.report("secret_key", "invalid_value", *fault);
    }
    settings.secret_key = *key;
  }
  if (fields.any("signing_key").is_null()) settings.signing_key.clear();
  settings.signing_key = fields.string("signing_key").value_or(settings.signing_key);
  settings.signing_key_overlap =
      fields.duration("signing_key_overlap").value_or(settings.signing_key_overlap);
  settings.previous_signing_key =
      fields.string("previous_signing_key").value_or(settings.previous_signing_key);
  if (const auto until = fields.string("previous_signing_key_until")) {
    settings.previous_signing_key_until = core::parse_rfc3339(*until);
    if (!settings.previous_signing_key_until) {
      fields.report("previous_signing_key_until", "invalid_value", "is not an RFC 3339 timestamp");
    }
  }
  read_urls(fields, settings);
  nested(fields, "retry", issues,
         [&](json::Fields& inside) { read_retry(inside, settings.retry); });
  settings.always_send = fields.boolean("always_send").value_or(settings.always_send);
  settings.standard_webhooks =
      fields.boolean("standard_webhooks").value_or(settings.standard_webhooks);
  check_standard_webhooks(fields, settings);
  read_optional_policies(fields, settings, issues);
  if (settings.name.empty()) {
    fields.report("name", "invalid_value", "must not be empty");
  }
}

void write_settings(json::Writer& out, const Settings& settings) {
  out.begin_object()
      .field("name", settings.name)
      .field("secret_key", settings.secret_key)
      .field("signing_key", settings.effective_signing_key())
      .field("signing_key_overlap", core::format_duration(settings.signing_key_overlap));
  if (settings.previous_signing_key_until) {
    out.field("previous_signing_key", settings.previous_signing_key)
        .field("previous_signing_key_until",
               format_timestamp(*settings.previous_signing_key_until));
  }
  out.key("webhook_urls").begin_array();
  for (const std::string& url : settings.webhook_urls) out.string(url);
  out.end_array();
  const RetryPolicy& retry = settings.retry;
  out.key("retry")
      .begin_object()
      .field("attempts", retry.attempts)
      .field("first_delay", core::format_duration(retry.first_delay))
      .raw_field("factor", thousandths(retry.factor_thousandths))
      .field("max_delay", core::format_duration(retry.max_delay))
      .field("timeout", core::format_duration(retry.timeout))
      .raw_field("jitter", thousandths(retry.jitter_thousandths))
      .end_object();
  out.field("always_send", settings.always_send)
      .field("standard_webhooks", settings.standard_webhooks);
  if (settings.rate_limit) {
    out.key("rate_limit")
        .begin_object()
        .field("requests", settings.rate_limit->requests)
        .field("per", core::format_duration(settings.rate_limit->per))
        .end_object();
  }
  if (settings.breaker) {
    out.key("breaker")
        .begin_object()
        .field("failures", settings.breaker->failures)
        .field("window", core::format_duration(settings.breaker->window))
        .field("open_for", core::format_duration(settings.breaker->open_for))
        .end_object();
  }
  if (settings.max_response_bytes) out.field("max_response_bytes", *settings.max_response_bytes);
  out.end_object();
}

void rotate_signing_key(const Settings& before, Settings& after, Time now) {
  if (before.effective_signing_key() == after.effective_signing_key()) return;
  if (before.effective_signing_key().empty()) return;
  if (after.signing_key_overlap <= Duration(0)) {
    after.previous_signing_key.clear();
    after.previous_signing_key_until.reset();
    return;
  }
  after.previous_signing_key = before.effective_signing_key();
  after.previous_signing_key_until = now + after.signing_key_overlap;
}

}  // namespace terapi::simulator
