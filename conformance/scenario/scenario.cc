#include "conformance/scenario/scenario.h"

#include <algorithm>
#include <utility>

#include "conformance/scenario/described_object.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

class ScenarioReader {
 public:
  ScenarioReader(Scenario& scenario, json::Issues& issues) : scenario_(scenario), issues_(issues) {}

  void read(const json::Value& root) {
    json::Fields fields(root, {}, issues_);
    // Whom it judges decides how the rest is read.
    const bool server =
        root["judges"].string() == core::word_of(Scenario::kSubjects, Subject::kServer);
    read_members(scenario_, fields, server ? Subject::kServer : Subject::kClient);
    check_story(fields);
    check_steps(root["steps"]);
    fields.finish();
  }

 private:
  // What no member can say of itself.
  void check_story(json::Fields& fields) const {
    if (scenario_.given.empty() && scenario_.judges == Subject::kClient) {
      fields.report("given", "required", "is missing: the world that the client meets");
    }
    if (scenario_.kills.empty() == scenario_.kills_none.empty()) {
      fields.report(
          "kills", "required",
          "or kills_none is needed, and only one of them: the mutants that this fails, or why "
          "there are none");
    }
    if (fields.has("worlds") && scenario_.worlds_why.empty()) {
      fields.report("worlds", "required", "needs worlds_why: why not in both");
    }
  }

  void check_steps(const json::Value& steps) {
    if (!scenario_.any_data) return;
    std::size_t i = 0;
    for (const json::Value value : steps.items()) {
      const Step& step = scenario_.plan.steps[i];
      const json::Path path = {"steps", std::to_string(i++)};
      if (step.only_reads()) continue;
      issues_.push_back(
          {"invalid_value",
           "any_data is for scenarios that only read; this step does more: " + step.text, path,
           value.offset()});
    }
  }

  Scenario& scenario_;
  json::Issues& issues_;
};

const OneOf& world_names() {
  static const OneOf kNames{{"virtual", "http"}};
  return kNames;
}

}  // namespace

std::string issue_lines(const json::Issues& issues, const json::Document& document,
                        std::string_view file) {
  std::string text;
  const json::Places places(document.text());
  for (const json::Issue& issue : issues) {
    const json::Place place = places.of(issue.offset);
    text += (text.empty() ? "" : "\n") + std::string(file) + ":" + std::to_string(place.line) +
            ":" + std::to_string(place.column) + ": " + issue.message;
  }
  return text;
}

void Scenario::WorldsKind::read(const Slot& slot, Scenario& scenario) const {
  std::vector<std::string> worlds;
  ListKind<OneOf>{world_names()}.read(slot, worlds);
  const auto names = [&](std::string_view name) {
    return std::find(worlds.begin(), worlds.end(), name) != worlds.end();
  };
  scenario.in_virtual = names("virtual");
  scenario.over_http = names("http");
}

void Scenario::WorldsKind::write(json::Writer& out, const Scenario& scenario, Subject) const {
  out.begin_array();
  if (scenario.in_virtual) out.string("virtual");
  if (scenario.over_http) out.string("http");
  out.end_array();
}

std::string Scenario::WorldsKind::schema(Subject subject) const {
  return ListKind<OneOf>{world_names()}.schema(subject);
}

bool Scenario::speaks(std::string_view dialect) const {
  return dialects.empty() || std::find(dialects.begin(), dialects.end(), dialect) != dialects.end();
}

std::string Scenario::why_not_in(std::string_view dialect) const {
  if (speaks(dialect)) return "";
  return "not in the dialect " + std::string(dialect) + ": " +
         (dialects_why.empty() ? "the scenario names others, and no reason" : dialects_why);
}

core::Result<Scenario> Scenario::parse(std::string text, std::string file) {
  auto document = json::Document::parse(std::move(text), {.comments = true});
  if (!document) return core::Error{"bad_scenario", file + ": " + document.error().message};
  Scenario scenario;
  scenario.file = std::move(file);
  scenario.document = std::make_shared<const json::Document>(std::move(*document));
  json::Issues issues;
  ScenarioReader(scenario, issues).read(scenario.document->root());
  if (!issues.empty()) {
    std::stable_sort(issues.begin(), issues.end(), [](const json::Issue& a, const json::Issue& b) {
      return a.offset < b.offset;
    });
    return core::Error{"bad_scenario", issue_lines(issues, *scenario.document, scenario.file)};
  }
  return scenario;
}

}  // namespace terapi::conformance
