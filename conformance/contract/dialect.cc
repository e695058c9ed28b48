#include "conformance/contract/dialect.h"

#include <array>

namespace terapi::conformance {
namespace {

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
