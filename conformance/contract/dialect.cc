#include "conformance/contract/dialect.h"

#include <array>

namespace terapi::conformance {
namespace {

constexpr std::string_view kNoQuirks =
    R"({"bad_cursor_500":false,"fraction_limit":false,"filter_drops_deleted":false,)"
    R"("late_commit":false,"prune_resave_stays":false,"database_down_401":false,)"
    R"("html_on_unknown_paths":false,"rate_limited_webhook_final":false,)"
    R"("given_up_after_9_s":false})";

constexpr std::array<Dialect, 2> kDialectTable = {{
    {
        .name = "terapi",
        .metadata_key = "_terapi_metadata",
        .hmac_header = "X-Terapi-Hmac-Sha256",
        .legacy_signature_header = "X-Terapi-Signature",
        .delivery_header = "X-Terapi-Delivery",
        .attempt_header = "X-Terapi-Attempt",
        .from = "terapi",
        .legacy_by_signing_key = false,
        .cursor_format = CursorFormat::kCreatedAtCaret,
        .timestamp_format = TimestampFormat::kSixDigitsUtc,
        .any_cursor = "Y3J*",
        .no_quirks = "",
        .retry = {7, std::chrono::milliseconds(100)},
    },
    {
        .name = "nango",
        .metadata_key = "_nango_metadata",
        .hmac_header = "X-Nango-Hmac-Sha256",
        .legacy_signature_header = "X-Nango-Signature",
        .delivery_header = "X-Nango-Delivery",
        .attempt_header = "X-Nango-Attempt",
        .from = "nango",
        .legacy_by_signing_key = true,
        .cursor_format = CursorFormat::kDoubleBar,
        .timestamp_format = TimestampFormat::kTrimmed,
        .any_cursor = "MjA*",
        .no_quirks = kNoQuirks,
        .retry = {3, std::chrono::seconds(3)},
        .habits = {.tells_deletions_by_another_clock = true,
                   .deletes_whatever_it_is_told = true,
                   .compares_inputs = true,
                   .speaks_javascript = true,
                   .reads_limits_as_javascript = true,
                   .asks_for_times_with_z = true,
                   .takes_filter_words_in_one_case = true,
                   .filters_are_judged_apart = true,
                   .reads_cursors_as_node = true,
                   .takes_the_key_from_behind_bearer = true,
                   .coerces_bodies = true,
                   .rounds_waits_down = true,
                   .signs_once = true,
                   .takes_refusals_for_an_answer = true,
                   .calls_urls_in_turn = true,
                   .refuses_in_html = true,
                   .waits_for_giant_bodies = true},
    },
}};

}  // namespace

const Dialect& terapi_dialect() { return kDialectTable[0]; }
const Dialect& nango_dialect() { return kDialectTable[1]; }

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : kDialectTable) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  names.reserve(kDialectTable.size());
  for (const Dialect& dialect : kDialectTable) names.emplace_back(dialect.name);
  return names;
}

}  // namespace terapi::conformance
