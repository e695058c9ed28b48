// DataHeader: whether a file may be opened as this simulator's data, told from its first bytes
// before SQLite sees it, so that a file that may not stays as it is.
//
// Pure reads; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace terapi::simulator {

// "tera": PRAGMA application_id. Never change it.
inline constexpr std::uint32_t kDataApplicationId = 0x74657261;
// PRAGMA user_version: one more whenever a file of this version could not be read by the last.
inline constexpr std::uint32_t kDataVersion = 4;

// Reads `descriptor`, a regular file that is not empty; `file` is its real path, beside which its
// WAL may be, and `path` its name in messages.
// Codes "data_foreign", "data_too_new", "data_truncated", "data_corrupt", "data_io".
core::Result<void> check_data_header(int descriptor, const std::string& file,
                                     const std::string& path);

// The error for a file of format `version`, newer than kDataVersion.
core::Error data_too_new(const std::string& path, std::int64_t version);

}  // namespace terapi::simulator
