// ProgressLine: how far the streams are, in one line.
//
//   github/demo/Issue  412,000 records  231k/s  412 pages  lag 0s  ~3s left
//   3 streams  1,200,000 records (30%)  198k/s  1,200 pages  lag 2h 4m  ~14s left
//
// The rate is that of the last few seconds. The time left is estimated when a total is known:
// because it was given, or because a stream that was read before is being read again from the
// beginning. Lag is how old the stream's newest information is: the time since it was last up to
// date or, before that, the age of the newest record.
//
// Thread rule: one thread. It reads no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/stream_sync.h"
#include "core/clock.h"

namespace terapi::client {

class ProgressLine {
 public:
  // `expected`: how many records the streams will have, together, in the end.
  explicit ProgressLine(std::optional<std::uint64_t> expected) : expected_(expected) {}

  // Takes note of where the streams are, and gives the line.
  std::string update(const std::vector<StreamProgress>& streams, core::Time now);

 private:
  struct Sample {
    core::Time time;
    std::uint64_t records;
  };
  // As it was when a stream's full read began.
  struct FullRead {
    std::uint64_t number = 0;
    std::uint64_t records = 0;
    std::optional<core::Time> up_to_date_at;
  };
  struct Estimate {
    std::uint64_t done = 0;
    std::uint64_t total = 0;  // 0: not known
  };
  double rate(std::uint64_t records, core::Time now);
  Estimate estimate(const std::vector<StreamProgress>& streams);
  const FullRead& full_read_of(std::size_t index, const StreamProgress& stream);

  std::optional<std::uint64_t> expected_;
  std::deque<Sample> samples_;
  std::vector<FullRead> full_reads_;
};

// How old what is stored is; none when nothing is.
std::optional<core::Duration> lag_of(const StreamProgress& progress, core::Time now);

// What became of a stream, for the end of `--once`:
// "1,000 records in 2 pages, 14 of them new or changed, 0.3s; up to date".
std::string summary_of(const StreamProgress& progress, core::Duration took);

}  // namespace terapi::client
