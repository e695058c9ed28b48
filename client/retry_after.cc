#include "client/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace terapi::client {
namespace {

constexpr core::Duration kMostRetryAfter = std::chrono::hours(24 * 3650);

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct HttpDate {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::chrono::seconds clock{0};
};

// Reads a date from its beginning; once something is wrong, it stays wrong.
class HttpDateText {
 public:
  explicit HttpDateText(std::string_view text) : text_(text) {}

  bool complete() const { return good_ && text_.empty(); }

  void expect(std::string_view what) {
    if (!text_.starts_with(what)) return fail();
    text_.remove_prefix(what.size());
  }
  // Exactly that many digits.
  unsigned digits(std::size_t count) {
    unsigned value = 0;
    if (text_.size() < count || !is_all_digits(text_.substr(0, count))) {
      fail();
      return value;
    }
    std::from_chars(text_.data(), text_.data() + count, value);
    text_.remove_prefix(count);
    return value;
  }
  // The day of the week, short or in full. Which one it is does not matter.
  void weekday(bool in_full) {
    for (const std::string_view name : kWeekdays) {
      const std::string_view word = in_full ? name : name.substr(0, 3);
      if (text_.starts_with(word)) return expect(word);
    }
    fail();
  }
  unsigned month() {
    for (unsigned i = 0; i < kMonths.size(); ++i) {
      if (!text_.starts_with(kMonths[i])) continue;
      expect(kMonths[i]);
      return i + 1;
    }
    fail();
    return 0;
  }
  // Two digits, or a space and one.
  unsigned padded_day() {
    if (!text_.starts_with(' ')) return digits(2);
    expect(" ");
    return digits(1);
  }
  // "08:49:37"; a leap second, 60, is the first of the next minute.
  std::chrono::seconds clock() {
    const unsigned hour = digits(2);
    expect(":");
    const unsigned minute = digits(2);
    expect(":");
    const unsigned second = digits(2);
    if (hour > 23 || minute > 59 || second > 60) fail();
    return std::chrono::seconds(hour * 3600 + minute * 60 + second);
  }

 private:
  void fail() { good_ = false; }

  std::string_view text_;
  bool good_ = true;
};

// "Sun, 06 Nov 1994 08:49:37 GMT": IMF-fixdate.
std::optional<HttpDate> read_fixdate(std::string_view text) {
  HttpDateText rest(text);
  HttpDate date;
  rest.weekday(false);
  rest.expect(", ");
  date.day = rest.digits(2);
  rest.expect(" ");
  date.month = rest.month();
  rest.expect(" ");
  date.year = static_cast<int>(rest.digits(4));
  rest.expect(" ");
  date.clock = rest.clock();
  rest.expect(" GMT");
  return rest.complete() ? std::optional(date) : std::nullopt;
}

// Of the years with these last two digits, the one that is at most 50 years ahead (RFC 9110,
// 5.6.7) and less than 50 ago.
int year_around(int last_two_digits, core::Time now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  int year = this_year - this_year % 100 + last_two_digits;
  if (year > this_year + 50) year -= 100;
  if (year <= this_year - 50) year += 100;
  return year;
}

// "Sunday, 06-Nov-94 08:49:37 GMT": RFC 850.
std::optional<HttpDate> read_rfc850_date(std::string_view text, core::Time now) {
  HttpDateText rest(text);
  HttpDate date;
  rest.weekday(true);
  rest.expect(", ");
  date.day = rest.digits(2);
  rest.expect("-");
  date.month = rest.month();
  rest.expect("-");
  date.year = year_around(static_cast<int>(rest.digits(2)), now);
  rest.expect(" ");
  date.clock = rest.clock();
  rest.expect(" GMT");
  return rest.complete() ? std::optional(date) : std::nullopt;
}

// "Sun Nov  6 08:49:37 1994": C's asctime.
std::optional<HttpDate> read_asctime_date(std::string_view text) {
  HttpDateText rest(text);
  HttpDate date;
  rest.weekday(false);
  rest.expect(" ");
  date.month = rest.month();
  rest.expect(" ");
  date.day = rest.padded_day();
  rest.expect(" ");
  date.clock = rest.clock();
  rest.expect(" ");
  date.year = static_cast<int>(rest.digits(4));
  return rest.complete() ? std::optional(date) : std::nullopt;
}

}  // namespace

std::optional<core::Time> parse_http_date(std::string_view text, core::Time now) {
  std::optional<HttpDate> date = read_fixdate(text);
  if (!date) date = read_rfc850_date(text, now);
  if (!date) date = read_asctime_date(text);
  if (!date) return std::nullopt;
  const std::chrono::year_month_day day{
      std::chrono::year(date->year), std::chrono::month(date->month), std::chrono::day(date->day)};
  if (!day.ok()) return std::nullopt;
  return core::Time(std::chrono::sys_days(day)) + date->clock;
}

std::optional<core::Duration> parse_retry_after(std::string_view value, core::Time now) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  if (is_all_digits(value)) {
    // More digits than fit are more than ten years as well.
    std::uint32_t seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (read.ec != std::errc()) return kMostRetryAfter;
    return std::min<core::Duration>(kMostRetryAfter, std::chrono::seconds(seconds));
  }
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp<core::Duration>(*date - now, core::Duration(0), kMostRetryAfter);
}

}  // namespace terapi::client
