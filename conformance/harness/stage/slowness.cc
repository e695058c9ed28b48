#include "conformance/harness/stage/slowness.h"

#include <algorithm>
#include <cstdint>

#include "core/duration.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration kBetweenLooksAtItself = 20ms;
// Timers are never quite on time; this much says nothing.
constexpr core::Duration kAsGoodAsOnTime = 5ms;
// Less than this holds nobody up.
constexpr core::Duration kMoment = 100ms;
// What has waited for this process meanwhile is done within so much, also where it is held up again
// for a moment.
constexpr core::Duration kAftermath = 1s;
// Of so little time a share says nothing yet.
constexpr core::Duration kTooShortForAShare = 500ms;

}  // namespace

Slowness::Slowness(core::Clock& clock) : clock_(clock), began_(clock.now()) { look_later(); }

Slowness::~Slowness() { clock_.cancel(timer_); }

void Slowness::look_later() {
  due_ = clock_.now() + kBetweenLooksAtItself;
  timer_ = clock_.at(due_, [this] {
    const core::Duration late = overdue();
    lost_ += late;
    longest_ = std::max(longest_, late);
    note_late(late);
    look_later();
  });
}

core::Duration Slowness::overdue() const {
  const core::Duration late = clock_.now() - due_;
  return late > kAsGoodAsOnTime ? late : core::Duration(0);
}

// Of several at once, the longest.
void Slowness::note_late(core::Duration late) {
  if (late < kMoment || (late < last_late_ && clock_.now() - last_late_at_ < kAftermath)) return;
  last_late_ = late;
  last_late_at_ = clock_.now();
}

bool Slowness::held_up(core::Duration by) const {
  return overdue() >= by || (last_late_ >= by && clock_.now() - last_late_at_ < kAftermath);
}

core::Duration Slowness::lost() const { return lost_ + overdue(); }

core::Duration Slowness::longest() const { return std::max(longest_, overdue()); }

double Slowness::factor() const {
  const core::Duration passed = clock_.now() - began_;
  const core::Duration had = passed - lost();
  if (passed < kTooShortForAShare) return 1;
  return static_cast<double>(passed.count()) /
         static_cast<double>(std::max<std::int64_t>(had.count(), 1));
}

std::string Slowness::too_slow() const {
  if (longest() > kTooLate) {
    return "this machine is too slow to judge by time: a timer of the judge's own came " +
           core::format_duration(longest()) + " late";
  }
  if (factor() <= kTooLittle) return "";
  return "this machine is too slow to judge by time: of " +
         core::format_duration(clock_.now() - began_) + " the judge's own timers were late for " +
         core::format_duration(lost());
}

}  // namespace terapi::conformance
