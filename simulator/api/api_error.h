// ApiError: why a request is refused (ERR-1, ERR-2). A value: its code and its Retry-After can be
// read until the edge renders it, once. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/http_message.h"
#include "simulator/observation/secrets.h"

namespace terapi::simulator {

struct ValidationError {
  std::string code;
  std::string message;
  std::vector<std::string> path;
  // The position in a file or body, from 1; 0: none.
  std::size_t line = 0;
  std::size_t column = 0;
};

struct ApiError {
  int status = 400;
  std::string code;
  std::string message{};
  std::vector<ValidationError> errors{};  // instead of a message: every problem in the input
  std::optional<std::chrono::seconds> retry_after{};
  core::Headers headers{};     // that go with the error: Allow, WWW-Authenticate
  bool message_first = false;  // {"message":…,"code":…,"payload":{}}
  // What stands beside the code in place of a message.
  std::vector<std::pair<std::string, std::string>> facts{};
};

// 400, with everything that is wrong with a query, headers or a body at once.
ApiError invalid_input(std::string code, std::vector<ValidationError> errors);

// {"error":{"code":"…","message":"…"}} or {"error":{"code":"…","errors":[…]}}. What a caller wrote
// in a wrong place is often repeated in it, and may be a key: that is hidden (AUTH-5).
core::Response error_response(const ApiError& error, const Secrets& secrets);
core::Response json_response(int status, std::string body);

// The outcome of a request.
using Answer = std::variant<core::Response, ApiError>;
core::Response rendered(Answer answer, const Secrets& secrets);

}  // namespace terapi::simulator
