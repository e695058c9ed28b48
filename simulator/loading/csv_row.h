// One row of CSV (RFC 4180). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::simulator {

using CsvRow = std::vector<std::string>;

// False while a quoted field goes on in the next line.
bool quotes_closed(std::string_view text);
// Code "bad_csv".
core::Result<CsvRow> parse_csv_row(std::string_view text);

}  // namespace terapi::simulator
