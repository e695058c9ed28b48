#include "simulator/records/dialect.h"

#include "core/nearest.h"

namespace terapi::simulator {
namespace {

constexpr Dialect kTerapi = {
    .name = "terapi",
    .product = "terapi",
    .metadata_key = "_terapi_metadata",
    .hmac_header = "X-Terapi-Hmac-Sha256",
    .legacy_header = "X-Terapi-Signature",
    .delivery_header = "X-Terapi-Delivery",
    .attempt_header = "X-Terapi-Attempt",
    .connection_webhook_key = "webhook_url",
    .cursor_is_pipes = false,
    .trims_timestamps = false,
    .next_cursor_first = false,
    .error_payload = false,
    .keys_are_uuids = false,
    .bad_cursor_is_500 = false,
    .filter_loses_deleted = false,
    .fraction_limit_ends_paging = false,
    .modified_after_needs_z = false,
    .key_order_is_a_change = false,
    .delete_replaces_payload = false,
    .same_after_prune_stays = false,
    .empty_cache_needs_reset = true,
    .one_signing_key = false,
    .retries_only_server_errors = false,
    .attempts = 7,
    .first_delay_ms = 100,
    .delay_factor = 2,
};

constexpr Dialect kNango = {
    .name = "nango",
    .product = "nango",
    .metadata_key = "_nango_metadata",
    .hmac_header = "X-Nango-Hmac-Sha256",
    .legacy_header = "X-Nango-Signature",
    .delivery_header = "X-Nango-Delivery",
    .attempt_header = "X-Nango-Attempt",
    .connection_webhook_key = "webhook_url_override",
    .cursor_is_pipes = true,
    .trims_timestamps = true,
    .next_cursor_first = true,
    .error_payload = true,
    .keys_are_uuids = true,
    .bad_cursor_is_500 = true,
    .filter_loses_deleted = true,
    .fraction_limit_ends_paging = true,
    .modified_after_needs_z = true,
    .key_order_is_a_change = true,
    .delete_replaces_payload = true,
    .same_after_prune_stays = true,
    .empty_cache_needs_reset = false,
    .one_signing_key = true,
    .retries_only_server_errors = true,
    .attempts = 3,
    .first_delay_ms = 3000,
    .delay_factor = 2,
};

}  // namespace

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
