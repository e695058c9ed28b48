#include "simulator/javascript/iso_datetime.h"

#include <algorithm>
#include <chrono>

#include "simulator/javascript/ascii.h"

namespace terapi::simulator {
namespace {

using std::chrono::microseconds;

// Takes a date-time apart from its start; `good` falls when something is not as it has to be.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  bool is_next(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!is_next(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = take(c) && good_; }
  int number(std::size_t digits, int least, int most) {
    const bool there =
        rest_.size() >= digits &&
        std::all_of(rest_.begin(), rest_.begin() + static_cast<long>(digits), is_ascii_digit);
    if (!there) {
      good_ = false;
      return 0;
    }
    int value = 0;
    for (const char c : rest_.substr(0, digits)) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    good_ = good_ && value >= least && value <= most;
    return value;
  }
  std::string_view digits() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_ascii_digit);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    good_ = good_ && !taken.empty();
    rest_.remove_prefix(taken.size());
    return taken;
  }
  bool at_end() const { return rest_.empty(); }
  bool good() const { return good_; }
  void fail() { good_ = false; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Digits behind the point; PostgreSQL rounds the half to the even neighbour.
microseconds fraction_of(std::string_view digits, Microseconds beyond) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  if (beyond == Microseconds::kRounded && digits.size() > 6) {
    const std::string_view tail = digits.substr(6);
    const bool is_half =
        tail.front() == '5' && tail.find_first_not_of('0', 1) == std::string_view::npos;
    if (is_half ? value % 2 == 1 : tail.front() >= '5') ++value;
  }
  return microseconds(value);
}

// West of Greenwich is negative.
std::chrono::minutes offset_of(Parts& parts, Offsets offsets) {
  const int sign = parts.is_next('-') ? -1 : 1;
  const bool is_z = parts.take('Z');
  if (is_z) return {};
  if (offsets == Offsets::kOnlyZ || !(parts.take('+') || parts.take('-'))) parts.fail();
  const int hours = parts.number(2, 0, 23);
  parts.expect(':');
  return std::chrono::minutes(sign * (hours * 60 + parts.number(2, 0, 59)));
}

}  // namespace

std::optional<core::Time> parse_iso_datetime(std::string_view text, Offsets offsets,
                                             Microseconds beyond) {
  Parts parts(text);
  const int year = parts.number(4, 0, 9999);
  parts.expect('-');
  const int month = parts.number(2, 1, 12);
  parts.expect('-');
  const int day = parts.number(2, 1, 31);
  parts.expect('T');
  const int hour = parts.number(2, 0, 23);
  parts.expect(':');
  const int minute = parts.number(2, 0, 59);
  int second = 0;
  microseconds fraction{0};
  if (parts.take(':')) {
    second = parts.number(2, 0, 59);
    if (parts.take('.')) fraction = fraction_of(parts.digits(), beyond);
  }
  const std::chrono::minutes offset = offset_of(parts, offsets);
  if (!parts.good() || !parts.at_end()) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return core::Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) + fraction - offset;
}

}  // namespace terapi::simulator
