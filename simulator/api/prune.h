// PATCH /records/prune (PRUNE-1): empties payloads up to a cursor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulator/api/public_call.h"

namespace terapi::simulator {

struct PruneRequest {
  std::string model;
  std::string variant = std::string(kBaseVariant);
  std::size_t limit = 1000;
  std::string cursor;             // as it was given
  std::optional<Position> until;  // nothing when the cursor does not decode
};

// Reads the body; adds everything that is wrong to `errors`.
PruneRequest read_prune_request(const core::Request& call, const Dialect& dialect,
                                std::vector<ValidationError>& errors);

struct PruneResult {
  std::size_t count = 0;
  bool has_more = false;
  std::optional<Position> last;  // of those pruned
};
PruneResult prune(Engine& engine, Stream& stream, const Position& until, std::size_t limit);

PublicResult patch_prune(PublicCall& call);

}  // namespace terapi::simulator
