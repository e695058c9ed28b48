#include "core/delivery.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace terapi::core {

namespace {

using namespace std::chrono_literals;

// Nobody waits longer, and three of them can be added.
constexpr Duration kLongestWait = 24h * 3650;

std::size_t bytes_sent(const Outcome& outcome) {
  const std::size_t size = outcome.response.body.size();
  return std::min(size, outcome.wire.truncate_after.value_or(size));
}

Duration drip_time(std::size_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return 0us;
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second);
  return std::chrono::ceil<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Duration time_on_wire(const Outcome& outcome) {
  const WireFaults& wire = outcome.wire;
  Duration time = std::min(wire.delay, kLongestWait);
  // A reset comes in place of the first byte. Without a body there is nothing to hold back.
  if (wire.reset || outcome.response.body.empty()) return time;
  time += std::min(wire.stall, kLongestWait);
  return time + std::min(drip_time(bytes_sent(outcome), wire.drip_bytes_per_second), kLongestWait);
}

bool arrives_whole(const Outcome& outcome) {
  return !outcome.wire.reset && bytes_sent(outcome) == outcome.response.body.size();
}

Delivery deliver(Outcome outcome, const SendOptions& options) {
  const Duration head = std::min(outcome.wire.delay, kLongestWait);
  const auto in_time = [&](Duration after, Result<Response> result) -> Delivery {
    if (after < options.timeout) return {after, std::move(result), head};
    return {options.timeout, Error{"timeout", "no complete answer within the time-out"}, head};
  };
  if (options.needed == AnswerNeeded::kStatus && !outcome.wire.reset && head < options.timeout) {
    std::string& body = outcome.response.body;
    body.resize(std::min(bytes_sent(outcome), options.max_response_bytes));
    const Duration after = std::min(time_on_wire(outcome), options.timeout);
    return {after, std::move(outcome.response), head};
  }
  const Duration after = time_on_wire(outcome);
  if (outcome.wire.reset) {
    return in_time(after, Error{"connection_reset", "the peer reset the connection"});
  }
  if (outcome.response.body.size() > options.max_response_bytes) {
    // The head tells, before anything of the body comes.
    return in_time(
        outcome.wire.delay,
        Error{"response_too_large",
              "the answer has more than " + std::to_string(options.max_response_bytes) + " bytes"});
  }
  if (!arrives_whole(outcome)) {
    return in_time(after,
                   Error{"truncated_body", "the connection closed within the answer's body"});
  }
  return in_time(after, std::move(outcome.response));
}

}  // namespace terapi::core
