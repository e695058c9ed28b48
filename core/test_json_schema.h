// For tests: checks values against JSON Schemas, as far as this project's documents use the
// language. A keyword that is not supported here is reported, so that nothing in a schema goes
// unchecked.
//
//   SchemaCheck check(document);                       // "$ref":"#/…" points into it
//   EXPECT_THAT(check.faults(schema, value), IsEmpty());   // "/records/0/id: is not of type
//   "string""
//
// Thread rule: a value; the document has to outlive it.
#pragma once

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace terapi::core {

class SchemaCheck {
 public:
  using Json = nlohmann::ordered_json;

  explicit SchemaCheck(const Json& document) : document_(document) {}

  std::vector<std::string> faults(const Json& schema, const Json& value) const {
    return faults_at(schema, value, "");
  }

 private:
  using Faults = std::vector<std::string>;

  Faults faults_at(const Json& schema, const Json& value, const std::string& at) const {
    Faults faults;
    for (const auto& [word, rule] : schema.items()) {
      if (!says_nothing(word)) apply(word, rule, schema, value, at, faults);
    }
    return faults;
  }

  static bool says_nothing(const std::string& word) {
    static const std::set<std::string> kNotes = {"$schema",     "$defs",    "title",
                                                 "description", "format",   "default",
                                                 "example",     "examples", "contentMediaType",
                                                 "then",        "else"};
    return kNotes.contains(word);
  }

  void apply(const std::string& word, const Json& rule, const Json& schema, const Json& value,
             const std::string& at, Faults& out) const {
    if (word == "$ref") {
      visit(document_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, at, out);
    } else if (word == "type") {
      if (!is_of_type(value, rule)) out.push_back(at + ": is not of type " + rule.dump());
    } else if (word == "const") {
      if (value != rule) out.push_back(at + ": is not " + rule.dump());
    } else if (word == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) {
        out.push_back(at + ": is not of the enum");
      }
    } else if (word == "anyOf" || word == "oneOf" || word == "allOf") {
      apply_choices(word, rule, value, at, out);
    } else if (word == "if") {
      const char* branch = faults_at(rule, value, at).empty() ? "then" : "else";
      if (schema.contains(branch)) visit(schema[branch], value, at, out);
    } else if (!apply_to_object(word, rule, schema, value, at, out) &&
               !apply_to_array(word, rule, value, at, out) &&
               !apply_to_scalar(word, rule, value, at, out)) {
      out.push_back(at + ": the schema says " + word + ", which this check does not know");
    }
  }

  void visit(const Json& schema, const Json& value, const std::string& at, Faults& out) const {
    for (std::string& fault : faults_at(schema, value, at)) out.push_back(std::move(fault));
  }

  static bool is_of_type(const Json& value, const Json& types) {
    if (types.is_array()) {
      return std::any_of(types.begin(), types.end(),
                         [&](const Json& type) { return is_of_type(value, type); });
    }
    const std::string type = types;
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "null" && value.is_null());
  }

  // Where no alternative fits, the faults are those of the one that comes nearest.
  void apply_choices(const std::string& word, const Json& choices, const Json& value,
                     const std::string& at, Faults& out) const {
    std::size_t fitting = 0;
    Faults nearest;
    for (const Json& choice : choices) {
      Faults faults = faults_at(choice, value, at);
      if (faults.empty()) {
        ++fitting;
      } else if (nearest.empty() || faults.size() < nearest.size()) {
        nearest = std::move(faults);
      }
    }
    const bool fits = word == "allOf"   ? fitting == choices.size()
                      : word == "oneOf" ? fitting == 1
                                        : fitting > 0;
    if (fits) return;
    out.push_back(at + ": fits " + std::to_string(fitting) + " of " + word);
    out.insert(out.end(), nearest.begin(), nearest.end());
  }

  bool apply_to_object(const std::string& word, const Json& rule, const Json& schema,
                       const Json& value, const std::string& at, Faults& out) const {
    if (word == "properties") {
      for (const auto& [key, member] : rule.items()) {
        if (object_of(value).contains(key)) visit(member, value[key], at + "/" + key, out);
      }
    } else if (word == "required") {
      for (const Json& key : rule) {
        if (value.is_object() && !value.contains(key)) out.push_back(at + ": misses " + key.dump());
      }
    } else if (word == "additionalProperties") {
      for (const auto& [key, member] : object_of(value).items()) {
        if (schema.contains("properties") && schema["properties"].contains(key)) continue;
        if (rule == false) out.push_back(at + ": has " + key + ", which is not in the schema");
        if (rule.is_object()) visit(rule, member, at + "/" + key, out);
      }
    } else if (word == "propertyNames") {
      for (const auto& [key, member] : object_of(value).items()) visit(rule, Json(key), at, out);
    } else if (word == "minProperties") {
      if (value.is_object() && value.size() < rule) out.push_back(at + ": has too few members");
    } else if (word == "dependentRequired") {
      for (const auto& [key, needed] : rule.items()) {
        if (object_of(value).contains(key)) apply("required", needed, schema, value, at, out);
      }
    } else {
      return false;
    }
    return true;
  }

  bool apply_to_array(const std::string& word, const Json& rule, const Json& value,
                      const std::string& at, Faults& out) const {
    if (word == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        visit(rule, value[i], at + "/" + std::to_string(i), out);
      }
    } else if (word == "minItems") {
      if (value.is_array() && value.size() < rule) out.push_back(at + ": has too few items");
    } else if (word == "maxItems") {
      if (value.is_array() && value.size() > rule) out.push_back(at + ": has too many items");
    } else {
      return false;
    }
    return true;
  }

  bool apply_to_scalar(const std::string& word, const Json& rule, const Json& value,
                       const std::string& at, Faults& out) const {
    if (word == "minimum") {
      if (value.is_number() && value < rule) out.push_back(at + ": is below the minimum");
    } else if (word == "maximum") {
      if (value.is_number() && value > rule) out.push_back(at + ": is above the maximum");
    } else if (word == "minLength") {
      if (value.is_string() && length_of(value) < rule) out.push_back(at + ": is too short");
    } else if (word == "maxLength") {
      if (value.is_string() && length_of(value) > rule) out.push_back(at + ": is too long");
    } else if (word == "pattern") {
      if (value.is_string() &&
          !std::regex_search(value.get<std::string>(), compiled(rule.get<std::string>()))) {
        out.push_back(at + ": does not match " + rule.dump());
      }
    } else if (word == "contentSchema") {
      std::istringstream lines(value.get<std::string>());
      for (std::string line; std::getline(lines, line);) {
        visit(rule, Json::parse(line, nullptr, false), at, out);
      }
    } else {
      return false;
    }
    return true;
  }

  // Compiled once: a page has four timestamps for each record.
  static const std::regex& compiled(const std::string& pattern) {
    thread_local std::map<std::string, std::regex> known;
    const auto at = known.find(pattern);
    return at != known.end() ? at->second : known.emplace(pattern, pattern).first->second;
  }

  static const Json& object_of(const Json& value) {
    static const Json kNone = Json::object();
    return value.is_object() ? value : kNone;
  }

  // In characters, not bytes.
  static std::size_t length_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
  }

  const Json& document_;
};

}  // namespace terapi::core
