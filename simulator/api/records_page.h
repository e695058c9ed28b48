// RecordsPage: a page of records and its text (REC-1, META, CUR-3 to CUR-5, REC-11). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/api/records_query.h"
#include "simulator/records/stream.h"

namespace terapi::simulator {

struct RecordsPage {
  std::vector<const Record*> records;
  std::string next;  // next_cursor: the last record's; empty where nothing follows
};

// Collects the page. Stops early, with at least one record, where the texts would exceed
// `max_bytes`.
RecordsPage collect_page(const RecordLog& log, const RecordsQuery& query, const Dialect& dialect,
                         std::optional<std::int64_t> max_bytes);

// The same from a list of versions in order, as a stale replica shows them.
RecordsPage collect_page(const std::vector<const Record*>& versions, const RecordsQuery& query,
                         const Dialect& dialect, std::optional<std::int64_t> max_bytes);

// The stream as it stood at `then`: current versions from before, and those since replaced.
std::vector<const Record*> versions_at(const Stream& stream, Time then);

// {"records":[…],"next_cursor":…}
std::string page_text(const RecordsPage& page, const Dialect& dialect);

// Appends one record as the API serves it: its payload with the metadata as last member.
void append_record(std::string& out, const Record& record, const Dialect& dialect);

}  // namespace terapi::simulator
