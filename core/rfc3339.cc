#include "core/rfc3339.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace terapi::core {
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

// Reads a text from its beginning; once something is missing, everything after it is, too.
class TimestampScanner {
 public:
  explicit TimestampScanner(std::string_view text) : text_(text) {}

  bool finished() const { return good_ && text_.empty(); }

  // Exactly `width` digits.
  int digits(std::size_t width) {
    if (text_.size() < width) return fail();
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return fail();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return value;
  }
  bool take(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) {
    if (!take(any_of)) fail();
  }
  // The digits after the point, as microseconds; at least one.
  int fraction() {
    int value = 0;
    int unit = 100'000;
    std::size_t count = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++count) {
      value += (text_.front() - '0') * unit;
      unit /= 10;
      text_.remove_prefix(1);
    }
    return count > 0 ? value : fail();
  }
  // Minutes east of UTC.
  int offset() {
    if (take("Zz")) return 0;
    const bool west = take("-");
    if (!west) expect("+");
    const int hour = digits(2);
    expect(":");
    const int minute = digits(2);
    if (hour > 23 || minute > 59) return fail();
    return (west ? -1 : 1) * (hour * 60 + minute);
  }

 private:
  int fail() {
    good_ = false;
    return 0;
  }

  std::string_view text_;
  bool good_ = true;
};

// The fields of a timestamp, each in the range that its digits allow.
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

// Nothing when a field is out of range. A leap second, 60, is the first of the next minute.
std::optional<Time> time_of_parts(const TimestampParts& parts) {
  const year_month_day date{year(parts.year), month(static_cast<unsigned>(parts.month)),
                            day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return Time(sys_days(date)) + hours(parts.hour) + minutes(parts.minute - parts.offset) +
         seconds(parts.second) + microseconds(parts.micros);
}

// Reads the form that write_rfc3339 writes: every field has its place, so nothing is searched for,
// and faults are only added up. Nothing for any other form.
std::optional<TimestampParts> parts_of_usual_form(std::string_view text) {
  if (text.size() != kRfc3339Size || text.substr(26) != "+00:00") return std::nullopt;
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

char* write_rfc3339(char* to, Time time) {
  constexpr Time kFirst = sys_days(year(0) / January / 1);
  constexpr Time kLast = Time(sys_days(year(9999) / December / 31)) + days(1) - microseconds(1);
  time = std::clamp(time, kFirst, kLast);
  // The timestamps of a page are mostly of few seconds: what they share is not made again.
  struct Second {
    sys_seconds time = sys_seconds::max();
    char text[kRfc3339Size + 1] = "0000-00-00T00:00:00.000000+00:00";
  };
  thread_local Second last;
  const sys_seconds second = floor<seconds>(time);
  if (second != last.time) {
    put_second(last.text, second);
    last.time = second;
  }
  std::memcpy(to, last.text, kRfc3339Size);
  auto micros = static_cast<unsigned>((time - second).count());
  put_digits(to + 20, micros / 10'000, 2);
  micros %= 10'000;
  put_digits(to + 22, micros / 100, 2);
  put_digits(to + 24, micros % 100, 2);
  return to + kRfc3339Size;
}

std::string format_rfc3339(Time time) {
  std::string text(kRfc3339Size, '\0');
  write_rfc3339(text.data(), time);
  return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  // Once for each record of a page: worth a way of its own.
  if (const auto parts = parts_of_usual_form(text)) return time_of_parts(*parts);
  TimestampScanner rest(text);
  TimestampParts parts;
  parts.year = rest.digits(4);
  rest.expect("-");
  parts.month = rest.digits(2);
  rest.expect("-");
  parts.day = rest.digits(2);
  rest.expect("Tt ");
  parts.hour = rest.digits(2);
  rest.expect(":");
  parts.minute = rest.digits(2);
  rest.expect(":");
  parts.second = rest.digits(2);
  if (rest.take(".")) parts.micros = rest.fraction();
  parts.offset = rest.offset();
  if (!rest.finished()) return std::nullopt;
  return time_of_parts(parts);
}

}  // namespace terapi::core
