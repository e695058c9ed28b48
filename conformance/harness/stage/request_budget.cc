#include "conformance/harness/stage/request_budget.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/duration.h"
#include "core/parse_number.h"

namespace terapi::conformance {

core::Duration RequestBudget::take(core::Time now) {
  ++asked_;
  if (!began_) began_ = next_ = now;
  if (limits_.per_second == 0) return core::Duration{0};
  // Evenly: what others ask of the server has its place between.
  const core::Time turn = std::max(now, next_);
  next_ = turn + core::Duration(std::chrono::seconds(1)) /
                     static_cast<core::Duration::rep>(limits_.per_second);
  return turn - now;
}

std::string RequestBudget::spent(core::Time now) {
  if (!spent_.empty()) return spent_;
  if (limits_.requests > 0 && asked_ >= limits_.requests) {
    end("not asked any further: this run's " + std::to_string(limits_.requests) +
        " requests are made (--max-requests)");
  } else if (limits_.time.count() > 0 && lasted(now) >= limits_.time) {
    end("not asked any further: this run's " + core::format_duration(limits_.time) +
        " are over (--max-time)");
  }
  return spent_;
}

void RequestBudget::end(std::string why) {
  if (spent_.empty()) spent_ = std::move(why);
}

core::Duration RequestBudget::lasted(core::Time now) const {
  return began_ ? now - *began_ : core::Duration{0};
}

core::Result<std::uint64_t> read_rate(const std::string& text) {
  constexpr std::uint64_t kMost = 100'000;
  const std::string number = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  const auto rate = core::parse_number<std::uint64_t>(number);
  if (rate && *rate >= 1 && *rate <= kMost) return *rate;
  return core::Error{"bad_usage", "--rate: '" + text +
                                      "' is not a rate; expected N/s, with N from 1 to 100000, "
                                      "such as 5/s"};
}

}  // namespace terapi::conformance
