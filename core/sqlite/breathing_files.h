// Files for SQLite that are the usual ones, and breathe (core/breather.h) at each write: a commit
// or a checkpoint is one call of SQLite's, and may be thousands of pages.
//
// Thread rule: any thread.
#pragma once

namespace terapi::core {

// The name of the VFS to open a connection with; null if there is none, which means the usual one.
const char* breathing_files();

}  // namespace terapi::core
