// StoredDump: what a reference client's database holds, in the dump format. A pure function.
#pragma once

#include <string>
#include <vector>

#include "client/store.h"
#include "client/stream.h"
#include "core/result.h"

namespace terapi::conformance {

// A line for each record of these streams, in cursor order.
core::Result<std::string> dump_of(client::ReadableStore& store,
                                  const std::vector<client::Stream>& streams);

}  // namespace terapi::conformance
