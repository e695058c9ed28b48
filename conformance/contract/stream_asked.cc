#include "conformance/contract/stream_asked.h"

namespace terapi::conformance {

std::string query_text(const Query& query) {
  return query.empty() ? "" : "?" + core::encode_query(query);
}

}  // namespace terapi::conformance
