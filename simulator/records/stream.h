// Stream: what a cursor belongs to, a (connection, model, variant), and everything stored of it.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>

#include "simulator/records/record_log.h"

namespace terapi::simulator {

inline constexpr std::string_view kBaseVariant = "base";

// Names a stream within its environment. Connections of two integrations may share an id.
struct StreamKey {
  std::string integration;
  std::string connection;
  std::string model;
  std::string variant = std::string(kBaseVariant);
  auto operator<=>(const StreamKey&) const = default;
};

// "github/demo/Issue", with "/v1" for a variant: for logs and messages.
std::string describe(const StreamKey& key);

// A version that is not current any more, and when it stopped being so.
struct Superseded {
  RecordPtr record;
  Time until;
};

struct Stream {
  std::uint32_t number = 0;  // in the data file; never reused
  std::uint32_t tag = 0;     // in its records' uuids (CUR-7)
  RecordLog log;
  // The latest versions that were replaced, oldest first, bounded: what a stale replica would still
  // show (the `stale` fault).
  std::deque<Superseded> superseded;
};

}  // namespace terapi::simulator
