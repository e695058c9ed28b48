#include "simulator/records/dialect.h"

#include <algorithm>

#include "core/nearest.h"
#include "simulator/records/quirk_words.h"

namespace terapi::simulator {
namespace {

// Letters, digits and what else a name may have.
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNameCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr std::string_view kConnectionIdCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,.;:=+~[]|@${}\"'\\/_ -";
constexpr std::string_view kProviderConfigKeyCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~:.@ _-";

constexpr TextPattern kVariant = {"/^[a-zA-Z0-9_-]+$/", kNameCharacters, kNameCharacters};

const Dialect kTerapi = {
    .name = "terapi",
    .product = "terapi",
    .user_agent = "terapi-simulator/1",
    .metadata_key = "_terapi_metadata",
    .hmac_header = "X-Terapi-Hmac-Sha256",
    .legacy_header = "X-Terapi-Signature",
    .delivery_header = "X-Terapi-Delivery",
    .attempt_header = "X-Terapi-Attempt",
    .connection_webhook_key = "webhook_url",
    .model = {},
    .variant = kVariant,
    .connection_id = {},
    .provider_config_key = {},
    .cursor_is_pipes = false,
    .trims_timestamps = false,
    .next_cursor_first = false,
    .times_first = false,
    .message_first = false,
    .express = false,
    .zod = false,
    .javascript_values = false,
    .bearer_by_split = false,
    .modified_after_needs_z = false,
    .exact_filter_words = false,
    .compares_inputs = false,
    .first_in_save_wins = false,
    .delete_replaces_payload = false,
    .empty_cache_needs_reset = true,
    .application_clock = false,
    .prune_counts_by_cursor = false,
    .one_signing_key = false,
    .retries_only_server_errors = false,
    .forwards_for_provider = false,
    .urls_in_turn = false,
    .redirects = 0,
    .rate_limit_rounds_down = false,
    .zone = {},
    .quirks_on = false,
    .choices = {},
};

const Dialect kNango = {
    .name = "nango",
    .product = "nango",
    .user_agent = "nango/0.71.4 (simulated)",
    .metadata_key = "_nango_metadata",
    .hmac_header = "X-Nango-Hmac-Sha256",
    .legacy_header = "X-Nango-Signature",
    .delivery_header = "X-Nango-Delivery",
    .attempt_header = "X-Nango-Attempt",
    .connection_webhook_key = "webhook_url_override",
    .model = {"/^[A-Z][a-zA-Z0-9_-]+$/", kCapitals, kNameCharacters, 2},
    .variant = kVariant,
    .connection_id = {"/^[a-zA-Z0-9,.;:=+~[\\]|@${}\"'\\\\/_ -]+$/", kConnectionIdCharacters,
                      kConnectionIdCharacters},
    .provider_config_key = {"/^[a-zA-Z0-9~:.@ _-]+$/", kProviderConfigKeyCharacters,
                            kProviderConfigKeyCharacters},
    .cursor_is_pipes = true,
    .trims_timestamps = true,
    .next_cursor_first = true,
    .times_first = true,
    .message_first = true,
    .express = true,
    .zod = true,
    .javascript_values = true,
    .bearer_by_split = true,
    .modified_after_needs_z = true,
    .exact_filter_words = true,
    .compares_inputs = true,
    .first_in_save_wins = true,
    .delete_replaces_payload = true,
    .empty_cache_needs_reset = false,
    .application_clock = true,
    .prune_counts_by_cursor = true,
    .one_signing_key = true,
    .retries_only_server_errors = true,
    .forwards_for_provider = true,
    .urls_in_turn = true,
    .redirects = 5,
    .rate_limit_rounds_down = true,
    .zone = {},
    .quirks_on = true,
    .choices = {},
};

}  // namespace

bool TextPattern::matches(std::string_view text) const {
  if (empty()) return true;
  return text.size() >= shortest && first.find(text.front()) != std::string_view::npos &&
         std::all_of(text.begin() + 1, text.end(),
                     [&](char c) { return others.find(c) != std::string_view::npos; });
}

Dialect Dialect::with(const QuirkChoices& more) const {
  Dialect changed = *this;
  for (const auto& each : kQuirkWords) {
    if (more.chosen(each.value)) changed.choices.choose(each.value, more.on(each.value));
  }
  return changed;
}

const RetryDefaults& Dialect::retry() const {
  static constexpr RetryDefaults kPatient = {7, 100, 2};
  static constexpr RetryDefaults kNineSeconds = {3, 3000, 2};
  return has(Quirk::kGivenUpAfter9s) ? kNineSeconds : kPatient;
}

const Dialect& terapi_dialect() { return kTerapi; }
const Dialect& nango_dialect() { return kNango; }

std::vector<std::string> dialect_names() { return {"terapi", "nango"}; }

core::Result<const Dialect*> dialect_named(std::string_view name) {
  for (const Dialect* dialect : {&kTerapi, &kNango}) {
    if (dialect->name == name) return dialect;
  }
  return core::Error{"unknown_dialect", "there is no dialect '" + std::string(name) + "'" +
                                            core::suggestion(name, dialect_names())};
}

}  // namespace terapi::simulator
