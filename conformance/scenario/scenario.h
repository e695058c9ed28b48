// Scenario: one file of scenarios/, read and checked: the world, the steps, the faults, and what
// must hold. docs/write-a-scenario.md explains the format to those who write one.
//
//   auto scenario = Scenario::parse(text, "client/missed-webhooks.json");
//   if (!scenario) …   // every mistake, with line and column, one per line
//   for (const Step& step : scenario->plan.steps) …
//
// Whom it judges decides which steps, checks and members it may have.
//
// Thread rule: a value; views into it live as long as it or a copy of it does.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/sometimes.h"
#include "conformance/scenario/step.h"
#include "core/json.h"
#include "core/json_fields.h"
#include "core/result.h"

namespace terapi::conformance {

enum class ScenarioLevel : std::uint8_t { kMust, kShould, kInfo };

struct Scenario {
  static constexpr std::array<core::Word<ScenarioLevel>, 3> kLevels = {
      {{ScenarioLevel::kMust, "MUST", "a failure is a FAIL"},
       {ScenarioLevel::kShould, "SHOULD", "a failure is a WARN"},
       {ScenarioLevel::kInfo, "INFO", "a failure is an INFO"}}};
  static constexpr std::array<core::Word<Subject>, 2> kSubjects = {
      {{Subject::kServer, "server", ""}, {Subject::kClient, "client", ""}}};

  std::string schema;  // where editors find scenario.schema.json
  std::string id;      // "client/missed-webhooks": folder and name of its file
  std::string title;   // one sentence
  std::string why;     // what is lost where this goes wrong
  std::vector<std::string> clauses;
  ScenarioLevel level = ScenarioLevel::kMust;
  std::string origin;  // where it comes from, such as a reported defect; may be empty
  Subject judges = Subject::kClient;
  std::uint64_t seed = 1;

  // The world file that it begins with, its generated records written out; empty: for a server,
  // whatever data it has.
  std::string given;
  // Fault rules in force from the start; a JSON array, or empty.
  std::string faults;
  // Takes minutes, or much memory: played when that was asked for.
  bool thorough = false;
  // Server scenarios: works on whatever data is there, writes nothing.
  bool any_data = false;

  Plan plan;
  std::vector<std::string> sometimes;  // what must have been seen, or the run proves nothing

  std::vector<std::string> kills;  // mutants that it must fail
  std::string kills_none;          // or why it kills none
  // Where it can be played: in virtual time, over HTTP; both unless it says why not.
  bool in_virtual = true;
  bool over_http = true;
  std::string worlds_why;
  std::vector<std::string> dialects;  // empty: any
  std::string dialects_why;           // why not in all of them

  std::shared_ptr<const core::json::Document> document;
  std::string file;  // for messages

  bool speaks(std::string_view dialect) const;
  // Why it is not for the dialect; empty: it is.
  std::string why_not_in(std::string_view dialect) const;

  // All mistakes at once, a line each: "FILE:LINE:COLUMN: …". Code "bad_scenario".
  static core::Result<Scenario> parse(std::string text, std::string file);

  // "worlds", a list of "virtual" and "http"
  struct WorldsKind {
    void read(const Slot& slot, Scenario& scenario) const;
    void write(core::json::Writer& out, const Scenario& scenario, Subject) const;
    std::string schema(Subject) const;
  };
  template <typename Json>
  static void describe(Json& json) {
    json.about("A scenario of terapi-conformance: docs/write-a-scenario.md explains it");
    json.may("$schema", &Scenario::schema, "where scenario.schema.json is, for editors");
    json.must("id", &Scenario::id, TextKind{true, "^[a-z0-9-]+/[a-z0-9-]+$"},
              "folder and name of the file: client/all-webhooks-lost");
    json.must("title", &Scenario::title, kNotEmpty, "one sentence: what a correct one does");
    json.must("why", &Scenario::why, kNotEmpty, "what is lost in real life when this goes wrong");
    json.must("clauses", &Scenario::clauses, kNotEmpty, "of docs/contract.md that it proves");
    json.may("level", &Scenario::level, kLevels, "how much it matters");
    json.may("origin", &Scenario::origin, "where it comes from, such as a report of a real defect");
    json.must("judges", &Scenario::judges, kSubjects, "who is put to the test");
    json.may("seed", &Scenario::seed, Range{0, 1'000'000'000'000}, "determines everything random");
    json.may("given", &Scenario::given, WorldKind{},
             "the world at the start (docs/world-file.md); a client's scenario has to have one");
    json.may("thorough", &Scenario::thorough,
             "takes minutes, or much memory: only played with --thorough");
    json.may("any_data", &Scenario::any_data, "works on whatever data is there, and writes nothing",
             For::kServers);
    json.may(
        "client", [](auto& scenario) -> auto& { return scenario.plan.client; },
        "settings of the client under test", For::kClients);
    json.may("faults", &Scenario::faults, kFaultRules,
             "fault rules in force from the start (docs/faults.md)");
    json.must(
        "steps", [](auto& scenario) -> auto& { return scenario.plan.steps; },
        StepsKind{.not_empty = true}, "what is done, step by step");
    json.may(
        "expect", [](auto& scenario) -> auto& { return scenario.plan.expect; }, ExpectKind{},
        "what has to be true at the end");
    json.may("sometimes", &Scenario::sometimes, OneOf{sometimes_words(true)},
             "what must have been seen, or the run proves nothing", For::kClients);
    json.may("sometimes", &Scenario::sometimes, OneOf{sometimes_words(false)},
             "what must have been seen, or the run proves nothing", For::kServers);
    json.may("worlds", kWhole, WorldsKind{}, "where it can be played");
    json.may("worlds_why", &Scenario::worlds_why, "why not in both");
    json.may("dialects", &Scenario::dialects, OneOf{{"terapi", "nango"}},
             "that it is for; without it, any");
    json.may("dialects_why", &Scenario::dialects_why, "why not in all of them");
    json.may("kills", &Scenario::kills,
             "known-bad subjects that fail it: terapi-conformance mutants");
    json.may("kills_none", &Scenario::kills_none, "or why it fails none of them");
  }
};

// Issues as lines "FILE:LINE:COLUMN: message".
std::string issue_lines(const core::json::Issues& issues, const core::json::Document& document,
                        std::string_view file);

}  // namespace terapi::conformance
