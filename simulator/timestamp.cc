#include "simulator/timestamp.h"

#include <chrono>

namespace terapi::simulator {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): calendar names read best bare

void put_digits(char* at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// Reads exactly `width` digits at the front of `text` and takes them off.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// A fraction of any length, as whole microseconds.
std::optional<int> take_fraction(std::string_view& text) {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  int micros = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

std::optional<minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return minutes(0);
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  const minutes offset = hours(*hour) + minutes(*minute);
  return negative ? -offset : offset;
}

}  // namespace

void append_timestamp(std::string& out, Time time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto in_day = static_cast<unsigned long>((time - day).count());
  const auto seconds_in_day = static_cast<unsigned>(in_day / 1'000'000);
  char text[kTimestampSize + 1] = "0000-00-00T00:00:00.000000+00:00";
  put_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(text + 5, static_cast<unsigned>(date.month()), 2);
  put_digits(text + 8, static_cast<unsigned>(date.day()), 2);
  put_digits(text + 11, seconds_in_day / 3600, 2);
  put_digits(text + 14, seconds_in_day / 60 % 60, 2);
  put_digits(text + 17, seconds_in_day % 60, 2);
  put_digits(text + 20, static_cast<unsigned>(in_day % 1'000'000), 6);
  out.append(text, kTimestampSize);
}

std::string format_timestamp(Time time) {
  std::string out;
  append_timestamp(out, time);
  return out;
}

std::string format_trimmed_timestamp(Time time) {
  std::string text = format_timestamp(time);
  const std::size_t last = text.find_last_not_of('0', 25);
  text.erase(text[last] == '.' ? last : last + 1, 26 - (text[last] == '.' ? last : last + 1));
  return text;
}

std::string format_millis(Time time) { return format_timestamp(time).substr(0, 23) + "Z"; }

std::optional<Time> parse_timestamp(std::string_view text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, "-")) return std::nullopt;
  const auto d = take_digits(text, 2);
  // RFC 3339 section 5.6 lets "t" and a space stand for "T".
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  const auto micros = take_fraction(text);
  if (!micros) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d)));
  // 60 is a leap second, which this time scale counts as the next second.
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Time(sys_days(date)) + hours(*hour) + minutes(*minute) + seconds(*second) +
         microseconds(*micros) - *offset;
}

}  // namespace terapi::simulator
