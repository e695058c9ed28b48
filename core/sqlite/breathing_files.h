// Files for SQLite that are the usual ones, and breathe (core/breather.h) at each read and write
// and while the disk is waited for: a commit, a checkpoint or the emptying of a table is one step
// of SQLite's, and may be thousands of pages.
//
// Thread rule: any thread.
#pragma once

namespace terapi::core {

// The name of the VFS to open a connection with; null if there is none, which means the usual one.
const char* breathing_files();

}  // namespace terapi::core
