#include "client/program/figures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "core/printable.h"
#include "core/rfc3339.h"

namespace terapi::client {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Where the character with this number begins; the text's end, if it has fewer.
std::size_t offset_of(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (continues_character(text[at])) continue;
    if (character-- == 0) break;
  }
  return at;
}

std::string with_digits(double number, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return grouped(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string short_rate(double number) {
  // Past these, rounding would show four digits.
  if (number < 999.5) return with_digits(number, 0);
  if (number < 999'500) return with_digits(number / 1e3, number < 9'950 ? 1 : 0) + "k";
  return with_digits(number / 1e6, number < 9'950'000 ? 1 : 0) + "M";
}

std::string short_span(core::Duration span) {
  struct Unit {
    std::int64_t seconds;
    char letter;
  };
  static constexpr std::array<Unit, 4> kUnits = {
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  std::int64_t seconds =
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(span).count());
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && seconds < kUnits[unit].seconds) ++unit;
  std::string text = std::to_string(seconds / kUnits[unit].seconds) + kUnits[unit].letter;
  seconds %= kUnits[unit].seconds;
  if (unit + 1 == kUnits.size()) return text;
  const std::int64_t rest = seconds / kUnits[unit + 1].seconds;
  if (rest > 0) text += " " + std::to_string(rest) + kUnits[unit + 1].letter;
  return text;
}

std::string exact_span(core::Duration span) {
  using namespace std::chrono_literals;
  if (span >= 60s) return short_span(span);
  const auto tenths = std::max<std::int64_t>(0, span / core::Duration(100ms));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "s";
}

std::string short_time(core::Time time) {
  std::string text = core::format_rfc3339(time).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  return std::string(text.substr(0, offset_of(text, columns - 1))) + "…";
}

std::string shortened(std::string_view text, std::size_t head, std::size_t tail) {
  const std::size_t width = width_of(text);
  if (width <= head + tail + 1) return std::string(text);
  return std::string(text.substr(0, offset_of(text, head))) + "…" +
         std::string(text.substr(offset_of(text, width - tail)));
}

std::string printable(std::string_view text) {
  return core::printable(text, core::LineBreaks::kEscape);
}

}  // namespace terapi::client
