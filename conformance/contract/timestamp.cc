#include "conformance/contract/timestamp.h"

#include <chrono>
#include <cstdint>

namespace terapi::conformance {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Takes a timestamp apart from left to right; once something did not fit, nothing fits any more.
class TimestampScanner {
 public:
  explicit TimestampScanner(std::string_view text) : text_(text) {}

  // Exactly `width` digits, whose number is at most `most`.
  int number(std::size_t width, int most) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!at_digit()) return fail();
      value = value * 10 + (text_[at_++] - '0');
    }
    return value <= most ? value : fail();
  }

  void literal(char c) {
    if (!take(c)) fail();
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The digits after the point: at least one, those past the sixth without effect.
  microseconds fraction() {
    if (!at_digit()) fail();
    int value = 0;
    int scale = 100000;
    for (; at_digit(); ++at_) {
      value += (text_[at_] - '0') * scale;
      scale /= 10;
    }
    return microseconds(value);
  }

  int fail() {
    ok_ = false;
    at_ = text_.size();
    return 0;
  }
  bool finished() const { return ok_ && at_ == text_.size(); }

 private:
  bool at_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// How far the written time is ahead of UTC.
minutes read_offset(TimestampScanner& scanner) {
  if (scanner.take('Z') || scanner.take('z')) return minutes(0);
  const bool behind = scanner.take('-');
  if (!behind) scanner.literal('+');
  const hours whole(scanner.number(2, 23));
  scanner.literal(':');
  const minutes offset = whole + minutes(scanner.number(2, 59));
  return behind ? -offset : offset;
}

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

// "2023-09-18T15:20:35"; leaves what is less than a second in `rest`.
std::string write_seconds(core::Time time, microseconds& rest) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> clock(time - day);
  std::string text;
  append_digits(text, static_cast<int>(date.year()), 4);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_digits(text, clock.hours().count(), 2);
  text += ':';
  append_digits(text, clock.minutes().count(), 2);
  text += ':';
  append_digits(text, clock.seconds().count(), 2);
  rest = clock.subseconds();
  return text;
}

constexpr std::size_t kSecondsLength = std::string_view("2023-09-18T15:20:35").size();
constexpr std::size_t kOffsetLength = std::string_view("+00:00").size();

}  // namespace

std::optional<core::Time> read_timestamp(std::string_view text) {
  TimestampScanner scanner(text);
  const std::chrono::year year(scanner.number(4, 9999));
  scanner.literal('-');
  const std::chrono::month month(static_cast<unsigned>(scanner.number(2, 12)));
  scanner.literal('-');
  const std::chrono::day day(static_cast<unsigned>(scanner.number(2, 31)));
  if (!scanner.take('t')) scanner.literal('T');
  const hours hour(scanner.number(2, 23));
  scanner.literal(':');
  const minutes minute(scanner.number(2, 59));
  scanner.literal(':');
  const seconds second(scanner.number(2, 59));
  const microseconds fraction = scanner.take('.') ? scanner.fraction() : microseconds(0);
  const minutes ahead = read_offset(scanner);
  const std::chrono::year_month_day date(year, month, day);
  if (!scanner.finished() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + hour + minute + second + fraction - ahead;
}

bool is_canonical_timestamp(std::string_view text, const Dialect& dialect) {
  if (!read_timestamp(text) || text[10] != 'T') return false;
  if (dialect.timestamp_format == TimestampFormat::kSixDigitsUtc) {
    return text.size() == kSecondsLength + 7 + kOffsetLength && text.ends_with("+00:00");
  }
  if (text.size() < kSecondsLength + kOffsetLength) return false;  // it ends with Z
  const std::string_view offset = text.substr(text.size() - kOffsetLength);
  if ((offset[0] != '+' && offset[0] != '-') || offset == "-00:00") return false;
  const std::string_view fraction =
      text.substr(kSecondsLength, text.size() - kSecondsLength - kOffsetLength);
  return fraction.size() <= 7 && !fraction.ends_with('0');
}

std::string write_timestamp(core::Time time) { return write_timestamp(time, terapi_dialect()); }

std::string write_timestamp(core::Time time, const Dialect& dialect) {
  microseconds rest{0};
  std::string text = write_seconds(time, rest);
  if (dialect.timestamp_format == TimestampFormat::kSixDigitsUtc || rest.count() != 0) {
    text += '.';
    append_digits(text, rest.count(), 6);
  }
  if (dialect.timestamp_format == TimestampFormat::kTrimmed && rest.count() != 0) {
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "+00:00";
}

std::string write_millis(core::Time time) {
  microseconds rest{0};
  std::string text = write_seconds(time, rest);
  text += '.';
  append_digits(text, rest.count() / 1000, 3);
  return text + "Z";
}

}  // namespace terapi::conformance
