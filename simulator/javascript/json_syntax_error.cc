#include "simulator/javascript/json_syntax_error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/javascript/ascii.h"
#include "simulator/javascript/utf16.h"

namespace terapi::simulator {
namespace {

// Characters that V8 shows on either side of a wrong one.
constexpr std::size_t kContext = 10;

bool is_hex(int c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// V8 counts in UTF-16 code units, so the text is taken apart into them.
// Follows JSON.parse's grammar until it breaks. Iterative: bodies may nest deeply.
class Scanner {
 public:
  explicit Scanner(std::u16string text) : text_(std::move(text)) {}

  std::optional<std::string> error() {
    skip_blanks();
    bool more = value();
    while (more && !open_.empty()) more = after_value();
    if (error_) return error_;
    skip_blanks();
    if (at_ < text_.size()) fail("Unexpected non-whitespace character after JSON");
    return error_;
  }

 private:
  static constexpr int kEnd = -1;
  int peek() const { return at_ < text_.size() ? text_[at_] : kEnd; }
  bool take(char16_t c) {
    skip_blanks();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  // One value; of an array or object its start, which then is open. False: it broke.
  bool value() {
    for (;;) {
      skip_blanks();
      const int c = peek();
      if (c == '"') return string();
      if (c == '-' || is_ascii_digit(c)) return number();
      if (c == 't') return literal(u"true");
      if (c == 'f') return literal(u"false");
      if (c == 'n') return literal(u"null");
      if (c == '{') {
        ++at_;
        if (take('}')) return true;
        open_.push_back('}');
        if (!key("Expected property name or '}'")) return false;
      } else if (c == '[') {
        ++at_;
        if (take(']')) return true;
        open_.push_back(']');
      } else {
        return unexpected();
      }
    }
  }

  bool key(const char* otherwise) {
    skip_blanks();
    if (peek() != '"') return fail(otherwise, " in JSON");
    if (!string()) return false;
    if (!take(':')) return fail("Expected ':' after property name", " in JSON");
    return true;
  }

  // After a value within something open: the next one, or the end of what is open.
  bool after_value() {
    const char end = open_.back();
    if (take(',')) {
      if (end == '}' && !key("Expected double-quoted property name")) return false;
      return value();
    }
    if (!take(static_cast<char16_t>(end))) {
      return fail(end == '}' ? "Expected ',' or '}' after property value"
                             : "Expected ',' or ']' after array element",
                  " in JSON");
    }
    open_.pop_back();
    return true;
  }

  bool literal(std::u16string_view word) {
    for (const char16_t c : word) {
      if (peek() != c) return unexpected();
      ++at_;
    }
    return true;
  }

  bool number() {
    if (peek() == '-') {
      ++at_;
      if (!is_ascii_digit(peek())) return fail("No number after minus sign", " in JSON");
    }
    if (peek() == '0') {
      ++at_;
      if (is_ascii_digit(peek())) return unexpected();
    }
    digits();
    if (peek() == '.') {
      ++at_;
      if (!is_ascii_digit(peek())) return fail("Unterminated fractional number", " in JSON");
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_ascii_digit(peek())) return fail("Exponent part is missing a number", " in JSON");
      digits();
    }
    return true;
  }
  void digits() {
    while (is_ascii_digit(peek())) ++at_;
  }

  bool string() {
    ++at_;
    for (;; ++at_) {
      const int c = peek();
      if (c == kEnd) return fail("Unterminated string", " in JSON");
      if (c == '"') break;
      if (c < 0x20) return fail("Bad control character in string literal", " in JSON");
      if (c == '\\' && !escape()) return false;
    }
    ++at_;
    return true;
  }

  bool escape() {
    ++at_;
    const int c = peek();
    if (c == kEnd) return unexpected();
    if (c == 'u') {
      for (int i = 0; i < 4; ++i) {
        ++at_;
        if (!is_hex(peek())) return fail("Bad Unicode escape", " in JSON");
      }
      return true;
    }
    constexpr std::string_view kKnown = "\"\\/bfnrt";
    const bool known = c < 0x80 && kKnown.find(static_cast<char>(c)) != std::string_view::npos;
    return known || fail("Bad escaped character", " in JSON");
  }

  // "… at position 7 (line 1 column 8)"
  bool fail(std::string what, std::string_view in = "") {
    std::size_t line = 1;
    std::size_t start = 0;
    for (std::size_t i = 0; i < at_; ++i) {
      if (text_[i] == '\r' && i + 1 < at_ && text_[i + 1] == '\n') ++i;
      if (text_[i] != '\r' && text_[i] != '\n') continue;
      ++line;
      start = i + 1;
    }
    what += in;
    what += " at position " + std::to_string(at_) + " (line " + std::to_string(line) + " column " +
            std::to_string(at_ - start + 1) + ")";
    error_ = std::move(what);
    return false;
  }

  // What stands here belongs nowhere.
  bool unexpected() {
    const int c = peek();
    if (c == kEnd) {
      error_ = "Unexpected end of JSON input";
      return false;
    }
    if (c == '-' || is_ascii_digit(c)) return fail("Unexpected number", " in JSON");
    if (c == '"') return fail("Unexpected string", " in JSON");
    const bool special = text_ == u"NaN" || text_ == u"Infinity" || text_ == u"undefined" ||
                         text_ == u"[object Object]";
    if (special) {
      error_ = "\"" + utf8_of(text_) + "\" is not valid JSON";
      return false;
    }
    error_ = "Unexpected token '" + utf8_of(std::u16string_view(text_).substr(at_, 1)) + "', " +
             surroundings() + " is not valid JSON";
    return false;
  }

  std::string surroundings() const {
    const std::u16string_view text = text_;
    if (text.size() <= 2 * kContext) return "\"" + utf8_of(text) + "\"";
    const bool from_start = at_ < kContext;
    const bool to_end = !from_start && at_ + kContext >= text.size();
    const std::size_t begin = from_start ? 0 : at_ - kContext;
    const std::size_t end = to_end ? text.size() : at_ + kContext;
    return (from_start ? "\"" : "...\"") + utf8_of(text.substr(begin, end - begin)) +
           (to_end ? "\"" : "\"...");
  }

  std::u16string text_;
  std::size_t at_ = 0;
  std::vector<char> open_;  // what closes the arrays and objects around
  std::optional<std::string> error_;
};

}  // namespace

std::optional<std::string> json_syntax_error(std::string_view text) {
  return Scanner(utf16_of(text)).error();
}

std::optional<std::string> json_body_error(std::string_view body) {
  constexpr char kStandIn = '#';
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return json_syntax_error("");
  if (body[first] == '{' || body[first] == '[') return json_syntax_error(body);
  // As body-parser makes it: it has a text refused that breaks at this place, and puts into the
  // message what really stood there.
  const std::u16string units = utf16_of(body);
  const std::string stand_in =
      std::string(first, ' ') + std::string(units.size() - first, kStandIn);
  std::optional<std::string> message = json_syntax_error(stand_in);
  std::string out;
  for (std::size_t i = 0; message && i < message->size();) {
    const std::size_t run = std::min(message->find_first_not_of(kStandIn, i), message->size()) - i;
    if (run == 0) {
      out += (*message)[i++];
    } else {
      out += utf8_of(std::u16string_view(units).substr(first, run));
      i += run;
    }
  }
  return out;
}

}  // namespace terapi::simulator
