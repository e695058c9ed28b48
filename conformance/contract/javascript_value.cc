#include "conformance/contract/javascript_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// Deeper than anybody nests by hand; each level is a call here.
constexpr std::size_t kDeepest = 2'000;

struct SpelledMember {
  std::string key;
  std::string value;
};

// "0", "17", but not "007" or "4294967295".
bool is_array_index(const std::string& key) {
  constexpr std::uint64_t kMost = 4'294'967'294;
  if (key.empty() || key.size() > 10 || (key.size() > 1 && key[0] == '0')) return false;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  return error == std::errc() && end == key.data() + key.size() && number <= kMost;
}

bool comes_before(const SpelledMember& a, const SpelledMember& b) {
  const bool first = is_array_index(a.key);
  if (first != is_array_index(b.key)) return first;
  if (!first) return false;  // in the order in which they stand
  return a.key.size() != b.key.size() ? a.key.size() < b.key.size() : a.key < b.key;
}

std::string number_text(const json::Value& value) {
  const double number = value.number();
  if (!std::isfinite(number)) return "null";
  if (number == 0) return "0";
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::string(text.data(), end) : std::string(value.text());
}

class JavascriptText {
 public:
  explicit JavascriptText(KeyOrder order) : order_(order) {}

  std::string of(const json::Value& value, std::size_t depth) {
    if (depth > kDeepest) {
      too_deep_ = true;
      return "";
    }
    if (value.is_object()) return of_object(value, depth);
    if (value.is_array()) {
      std::string text = "[";
      for (const json::Value item : value.items()) {
        if (text.size() > 1) text += ',';
        text += of(item, depth + 1);
      }
      return text + ']';
    }
    if (value.is_number()) return number_text(value);
    if (value.is_string()) return json::quoted(json::spelled(value));
    return std::string(value.text());
  }
  bool too_deep() const { return too_deep_; }

 private:
  std::string of_object(const json::Value& object, std::size_t depth) {
    std::vector<SpelledMember> members;
    std::map<std::string, std::size_t> places;
    for (const json::Member member : object.members()) {
      std::string key = json::spelled(member.key);
      if (key == "__proto__") continue;
      const auto [at, is_new] = places.try_emplace(key, members.size());
      if (is_new) members.push_back({std::move(key), ""});
      members[at->second].value = of(member.value, depth + 1);
    }
    if (order_ == KeyOrder::kNone) {
      std::sort(members.begin(), members.end(),
                [](const SpelledMember& a, const SpelledMember& b) { return a.key < b.key; });
    } else {
      if (depth == 0) {
        std::stable_partition(members.begin(), members.end(),
                              [](const SpelledMember& member) { return member.key == "id"; });
      }
      std::stable_sort(members.begin(), members.end(), &comes_before);
    }
    std::string text = "{";
    for (const SpelledMember& member : members) {
      if (text.size() > 1) text += ',';
      text.append(json::quoted(member.key)).append(":").append(member.value);
    }
    return text + '}';
  }

  KeyOrder order_;
  bool too_deep_ = false;
};

}  // namespace

std::string javascript_text(std::string_view json, KeyOrder order) {
  json::Reader reader({.max_depth = 100'000});
  const auto value = reader.read(json);
  if (!value) return std::string(json);
  JavascriptText writer(order);
  std::string text = writer.of(*value, 0);
  return writer.too_deep() ? std::string(json) : text;
}

bool same_in_javascript(std::string_view a, std::string_view b) {
  return a == b || javascript_text(a, KeyOrder::kNone) == javascript_text(b, KeyOrder::kNone);
}

}  // namespace terapi::conformance
