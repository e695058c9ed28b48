#include "simulator/upstream/object_generator.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/json_writer.h"
#include "simulator/records/merged_object.h"
#include "simulator/records/object_members.h"
#include "simulator/records/payload.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::array<std::string_view, 32> kWords = {
    "invoice", "meeting", "after",  "the",    "customer", "asked", "for",    "a",
    "renewal", "of",      "annual", "plan",   "with",     "two",   "seats",  "and",
    "support", "please",  "call",   "before", "friday",   "naïve", "answer", "was",
    "late",    "because", "nobody", "saw",    "it",       "in",    "Zürich", "today"};

// Draws the members of one object. What a field comes to depends on its name and the object's
// number alone, so that one more field moves no other.
class Drawing {
 public:
  Drawing(core::Random random, std::uint64_t sequence, Time created, Time updated)
      : random_(random), sequence_(sequence), created_(created), updated_(updated) {}

  std::string value(const FieldRule& rule) {
    core::Random random = random_.stream(rule.name + "#" + std::to_string(sequence_));
    switch (rule.kind) {
      case FieldKind::kNumber:
        return std::to_string(rule.least + static_cast<std::int64_t>(sequence_));
      case FieldKind::kId:
        return json::quoted(rule.text + letters(random));
      case FieldKind::kWords:
        return json::quoted(sentence(random, between(random, rule)));
      case FieldKind::kInteger:
        return std::to_string(between(random, rule));
      case FieldKind::kChoice:
        return rule.choices[random.below(rule.choices.size())];
      case FieldKind::kText:
        return json::quoted(filled(rule.text));
      case FieldKind::kTime:
        return json::quoted(format_timestamp(rule.updated ? updated_ : created_));
      case FieldKind::kObject:
        return nested(rule, random);
      case FieldKind::kList:
        return list(rule, random);
    }
    return "null";
  }

  // What later texts may name in braces.
  void remember(const std::string& name, std::string_view value) {
    values_[name] = value.starts_with('"') ? json::decode_string(value) : std::string(value);
  }

 private:
  static std::int64_t between(core::Random& random, const FieldRule& rule) {
    return rule.least + static_cast<std::int64_t>(
                            random.below(static_cast<std::uint64_t>(rule.most - rule.least) + 1));
  }

  static std::string letters(core::Random& random) {
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    for (int i = 0; i < 14; ++i) text += kLetters[random.below(kLetters.size())];
    return text;
  }

  static std::string sentence(core::Random& random, std::int64_t words) {
    std::string text;
    for (; words > 0; --words) {
      if (!text.empty()) text += ' ';
      text += kWords[random.below(kWords.size())];
    }
    return text;
  }

  std::string filled(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const std::size_t open = text.find('{');
      const std::size_t close = text.find('}', open == std::string_view::npos ? 0 : open);
      if (open == std::string_view::npos || close == std::string_view::npos) break;
      out += text.substr(0, open);
      const std::string name(text.substr(open + 1, close - open - 1));
      const auto found = values_.find(name);
      if (name == "sequence") {
        out += std::to_string(sequence_);
      } else if (found != values_.end()) {
        out += found->second;
      }
      text.remove_prefix(close + 1);
    }
    return out + std::string(text);
  }

  std::string nested(const FieldRule& rule, core::Random& random) const {
    Drawing inside(core::Random(random.next()), sequence_, created_, updated_);
    json::Writer out;
    out.begin_object();
    for (const FieldRule& member : rule.members) {
      out.key(member.name).raw(inside.value(member));
    }
    out.end_object();
    return out.take();
  }

  std::string list(const FieldRule& rule, core::Random& random) const {
    json::Writer out;
    out.begin_array();
    for (std::int64_t left = between(random, rule); left > 0; --left) {
      out.raw(nested(rule, random));
    }
    out.end_array();
    return out.take();
  }

  core::Random random_;
  std::uint64_t sequence_;
  Time created_;
  Time updated_;
  std::map<std::string, std::string, std::less<>> values_;
};

ObjectMembers drawn(const Template& from, const core::Random& random, std::uint64_t sequence,
                    Time now) {
  Drawing drawing(random, sequence, now, now);
  ObjectMembers members;
  for (const FieldRule& rule : from.fields) {
    std::string value = drawing.value(rule);
    drawing.remember(rule.name, value);
    members.set(rule.name, std::move(value));
  }
  if (members.find(from.id_key) == nullptr) {
    members.set(from.id_key, json::quoted(std::to_string(sequence)));
  }
  return members;
}

// Sets the times of the last change.
void touch(ObjectMembers& members, const Template& from, Time created, Time now) {
  Drawing times(core::Random(0), 0, created, now);
  for (const FieldRule& rule : from.fields) {
    if (rule.kind == FieldKind::kTime && rule.updated) members.set(rule.name, times.value(rule));
  }
}

const FieldRule* field_named(const Template& from, std::string_view name) {
  const auto found = std::find_if(from.fields.begin(), from.fields.end(),
                                  [&](const FieldRule& rule) { return rule.name == name; });
  return found == from.fields.end() ? nullptr : &*found;
}

}  // namespace

std::string changed_object(const Template& from, const core::Random& random, std::string_view text,
                           std::uint64_t sequence, Time created, Time now) {
  ObjectMembers members = ObjectMembers::of_text(text);
  core::Random choice = random.stream("which");
  if (!from.changes.empty()) {
    const FieldRule* rule = field_named(from, from.changes[choice.below(from.changes.size())]);
    constexpr int kTries = 8;  // a rule with one value has no other
    for (int i = 0; rule != nullptr && i < kTries; ++i) {
      Drawing drawing(core::Random(choice.next()), sequence, created, now);
      std::string value = drawing.value(*rule);
      const std::string* before = members.find(rule->name);
      if (before != nullptr && *before == value) continue;
      members.set(rule->name, std::move(value));
      break;
    }
  }
  touch(members, from, created, now);
  return members.text();
}

std::string object_with(const Template& from, const core::Random& random, std::uint64_t sequence,
                        Time now, const json::Value& given) {
  ObjectMembers members = drawn(from, random, sequence, now);
  members.set_all(given);
  return members.text();
}

std::string merge_object(std::string_view base, const json::Value& patch) {
  MergedObject object(base);
  object.merge(patch);
  return object.text();
}

std::string touched_object(const Template& from, std::string_view text, Time created, Time now) {
  ObjectMembers members = ObjectMembers::of_text(text);
  touch(members, from, created, now);
  return members.text();
}

std::string revised_object(std::string_view text, std::uint64_t revision) {
  ObjectMembers members = ObjectMembers::of_text(text);
  members.set("revision", std::to_string(revision));
  return members.text();
}

std::string renamed_object(std::string_view text, std::string_view id_key, std::string_view id) {
  ObjectMembers members = ObjectMembers::of_text(text);
  members.set(std::string(id_key), json::quoted(id));
  if (members.find("id") != nullptr) members.set("id", json::quoted(id));
  return members.text();
}

std::optional<std::string> object_id(const json::Value& object, std::string_view id_key) {
  const json::Value value = object[id_key];
  if (value.is_string() && json::has_unpaired_surrogate(value.text())) return std::nullopt;
  std::string id = value.is_string()   ? value.string()
                   : value.is_number() ? std::string(value.text())
                                       : std::string();
  if (id.empty() || id.size() > kLongestId) return std::nullopt;
  return id;
}

}  // namespace terapi::simulator
