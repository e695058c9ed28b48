// ClientPlace: all that a client under test is told, by the variables of its environment
// (docs/test-your-client.md). A value, no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace terapi::conformance {

struct ClientPlace {
  std::string base_url;  // of the server to sync from
  std::string secret_key;
  std::string signing_key;
  std::string_view dialect;        // its name
  std::uint16_t webhook_port = 0;  // to listen on, on 127.0.0.1
  std::string state_folder;        // the only one that survives a kill
  core::Duration poll{0};
  std::uint64_t limit = 0;  // records of a page
  std::vector<std::string> streams;
};

// TERAPI_BASE_URL and so on.
std::vector<std::pair<std::string, std::string>> variables_of(const ClientPlace& place);

}  // namespace terapi::conformance
