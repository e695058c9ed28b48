#include "conformance/harness/measure/measurement.h"

#include <algorithm>

#include "core/duration.h"

namespace terapi::conformance {

std::string network_id(core::Duration round_trip) {
  return round_trip.count() == 0 ? "0ms" : core::format_duration(round_trip);
}

std::string network_words(core::Duration round_trip) {
  return round_trip.count() == 0 ? "no latency"
                                 : "round trips of " + core::format_duration(round_trip);
}

std::optional<double> ratio_to_reference(const Measurement& measurement,
                                         const ClientFigures& client, const std::string& row) {
  const auto reference =
      std::find_if(measurement.clients.begin(), measurement.clients.end(),
                   [](const ClientFigures& each) { return each.client.reference; });
  if (reference == measurement.clients.end()) return std::nullopt;
  const auto own = client.figures.find(row);
  const auto other = reference->figures.find(row);
  if (own == client.figures.end() || other == reference->figures.end()) return std::nullopt;
  if (!own->second.missing.empty() || !other->second.missing.empty()) return std::nullopt;
  if (other->second.value.median <= 0) return std::nullopt;
  return own->second.value.median / other->second.value.median;
}

}  // namespace terapi::conformance
