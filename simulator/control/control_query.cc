#include "simulator/control/control_query.h"

#include "core/parse_number.h"
#include "simulator/api/api_error.h"

namespace terapi::simulator {

StreamFilter filter_of(const ControlCall& call) {
  return {call.query("environment"), call.query("integration"), call.query("connection"),
          call.query("model"), call.query("variant")};
}

std::optional<std::size_t> read_limit(const ControlCall& call, const Reply& reply,
                                      std::size_t otherwise) {
  const std::string text = call.query("limit");
  if (text.empty()) return otherwise;
  const auto limit = core::parse_number<std::size_t>(text);
  if (limit && *limit > 0) return limit;
  reply(invalid_input("invalid_query_params",
                      {{"invalid_type", "limit is a whole number from 1", {"limit"}}}));
  return std::nullopt;
}

}  // namespace terapi::simulator
