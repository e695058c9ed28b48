// Truth: what a perfect client would hold now, and how a client's dump differs from it.
// Pure over State; the dump format is in docs/control-api.md.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// Which streams: an empty field means any.
struct StreamFilter {
  std::string environment;
  std::string integration;
  std::string connection;
  std::string model;
  std::string variant;
  bool matches(const StreamKey& key) const;
};

// NDJSON: every record of the streams, in cursor order, stream after stream; at most `limit`.
std::string truth_dump(const State& state, const StreamFilter& filter, const Dialect& dialect,
                       std::size_t limit = std::numeric_limits<std::size_t>::max());

struct Difference {
  std::string stream;  // "github/demo/Issue"
  std::string id;
  std::string reason;
};

struct TruthDiff {
  static constexpr std::size_t kMostListed = 1000;
  struct List {
    std::vector<Difference> first;  // at most kMostListed
    std::uint64_t count = 0;
    void add(Difference difference);
  };
  List lost;         // current here, missing there
  List stale;        // there in an older version, or with another payload
  List phantom;      // there, and never was here
  List resurrected;  // deleted here, current there
  bool equal() const;
};

// Code "bad_dump": says the line and what was expected.
core::Result<TruthDiff> diff_with_truth(const State& state, const StreamFilter& filter,
                                        std::string_view dump);

}  // namespace terapi::simulator
