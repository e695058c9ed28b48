// UpstreamSource: what a world file's `upstream` says of one collection of an external API — what
// is in it, how it answers, what changes by itself (docs/upstream.md). A value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json_fields.h"
#include "simulator/world/collection.h"

namespace terapi::simulator {

// At most one of generate, items and file; none: what the template's stream holds, or else as many
// objects as the template says.
struct UpstreamSource {
  std::string environment;
  CollectionKey key;
  std::optional<std::string> id_key;
  std::optional<std::int64_t> generate;
  std::optional<std::vector<std::string>> items;  // JSON texts
  std::string file;                               // NDJSON, a JSON array, or CSV
  UpstreamBehaviour behaviour;
  std::optional<ChangePlan> plan;
  std::string place;  // "upstream[0]", for messages
};

// Reads everything but environment, integration and connection; `place` is set.
void read_upstream_source(core::json::Fields& fields, UpstreamSource& source);

// {"every":"10m","added":1,"changed":2,"deleted":1}
ChangePlan read_change_plan(core::json::Fields& fields);
// The same for how it answers: page_size, latency, rate_limit.
void read_behaviour(core::json::Fields& fields, UpstreamBehaviour& behaviour);

}  // namespace terapi::simulator
