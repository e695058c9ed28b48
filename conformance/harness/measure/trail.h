// Trail: what was seen of a client while it was measured: its requests for records, the webhooks
// that reached it, and when something was written into its state folder. A value, no thread rule.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace terapi::conformance {

// The steady clock of the judge: all that is measured is measured by it.
using Moment = std::chrono::steady_clock::time_point;

// An answer to GET /records of status 200.
struct TrailAnswer {
  Moment asked;                      // the request's arrival, before the network is played
  Moment written;                    // when its first byte went out to the client
  bool ends_walk = false;            // its next_cursor is null
  bool empty = false;                // it has no records
  std::vector<std::uint64_t> marks;  // which of the judge's changes are in it
};

struct Trail {
  std::vector<TrailAnswer> answers;  // by `written`, as far as one network plays all alike
  std::vector<Moment> wakes;         // webhooks on their arrival at the client
  std::vector<Moment> writes;        // into its state folder, each not later than its own moment
};

// When the client had stored what came with this answer, as its files tell it: the last write
// between the last records of the walk that the answer belongs to, and whatever made it go on (the
// next request for records, or a webhook, whose reaction may begin with a write). A series of
// writes that is under way when a webhook comes counts to its end. None: nothing was written since.
std::optional<Moment> stored_at(const Trail& trail, std::size_t answer);

// The last answer with records of the walk that this answer belongs to, as far as it has come; the
// answer itself where none has any.
std::size_t last_with_records(const std::vector<TrailAnswer>& answers, std::size_t answer);

}  // namespace terapi::conformance
