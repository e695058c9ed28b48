// The query of a request as its reader gets it: each name once, with all of its values. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "simulator/javascript/query_string.h"
#include "simulator/records/dialect.h"

namespace terapi::simulator {

// From a request target whose query can be decoded. Where the dialect is Express's, names may have
// brackets; elsewhere a name that comes several times is a list, and "ids[]" is another word for
// "ids".
std::vector<QueryEntry> query_entries(std::string_view target, const Dialect& dialect);

}  // namespace terapi::simulator
