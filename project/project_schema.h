// ProjectSchema: the JSON Schema of project files, and the table of docs/project-file.md, both made
// from the table of members. They are files of the project, which a test compares to these texts.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace terapi::project {

// The text of project/terapi.schema.json.
std::string project_schema();

// The page with its table generated again: what stands between "<!-- table: members -->" and
// "<!-- end of table -->".
std::string with_member_table(std::string_view page);

}  // namespace terapi::project
