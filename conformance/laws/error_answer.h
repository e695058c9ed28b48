// ErrorAnswer: an answer that refuses something, read as ERR-1 writes it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace terapi::conformance {

struct ErrorAnswer {
  std::string problem;  // what is wrong with its form; empty: nothing
  std::string code;
  bool lacks_message = false;  // which is that problem
  // The list of a validation error, "limit:too_small" each: where and what.
  std::vector<std::string> errors;

  // True if one of the errors is about this: "limit", "filter.0".
  bool names(std::string_view path) const;
};

ErrorAnswer read_error(std::string_view body);

}  // namespace terapi::conformance
