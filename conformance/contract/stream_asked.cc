#include "conformance/contract/stream_asked.h"

namespace terapi::conformance {

std::string stream_name(std::string_view integration, std::string_view connection,
                        std::string_view model, std::string_view variant) {
  std::string name;
  name.append(integration).append("/").append(connection).append("/").append(model);
  if (!variant.empty() && variant != "base") name.append("/").append(variant);
  return name;
}

std::string stream_name(const StreamAsked& stream) {
  return stream_name(stream.integration, stream.connection, stream.model, stream.variant);
}

std::string query_text(const Query& query) {
  return query.empty() ? "" : "?" + core::encode_query(query);
}

}  // namespace terapi::conformance
