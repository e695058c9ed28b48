// The tables of a SqliteStore's file, and how a file is recognised as one (docs/sync-tables.md).
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"

namespace terapi::client {

// A payload that holds NUL, as the escape \u0000. An index has these records alone, and is used
// where a query says the same, word for word.
inline constexpr std::string_view kHoldsNul =
    "instr(payload, '\\u0000') > 0 AND instr(replace(payload, '\\\\', ''), '\\u0000') > 0";

// Makes the tables in an empty file; refuses a file that is not ours ("store_foreign") or of a
// newer version ("store_too_new") without touching it. `path` is for messages.
core::Result<void> prepare_schema(core::SqliteConnection& connection, const std::string& path);

}  // namespace terapi::client
