#include "conformance/harness/explore/drawn_shape.h"

#include <array>
#include <string>

namespace terapi::conformance {

void add_background(DrawnWorld::Shape& shape, core::Random random, const DrawOptions& options) {
  static constexpr std::array<const char*, 4> kFrequencies = {"1h", "1h", "3s", "500s"};
  const bool full = random.below(2) == 0;
  const char* frequency = kFrequencies[random.below(kFrequencies.size())];
  if (full || options.over_http) frequency = "1h";
  shape.background = std::string(R"("type":")") + (full ? "full" : "incremental") +
                     R"(","frequency":")" + frequency + "\"";
  shape.external_api = R"("page_size":)" + std::to_string(1 + random.below(6));
}

DrawnWorld::Shape drawn_shape(core::Random random, const Swarm& swarm, const DrawnAim& aim,
                              const DrawOptions& options) {
  DrawnWorld::Shape shape;
  static constexpr std::array<std::size_t, 8> kStreams = {1, 1, 1, 2, 2, 2, 3, 4};
  static constexpr std::array<std::size_t, 8> kRecords = {0, 1, 3, 6, 12, 20, 40, 90};
  shape.streams = kStreams[random.below(kStreams.size())];
  shape.records = kRecords[random.below(kRecords.size())];
  shape.odd = random.below(3) == 0;
  if (options.size == DrawOptions::Size::kSmall) {
    shape.streams = 2;
    shape.records = 50;
    return shape;
  }
  if (aim.kind == FaultKind::kPrune) return shape;  // as prune() does
  if (swarm.on(FaultKind::kByteBudget) && random.below(2) == 0) {
    shape.bytes = 200;
    shape.environment = R"("max_response_bytes":2000)";
  } else if (swarm.on(FaultKind::kRateLimit) && random.below(2) == 0) {
    // More than two workers need for looking at four streams each second.
    shape.environment =
        R"("rate_limit":{"requests":)" + std::to_string(10 + random.below(8)) + R"(,"per":"1s"})";
  }
  return shape;
}

}  // namespace terapi::conformance
