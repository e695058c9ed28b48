#include "simulator/world/template.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "simulator/records/names.h"
#include "simulator/world/embedded_templates.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::int64_t kMostObjects = 10'000'000;
constexpr std::int64_t kMostNumber = 1'000'000'000'000;
constexpr std::int64_t kMostItems = 1'000;

std::vector<FieldRule> read_fields(const json::Value& object, const json::Path& path,
                                   json::Issues& issues);

// [least, most]
void read_range(json::Fields& fields, std::string_view key, std::int64_t most, FieldRule& rule) {
  const json::Value range = fields.array(key);
  if (!range.is_array()) return;
  std::vector<std::optional<std::int64_t>> ends;
  for (const json::Value end : range.items()) ends.push_back(end.integer());
  if (ends.size() != 2 || !ends[0] || !ends[1] || *ends[0] < 0 || *ends[1] < *ends[0] ||
      *ends[1] > most) {
    fields.report(
        key, "invalid_value",
        "has to be the least and the most, two whole numbers from 0 to " + std::to_string(most));
    return;
  }
  rule.least = *ends[0];
  rule.most = *ends[1];
}

void read_time(json::Fields& fields, FieldRule& rule) {
  static constexpr auto kTimes =
      std::to_array<core::Word<bool>>({{false, "created"}, {true, "updated"}});
  rule.updated = fields.word("time", kTimes).value_or(false);
}

void read_choices(json::Fields& fields, FieldRule& rule) {
  for (const json::Value choice : fields.array("choice").items()) {
    rule.choices.push_back(json::compact(choice));
  }
  if (rule.choices.empty()) fields.report("choice", "invalid_value", "has nothing to choose from");
}

struct FieldWord {
  std::string_view word;
  FieldKind kind;
  void (*read)(json::Fields& fields, FieldRule& rule);
};
constexpr FieldWord kFieldWords[] = {
    {"number", FieldKind::kNumber,
     [](json::Fields& f, FieldRule& r) {
       r.least = f.integer("number", 0, kMostNumber).value_or(0);
     }},
    {"id", FieldKind::kId,
     [](json::Fields& f, FieldRule& r) { r.text = f.string("id").value_or(""); }},
    {"words", FieldKind::kWords,
     [](json::Fields& f, FieldRule& r) { read_range(f, "words", kMostItems, r); }},
    {"integer", FieldKind::kInteger,
     [](json::Fields& f, FieldRule& r) { read_range(f, "integer", kMostNumber, r); }},
    {"choice", FieldKind::kChoice, read_choices},
    {"text", FieldKind::kText,
     [](json::Fields& f, FieldRule& r) { r.text = f.string("text").value_or(""); }},
    {"time", FieldKind::kTime, read_time},
    {"object", FieldKind::kObject,
     [](json::Fields& f, FieldRule& r) {
       r.members = read_fields(f.object("object"), f.path_to("object"), f.issues());
     }},
    {"list", FieldKind::kList,
     [](json::Fields& f, FieldRule& r) {
       read_range(f, "list", kMostItems, r);
       r.members = read_fields(f.object("of"), f.path_to("of"), f.issues());
     }},
};

FieldRule read_field(std::string name, const json::Value& value, const json::Path& path,
                     json::Issues& issues) {
  FieldRule rule;
  rule.name = std::move(name);
  json::Fields fields(value, path, issues);
  if (!value.is_object()) return rule;
  int found = 0;
  std::string known;
  for (const FieldWord& word : kFieldWords) {
    known += (known.empty() ? "" : ", ") + std::string(word.word);
    if (!fields.has(word.word)) continue;
    ++found;
    rule.kind = word.kind;
    word.read(fields, rule);
  }
  if (found != 1) {
    issues.push_back({"invalid_value",
                      json::path_text(path) + " has to have exactly one of " + known, path,
                      value.offset()});
  }
  fields.finish();
  return rule;
}

std::vector<FieldRule> read_fields(const json::Value& object, const json::Path& path,
                                   json::Issues& issues) {
  std::vector<FieldRule> rules;
  for (const json::Member member : object.members()) {
    json::Path field_path = path;
    field_path.push_back(member.key.string());
    if (json::has_unpaired_surrogate(member.key.text())) {
      issues.push_back({"invalid_value",
                        json::path_text(field_path) +
                            " holds half of a surrogate pair in its name; expected Unicode text",
                        field_path, member.key.offset()});
    }
    rules.push_back(read_field(member.key.string(), member.value, field_path, issues));
  }
  return rules;
}

ActionTemplate read_action(const json::Value& value, const json::Path& path, json::Issues& issues) {
  ActionTemplate action;
  json::Fields fields(value, path, issues);
  action.name = fields.required("name");
  action.description = fields.string("description").value_or("");
  action.does = fields.word("does", kActionDoesWords).value_or(ActionDoes::kCreate);
  action.requires_members = fields.strings("requires");
  if (const json::Value sets = fields.object("sets"); sets.is_object()) {
    action.sets = json::compact(sets);
  }
  fields.finish();
  return action;
}

void check_changes(json::Fields& fields, const Template& made) {
  std::set<std::string_view> names;
  for (const FieldRule& field : made.fields) names.insert(field.name);
  for (const std::string& name : made.changes) {
    if (!names.contains(name)) {
      fields.report("changes", "invalid_value", "names '" + name + "', and there is no such field");
    }
  }
}

}  // namespace

Sync Template::sync() const {
  Sync made;
  made.name = name;
  made.models = {model};
  made.frequency = frequency;
  made.kind = kind;
  made.enabled = false;
  made.collections = {{model, collection}};
  return made;
}

std::optional<Duration> read_frequency(json::Fields& fields) {
  const auto frequency = fields.duration("frequency");
  if (frequency && *frequency < std::chrono::seconds(1)) {
    fields.report("frequency", "invalid_value", "is less than 1s, the least");
  }
  return frequency;
}

Template read_template(const json::Value& value, const json::Path& path, json::Issues& issues) {
  Template made;
  json::Fields fields(value, path, issues);
  made.name = fields.required("name");
  made.provider = fields.required("provider");
  made.description = fields.string("description").value_or("");
  made.model = fields.required("model");
  check_name(fields, "name", NameOf::kSync, made.name);
  check_name(fields, "provider", NameOf::kIntegration, made.provider);
  check_name(fields, "model", NameOf::kModel, made.model);
  made.collection = fields.required("collection");
  if (made.collection.find('/') != std::string::npos) {
    fields.report("collection", "invalid_value", "has a slash, which no path could name");
  }
  made.id_key = fields.string("id").value_or(made.id_key);
  made.kind = fields.word("type", kSyncKinds).value_or(made.kind);
  made.frequency = read_frequency(fields).value_or(made.frequency);
  made.objects = fields.integer("objects", 0, kMostObjects).value_or(made.objects);
  made.fields = read_fields(fields.object("fields"), fields.path_to("fields"), issues);
  made.changes = fields.strings("changes");
  check_changes(fields, made);
  std::size_t i = 0;
  for (const json::Value action : fields.array("actions").items()) {
    json::Path action_path = fields.path_to("actions");
    action_path.push_back(std::to_string(i++));
    made.actions.push_back(read_action(action, action_path, issues));
  }
  fields.finish();
  made.text = json::compact(value);
  return made;
}

const std::vector<Template>& own_templates() {
  static const std::vector<Template> kTemplates = [] {
    const auto document = json::Document::parse(std::string(kTemplatesJson), {.comments = true});
    TERAPI_CHECK(document.has_value(), document ? "" : document.error().message);
    std::vector<Template> templates;
    json::Issues issues;
    for (const json::Value value : document->root().items()) {
      templates.push_back(read_template(value, {}, issues));
    }
    TERAPI_CHECK(issues.empty(), issues.empty() ? "" : issues.front().message);
    return templates;
  }();
  return kTemplates;
}

std::string_view provider_name(std::string_view provider) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNames = {
      {{"github", "GitHub"}, {"hubspot", "HubSpot"}, {"stripe", "Stripe"}}};
  for (const auto& [id, name] : kNames) {
    if (id == provider) return name;
  }
  return provider;
}

}  // namespace terapi::simulator
