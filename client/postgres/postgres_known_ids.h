// PostgresKnownIds: which ids of a stream are surely not in `records` yet, so that they may go
// there by COPY. It knows of streams that had no row when the store came to them and of which it
// has stored every row since; the last `seq` in `cursors` tells when somebody else has stored one.
//
//   const auto ids = known.of(stream, seq);   // the stream's row in `cursors` is locked
//   if (ids && !ids->may_hold(id)) …          // no row has it
//   known.stored(stream, seq);                // committed, and this is the last seq now
//
// An id that it takes for known may be new; that costs time only. Thread rule: any thread, one call
// at a time for each stream, as for what of() gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "client/bloom_filter.h"
#include "client/stream.h"

namespace terapi::client {

class PostgresKnownIds {
 public:
  // For as many streams at once, with 8 MiB each.
  explicit PostgresKnownIds(std::size_t streams) : streams_(streams) {}

  // Null where it does not know.
  std::shared_ptr<BloomFilter> of(const Stream& stream, std::int64_t seq) {
    const std::lock_guard lock(mutex_);
    const auto at = known_.find(stream);
    if (at != known_.end() && (at->second.seq == seq || !at->second.ids)) return at->second.ids;
    if (at != known_.end()) known_.erase(at);
    if (seq != 0 || known_.size() >= streams_) return nullptr;
    return known_.emplace(stream, Known{0, std::make_shared<BloomFilter>()}).first->second.ids;
  }
  void stored(const Stream& stream, std::int64_t seq) {
    const std::lock_guard lock(mutex_);
    if (const auto at = known_.find(stream); at != known_.end()) at->second.seq = seq;
  }
  // COPY has failed: not with this stream again. False: it was not known.
  bool refuse(const Stream& stream) {
    const std::lock_guard lock(mutex_);
    const auto at = known_.find(stream);
    return at != known_.end() && std::exchange(at->second.ids, nullptr) != nullptr;
  }
  // It is up to date, and what comes now are changes.
  void forget(const Stream& stream) {
    const std::lock_guard lock(mutex_);
    known_.erase(stream);
  }
  // From now on of() is always null.
  void close() {
    const std::lock_guard lock(mutex_);
    streams_ = 0;
    known_.clear();
  }

 private:
  struct Known {
    std::int64_t seq;
    std::shared_ptr<BloomFilter> ids;
  };
  std::mutex mutex_;
  std::size_t streams_;
  std::map<Stream, Known> known_;
};

}  // namespace terapi::client
