// Measurement: what was measured of several clients in one run: rows of figures, of which each
// client has as many as it could be given. A value, no thread rule.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/harness/measure/caught_up.h"
#include "conformance/harness/measure/spread.h"
#include "conformance/harness/stage/process_client_stage.h"
#include "core/clock.h"
#include "core/words.h"

namespace terapi::conformance {

enum class MeasuredPart : std::uint8_t { kFirstSync, kWebhooks, kCatchUp };
inline constexpr auto kMeasuredParts = std::to_array<core::Word<MeasuredPart>>({
    {MeasuredPart::kFirstSync, "first-sync", "from nothing to everything"},
    {MeasuredPart::kWebhooks, "webhooks", "from a change to its being stored"},
    {MeasuredPart::kCatchUp, "catch-up", "what changed while the client was down"},
});

struct MeasuredClient {
  std::string name;
  ProcessClientOptions commands;
  bool reference = false;  // the one that others are compared with
};

struct MeasuredRow {
  std::string id;  // "first-sync/300B/0ms/records-per-second"
  MeasuredPart part = MeasuredPart::kFirstSync;
  core::Duration round_trip{0};
  std::string what;  // "records/s, 300 bytes"
  std::string unit;  // "/s", "ms", "s", "MB", ""
  bool more_is_better = false;
};

struct MeasuredFigure {
  Spread value;
  std::string missing;  // why there is none; empty: there is one
};

// Of one rate of changes on one network: the whole distribution.
struct MeasuredLatencies {
  core::Duration round_trip{0};
  double changes_per_second = 1;
  Witness witness = Witness::kServed;
  std::vector<double> milliseconds;
};

struct ClientFigures {
  MeasuredClient client;
  std::map<std::string, MeasuredFigure> figures;  // by the row's id
  std::vector<MeasuredLatencies> latencies;
  std::optional<Witness> witness;  // of the weakest kind that was met; none: nothing was measured
};

struct Measurement {
  std::string dialect;
  std::uint64_t records = 0;        // of 300 bytes
  std::uint64_t large_records = 0;  // of 10 KB
  std::uint64_t changes = 0;        // to catch up with
  std::uint64_t limit = 0;
  core::Duration round_trip{0};  // of the slow network
  std::vector<MeasuredRow> rows;
  std::map<std::string, MeasuredFigure> ceiling;  // of a bare reader
  std::vector<ClientFigures> clients;             // the reference first
  // What makes figures doubtful.
  std::vector<std::string> notes;
  unsigned cores = 0;
  double other_work = 0;  // of how many cores others had the time
  double seconds = 0;     // that all of it took
};

// Of a network in a row's id: "0ms", "50ms"; and for people: "no latency", "round trips of 50ms".
std::string network_id(core::Duration round_trip);
std::string network_words(core::Duration round_trip);

// This client's figure, divided by that of the reference; none where either is missing.
std::optional<double> ratio_to_reference(const Measurement& measurement,
                                         const ClientFigures& client, const std::string& row);

// Of all the changes that are measured, the rates and how many of each.
struct MeasuredRate {
  double changes_per_second = 1;
  std::uint64_t changes = 1;
};

}  // namespace terapi::conformance
