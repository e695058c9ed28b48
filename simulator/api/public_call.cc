#include "simulator/api/public_call.h"

#include <utility>

namespace terapi::simulator {

std::optional<ApiError> read_connection(const PublicCall& call, StreamKey& stream) {
  std::vector<ValidationError> errors;
  const auto require = [&](std::string_view name, std::string path) -> std::string {
    const auto value = call.request.headers.get(name);
    if (!value) {
      errors.push_back({"invalid_type",
                        "Invalid input: expected string, received undefined",
                        {std::move(path)}});
    } else if (value->empty()) {
      errors.push_back(
          {"invalid_format", "Invalid string: expected at least one character", {std::move(path)}});
    }
    return std::string(value.value_or(""));
  };
  stream.connection = require("Connection-Id", "connection-id");
  stream.integration = require("Provider-Config-Key", "provider-config-key");
  if (!errors.empty()) return invalid_input("invalid_headers", std::move(errors));
  if (call.environment.find_connection(stream.integration, stream.connection) == nullptr) {
    return ApiError{400, "unknown_connection",
                    "Provided ConnectionId and ProviderConfigKey does not match a valid "
                    "connection"};
  }
  return std::nullopt;
}

ApiError bad_cursor(const Dialect& dialect) {
  if (dialect.bad_cursor_is_500) return {500, "server_error", "Failed to fetch records"};
  return {400, "invalid_cursor",
          "the cursor is not one that this API gave out; expected the cursor of a record's "
          "metadata, or a next_cursor, unchanged"};
}

}  // namespace terapi::simulator
