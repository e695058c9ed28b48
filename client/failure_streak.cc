#include "client/failure_streak.h"

#include <utility>

#include "core/duration.h"

namespace terapi::client {
namespace {

// After this many broken answers in a row, each to a request for a single record, it is the record;
// and after fewer where the record could be named, since the answer was whole but for it.
constexpr std::uint64_t kMostBrokenPages = 10;
constexpr std::uint64_t kMostBrokenNamed = 5;

}  // namespace

core::Result<core::Duration> FailureStreak::add(const Failure& failure) {
  const core::Error& error = failure.error;
  // What got it on since the last failure is a success, too; but not what a full read stored again
  // until its cursor was refused once more, or until its pages had gone round.
  const bool got_on = std::exchange(records_, failure.records) < failure.records;
  if (got_on && error.code != "invalid_cursor" && error.code != kPagingCircle) end();
  const bool is_named = !failure.record.empty();
  const bool is_record = error.code == kBrokenRecord && (is_named || failure.single_record);
  broken_pages_ = is_record ? broken_pages_ + 1 : 0;
  if (broken_pages_ >= (is_named ? kMostBrokenNamed : kMostBrokenPages)) {
    return core::Error{"poison_record", "the record after cursor " +
                                            failure.cursor.value_or("(none)") +
                                            " comes broken each time: " + error.message};
  }
  if (!failure.overtaken) patience_.on_failure();
  if (patience_.is_over()) {
    return core::Error{
        "gave_up", "still failing after " + core::format_duration(give_up_) + ": " + error.message};
  }
  if (failure.overtaken) {
    return backoff_.next(random_, failure.retry_after.value_or(core::Duration(0)));
  }
  return failure.retry_after ? backoff_.next(random_, *failure.retry_after)
                             : backoff_.next(random_);
}

void FailureStreak::end() {
  backoff_.reset();
  patience_.on_success();
  broken_pages_ = 0;
}

}  // namespace terapi::client
