// TERAPI_CHECK(condition, message): aborts with the place and the message when an invariant of our
// own is broken. Never for input from outside: that gets an answer or an Error.
#pragma once

#include <string_view>

namespace terapi::core {

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view message);

}  // namespace terapi::core

#define TERAPI_CHECK(condition, message)                                       \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      ::terapi::core::check_failed(__FILE__, __LINE__, #condition, (message)); \
  } while (false)
