// Scenario: one file of scenarios/, read and checked: what is there, what is done, what goes wrong,
// what must hold. docs/write-a-scenario.md explains the format to those who write one.
//
//   auto scenario = Scenario::parse(text, "client/missed-webhooks.json");
//   if (!scenario) …   // every mistake, with line and column, one a line
//
// This part is what all scenarios share. Their steps are read by ClientSteps (client_step.h) or
// ServerSteps (server_step.h), whichever the scenario judges.
//
// Thread rule: a value; views into it live as long as it or a copy of it does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/json_fields.h"
#include "core/result.h"

namespace terapi::conformance {

enum class Subject : std::uint8_t { kServer, kClient };
enum class ScenarioLevel : std::uint8_t { kMust, kShould, kInfo };

struct Scenario {
  std::string id;     // "client/missed-webhooks": folder and name of its file
  std::string title;  // one sentence
  std::string why;    // what is lost where this goes wrong
  std::vector<std::string> clauses;
  ScenarioLevel level = ScenarioLevel::kMust;
  std::string origin;  // where it comes from: the catalogue's line, a reported defect
  Subject judges = Subject::kClient;
  std::uint64_t seed = 1;

  // The world file that it begins with, its generated records written out; empty: for a server,
  // whatever data it has.
  std::string given;
  // Fault rules in force from the start; a JSON array, or empty.
  std::string faults;
  // Server scenarios: works on whatever data is there, writes nothing.
  bool any_data = false;

  core::json::Value client;  // settings of the client under test, read by ClientSteps
  core::json::Value steps;
  core::json::Value expect;
  std::vector<std::string> sometimes;  // what must have been seen, or the run proves nothing

  std::vector<std::string> kills;  // mutants that it must fail
  std::string kills_none;          // or why it kills none
  // Where it can be played: in virtual time, over HTTP; both unless it says why not.
  bool in_virtual = true;
  bool over_http = true;
  std::string worlds_why;
  std::vector<std::string> dialects;  // empty: any

  std::shared_ptr<const core::json::Document> document;
  std::string file;  // for messages

  bool speaks(std::string_view dialect) const;

  // All mistakes at once, a line each: "FILE:LINE:COLUMN: …". Code "bad_scenario".
  static core::Result<Scenario> parse(std::string text, std::string file);
};

// The members that only the other steps' reader knows are checked there; it reports with this:
// issues as lines "FILE:LINE:COLUMN: message".
std::string issue_lines(const core::json::Issues& issues, const core::json::Document& document,
                        std::string_view file);

// A list of records in a scenario, written out as the text of a JSON array. Either the array
// itself, or {"generate":{"count":500,"prefix":"r","bytes":120,"version":1,"from":1}}: records with
// the ids r1 to r500, a number `version`, and a text that makes them so large.
std::string written_out_records(const core::json::Value& spec, const core::json::Path& path,
                                core::json::Issues& issues);

// A world file's object as the server takes it: generated records written out, since the model has
// to know every payload; the integrations of its connections added where it names none, and the
// connection github/demo where it names no connection.
std::string written_out_world(const core::json::Value& world, core::json::Issues& issues);

}  // namespace terapi::conformance
