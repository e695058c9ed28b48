// RecordsQuery: what GET /records asks for, checked (REC-3, REC-5 to REC-9). Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulator/api/api_error.h"
#include "simulator/api/query_entries.h"
#include "simulator/records/cursor.h"
#include "simulator/records/dialect.h"
#include "simulator/records/record_log.h"

namespace terapi::simulator {

struct RecordsQuery {
  std::string model;
  std::string variant = std::string(kDefaultVariant);
  std::size_t limit = 100;
  bool bad_cursor = false;            // does not decode (CUR-7)
  std::optional<Position> after;      // the decoded cursor
  std::optional<Time> modified_from;  // inclusive
  ActionSet actions = all_actions();
  std::vector<std::string> ids;
  bool ends_paging = false;  // the nango dialect's fractional limit: next_cursor is always null

  static constexpr std::string_view kDefaultVariant = "base";
};

// Reads and checks the parameters; adds everything that is wrong to `errors`.
RecordsQuery read_records_query(const std::vector<QueryEntry>& entries, const Dialect& dialect,
                                Time now, std::vector<ValidationError>& errors);

}  // namespace terapi::simulator
