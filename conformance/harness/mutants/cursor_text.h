// What mutants make of a cursor's text, which a client has no business to look into (CUR-6). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace terapi::conformance {

// "created_at^<timestamp>|id^<uuid>", decoded; nothing for what is no cursor. Texts like it sort as
// their positions do.
std::optional<std::string> decoded_cursor(std::string_view cursor);
std::string encoded_cursor(std::string_view text);

// The parts of a decoded one.
struct CursorParts {
  std::string time;
  std::string uuid;
};
std::optional<CursorParts> parts_of_cursor(std::string_view cursor);
std::string cursor_of_parts(const CursorParts& parts);

std::optional<core::Time> time_of_cursor(std::string_view cursor);
// With the time cut to milliseconds; what is no cursor stays as it is.
std::string cursor_at_milliseconds(const std::string& cursor);

}  // namespace terapi::conformance
