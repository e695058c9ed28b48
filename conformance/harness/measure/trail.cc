#include "conformance/harness/measure/trail.h"

#include <algorithm>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// Writes that follow each other faster than this are of one piece of work: a transaction, with its
// waits for the disk.
constexpr std::chrono::nanoseconds kOneSeries = 5ms;

Moment first_after(const std::vector<Moment>& moments, Moment after) {
  const auto found = std::upper_bound(moments.begin(), moments.end(), after);
  return found == moments.end() ? Moment::max() : *found;
}

// The next request that was made with this answer in hand.
Moment next_asked(const Trail& trail, std::size_t answer) {
  Moment next = Moment::max();
  for (std::size_t i = answer + 1; i < trail.answers.size(); ++i) {
    const Moment asked = trail.answers[i].asked;
    if (asked > trail.answers[answer].written) next = std::min(next, asked);
  }
  return next;
}

}  // namespace

std::optional<Moment> stored_at(const Trail& trail, std::size_t answer) {
  answer = last_with_records(trail.answers, answer);
  const Moment written = trail.answers[answer].written;
  const Moment woken = first_after(trail.wakes, written);
  auto write = std::upper_bound(trail.writes.begin(), trail.writes.end(), written);
  if (write == trail.writes.end()) return std::nullopt;
  const Moment until = next_asked(trail, answer);
  // A client that writes only after it has asked for more is given the time of its first write.
  Moment stored = *write;
  for (; write != trail.writes.end() && *write < until; ++write) {
    if (*write >= woken && *write - stored > kOneSeries) break;
    stored = *write;
  }
  return stored;
}

std::size_t last_with_records(const std::vector<TrailAnswer>& answers, std::size_t answer) {
  std::size_t last = answer;
  for (std::size_t i = answer; i < answers.size(); ++i) {
    if (!answers[i].empty) last = i;
    if (answers[i].ends_walk) break;
  }
  return last;
}

}  // namespace terapi::conformance
