#include "client/timestamp.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace terapi::client {
namespace {

// Reads a text from its beginning; once something is missing, everything after it is, too.
class TimestampText {
 public:
  explicit TimestampText(std::string_view text) : text_(text) {}

  bool good() const { return good_; }
  bool at_end() const { return text_.empty(); }

  // Exactly that many digits.
  int digits(std::size_t count) {
    if (text_.size() < count) return fail();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return fail();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }
  bool has(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!has(c)) fail();
  }
  // Digits after the point, as microseconds; at least one.
  int fraction() {
    int value = 0;
    int unit = 100'000;
    std::size_t count = 0;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      value += (text_.front() - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
      ++count;
    }
    return count > 0 ? value : fail();
  }
  int fail() {
    good_ = false;
    return 0;
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

// Minutes east of UTC.
int read_offset(TimestampText& text) {
  if (text.has('Z') || text.has('z')) return 0;
  const bool west = text.has('-');
  if (!west) text.expect('+');
  const int hours = text.digits(2);
  text.expect(':');
  const int minutes = text.digits(2);
  if (hours > 23 || minutes > 59) return text.fail();
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

// The fields of a date-time, each in the range that its digits allow.
struct TimestampParts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  int offset = 0;  // minutes east of UTC
};

// None when a field is out of range. A leap second, 60, is the first of the next minute.
std::optional<core::Time> time_of_parts(const TimestampParts& parts) {
  const std::chrono::year_month_day date{std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return core::Time(std::chrono::sys_days(date)) + std::chrono::hours(parts.hour) +
         std::chrono::minutes(parts.minute - parts.offset) + std::chrono::seconds(parts.second) +
         core::Duration(parts.micros);
}

// Reads "2023-09-18T15:20:35.941305+00:00", the one form that the API writes: every field has its
// place, so nothing is searched for, and faults are only added up. None for any other form.
std::optional<TimestampParts> canonical_parts(std::string_view text) {
  if (text.size() != 32 || text.substr(26) != "+00:00") return std::nullopt;
  unsigned wrong = 0;
  const auto two_digits = [&](std::size_t at) {
    const unsigned tens = static_cast<unsigned char>(text[at]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(text[at + 1]) - unsigned{'0'};
    const bool good = tens <= 9 && ones <= 9;
    wrong |= static_cast<unsigned>(!good);
    return good ? static_cast<int>(tens * 10 + ones) : 0;
  };
  const auto mark = [&](std::size_t at, char c) { wrong |= static_cast<unsigned>(text[at] != c); };
  mark(4, '-');
  mark(7, '-');
  mark(10, 'T');
  mark(13, ':');
  mark(16, ':');
  mark(19, '.');
  const TimestampParts parts{
      .year = two_digits(0) * 100 + two_digits(2),
      .month = two_digits(5),
      .day = two_digits(8),
      .hour = two_digits(11),
      .minute = two_digits(14),
      .second = two_digits(17),
      .micros = two_digits(20) * 10'000 + two_digits(22) * 100 + two_digits(24)};
  return wrong == 0 ? std::optional(parts) : std::nullopt;
}

}  // namespace

std::optional<core::Time> parse_timestamp(std::string_view text) {
  // Once for each record of a page: worth a way of its own.
  if (const auto parts = canonical_parts(text)) return time_of_parts(*parts);
  TimestampText rest(text);
  TimestampParts parts;
  parts.year = rest.digits(4);
  rest.expect('-');
  parts.month = rest.digits(2);
  rest.expect('-');
  parts.day = rest.digits(2);
  if (!rest.has('T') && !rest.has('t')) rest.expect(' ');
  parts.hour = rest.digits(2);
  rest.expect(':');
  parts.minute = rest.digits(2);
  rest.expect(':');
  parts.second = rest.digits(2);
  if (rest.has('.')) parts.micros = rest.fraction();
  parts.offset = read_offset(rest);
  if (!rest.good() || !rest.at_end()) return std::nullopt;
  return time_of_parts(parts);
}

std::string format_timestamp(core::Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06d+00:00",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace terapi::client
