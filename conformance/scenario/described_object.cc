#include "conformance/scenario/described_object.h"

#include <algorithm>
#include <set>

namespace terapi::conformance {

namespace json = core::json;

std::string ObjectSchema::text(std::string_view verb) const {
  const auto is_verb = [&](const std::string& name) {
    return std::find(verbs.begin(), verbs.end(), name) != verbs.end();
  };
  json::Writer out;
  out.begin_object().field("type", "object");
  if (!verb.empty()) out.field("description", says);
  if (!verb.empty() && !example.empty()) {
    out.key("examples").begin_array().raw(example).end_array();
  }
  out.key("properties").begin_object();
  for (const auto& [name, schema] : properties) {
    if (!is_verb(name) || name == verb) out.raw_field(name, schema);
  }
  out.end_object();
  if (!required.empty() || !verb.empty()) {
    out.key("required").begin_array();
    if (!verb.empty()) out.string(verb);
    for (const std::string& name : required) out.string(name);
    out.end_array();
  }
  out.field("additionalProperties", false).end_object();
  const std::string text = out.take();
  return text.substr(1, text.size() - 2);
}

std::string property_schema(const std::string& kind, std::string_view says,
                            const std::string& usual) {
  static const std::set<std::string> kUnsaid = {"",      "null", "\"\"",   "[]",   "{}",
                                                "false", "0",    "\"0s\"", "[200]"};
  std::string text = "{" + kind;
  const auto add = [&text](const std::string& member) {
    text += (text.size() > 1 ? "," : "") + member;
  };
  if (!says.empty()) add("\"description\":" + json::quoted(says));
  if (!kUnsaid.contains(usual)) add("\"default\":" + usual);
  return text + "}";
}

}  // namespace terapi::conformance
