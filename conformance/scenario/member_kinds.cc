#include "conformance/scenario/member_kinds.h"

#include <algorithm>

#include "core/duration.h"
#include "core/nearest.h"

namespace terapi::conformance {

namespace json = core::json;

void Slot::wrong(std::string_view expected) const {
  json::report_wrong(value, path, expected, issues);
}

void Slot::empty() const {
  issues.push_back({"invalid_value",
                    json::path_text(path) + " is empty; expected at least one item", path,
                    value.offset()});
}

Slot Slot::item(std::size_t index, const json::Value& item) const {
  json::Path inner = path;
  inner.push_back(std::to_string(index));
  return {item, std::move(inner), issues, judges};
}

void BooleanKind::read(const Slot& slot, bool& yes) const {
  if (!slot.value.is_boolean()) return slot.wrong("true or false");
  yes = slot.value.boolean();
}

void TextKind::read(const Slot& slot, std::string& text) const {
  const bool good = slot.value.is_string() && !(not_empty && slot.value.text() == "\"\"");
  if (!good) return slot.wrong(not_empty ? "a string that is not empty" : "a string");
  text = slot.value.string();
}

std::string TextKind::schema(Subject) const {
  return R"("type":"string")" + (pattern.empty() ? "" : R"(,"pattern":)" + json::quoted(pattern));
}

void refuse_word(const Slot& slot, const std::vector<std::string>& words) {
  std::string expected = "one of ";
  for (const std::string& word : words) {
    expected += (&word == &words.front() ? "\"" : ", \"") + word + "\"";
  }
  const std::string near = slot.value.is_string() ? core::nearest(slot.value.string(), words) : "";
  slot.wrong(near.empty() ? expected : expected + "; did you mean '" + near + "'?");
}

void OneOf::read(const Slot& slot, std::string& text) const {
  const std::string found = slot.value.string();
  const bool known = std::find(words.begin(), words.end(), found) != words.end();
  if (!slot.value.is_string() || !known) return refuse_word(slot, words);
  text = found;
}

std::string OneOf::schema(Subject) const {
  json::Writer out;
  out.begin_array();
  for (const std::string& word : words) out.string(word);
  out.end_array();
  return "\"enum\":" + out.take();
}

std::optional<std::int64_t> read_whole(const Slot& slot, const Range& range) {
  const std::optional<std::int64_t> number = slot.value.integer();
  if (number && *number >= range.least && *number <= range.most) return number;
  slot.wrong("a whole number from " + std::to_string(range.least) + " to " +
             std::to_string(range.most));
  return std::nullopt;
}

void DurationKind::read(const Slot& slot, core::Duration& duration) const {
  if (slot.value.is_string()) {
    if (const auto parsed = core::parse_duration(slot.value.string())) {
      duration = *parsed;
      return;
    }
  }
  slot.wrong("a duration with its unit, such as \"100ms\", \"20s\" or \"1h\"");
}

void DurationKind::write(json::Writer& out, core::Duration duration, Subject) const {
  out.string(core::format_duration(duration));
}

void JsonKind::write(json::Writer& out, const json::Value& value, Subject) const {
  out.raw(value.present() ? json::compact(value) : "null");
}

}  // namespace terapi::conformance
