#include "simulator/javascript/javascript_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include "core/hex.h"
#include "core/utf8.h"
#include "simulator/javascript/ascii.h"

namespace terapi::simulator {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ECMA-262's WhiteSpace and LineTerminator beyond ASCII, in UTF-8.
constexpr std::string_view kWideBlanks[] = {"\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
                                            "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
                                            "\u2008", "\u2009", "\u200A", "\u2028", "\u2029",
                                            "\u202F", "\u205F", "\u3000", "\uFEFF"};

std::size_t blank_at_start(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')) return 1;
  for (const std::string_view blank : kWideBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

std::size_t blank_at_end(std::string_view text) {
  if (text.empty()) return 0;
  if (text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r')) return 1;
  for (const std::string_view blank : kWideBlanks) {
    if (text.ends_with(blank)) return blank.size();
  }
  return 0;
}

std::string_view trimmed(std::string_view text) {
  while (const std::size_t size = blank_at_start(text)) text.remove_prefix(size);
  while (const std::size_t size = blank_at_end(text)) text.remove_suffix(size);
  return text;
}

// The digits after 0x, 0b or 0o.
double with_radix(std::string_view digits, int radix) {
  if (digits.empty()) return kNaN;
  double value = 0;
  for (const char c : digits) {
    const int digit = core::hex_value(c);
    if (digit < 0 || digit >= radix) return kNaN;
    value = value * radix + digit;
  }
  return value;
}

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_ascii_digit(text[end])) ++end;
  return end - from;
}

// StrUnsignedDecimalLiteral: "1", "1.", ".5", "1.5e-3"; strtod takes more.
bool is_decimal(std::string_view text) {
  const std::size_t whole = digits_at(text, 0);
  std::size_t at = whole;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    fraction = digits_at(text, at + 1);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

double decimal(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  double value = kNaN;
  if (text == "Infinity") {
    value = kInfinity;
  } else if (is_decimal(text)) {
    value = std::strtod(std::string(text).c_str(), nullptr);
  }
  return negative ? -value : value;
}

}  // namespace

double javascript_number(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return 0;
  if (text.size() > 1 && text.front() == '0') {
    const std::string_view rest = text.substr(2);
    switch (text[1]) {
      case 'x':
      case 'X':
        return with_radix(rest, 16);
      case 'o':
      case 'O':
        return with_radix(rest, 8);
      case 'b':
      case 'B':
        return with_radix(rest, 2);
      default:
        break;
    }
  }
  return decimal(text);
}

std::string javascript_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (number == 0) return "0";
  if (number < 0) return "-" + javascript_text(-number);
  if (std::isinf(number)) return "Infinity";
  // The shortest digits that read back as the same number, and where their point stands.
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
  const std::string_view shown(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const std::size_t e = shown.find('e');
  std::string digits(shown.substr(0, 1));
  if (e > 1) digits += shown.substr(2, e - 2);
  const int exponent = std::atoi(std::string(shown.substr(e + 1)).c_str());
  const int size = static_cast<int>(digits.size());
  const int point = exponent + 1;
  if (size <= point && point <= 21) {
    return digits + std::string(static_cast<std::size_t>(point - size), '0');
  }
  if (0 < point && point <= 21) return digits.insert(static_cast<std::size_t>(point), ".");
  if (-6 < point && point <= 0) {
    return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  }
  std::string out = digits.substr(0, 1);
  if (size > 1) out += "." + digits.substr(1);
  out += exponent < 0 ? "e-" : "e+";
  return out + std::to_string(std::abs(exponent));
}

std::string javascript_json_number(double number) {
  return std::isfinite(number) ? javascript_text(number) : "null";
}

std::size_t javascript_length(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(core::utf8_sequence_length(text), 1);
    length += size == 4 ? 2 : 1;
    text.remove_prefix(size);
  }
  return length;
}

bool is_inherited_key(std::string_view key) {
  static constexpr std::string_view kKeys[] = {
      "__defineGetter__", "__defineSetter__", "__lookupGetter__",
      "__lookupSetter__", "__proto__",        "constructor",
      "hasOwnProperty",   "isPrototypeOf",    "propertyIsEnumerable",
      "toLocaleString",   "toString",         "valueOf"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

std::optional<unsigned> javascript_array_index(std::string_view key) {
  const bool canonical = !key.empty() && key.size() <= 10 && (key == "0" || key.front() != '0');
  if (!canonical || !std::all_of(key.begin(), key.end(), is_ascii_digit)) return std::nullopt;
  unsigned value = 0;
  const auto read = std::from_chars(key.data(), key.data() + key.size(), value);
  if (read.ec != std::errc() || value == std::numeric_limits<unsigned>::max()) return std::nullopt;
  return value;
}

}  // namespace terapi::simulator
