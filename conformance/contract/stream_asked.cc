#include "conformance/contract/stream_asked.h"

#include "core/url.h"

namespace terapi::conformance {

std::string query_text(const Query& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text +=
        (text.empty() ? "?" : "&") + core::percent_encode(name) + "=" + core::percent_encode(value);
  }
  return text;
}

}  // namespace terapi::conformance
