// scenarios/scenario.schema.json, which editors check scenario files by, and the tables of
// docs/write-a-scenario.md are what the descriptions of the steps say; every scenario of the
// project is good by the schema.
#include "conformance/scenario/scenario_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

const std::string kSource = TERAPI_SOURCE_DIR;
const std::string kPage = kSource + "/docs/write-a-scenario.md";

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
    static const std::set<std::string> kNoRules = {"$schema",     "$defs",   "title",
                                                   "description", "then",    "pattern",
                                                   "else",        "default", "examples"};
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
        R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],
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
  const std::string page = text_of_file(kPage);
  const std::string begin = "```jsonc\n";
  const std::size_t at = page.find(begin);
  ASSERT_NE(at, std::string::npos);
  const std::string text =
      page.substr(at + begin.size(), page.find("```", at + begin.size()) - at - begin.size());
  const auto scenario = Scenario::parse(text, "the example");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(problem_with(the_schema(), scenario->document->root()), "");
}

TEST(ScenarioSchema, EveryExampleOfAStepIsAStep) {
  const json::Document schema = the_schema();
  std::size_t examples = 0;
  for (const std::string judges : {"client", "server"}) {
    for (const json::Value step : schema.root()["$defs"][judges + "_step"]["oneOf"].items()) {
      for (const json::Value example : step["examples"].items()) {
        const auto scenario = Scenario::parse(
            R"({"id":"a/b","title":"t","why":"w","clauses":["CUR-1"],"kills_none":"k","given":{},)"
            R"("judges":")" +
                judges + R"(","steps":[)" + std::string(example.text()) + "]}",
            "example");
        EXPECT_TRUE(scenario) << scenario.error().message;
        ++examples;
      }
    }
  }
  EXPECT_GT(examples, 30U);
}

// With TERAPI_WRITE_GENERATED=1 in the environment these two write what they would compare.
void expect_generated(const std::string& path, const std::string& text) {
  if (std::getenv("TERAPI_WRITE_GENERATED") != nullptr) std::ofstream(path) << text;
  EXPECT_TRUE(text_of_file(path) == text)
      << path << " is not what the descriptions of the steps say; write it again with\n"
      << "TERAPI_WRITE_GENERATED=1 conformance_test --gtest_filter='ScenarioSchema.*'";
}

TEST(ScenarioSchema, FileIsTheOneThatIsMade) {
  expect_generated(kSource + "/scenarios/scenario.schema.json", scenario_schema());
}

TEST(ScenarioSchema, TablesOfThePageAreThoseThatAreMade) {
  expect_generated(kPage, with_tables(text_of_file(kPage)));
}

}  // namespace
}  // namespace terapi::conformance
