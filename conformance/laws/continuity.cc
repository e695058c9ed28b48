#include "conformance/laws/continuity.h"

#include <chrono>
#include <set>

#include "conformance/contract/cursor.h"

namespace terapi::conformance {

void check_continuity(const Walk& earlier, const Walk& later, const Dialect& dialect,
                      Findings& findings) {
  if (!earlier.whole || !later.whole || earlier.records.empty()) return;
  std::set<std::string> known;
  for (const ServedRecord& record : earlier.records) known.insert(record.cursor);
  const ServedRecord& last = earlier.records.back();
  const auto end = read_cursor(last.cursor, dialect);
  if (!end) return;
  for (const ServedRecord& record : later.records) {
    if (known.contains(record.cursor)) continue;
    const auto place = read_cursor(record.cursor, dialect);
    if (!place || *place > *end) continue;
    // A deletion's place is told by a clock that may be a little behind.
    if (dialect.habits.tells_deletions_by_another_clock && record.last_action == "DELETED") {
      if (place->time + std::chrono::seconds(1) > end->time) continue;
    }
    findings.fail("CUR-8", "a record has turned up before a cursor that had been given out",
                  "everything new comes after " + last.cursor,
                  record.id + " at " + record.last_modified_at + ", before " + last.id + " at " +
                      last.last_modified_at,
                  later.events);
  }
}

}  // namespace terapi::conformance
