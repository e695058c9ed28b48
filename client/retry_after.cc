#include "client/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace terapi::client {
namespace {

constexpr core::Duration kMost = std::chrono::hours(24 * 3650);

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Up to nine digits; -1 for anything else.
int number(std::string_view text) {
  int value = -1;
  if (is_number(text) && text.size() <= 9) {
    std::from_chars(text.data(), text.data() + text.size(), value);
  }
  return value;
}

unsigned month_named(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? 0 : static_cast<unsigned>(found - kNames.begin()) + 1;
}

// The words of a date: "Sun, 06 Nov 1994 08:49:37 GMT" at spaces, commas and the dashes of RFC 850.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != ' ' && text[i] != ',' && text[i] != '-') continue;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

// RFC 9110: a year of two digits that seems more than 50 years ahead is in the past.
int full_year(int year, std::size_t digits, core::Time now) {
  if (digits != 2) return digits == 4 ? year : -1;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  const int candidate = this_year - this_year % 100 + year;
  return candidate > this_year + 50 ? candidate - 100 : candidate;
}

std::optional<core::Time> time_of(int year, unsigned month, int day, std::string_view clock) {
  if (clock.size() != 8 || clock[2] != ':' || clock[5] != ':') return std::nullopt;
  const int hour = number(clock.substr(0, 2));
  const int minute = number(clock.substr(3, 2));
  const int second = number(clock.substr(6, 2));
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (year < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  return core::Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<core::Time> parse_http_date(std::string_view text, core::Time now) {
  const auto words = words_of(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT" and "Sunday, 06-Nov-94 08:49:37 GMT".
  if (words.size() == 6 && words[5] == "GMT") {
    return time_of(full_year(number(words[3]), words[3].size(), now), month_named(words[2]),
                   number(words[1]), words[4]);
  }
  // "Sun Nov  6 08:49:37 1994".
  if (words.size() == 5 && words[4].size() == 4) {
    return time_of(number(words[4]), month_named(words[1]), number(words[2]), words[3]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<core::Duration> parse_retry_after(std::string_view value, core::Time now) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  if (is_number(value)) {
    const int seconds = number(value);
    return seconds < 0 ? kMost : std::min<core::Duration>(kMost, std::chrono::seconds(seconds));
  }
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp<core::Duration>(*date - now, core::Duration(0), kMost);
}

}  // namespace terapi::client
