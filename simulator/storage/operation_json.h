// The JSON of the log in data files: one text for each operation, and one for what counts them.
// Reading gives back exactly what was written; errors have code "data_corrupt" and say what was
// found where. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "simulator/observation/log_book.h"

namespace terapi::simulator {

// `what` names it in messages.
std::string write_operation(const Operation& operation);
core::Result<Operation> read_operation(std::string_view json, std::string_view what);

std::string write_log_counts(const LogCounts& counts);
core::Result<LogCounts> read_log_counts(std::string_view json, std::string_view what);

}  // namespace terapi::simulator
