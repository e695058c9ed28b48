#include "conformance/harness/mutants/reserialised.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace terapi::conformance {
namespace {

namespace json = core::json;

// As JavaScript writes it, near enough: 1.0 is 1, 9223372036854775807 is 9223372036854775808.
void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  constexpr double kWhole = 1e21;
  std::array<char, 64> text{};
  const bool whole = std::floor(number) == number && std::abs(number) < kWhole;
  const auto end = whole ? std::to_chars(text.data(), text.data() + text.size(), number,
                                         std::chars_format::fixed)
                         : std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), end.ptr);
}

void append(std::string& out, const json::Value& value, Keys keys);

void append_object(std::string& out, const json::Value& value, Keys keys) {
  std::vector<json::Member> members;
  for (const json::Member member : value.members()) members.push_back(member);
  if (keys == Keys::kSorted) {
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& a, const auto& b) { return a.key.string() < b.key.string(); });
  }
  out += '{';
  for (const json::Member& member : members) {
    if (out.back() != '{') out += ',';
    json::append_quoted(out, member.key.string());
    out += ':';
    append(out, member.value, keys);
  }
  out += '}';
}

void append_array(std::string& out, const json::Value& value, Keys keys) {
  out += '[';
  bool first = true;
  for (const json::Value item : value.items()) {
    if (!std::exchange(first, false)) out += ',';
    append(out, item, keys);
  }
  out += ']';
}

void append(std::string& out, const json::Value& value, Keys keys) {
  if (value.is_object()) return append_object(out, value, keys);
  if (value.is_array()) return append_array(out, value, keys);
  if (value.is_string()) return json::append_quoted(out, value.string());
  if (value.is_number()) return append_double(out, value.number());
  out += value.text();
}

}  // namespace

std::string reserialised(const json::Value& value, Keys keys) {
  std::string out;
  append(out, value, keys);
  return out;
}

}  // namespace terapi::conformance
