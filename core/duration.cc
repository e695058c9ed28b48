#include "core/duration.h"

#include <array>
#include <limits>

namespace terapi::core {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};

constexpr std::array kUnits = {
    Unit{"us", 1},         Unit{"ms", 1'000},        Unit{"s", 1'000'000},
    Unit{"m", 60'000'000}, Unit{"h", 3'600'000'000}, Unit{"d", 86'400'000'000},
};

// Ten thousand years: far beyond any use, and far from overflow.
constexpr std::int64_t kLongest = std::int64_t{10'000} * 365 * 86'400 * 1'000'000;

Error bad_duration(std::string_view text) {
  return {"bad_duration", "'" + std::string(text) +
                              "' is not a duration; expected a number and a unit (us, ms, s, m, h "
                              "or d), for example 100ms, 20s or 1h"};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::size_t at = 0;
  std::int64_t whole = 0;
  while (at < text.size() && is_digit(text[at])) {
    whole = whole * 10 + (text[at] - '0');
    if (whole > kLongest) return bad_duration(text);
    ++at;
  }
  if (at == 0) return bad_duration(text);
  std::int64_t fraction = 0;
  std::int64_t scale = 1;
  if (at < text.size() && text[at] == '.') {
    const std::size_t start = ++at;
    while (at < text.size() && is_digit(text[at])) {
      if (scale < 1'000'000) {
        fraction = fraction * 10 + (text[at] - '0');
        scale *= 10;
      }
      ++at;
    }
    if (at == start) return bad_duration(text);
  }
  for (const Unit& unit : kUnits) {
    if (text.substr(at) != unit.name) continue;
    if (whole > kLongest / unit.microseconds) return bad_duration(text);
    return Duration(whole * unit.microseconds + fraction * unit.microseconds / scale);
  }
  return bad_duration(text);
}

std::string format_duration(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  for (std::size_t i = kUnits.size(); i-- > 0;) {
    if (count % kUnits[i].microseconds == 0) {
      return std::to_string(count / kUnits[i].microseconds) + std::string(kUnits[i].name);
    }
  }
  return std::to_string(count) + "us";
}

}  // namespace terapi::core
