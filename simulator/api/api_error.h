// Error answers (ERR-1, ERR-2). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.h"

namespace terapi::simulator {

core::Response json_response(int status, std::string body);

// {"error":{"code":"…","message":"…"}}
core::Response error_response(int status, std::string_view code, std::string_view message);

struct ValidationError {
  std::string code;
  std::string message;
  std::vector<std::string> path;
  // Where in a file or body, from 1; 0 where that means nothing.
  std::size_t line = 0;
  std::size_t column = 0;
};

// {"error":{"code":"invalid_query_params","errors":[…]}}: all of a request's errors at once.
core::Response validation_response(std::string_view code,
                                   const std::vector<ValidationError>& errors);

}  // namespace terapi::simulator
