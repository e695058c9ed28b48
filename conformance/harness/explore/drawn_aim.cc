#include "conformance/harness/explore/drawn_aim.h"

#include <utility>

#include "core/random.h"

namespace terapi::conformance {
namespace {

using Moment = DrawnAim::Moment;

void add_aims(const FaultKindRow& row, std::vector<DrawnAim>& aims) {
  const FaultKind kind = row.kind;
  const bool answer = row.place == FaultPlace::kApi || row.place == FaultPlace::kWire;
  if (answer && !row.traits.stops_client) {
    for (const Moment moment : {Moment::kFirst, Moment::kAgain, Moment::kResume, Moment::kNext}) {
      // A refused cursor is what makes it ask again; who has none yet cannot be refused it.
      const bool needs_cursor = kind == FaultKind::kInvalidCursor;
      if (needs_cursor && (moment == Moment::kFirst || moment == Moment::kAgain)) continue;
      // What it holds already is older there, for as long as it looks.
      const bool lasts = kind == FaultKind::kStale && moment == Moment::kAgain;
      aims.push_back({.kind = kind, .moment = moment, .lasts = lasts});
      // Few of its requests bring a page that others follow.
      if (kind == FaultKind::kEmptyPage && moment == Moment::kNext) aims.push_back({kind, moment});
    }
    if (kind == FaultKind::kServerError || kind == FaultKind::kRetryAfterZero ||
        kind == FaultKind::kReset) {
      aims.push_back({.kind = kind, .moment = Moment::kResume, .lasts = true});
    }
  } else if (kind == FaultKind::kPrune) {
    aims.push_back({kind, Moment::kAgain});
  } else if (answer) {
    aims.push_back({kind, Moment::kAnyTime});
  } else if (kind == FaultKind::kDiskFull || kind == FaultKind::kKillAtAnswer ||
             kind == FaultKind::kKillAtStoreCall || kind == FaultKind::kKillAtStoreCalled) {
    aims.push_back({kind, Moment::kResume});
    aims.push_back({kind, Moment::kNext});
  } else if (row.place == FaultPlace::kJudge) {
    const std::uint8_t variants = kind == FaultKind::kHostileWebhook   ? kHostileVariants
                                  : kind == FaultKind::kUnknownWebhook ? kUnknownVariants
                                                                       : std::uint8_t{1};
    for (std::uint8_t i = 0; i < variants; ++i) aims.push_back({kind, Moment::kAnyTime, i});
  }
}

}  // namespace

const std::vector<DrawnAim>& drawn_aims() {
  static const std::vector<DrawnAim> kAims = [] {
    std::vector<DrawnAim> all;
    for (const FaultKindRow& row : kFaultTable) add_aims(row, all);
    return all;
  }();
  return kAims;
}

DrawnAim drawn_aim(std::uint64_t seed) {
  const std::vector<DrawnAim>& aims = drawn_aims();
  // The order of this round, as far as is asked for. Another in each, so that a machine that plays
  // every N-th seed meets all of them, too.
  core::Random random = core::Random(seed / aims.size()).stream("aims");
  std::vector<std::uint8_t> order(aims.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint8_t>(i);
  const std::size_t at = seed % aims.size();
  for (std::size_t i = 0; i <= at; ++i) {
    std::swap(order[i], order[i + random.below(order.size() - i)]);
  }
  return aims[order[at]];
}

}  // namespace terapi::conformance
