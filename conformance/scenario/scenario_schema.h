// ScenarioSchema: the JSON Schema of scenario files, made from the descriptions that the reader
// uses; and the tables of docs/write-a-scenario.md, made from the schema. Both are files of the
// project, which a test compares to these texts.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace terapi::conformance {

// The text of scenarios/scenario.schema.json.
std::string scenario_schema();

// The definition of that name in the schema ("client_step", "wire_rule") as a Markdown table: each
// step with its example, or each member.
std::string table_of(std::string_view definition);

// The page with each table generated again: what stands between "<!-- table: client_step -->" and
// "<!-- end of table -->".
std::string with_tables(std::string_view page);

}  // namespace terapi::conformance
