// Dump: what a client under test says that it holds, one record a line (docs/write-a-scenario.md).
//
//   {"integration","connection","model","variant":"base","id","deleted":false,"payload":{…},
//    "last_modified_at","cursor"}
//
// Thread rule: a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::conformance {

struct DumpRecord {
  std::string stream;  // "github/demo/Issue"
  std::string id;
  bool deleted = false;
  std::string payload;  // JSON text
  std::string cursor;
};

// Empty lines are skipped, unknown members ignored. Code "bad_dump": which line, what was expected.
core::Result<std::vector<DumpRecord>> read_dump(std::string_view text);

}  // namespace terapi::conformance
