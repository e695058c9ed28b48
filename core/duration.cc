#include "core/duration.h"

#include <algorithm>
#include <array>
#include <optional>

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
                              "or d), for example 100ms, 20s or 1h; or several of them, the "
                              "longest unit first: 1h30m"};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number and a unit, "1.5s".
struct Part {
  const Unit* unit = nullptr;
  std::int64_t microseconds = 0;
};

// Takes the first part away from `text`; nothing if there is none.
std::optional<Part> take_part(std::string_view& text) {
  std::size_t at = 0;
  std::int64_t whole = 0;
  while (at < text.size() && is_digit(text[at])) {
    whole = whole * 10 + (text[at] - '0');
    if (whole > kLongest) return std::nullopt;
    ++at;
  }
  if (at == 0) return std::nullopt;
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
    if (at == start) return std::nullopt;
  }
  const std::size_t end = std::min(text.find_first_of("0123456789", at), text.size());
  const std::string_view name = text.substr(at, end - at);
  for (const Unit& unit : kUnits) {
    if (name != unit.name) continue;
    if (whole > kLongest / unit.microseconds) return std::nullopt;
    text.remove_prefix(end);
    return Part{&unit, whole * unit.microseconds + fraction * unit.microseconds / scale};
  }
  return std::nullopt;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::int64_t microseconds = 0;
  const Unit* before = nullptr;
  do {
    const std::optional<Part> part = take_part(rest);
    if (!part) return bad_duration(text);
    if (before != nullptr && part->unit->microseconds >= before->microseconds) {
      return bad_duration(text);
    }
    microseconds += part->microseconds;
    before = part->unit;
  } while (!rest.empty());
  if (microseconds > kLongest) return bad_duration(text);
  return Duration(microseconds);
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
