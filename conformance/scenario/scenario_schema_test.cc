// scenarios/scenario.schema.json, which editors check scenario files by, says the same as the
// readers: every scenario of the project is good by it, and neither knows a word that the other
// does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/scenario/client_step.h"
#include "conformance/scenario/scenario.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

const std::string kSource = TERAPI_SOURCE_DIR;

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

json::Document document_of(const std::string& path) {
  auto document =
      json::Document::parse(text_of_file(path), {.comments = true, .max_depth = 100'000});
  EXPECT_TRUE(document) << path << ": " << (document ? "" : document.error().message);
  return *std::move(document);
}

// As much of JSON Schema as the file uses; an unknown keyword is a failure, lest it be ignored.
class SchemaCheck {
 public:
  explicit SchemaCheck(json::Value root) : root_(root) {}

  bool fits(const json::Value& schema, const json::Value& value, const std::string& where) {
    return std::all_of(schema.members().begin(), schema.members().end(), [&](json::Member rule) {
      return keeps(schema, rule.key.string(), rule.value, value, where);
    });
  }
  const std::string& problem() const { return problem_; }

 private:
  bool keeps(const json::Value& schema, const std::string& rule, const json::Value& how,
             const json::Value& value, const std::string& where) {
    if (rule == "$ref") return fits(definition(how.string()), value, where);
    if (rule == "type") return has_type(how, value) || differs(where, "is no " + text(how));
    if (rule == "const") return json::same_value(how, value) || differs(where, "not " + text(how));
    if (rule == "enum") return among(how, value) || differs(where, "not of " + text(how));
    if (rule == "properties") return properties_fit(how, value, where);
    if (rule == "required") return has_required(how, value, where);
    if (rule == "additionalProperties") return has_no_others(schema, how, value, where);
    if (rule == "items") return items_fit(how, value, where);
    if (rule == "minItems") return value.size() > 0 || differs(where, "is empty");
    if (rule == "minimum") return value.number() >= how.number() || differs(where, "is too small");
    if (rule == "maximum") return value.number() <= how.number() || differs(where, "is too large");
    if (rule == "oneOf" || rule == "anyOf") return one_fits(how, value, where, rule == "oneOf");
    if (rule == "if") {
      const json::Value then =
          SchemaCheck(root_).fits(how, value, "") ? schema["then"] : schema["else"];
      return fits(then, value, where);
    }
    static const std::set<std::string> kNoRules = {"$schema", "$defs",   "title", "description",
                                                   "then",    "pattern", "else"};
    return kNoRules.contains(rule) || differs(where, "the test knows no rule " + rule);
  }

  json::Value definition(const std::string& reference) const {
    const std::string_view name =
        std::string_view(reference).substr(std::string("#/$defs/").size());
    EXPECT_TRUE(root_["$defs"][name].present()) << reference;
    return root_["$defs"][name];
  }

  static bool has_type(const json::Value& types, const json::Value& value) {
    if (types.is_array()) {
      return std::any_of(types.items().begin(), types.items().end(),
                         [&](json::Value type) { return has_type(type, value); });
    }
    const std::string type = types.string();
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
           (type == "integer" && value.integer()) || (type == "boolean" && value.is_boolean()) ||
           (type == "null" && value.is_null());
  }

  static bool among(const json::Value& words, const json::Value& value) {
    return std::any_of(words.items().begin(), words.items().end(),
                       [&](json::Value word) { return json::same_value(word, value); });
  }

  bool properties_fit(const json::Value& known, const json::Value& value,
                      const std::string& where) {
    for (const json::Member member : value.members()) {
      const std::string key = member.key.string();
      if (known[key].present() && !fits(known[key], member.value, where + "." + key)) return false;
    }
    return true;
  }

  bool has_required(const json::Value& keys, const json::Value& value, const std::string& where) {
    for (const json::Value key : keys.items()) {
      if (!value[key.string()].present()) return differs(where, "lacks " + key.string());
    }
    return true;
  }

  bool has_no_others(const json::Value& schema, const json::Value& others, const json::Value& value,
                     const std::string& where) {
    for (const json::Member member : value.members()) {
      const std::string key = member.key.string();
      if (schema["properties"][key].present()) continue;
      if (!others.is_object()) return differs(where, "has " + key);
      if (!fits(others, member.value, where + "." + key)) return false;
    }
    return true;
  }

  bool items_fit(const json::Value& schema, const json::Value& value, const std::string& where) {
    std::size_t i = 0;
    for (const json::Value item : value.items()) {
      if (!fits(schema, item, where + "[" + std::to_string(i++) + "]")) return false;
    }
    return true;
  }

  bool one_fits(const json::Value& choices, const json::Value& value, const std::string& where,
                bool only_one) {
    std::size_t fitting = 0;
    std::string furthest;
    for (const json::Value choice : choices.items()) {
      SchemaCheck inner(root_);
      if (inner.fits(choice, value, where)) {
        ++fitting;
      } else if (inner.problem_.size() > furthest.size()) {
        furthest = inner.problem_;
      }
    }
    if (fitting == 1 || (fitting > 1 && !only_one)) return true;
    return differs(where, std::to_string(fitting) + " of the choices fit; " + furthest);
  }

  bool differs(const std::string& where, const std::string& what) {
    problem_ = where + ": " + what;
    return false;
  }
  static std::string text(const json::Value& value) { return std::string(value.text()); }

  json::Value root_;
  std::string problem_;
};

std::string problem_with(const json::Document& schema, const json::Value& scenario) {
  SchemaCheck check(schema.root());
  return check.fits(schema.root(), scenario, "") ? "" : check.problem();
}

json::Document the_schema() { return document_of(kSource + "/scenarios/scenario.schema.json"); }

TEST(ScenarioSchema, EveryScenarioIsGoodByIt) {
  const json::Document schema = the_schema();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource + "/scenarios")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".json" || path.ends_with("schema.json")) continue;
    const json::Document scenario = document_of(path);
    EXPECT_EQ(problem_with(schema, scenario.root()), "") << path;
    const std::string id = scenario.root()["id"].string();
    EXPECT_TRUE(path.ends_with("/" + id + ".json")) << path << " calls itself " << id;
  }
}

TEST(ScenarioSchema, RefusesWhatTheReaderRefuses) {
  const json::Document schema = the_schema();
  const auto problem = [&](const std::string& step) {
    const auto scenario = json::Document::parse(
        R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"o",
"judges":"client","given":{},"kills_none":"k","steps":[)" +
        step + "]}");
    return problem_with(schema, scenario->root());
  };
  EXPECT_EQ(problem(R"({"client":"starts"})"), "");
  EXPECT_NE(problem(R"({"clients":"starts"})"), "");
  EXPECT_NE(problem(R"({"client":"begins"})"), "");
  EXPECT_NE(problem(R"({"client":"starts","for":"1s"})"), "");
  EXPECT_NE(problem(R"({"until":"convergd"})"), "");
  EXPECT_NE(problem(R"({"expect":{"most":3}})"), "");
  EXPECT_NE(problem(R"({"get":{}})"), "") << "a step of a server's scenario";
}

TEST(ScenarioSchema, TheExampleOfThePageIsGood) {
  const std::string page = text_of_file(kSource + "/docs/write-a-scenario.md");
  const std::string begin = "```jsonc\n";
  const std::size_t at = page.find(begin);
  ASSERT_NE(at, std::string::npos);
  const std::string text =
      page.substr(at + begin.size(), page.find("```", at + begin.size()) - at - begin.size());
  const auto scenario = Scenario::parse(text, "the example");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto plan = ClientPlan::read(*scenario);
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
  EXPECT_EQ(problem_with(the_schema(), scenario->document->root()), "");
}

// --- the words of both ------------------------------------------------------------------------

// Quoted texts, from `begin` to the first `end`.
std::set<std::string> quoted(const std::string& source, std::size_t begin, char end) {
  std::set<std::string> words;
  for (std::size_t i = begin; i < source.size() && source[i] != end; ++i) {
    if (source[i] != '"') continue;
    const std::size_t close = source.find('"', i + 1);
    words.insert(source.substr(i + 1, close - i - 1));
    i = close;
  }
  return words;
}

// What the readers ask for: the first quoted text after each of these, and all of a list.
std::set<std::string> words_of_readers() {
  std::set<std::string> words;
  for (const char* file : {"scenario.cc", "sometimes.cc", "client_step.cc", "server_step.cc"}) {
    const std::string source = text_of_file(kSource + "/conformance/" + file);
    for (const char* call :
         {".string(\"", ".boolean(\"", ".integer(\"", ".duration(\"", ".choice(\"", ".strings(\"",
          ".object(\"", ".array(\"", ".any(\"", ".required(\"", "list(fields, \"",
          "size(fields, \"", "named_texts(fields, \"", "named_texts(step, \""}) {
      const std::string_view what = call;
      for (std::size_t at = source.find(what); at != std::string::npos;
           at = source.find(what, at + 1)) {
        const std::size_t begin = at + what.size();
        words.insert(source.substr(begin, source.find('"', begin) - begin));
        if (what == ".choice(\"") {
          const std::size_t list = source.find_first_of("{;", begin);
          if (source[list] == '{') words.merge(quoted(source, list, '}'));
        }
      }
    }
    for (const char* list : {"words = {", "signatures = {", "parts = {", "const char* name : {"}) {
      for (std::size_t at = source.find(list); at != std::string::npos;
           at = source.find(list, at + 1)) {
        words.merge(quoted(source, at + std::string_view(list).size(), '}'));
      }
    }
  }
  return words;
}

// Property names and words of the schema; not those of the world and the fault rules, which other
// readers know.
void collect(const json::Value& schema, std::set<std::string>& words) {
  if (schema.is_array()) {
    for (const json::Value item : schema.items()) collect(item, words);
  }
  if (!schema.is_object()) return;
  for (const json::Member member : schema.members()) {
    const std::string key = member.key.string();
    if (key == "properties") {
      for (const json::Member property : member.value.members()) {
        words.insert(property.key.string());
        collect(property.value, words);
      }
    } else if (key == "$defs") {
      static const std::set<std::string> kOfOthers = {"integrations",  "connections", "environment",
                                                      "world_records", "world",       "fault"};
      for (const json::Member definition : member.value.members()) {
        if (!kOfOthers.contains(definition.key.string())) collect(definition.value, words);
      }
    } else if (key == "enum") {
      for (const json::Value word : member.value.items()) {
        if (word.is_string()) words.insert(word.string());
      }
    } else if (key == "const") {
      words.insert(member.value.string());
    } else {
      collect(member.value, words);
    }
  }
}

TEST(ScenarioSchema, KnowsTheWordsOfTheReadersAndNoOthers) {
  std::set<std::string> in_schema;
  const json::Document schema = the_schema();
  collect(schema.root(), in_schema);
  for (const std::string& word : words_of_readers()) {
    EXPECT_TRUE(in_schema.contains(word))
        << "a reader knows \"" << word << "\", scenario.schema.json does not";
  }
  std::string sources;
  for (const char* file : {"scenario.cc", "sometimes.cc", "client_step.cc", "server_step.cc"}) {
    sources += text_of_file(kSource + "/conformance/" + file);
  }
  // Texts to the readers, which hand them on.
  const std::set<std::string> handed_on = {"INITIAL", "INCREMENTAL", "terapi", "nango"};
  for (const std::string& word : in_schema) {
    if (handed_on.contains(word)) continue;
    EXPECT_NE(sources.find("\"" + word + "\""), std::string::npos)
        << "scenario.schema.json knows \"" << word << "\", no reader does";
  }
}

}  // namespace
}  // namespace terapi::conformance
