// One row of CSV (RFC 4180). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::simulator {

using CsvRow = std::vector<std::string>;

// Follows the quotes of one row through its lines, each character once. Quotes mean something only
// in a field that begins with one: 5" in a plain field opens nothing.
class CsvQuotes {
 public:
  void read(std::string_view text);
  // False while a quoted field goes on in the next line.
  bool closed() const { return !inside_; }

 private:
  bool inside_ = false;
  bool may_open_ = true;
};

// Code "bad_csv".
core::Result<CsvRow> parse_csv_row(std::string_view text);

}  // namespace terapi::simulator
