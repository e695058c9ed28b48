// LoadSpec: one --load,
// 'connection=demo,integration=github,model=Package,file=x.ndjson,id=Package', or the path of a
// database that terapi-sync filled.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "simulator/records/stream_key.h"

namespace terapi::simulator {

struct LoadSpec {
  std::string environment;  // empty: the first
  StreamKey stream;
  std::string sync;
  std::string file;
  std::string id_key = "id";
  std::string database;  // in place of stream and file
};

// Code "bad_load": says which part is wrong, and the nearest right key.
core::Result<LoadSpec> parse_load_spec(std::string_view text);

}  // namespace terapi::simulator
