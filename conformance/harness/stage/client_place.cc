#include "conformance/harness/stage/client_place.h"

#include <chrono>

namespace terapi::conformance {

std::vector<std::pair<std::string, std::string>> variables_of(const ClientPlace& place) {
  std::string streams;
  for (const std::string& stream : place.streams) {
    if (!streams.empty()) streams += ' ';
    streams += stream;
  }
  const auto poll = std::chrono::duration_cast<std::chrono::milliseconds>(place.poll);
  return {{"TERAPI_BASE_URL", place.base_url},
          {"TERAPI_SECRET_KEY", place.secret_key},
          {"TERAPI_SIGNING_KEY", place.signing_key},
          {"TERAPI_DIALECT", std::string(place.dialect)},
          {"TERAPI_WEBHOOK_PORT", std::to_string(place.webhook_port)},
          {"TERAPI_STATE_DIR", place.state_folder},
          {"TERAPI_POLL_MS", std::to_string(poll.count())},
          {"TERAPI_LIMIT", std::to_string(place.limit)},
          {"TERAPI_STREAMS", streams}};
}

}  // namespace terapi::conformance
