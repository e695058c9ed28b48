// The document behind GET /_simulator/openapi.json. It is kept in parts, NAME.openapi.json beside
// the handlers that each describes (CMakeLists.txt lists them): a part has `paths`, `webhooks` and
// `components` like the whole, and refers to what another part defines by the usual `$ref`.
// shared.openapi.json adds the head, and what several parts use.
//
// Thread rule: any thread.
#pragma once

#include <string>

namespace terapi::simulator {

const std::string& openapi_document();

}  // namespace terapi::simulator
