// Builds a State from a World: environments, faults, external APIs and, in saves of 1,000, its
// records.
#pragma once

#include <string>

#include "core/result.h"
#include "simulator/engine/engine.h"
#include "simulator/loading/load_spec.h"
#include "simulator/loading/record_reader.h"
#include "simulator/world/world.h"

namespace terapi::simulator {

class Upstream;
class WebhookQueue;

// Records of a file or the generator are saved in batches of this size.
inline constexpr std::size_t kLoadBatch = 1000;

// Where the files that a world names are, and which of them may be read: from a pipe, only at the
// start, where nobody else is kept waiting.
struct WorldFiles {
  std::string folder;
  RecordReader::Files allowed = RecordReader::Files::kPlain;
};

// Replaces the engine's state (except for the clock) with the world. Nothing is announced. Codes
// "bad_record", "bad_file", "no_file".
core::Result<void> build_world(Engine& engine, WebhookQueue& webhooks, Upstream& upstream,
                               World world, const WorldFiles& files);

// Carries out one --load: one run, announced like any other; or, from a database that terapi-sync
// filled, its records as they were. With `fresh`, which says that the state was just built from a
// world, they replace that world's records in their streams.
core::Result<void> carry_out_load(Engine& engine, WebhookQueue& webhooks, const LoadSpec& spec,
                                  bool fresh);

}  // namespace terapi::simulator
