// The rows of a measurement: what they are called, and which come with which options.
#include <algorithm>
#include <utility>

#include "conformance/harness/measure/measuring.h"

namespace terapi::conformance {
namespace {

using Rows = std::vector<MeasuredRow>;

void add_first_sync(Rows& rows, core::Duration round_trip, bool large) {
  const std::string size = large ? "10 KB" : "300 bytes";
  const std::string id =
      std::string("first-sync/") + (large ? "10KB/" : "300B/") + network_id(round_trip);
  const auto add = [&](const std::string& name, const std::string& what, const std::string& unit,
                       bool more) {
    rows.push_back(
        {id + "/" + name, MeasuredPart::kFirstSync, round_trip, what + ", " + size, unit, more});
  };
  add("records-per-second", "records/s", "/s", true);
  // The network changes nothing in what follows that is worth a row.
  if (round_trip.count() != 0) return;
  add("cpu-per-1000", "CPU of 1,000 records", "ms", false);
  add("peak-memory", "peak memory", "MB", false);
  add("requests-per-1000", "requests of 1,000 records", "", false);
}

void add_webhooks(Rows& rows, core::Duration round_trip, const std::vector<MeasuredRate>& rates) {
  for (const MeasuredRate& rate : rates) {
    const std::string number = std::to_string(static_cast<std::uint64_t>(rate.changes_per_second));
    const std::string id = "webhooks/" + number + "/" + network_id(round_trip);
    for (const std::string percent : {"p50", "p99"}) {
      std::string row = id;
      row.append("/").append(percent);
      std::string name = percent;
      name.append(", ").append(number).append(number == "1" ? " change/s" : " changes/s");
      rows.push_back(
          {std::move(row), MeasuredPart::kWebhooks, round_trip, std::move(name), "ms", false});
    }
  }
}

}  // namespace

std::vector<MeasuredRow> measured_rows(const MeasuringOptions& options) {
  Rows rows;
  const auto measures = [&](MeasuredPart part) {
    return std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
  };
  std::vector<core::Duration> networks = {core::Duration(0)};
  if (options.round_trip.count() > 0) networks.push_back(options.round_trip);
  for (const core::Duration round_trip : networks) {
    if (measures(MeasuredPart::kFirstSync)) {
      if (round_trip.count() == 0) {
        rows.push_back({"first-sync/start", MeasuredPart::kFirstSync, round_trip,
                        "launch to first request", "ms", false});
      }
      add_first_sync(rows, round_trip, false);
      add_first_sync(rows, round_trip, true);
    }
    if (measures(MeasuredPart::kWebhooks)) add_webhooks(rows, round_trip, options.rates);
    if (measures(MeasuredPart::kCatchUp)) {
      rows.push_back({"catch-up/" + network_id(round_trip), MeasuredPart::kCatchUp, round_trip,
                      "launch to all changes", "s", false});
    }
  }
  return rows;
}

}  // namespace terapi::conformance
