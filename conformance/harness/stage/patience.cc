#include "conformance/harness/stage/patience.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace terapi::conformance {
namespace {

// What is shorter says nothing of anybody, and asking costs something.
constexpr core::Duration kUnmeasured = std::chrono::milliseconds(300);
constexpr int kWorthWaiting = 20;  // less than such a part of the limit is noise

}  // namespace

Patience::Patience(core::Time now, core::Duration limit, std::function<core::Duration()> starved)
    : began_(now),
      limit_(limit),
      starved_(std::move(starved)),
      until_(now + limit),
      measured_at_(now) {
  if (limit_ >= kUnmeasured) starved_then_ = starved_();
}

bool Patience::over(core::Time now) {
  if (now < until_) return false;
  if (limit_ < kUnmeasured) return true;
  const core::Duration starved = starved_();
  // Several threads may have been kept waiting at once.
  const core::Duration more = std::clamp(starved - starved_then_, core::Duration(0),
                                         std::max(core::Duration(0), now - measured_at_));
  withheld_ += more;
  starved_then_ = starved;
  measured_at_ = now;
  if (more * kWorthWaiting < limit_) return true;
  until_ = now + more;
  too_slow_ = now - began_ >= limit_ * kMost;
  return too_slow_;
}

Verdict verdict_on_time(core::Duration took, core::Duration limit, core::Duration starved) {
  if (took <= limit) return Verdict::kPass;
  return took - starved > limit ? Verdict::kFail : Verdict::kInconclusive;
}

}  // namespace terapi::conformance
