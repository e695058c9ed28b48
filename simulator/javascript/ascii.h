// Kinds of ASCII characters, whatever the locale. Pure.
#pragma once

namespace terapi::simulator {

constexpr bool is_ascii_digit(int c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace terapi::simulator
