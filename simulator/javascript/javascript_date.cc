#include "simulator/javascript/javascript_date.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "simulator/javascript/ascii.h"

namespace terapi::simulator {
namespace {

using core::Time;

// The steps and their names are V8's (dateparser.h describes them): what is no date of ECMA-262 is
// read by an older parser that takes almost anything, such as "23 Nov 2026 10:00 GMT+2 (summer)".

enum class TokenKind : std::uint8_t {
  kEnd,
  kNumber,
  kSymbol,
  kBlank,
  kMonth,
  kHalfDay,
  kZone,
  kT,
  kWord
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  int value = 0;           // of a number or keyword; a symbol's character
  std::size_t length = 0;  // of a number
  bool is(char symbol) const { return kind == TokenKind::kSymbol && value == symbol; }
  bool is_sign() const { return is('+') || is('-'); }
  bool is_number(std::size_t digits) const {
    return kind == TokenKind::kNumber && length == digits;
  }
  bool is_z() const { return kind == TokenKind::kZone && length == 1; }
};

bool between(int value, int low, int high) { return value >= low && value <= high; }
bool is_month(int value) { return between(value, 1, 12); }
bool is_day(int value) { return between(value, 1, 31); }
bool is_hour(int value) { return between(value, 0, 23); }
bool is_sixtieth(int value) { return between(value, 0, 59); }

struct Keyword {
  std::string_view prefix;
  TokenKind kind;
  int value;
};
constexpr Keyword kKeywords[] = {
    {"jan", TokenKind::kMonth, 1},  {"feb", TokenKind::kMonth, 2},   {"mar", TokenKind::kMonth, 3},
    {"apr", TokenKind::kMonth, 4},  {"may", TokenKind::kMonth, 5},   {"jun", TokenKind::kMonth, 6},
    {"jul", TokenKind::kMonth, 7},  {"aug", TokenKind::kMonth, 8},   {"sep", TokenKind::kMonth, 9},
    {"oct", TokenKind::kMonth, 10}, {"nov", TokenKind::kMonth, 11},  {"dec", TokenKind::kMonth, 12},
    {"am", TokenKind::kHalfDay, 0}, {"pm", TokenKind::kHalfDay, 12}, {"ut", TokenKind::kZone, 0},
    {"utc", TokenKind::kZone, 0},   {"z", TokenKind::kZone, 0},      {"gmt", TokenKind::kZone, 0},
    {"cdt", TokenKind::kZone, -5},  {"cst", TokenKind::kZone, -6},   {"edt", TokenKind::kZone, -4},
    {"est", TokenKind::kZone, -5},  {"mdt", TokenKind::kZone, -6},   {"mst", TokenKind::kZone, -7},
    {"pdt", TokenKind::kZone, -7},  {"pst", TokenKind::kZone, -8},   {"t", TokenKind::kT, 0},
};

Token keyword(std::string_view word) {
  std::string start;
  for (const char c : word.substr(0, 3)) start += static_cast<char>(c | 0x20);
  for (const Keyword& each : kKeywords) {
    // Months may be written out; nothing else may.
    if (each.prefix == start && (word.size() <= 3 || each.kind == TokenKind::kMonth)) {
      return {each.kind, each.value, word.size()};
    }
  }
  return {TokenKind::kWord, 0, word.size()};
}

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { next(); }
  const Token& peek() const { return next_; }
  Token next() {
    const Token token = next_;
    next_ = scan();
    return token;
  }
  bool skip(char symbol) {
    if (!next_.is(symbol)) return false;
    next();
    return true;
  }
  // After "(": up to where it is closed.
  void skip_parentheses() {
    int depth = 1;
    while (depth > 0 && next_.kind != TokenKind::kEnd) {
      const Token token = next();
      depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
    }
  }

 private:
  template <typename Test>
  std::string_view take_while(Test test) {
    std::size_t size = 0;
    while (size < text_.size() && test(text_[size])) ++size;
    const std::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }

  Token scan() {
    if (text_.empty()) return {};
    const char c = text_.front();
    if (is_ascii_digit(c)) {
      const std::string_view digits = take_while(is_ascii_digit);
      return {TokenKind::kNumber, number_of(digits), digits.size()};
    }
    if (is_ascii_letter(c)) return keyword(take_while(is_ascii_letter));
    const auto is_blank = [](char each) { return each == ' ' || (each >= '\t' && each <= '\r'); };
    if (is_blank(c)) {
      take_while(is_blank);
      return {TokenKind::kBlank, 0, 0};
    }
    text_.remove_prefix(1);
    return {TokenKind::kSymbol, static_cast<unsigned char>(c), 1};
  }

  // Leading zeros go; beyond nine digits the rest is passed over.
  static int number_of(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    int value = 0;
    for (const char c : digits.substr(std::min(first, digits.size())).substr(0, 9)) {
      value = value * 10 + (c - '0');
    }
    return value;
  }

  std::string_view text_;
  Token next_;
};

int milliseconds_of(const Token& number) {
  if (number.length == 1) return number.value * 100;
  if (number.length == 2) return number.value * 10;
  int value = number.value;
  for (std::size_t length = std::min<std::size_t>(number.length, 9); length > 3; --length) {
    value /= 10;
  }
  return value;
}

struct Day {
  std::array<int, 3> parts{};
  std::size_t count = 0;
  std::optional<int> named_month;
  bool iso = false;

  bool add(int n) {
    if (count == parts.size()) return false;
    parts.at(count++) = n;
    return true;
  }
  std::optional<std::int64_t> days() const;
};

// Of the proleptic Gregorian calendar, in years beyond those of std::chrono, too. A day that its
// month has not is one of the next month.
std::optional<std::int64_t> days_from_civil(int year, int month, int day) {
  constexpr int kMostYears = 275'760;  // as far as JavaScript's dates go
  if (!between(year, -kMostYears, kMostYears) || !is_month(month) || !is_day(day)) {
    return std::nullopt;
  }
  // 400 years are 146,097 days, in any era.
  const int eras = (year - 1600) / 400 - ((year - 1600) % 400 < 0 ? 1 : 0);
  const std::chrono::sys_days first =
      std::chrono::year(year - eras * 400) / std::chrono::month(static_cast<unsigned>(month)) / 1;
  return first.time_since_epoch().count() + std::int64_t{eras} * 146'097 + day - 1;
}

std::optional<std::int64_t> Day::days() const {
  if (count < 1) return std::nullopt;
  std::array<int, 3> all = parts;
  for (std::size_t i = count; i < all.size(); ++i) all.at(i) = 1;
  int year = 0;
  int month = 0;
  int day = 0;
  if (named_month) {
    month = *named_month;
    if (!is_day(all[0])) {
      year = all[0];
      day = all[1];
    } else {
      day = all[0];
      year = all[1];
    }
  } else if (iso || !is_day(all[0])) {
    year = all[0];
    month = all[1];
    day = all[2];
  } else {
    month = all[0];
    day = all[1];
    year = all[2];
  }
  if (!iso && between(year, 0, 49)) year += 2000;
  if (!iso && between(year, 50, 99)) year += 1900;
  return days_from_civil(year, month, day);
}

struct Clock {
  std::array<int, 4> parts{};
  std::size_t count = 0;
  std::optional<int> half_day;

  bool add(int n) {
    if (count == parts.size()) return false;
    parts.at(count++) = n;
    return true;
  }
  bool add_last(int n) {
    if (!add(n)) return false;
    count = parts.size();
    return true;
  }
  bool expects(int n) const {
    return (count == 1 && is_sixtieth(n)) || (count == 2 && is_sixtieth(n)) ||
           (count == 3 && between(n, 0, 999));
  }
  std::optional<std::int64_t> milliseconds() const {
    auto [hour, minute, second, milli] = parts;
    if (half_day) {
      if (!between(hour, 0, 12)) return std::nullopt;
      hour = hour % 12 + *half_day;
    }
    const bool valid =
        is_hour(hour) && is_sixtieth(minute) && is_sixtieth(second) && between(milli, 0, 999);
    if (!valid && (hour != 24 || minute != 0 || second != 0 || milli != 0)) return std::nullopt;
    return ((std::int64_t{hour} * 60 + minute) * 60 + second) * 1000 + milli;
  }
};

struct Zone {
  std::optional<int> sign;
  std::optional<int> hour;
  std::optional<int> minute;

  void set(int offset_hours) {
    sign = offset_hours < 0 ? -1 : 1;
    hour = offset_hours < 0 ? -offset_hours : offset_hours;
    minute = 0;
  }
  bool is_utc() const { return hour == 0 && minute == 0; }
  bool expects(int n) const { return hour && !minute && is_sixtieth(n); }
  std::int64_t milliseconds() const {
    if (!sign) return 0;
    return std::int64_t{*sign} * (std::int64_t{hour.value_or(0)} * 60 + minute.value_or(0)) *
           60'000;
  }
};

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  std::optional<Time> parse() {
    std::optional<Token> rest = standard();
    if (!rest) return std::nullopt;
    has_number_ = day_.count > 0;
    for (Token token = *rest; token.kind != TokenKind::kEnd; token = tokens_.next()) {
      if (!take(token)) return std::nullopt;
    }
    const auto days = day_.days();
    const auto clock = clock_.milliseconds();
    if (!days || !clock) return std::nullopt;
    return Time(std::chrono::milliseconds(*days * 86'400'000 + *clock - zone_.milliseconds()));
  }

 private:
  // The format of ECMA-262. Returns what it has not used, for the older parser; nothing where what
  // follows a "T" is wrong, which is final.
  std::optional<Token> standard() {
    if (tokens_.peek().is_sign()) {
      const Token sign = tokens_.next();
      if (!tokens_.peek().is_number(6)) return sign;
      if (sign.is('-') && tokens_.peek().value == 0) return sign;
      day_.add((sign.is('-') ? -1 : 1) * tokens_.next().value);
    } else if (tokens_.peek().is_number(4)) {
      day_.add(tokens_.next().value);
    } else {
      return tokens_.next();
    }
    if (tokens_.skip('-')) {
      if (!tokens_.peek().is_number(2) || !is_month(tokens_.peek().value)) return tokens_.next();
      day_.add(tokens_.next().value);
      if (tokens_.skip('-')) {
        if (!tokens_.peek().is_number(2) || !is_day(tokens_.peek().value)) return tokens_.next();
        day_.add(tokens_.next().value);
      }
    }
    if (tokens_.peek().kind != TokenKind::kT) {
      if (tokens_.peek().kind != TokenKind::kEnd) return tokens_.next();
    } else {
      tokens_.next();
      if (!standard_time() || !standard_zone() || tokens_.peek().kind != TokenKind::kEnd) {
        return std::nullopt;
      }
    }
    day_.iso = true;
    return Token{};
  }

  bool two_digits(int most, int& value) {
    if (!tokens_.peek().is_number(2) || !between(tokens_.peek().value, 0, most)) return false;
    value = tokens_.next().value;
    return true;
  }

  bool standard_time() {
    int hour = 0;
    int part = 0;
    if (!two_digits(24, hour) || !tokens_.skip(':')) return false;
    clock_.add(hour);
    const int most = hour == 24 ? 0 : 59;
    if (!two_digits(most, part)) return false;
    clock_.add(part);
    if (!tokens_.skip(':')) return true;
    if (!two_digits(most, part)) return false;
    clock_.add(part);
    if (!tokens_.skip('.')) return true;
    const Token fraction = tokens_.peek();
    if (fraction.kind != TokenKind::kNumber || (hour == 24 && fraction.value > 0)) return false;
    tokens_.next();
    return clock_.add(milliseconds_of(fraction));
  }

  bool standard_zone() {
    if (tokens_.peek().is_z()) {
      tokens_.next();
      zone_.set(0);
      return true;
    }
    if (!tokens_.peek().is_sign()) return true;
    zone_.sign = tokens_.next().is('-') ? -1 : 1;
    int hour = 0;
    int minute = 0;
    if (tokens_.peek().is_number(4)) {
      const int both = tokens_.next().value;
      hour = both / 100;
      minute = both % 100;
      if (!is_hour(hour) || !is_sixtieth(minute)) return false;
    } else if (!two_digits(23, hour) || !tokens_.skip(':') || !two_digits(59, minute)) {
      return false;
    }
    zone_.hour = hour;
    zone_.minute = minute;
    return true;
  }

  bool take(const Token& token) {
    switch (token.kind) {
      case TokenKind::kNumber:
        has_number_ = true;
        return take_number(token.value);
      case TokenKind::kMonth:
        day_.named_month = token.value;
        tokens_.skip('-');
        return true;
      case TokenKind::kHalfDay:
        if (clock_.count == 0) return take_word();
        clock_.half_day = token.value;
        return true;
      case TokenKind::kZone:
        if (!has_number_) return take_word();
        zone_.set(token.value);
        return true;
      case TokenKind::kT:
      case TokenKind::kWord:
        return take_word();
      case TokenKind::kSymbol:
        return take_symbol(token);
      case TokenKind::kBlank:
      case TokenKind::kEnd:
        break;
    }
    return true;
  }

  // Words that mean nothing may stand before the first number, apart from it.
  bool take_word() const { return !has_number_ && tokens_.peek().kind != TokenKind::kNumber; }

  bool take_number(int n) {
    if (tokens_.skip(':')) {
      if (tokens_.skip(':')) return clock_.count == 0 && clock_.add(n) && clock_.add(0);
      if (!clock_.add(n)) return false;
      if (tokens_.peek().is('.')) tokens_.next();
      return true;
    }
    if (tokens_.peek().is('.') && clock_.expects(n)) {
      tokens_.next();
      clock_.add(n);
      if (tokens_.peek().kind != TokenKind::kNumber) return false;
      return clock_.add_last(milliseconds_of(tokens_.next()));
    }
    tokens_.skip('.');
    if (zone_.expects(n)) {
      zone_.minute = n;
      return true;
    }
    if (clock_.expects(n)) {
      clock_.add_last(n);
      const Token& next = tokens_.peek();
      return next.kind == TokenKind::kEnd || next.kind == TokenKind::kBlank || next.is_z() ||
             next.is_sign();
    }
    if (!day_.add(n)) return false;
    tokens_.skip('-');
    return true;
  }

  bool take_symbol(const Token& token) {
    constexpr int kBeyondAscii = 0x80;
    if (token.value >= kBeyondAscii && has_number_) return false;
    if (token.is_sign() && (zone_.is_utc() || clock_.count > 0)) return take_offset(token);
    if ((token.is_sign() || token.is(')')) && has_number_) return false;
    if (token.is('(')) tokens_.skip_parentheses();
    return true;
  }

  bool take_offset(const Token& sign) {
    zone_.sign = sign.is('-') ? -1 : 1;
    Token number{TokenKind::kNumber, 0, 0};
    if (tokens_.peek().kind == TokenKind::kNumber) number = tokens_.next();
    has_number_ = true;
    if (tokens_.peek().is(':')) {
      zone_.hour = number.value;
      zone_.minute.reset();
    } else if (number.length == 1 || number.length == 2) {
      zone_.hour = number.value;
      zone_.minute = 0;
    } else if (number.length == 3 || number.length == 4) {
      zone_.hour = number.value / 100;
      zone_.minute = number.value % 100;
    } else {
      return false;
    }
    return true;
  }

  Tokens tokens_;
  Day day_;
  Clock clock_;
  Zone zone_;
  bool has_number_ = false;
};

}  // namespace

std::optional<Time> javascript_date(std::string_view text) { return Parser(text).parse(); }

}  // namespace terapi::simulator
