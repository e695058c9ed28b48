#include "conformance/harness/measure/caught_up.h"

#include <ctime>
#include <optional>
#include <utility>

#include "core/duration.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kToAsk = 30s;
constexpr core::Duration kToWriteFirst = 300ms;
constexpr core::Duration kToWriteLast = 3s;
constexpr core::Duration kToComeToRest = 2s;  // a client that writes on and on is not waited for

std::chrono::nanoseconds thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

core::Result<bool> dumps_all(MeasuringStage& stage, const HoldsAll& holds_all) {
  const auto text = stage.dump();
  if (!text) return text.error();
  const auto records = read_dump(*text);
  if (!records) return records.error();
  return holds_all(*records);
}

core::Error failure(const MeasuringStage& stage, const std::string& code, const std::string& what) {
  if (!stage.alive()) return {"died", "the client died: " + stage.last_words()};
  return {code, what + "; " + stage.last_words()};
}

// From its state folder: dumps come when it rests, so that they disturb nothing.
core::Result<Moment> seen_in_files(MeasuringStage& stage, const HoldsAll& holds_all, Moment until,
                                   Witness& witness) {
  // On a busy machine it may take a while until the client has its turn.
  const auto wrote_last = [&] {
    const std::size_t last = last_with_records(stage.answers(), 0);
    return stage.last_write() > stage.answers()[last].written;
  };
  stage.run_until(wrote_last, kToWriteLast);
  for (bool first = true;; first = false) {
    stage.rest(kToComeToRest);
    const Trail trail = stage.trail();
    const auto all = dumps_all(stage, holds_all);
    if (!all) return all.error();
    if (*all) {
      const auto stored = stored_at(trail, 0);
      witness = stored ? Witness::kFiles : Witness::kDump;
      if (!stored) return std::chrono::steady_clock::now();
      // What came later than it seemed to come was stored by the last write of all.
      return first ? *stored : trail.writes.back();
    }
    if (std::chrono::steady_clock::now() > until || !stage.alive()) {
      return failure(stage, "not_all_stored", "its dump does not have everything");
    }
  }
}

core::Result<Moment> seen_in_dumps(MeasuringStage& stage, const HoldsAll& holds_all, Moment until) {
  while (true) {
    const auto all = dumps_all(stage, holds_all);
    if (!all) return all.error();
    if (*all) return std::chrono::steady_clock::now();
    if (std::chrono::steady_clock::now() > until || !stage.alive()) {
      return failure(stage, "not_all_stored", "its dump does not have everything");
    }
  }
}

// The moment by which it holds everything, by whoever can tell.
core::Result<Moment> stored(MeasuringStage& stage, const HoldsAll& holds_all, Moment until,
                            Witness& witness) {
  if (!stage.has_dump()) {
    witness = Witness::kServed;
    return stage.answers().back().written;
  }
  // One that fetches everything in one page may not have written anything by then.
  const auto wrote_ever = [&] { return stage.last_write() != Moment::min(); };
  if (stage.run_until(wrote_ever, kToWriteFirst)) {
    return seen_in_files(stage, holds_all, until, witness);
  }
  witness = Witness::kDump;
  return seen_in_dumps(stage, holds_all, until);
}

}  // namespace

core::Result<CaughtUp> launch_and_catch_up(MeasuringStage& stage, const HoldsAll& holds_all,
                                           core::Duration limit) {
  if (auto launched = stage.launch(); !launched) return launched.error();
  const Moment until = stage.launched() + limit;
  if (!stage.run_until([&] { return stage.first_asked().has_value(); }, kToAsk)) {
    return failure(stage, "never_asked",
                   "it asked for no records within " + core::format_duration(kToAsk));
  }
  const std::chrono::nanoseconds busy_before = thread_time();
  if (!stage.run_until([&] { return stage.walks_ended() > 0; }, limit)) {
    return failure(stage, "not_all_fetched",
                   "it has not fetched everything within " + core::format_duration(limit));
  }
  const std::chrono::duration<double> busy = thread_time() - busy_before;
  CaughtUp result;
  result.requests = stage.requests();
  const std::chrono::duration<double> fetched =
      stage.answers().back().written - *stage.first_asked();
  result.judge_busy = fetched.count() > 0 ? busy.count() / fetched.count() : 0;
  auto moment = stored(stage, holds_all, until, result.witness);
  if (!moment) return std::move(moment).error();
  if (result.witness != Witness::kFiles) stage.rest(kToComeToRest);
  result.usage = stage.usage();
  result.from_launch = *moment - stage.launched();
  result.from_request = *moment - *stage.first_asked();
  return result;
}

}  // namespace terapi::conformance
