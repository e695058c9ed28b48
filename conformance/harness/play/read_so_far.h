// ReadSoFar: what the judge has read of records, as texts of a scenario name it: "@r3" is the
// cursor of record r3 as it was read last, "@r3.last_modified_at" one of its times, "@next" the
// last next_cursor. A value, no thread rule.
//
//   read.remember(page->records, page->next_cursor);
//   read.resolved("@r3");          // code "never_read" for a record that was not
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/contract/served_page.h"
#include "core/result.h"

namespace terapi::conformance {

class ReadSoFar {
 public:
  void remember(const std::vector<ServedRecord>& records, const std::optional<std::string>& next);

  // A text that is no such name stays as it is. The error's message is the record's id.
  core::Result<std::string> resolved(const std::string& text) const;
  // Every such name in quotes, in a JSON text.
  core::Result<std::string> resolved_in(std::string text) const;

 private:
  std::map<std::string, ServedRecord> records_;  // by id, as they were read last
  std::string next_cursor_;
};

}  // namespace terapi::conformance
