#include "simulator/javascript/javascript_json.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <unordered_map>

#include "core/utf8.h"
#include "simulator/javascript/javascript_number.h"
#include "simulator/javascript/utf16.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// Those that are array indices first, in their order; the others as they are.
template <typename Member>
void in_javascript_order(std::vector<Member>& members) {
  const auto index = [](const Member& member) { return javascript_array_index(member.first); };
  const auto others = std::stable_partition(members.begin(), members.end(),
                                            [&](const Member& m) { return index(m).has_value(); });
  std::sort(members.begin(), others,
            [&](const Member& a, const Member& b) { return *index(a) < *index(b); });
}

void append_unit_escape(std::string& out, unsigned unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(unit >> shift) & 15U];
}

// Half of a surrogate pair, in the three bytes in which json::spelled keeps it; 0: none.
unsigned lone_surrogate(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() < 3 || byte(0) != 0xED || byte(1) < 0xA0) return 0;
  return 0xD000U | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
}

void append_ascii(std::string& out, char c) {
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  constexpr std::string_view kEscaped = "\"\\bfnrt";
  if (const std::size_t at = kPlain.find(c); at != std::string_view::npos) {
    out += '\\';
    out += kEscaped[at];
  } else if (static_cast<unsigned char>(c) < 0x20) {
    append_unit_escape(out, static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

enum class KeyOrder : std::uint8_t { kOwn, kSorted };

void append_value(std::string& out, const json::Value& value, KeyOrder order);

void append_members(std::string& out, JavascriptMembers members, KeyOrder order) {
  if (order == KeyOrder::kSorted) {
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return utf16_of(a.first) < utf16_of(b.first); });
  }
  out += '{';
  for (const auto& [key, value] : members) {
    if (out.back() != '{') out += ',';
    append_javascript_string(out, key);
    out += ':';
    append_value(out, value, order);
  }
  out += '}';
}

void append_items(std::string& out, const json::Value& array, KeyOrder order) {
  out += '[';
  bool first = true;
  for (const json::Value item : array.items()) {
    if (!std::exchange(first, false)) out += ',';
    append_value(out, item, order);
  }
  out += ']';
}

void append_value(std::string& out, const json::Value& value, KeyOrder order) {
  switch (value.kind()) {
    case json::Kind::kObject:
      return append_members(out, javascript_members(value), order);
    case json::Kind::kArray:
      return append_items(out, value, order);
    case json::Kind::kNumber:
      out += javascript_json_number(std::strtod(std::string(value.text()).c_str(), nullptr));
      return;
    case json::Kind::kString:
      return append_javascript_string(out, json::spelled(value));
    case json::Kind::kBoolean:
    case json::Kind::kNull:
      out += value.text();
  }
}

// What deepmerge passes over, since it is not to change how objects work.
bool is_prototype_key(std::string_view key) {
  return key == "__proto__" || key == "constructor" || key == "prototype";
}

// Deepmerge's clone: without such keys, at any depth.
std::string cloned(const json::Value& value) {
  if (value.is_array()) {
    std::string out = "[";
    for (const json::Value item : value.items()) {
      if (out.size() > 1) out += ',';
      out += cloned(item);
    }
    return out += ']';
  }
  if (!value.is_object()) return javascript_json(value);
  JavascriptObject object;
  for (const auto& [key, member] : javascript_members(value)) {
    if (!is_prototype_key(key)) object.set(key, cloned(member));
  }
  return object.text();
}

}  // namespace

std::string javascript_json(const json::Value& value) {
  std::string out;
  out.reserve(value.text().size());
  append_value(out, value, KeyOrder::kOwn);
  return out;
}

std::string sorted_javascript_json(const json::Value& value) {
  std::string out;
  append_value(out, value, KeyOrder::kSorted);
  return out;
}

JavascriptMembers javascript_members(const json::Value& object) {
  JavascriptMembers members;
  members.reserve(object.size());
  std::unordered_map<std::string, std::size_t> places;
  for (const json::Member member : object.members()) {
    std::string key = json::spelled(member.key);
    const auto [found, is_new] = places.try_emplace(key, members.size());
    if (is_new) {
      members.emplace_back(std::move(key), member.value);
    } else {
      members[found->second].second = member.value;
    }
  }
  in_javascript_order(members);
  return members;
}

void JavascriptObject::set(std::string key, std::string value) {
  const auto [found, is_new] = places_.try_emplace(key, members_.size());
  if (is_new) {
    members_.emplace_back(std::move(key), std::move(value));
  } else {
    members_[found->second].second = std::move(value);
  }
}

std::string JavascriptObject::text() const { return text_without({}).text; }

JavascriptObject::Gap JavascriptObject::text_without(std::optional<std::string_view> left) const {
  std::vector<std::pair<std::string_view, std::string_view>> members(members_.begin(),
                                                                     members_.end());
  in_javascript_order(members);
  Gap out{"{", std::string::npos};
  for (const auto& [key, value] : members) {
    if (left && key == *left) {
      out.at = out.text.size();
      continue;
    }
    if (out.text.size() > 1) out.text += ',';
    append_javascript_string(out.text, key);
    out.text += ':';
    out.text += value;
  }
  out.text += '}';
  return out;
}

std::string javascript_merge(const json::Value& base, const json::Value& patch) {
  if (!base.is_object() || !patch.is_object()) return cloned(patch);
  const JavascriptMembers old = javascript_members(base);
  const JavascriptMembers changes = javascript_members(patch);
  std::unordered_map<std::string_view, json::Value> had;
  std::unordered_map<std::string_view, json::Value> has;
  for (const auto& [key, value] : old) had.emplace(key, value);
  for (const auto& [key, value] : changes) has.emplace(key, value);
  JavascriptObject merged;
  for (const auto& [key, value] : old) {
    if (!is_prototype_key(key) && !has.contains(key)) merged.set(key, cloned(value));
  }
  for (const auto& [key, value] : changes) {
    if (is_prototype_key(key)) continue;
    const auto before = had.find(key);
    if (before != had.end()) {
      merged.set(key, javascript_merge(before->second, value));
    } else if (!is_inherited_key(key)) {  // one that every object has already is left as it is
      merged.set(key, cloned(value));
    }
  }
  return merged.text();
}

void append_javascript_string(std::string& out, std::string_view spelled) {
  out += '"';
  while (!spelled.empty()) {
    std::size_t size = 1;
    if (static_cast<unsigned char>(spelled.front()) < 0x80) {
      append_ascii(out, spelled.front());
    } else if (const unsigned half = lone_surrogate(spelled)) {
      append_unit_escape(out, half);
      size = 3;
    } else if (const std::size_t length = core::utf8_sequence_length(spelled)) {
      out += spelled.substr(0, length);
      size = length;
    } else {
      out += "\uFFFD";
    }
    spelled.remove_prefix(size);
  }
  out += '"';
}

}  // namespace terapi::simulator
