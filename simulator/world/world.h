// World: what a simulator starts from — environments, integrations, connections, records, external
// APIs, faults — read from a world file (docs/world-file.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_fields.h"
#include "core/result.h"
#include "simulator/faults/fault_rule.h"
#include "simulator/world/environment.h"
#include "simulator/world/template.h"
#include "simulator/world/upstream_source.h"

namespace terapi::simulator {

// Where records of a world come from: exactly one of generate, items and file.
struct RecordSource {
  std::string environment;
  StreamKey stream;
  std::int64_t generate_count = 0;
  std::int64_t generate_bytes = 300;
  std::vector<std::string> items;  // JSON texts
  std::string file;                // NDJSON, a JSON array, or CSV
  std::string id_key = "id";
  std::string place;  // "records[0]", for messages
};

struct World {
  std::vector<Environment> environments;  // without streams
  std::vector<RecordSource> records;
  std::vector<UpstreamSource> upstream;
  std::vector<Template> templates;
  std::vector<FaultRule> faults;
  std::string records_text = "[]";   // the `records` as they were written
  std::string upstream_text = "[]";  // the `upstream`
  QuirkChoices quirks;
  std::int32_t zone_minutes = 0;
};

// One environment "dev" with the documented key, connection `demo` of the integrations `github`,
// `hubspot` and `stripe`, and 1,000 generated Issues.
inline constexpr std::string_view kDefaultSecretKey = "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54";
std::string_view default_world_text();

// Reads a world from a text that may have comments. What is wrong with it is added to `issues`, all
// at once; the place of each is its offset in `text`.
World read_world(std::string_view text, const Dialect& dialect, core::json::Issues& issues);

// "world.json:12:5: records[0].model is missing; expected a string", a line each.
std::string issues_text(std::string_view file, std::string_view text,
                        const core::json::Issues& issues);

struct State;
// The world file that this state could have started from; `records` as they were given.
std::string world_text(const State& state);

}  // namespace terapi::simulator
