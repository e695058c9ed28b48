#include "client/dialect.h"

namespace terapi::client {

const Dialect& terapi_dialect() {
  static constexpr Dialect kTerapi{
      "terapi", "_terapi_metadata", "X-Terapi-Hmac-Sha256", "X-Terapi-Signature", false, false,
      false};
  return kTerapi;
}

const Dialect& nango_dialect() {
  static constexpr Dialect kNango{
      "nango", "_nango_metadata", "X-Nango-Hmac-Sha256", "X-Nango-Signature", true, true, true};
  return kNango;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

}  // namespace terapi::client
