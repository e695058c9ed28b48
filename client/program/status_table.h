// StatusTable: what `terapi-sync status` prints, as a table or as JSON. Pure.
//
//   STREAM             RECORDS  DELETED  STATE       LAG  NEWEST                CURSOR
//   github/demo/Issue    1,000        3  retrying  2m 5s  2026-11-23 20:44:07Z  Y3JlYX…MyZjQ0
//     server_error: the server answered 503
//     record: 14
//   store busy: 271 MB wait in 'sync.db-wal': …
#pragma once

#include <string>
#include <vector>

#include "client/store.h"
#include "core/clock.h"

namespace terapi::client {

// With its line ends; "no streams yet\n" for none.
std::string status_table(const std::vector<StreamStatus>& streams, const StoreNotes& notes,
                         core::Time now);

// An array of objects, one a line, with everything that is known; times as the API writes them.
std::string status_json(const std::vector<StreamStatus>& streams, const StoreNotes& notes,
                        core::Time now);

}  // namespace terapi::client
