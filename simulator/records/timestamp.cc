#include "simulator/records/timestamp.h"

#include <chrono>
#include <cstring>

namespace terapi::simulator {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): calendar names read best bare

void put_digits(char* at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// The part of a timestamp that says the second.
void put_second(char* text, sys_seconds second) {
  const auto day = floor<days>(second);
  const year_month_day date(day);
  const auto in_day = static_cast<unsigned>((second - day).count());
  put_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(text + 5, static_cast<unsigned>(date.month()), 2);
  put_digits(text + 8, static_cast<unsigned>(date.day()), 2);
  put_digits(text + 11, in_day / 3600, 2);
  put_digits(text + 14, in_day / 60 % 60, 2);
  put_digits(text + 17, in_day % 60, 2);
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

char* write_timestamp(char* to, Time time) {
  // The timestamps of a page are mostly of few seconds: what they share is not made again.
  struct Second {
    sys_seconds time = sys_seconds::max();
    char text[kTimestampSize + 1] = "0000-00-00T00:00:00.000000+00:00";
  };
  thread_local Second last;
  const sys_seconds second = floor<seconds>(time);
  if (second != last.time) {
    put_second(last.text, second);
    last.time = second;
  }
  std::memcpy(to, last.text, kTimestampSize);
  auto micros = static_cast<unsigned>((time - second).count());
  put_digits(to + 20, micros / 10'000, 2);
  micros %= 10'000;
  put_digits(to + 22, micros / 100, 2);
  put_digits(to + 24, micros % 100, 2);
  return to + kTimestampSize;
}

void append_timestamp(std::string& out, Time time) {
  char text[kTimestampSize];
  write_timestamp(text, time);
  out.append(text, kTimestampSize);
}

std::string format_timestamp(Time time) {
  std::string out;
  append_timestamp(out, time);
  return out;
}

char* write_trimmed_timestamp(char* to, Time time) {
  constexpr std::size_t kFractionEnd = 26;
  write_timestamp(to, time);
  std::size_t end = kFractionEnd;
  while (to[end - 1] == '0') --end;
  if (to[end - 1] == '.') --end;
  std::memmove(to + end, to + kFractionEnd, kTimestampSize - kFractionEnd);
  return to + end + kTimestampSize - kFractionEnd;
}

std::string format_trimmed_timestamp(Time time) {
  char text[kTimestampSize];
  return {text, write_trimmed_timestamp(text, time)};
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
