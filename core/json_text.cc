// The parts of core/json.h that work on the text of values: strings, comparison, compacting.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/breather.h"
#include "core/json.h"
#include "core/utf8.h"

namespace terapi::core::json {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    const std::uint32_t digit = c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                : c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                           : static_cast<std::uint32_t>(c - 'a' + 10);
    value = value * 16 + digit;
  }
  return value;
}

bool is_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

// What becomes of half a surrogate pair, which UTF-8 has no form for.
enum class Unpaired { kReplace, kKeep };

// Reads the \uXXXX at `at` (and the second half of a pair); moves `at` past it.
std::uint32_t unicode_escape(std::string_view text, std::size_t& at, Unpaired unpaired) {
  const std::uint32_t unit = hex4(text.substr(at + 2));
  at += 6;
  if (!is_surrogate(unit)) return unit;
  if (unit < 0xDC00 && text.substr(at, 2) == "\\u") {
    const std::uint32_t low = hex4(text.substr(at + 2));
    if (low >= 0xDC00 && low <= 0xDFFF) {
      at += 6;
      return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
  }
  return unpaired == Unpaired::kKeep ? unit : kReplacement;
}

char simple_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

std::string decode(std::string_view quoted_text, Unpaired unpaired) {
  const std::string_view text = quoted_text.substr(1, quoted_text.size() - 2);
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = std::min(text.find('\\', at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at >= text.size()) break;
    if (text[at + 1] == 'u') {
      append_utf8(out, unicode_escape(text, at, unpaired));
    } else {
      out += simple_escape(text[at + 1]);
      at += 2;
    }
  }
  return out;
}

// A decimal number as sign, significant digits and the power of ten of the last one.
struct Decimal {
  bool negative = false;
  std::string digits;    // no leading or trailing zeros; empty for zero
  std::string exponent;  // decimal text, so that 1e99999999999 has one too
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// Adds a small number to a decimal exponent, saturating far beyond any that occurs.
std::string exponent_text(std::string_view written, std::int64_t shift) {
  bool negative = false;
  if (!written.empty() && (written[0] == '-' || written[0] == '+')) {
    negative = written[0] == '-';
    written.remove_prefix(1);
  }
  written.remove_prefix(std::min(written.find_first_not_of('0'), written.size()));
  // Too long to add to: the shift stands beside it, so that 1e… and 10e… stay different numbers.
  if (written.size() > 17) {
    return (negative ? "-" : "") + std::string(written) +
           (shift == 0 ? "" : "|" + std::to_string(shift));
  }
  std::int64_t value = 0;
  for (const char c : written) value = value * 10 + (c - '0');
  return std::to_string((negative ? -value : value) + shift);
}

Decimal decimal(std::string_view text) {
  Decimal result;
  if (text.front() == '-') {
    result.negative = true;
    text.remove_prefix(1);
  }
  const std::size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  const std::string_view written =
      e == std::string_view::npos ? std::string_view() : text.substr(e + 1);
  const std::size_t dot = mantissa.find('.');
  std::int64_t shift = 0;
  result.digits = mantissa.substr(0, dot);
  if (dot != std::string_view::npos) {
    result.digits += mantissa.substr(dot + 1);
    shift = -static_cast<std::int64_t>(mantissa.size() - dot - 1);
  }
  while (!result.digits.empty() && result.digits.back() == '0') {
    result.digits.pop_back();
    ++shift;
  }
  result.digits.erase(0, std::min(result.digits.find_first_not_of('0'), result.digits.size()));
  if (result.digits.empty()) return Decimal{};
  result.exponent = exponent_text(written, shift);
  return result;
}

bool same_number(std::string_view a, std::string_view b) {
  return a == b || decimal(a) == decimal(b);
}

std::map<std::string, Value> by_key(const Value& object) {
  std::map<std::string, Value> members;
  for (const Member member : object.members()) members[spelled(member.key)] = member.value;
  return members;
}

bool same_object(const Value& a, const Value& b) {
  const std::map<std::string, Value> left = by_key(a);
  const std::map<std::string, Value> right = by_key(b);
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](const auto& x, const auto& y) {
           return x.first == y.first && same_value(x.second, y.second);
         });
}

bool same_array(const Value& a, const Value& b) {
  if (a.size() != b.size()) return false;
  auto right = b.items().begin();
  for (const Value item : a.items()) {
    if (!same_value(item, *right)) return false;
    ++right;
  }
  return true;
}

}  // namespace

bool same_value(const Value& a, const Value& b) {
  breathe();
  if (a.kind() != b.kind()) return false;
  if (a.text() == b.text()) return true;
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBoolean:
      return false;
    case Kind::kNumber:
      return same_number(a.text(), b.text());
    case Kind::kString:
      return spelled(a) == spelled(b);
    case Kind::kArray:
      return same_array(a, b);
    case Kind::kObject:
      return same_object(a, b);
  }
  return false;
}

std::string spelled(const Value& string) { return decode(string.text(), Unpaired::kKeep); }

std::string decode_string(std::string_view quoted_text) {
  return decode(quoted_text, Unpaired::kReplace);
}

bool has_unpaired_surrogate(std::string_view quoted_text) {
  std::size_t at = quoted_text.find('\\');
  while (at != std::string_view::npos) {
    if (quoted_text[at + 1] != 'u') {
      at += 2;
    } else if (is_surrogate(unicode_escape(quoted_text, at, Unpaired::kKeep))) {
      return true;
    }
    at = quoted_text.find('\\', at);
  }
  return false;
}

void append_compact(std::string& out, const Value& value) {
  if (value.is_object()) {
    breathe();
    out += '{';
    for (const Member member : value.members()) {
      if (out.back() != '{') out += ',';
      out += member.key.text();
      out += ':';
      append_compact(out, member.value);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const Value item : value.items()) {
      if (out.back() != '[') out += ',';
      append_compact(out, item);
    }
    out += ']';
  } else {
    out += value.text();
  }
}

std::string compact(const Value& value) {
  std::string out;
  append_compact(out, value);
  return out;
}

namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// The character at `at`, which is not plain: as JSON has it. Its length.
std::size_t append_escaped(std::string& out, std::string_view text, std::size_t at) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  static constexpr std::string_view kLetters = "btnfr\"\\";
  const char c = text[at];
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0) {
      append_utf8(out, kReplacement);
    } else {
      out += text.substr(at, length);
    }
    return std::max<std::size_t>(length, 1);
  }
  out += '\\';
  const std::size_t found = kShort.find(c);
  if (found != std::string_view::npos) {
    out += kLetters[found];
  } else {
    out += "u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return 1;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;  // a text may be a whole world's
  if (text.size() > kPiece) out.reserve(out.size() + text.size() + text.size() / 4);
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.size(), at + kPiece);
    while (at < end) {
      const std::size_t begin = at;
      while (at < end && is_plain(text[at])) ++at;
      out += text.substr(begin, at - begin);
      if (at < end) at += append_escaped(out, text, at);
    }
    if (at < text.size()) breathe();
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace terapi::core::json
