// Stream: what a cursor belongs to, a (connection, model, variant): everything stored of it.
#pragma once

#include <cstdint>
#include <deque>

#include "simulator/records/record_log.h"
#include "simulator/records/stream_key.h"

namespace terapi::simulator {

// A version that is not current any more, and when it stopped being so.
struct Superseded {
  RecordPtr record;
  Time until;
};

struct Stream {
  std::uint32_t number = 0;  // in the data file; never reused
  std::uint32_t tag = 0;     // in its records' uuids (CUR-7)
  RecordLog log;
  std::uint64_t revision = 0;  // counts what was written, since the simulator started
  // The latest versions that were replaced, oldest first, bounded: what a stale replica would still
  // show (the `stale` fault).
  std::deque<Superseded> superseded;
  // Who wrote last, and when: writers that follow each other closely overlap (Quirk::kLateCommit).
  std::string last_writer;  // a sync
  Time last_written = Time::min();
};

}  // namespace terapi::simulator
