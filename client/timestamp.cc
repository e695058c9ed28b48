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

  // Exactly so many digits.
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

}  // namespace

std::optional<core::Time> parse_timestamp(std::string_view text) {
  TimestampText rest(text);
  const int year = rest.digits(4);
  rest.expect('-');
  const int month = rest.digits(2);
  rest.expect('-');
  const int day = rest.digits(2);
  if (!rest.has('T') && !rest.has('t')) rest.expect(' ');
  const int hour = rest.digits(2);
  rest.expect(':');
  const int minute = rest.digits(2);
  rest.expect(':');
  const int second = rest.digits(2);
  const int micros = rest.has('.') ? rest.fraction() : 0;
  const int offset = read_offset(rest);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // A leap second, 60, is the first of the next minute.
  if (!rest.good() || !rest.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  return core::Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute - offset) + std::chrono::seconds(second) +
         core::Duration(micros);
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
