// The store that --database names: a SQLite file, or a PostgreSQL database by its URL
// ("postgres://…" or "postgresql://…"), where client/postgres is built.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "client/store.h"
#include "core/result.h"

namespace terapi::client {

// For syncing into: created where it is missing. `connections` is for PostgreSQL.
core::Result<std::unique_ptr<ReadableStore>> open_store(const std::string& database,
                                                        std::size_t connections);

// For dump and status: "no_database" where there is none.
core::Result<std::unique_ptr<ReadableStore>> open_store_to_read(const std::string& database);

}  // namespace terapi::client
