// The names of quirks, as world files and --quirk spell them.
#pragma once

#include <array>

#include "core/words.h"
#include "simulator/records/quirk.h"

namespace terapi::simulator {

inline constexpr auto kQuirkWords = std::to_array<core::Word<Quirk>>(
    {{Quirk::kBadCursor500, "bad_cursor_500"},
     {Quirk::kFractionLimit, "fraction_limit"},
     {Quirk::kFilterDropsDeleted, "filter_drops_deleted"},
     {Quirk::kLateCommit, "late_commit"},
     {Quirk::kPruneResaveStays, "prune_resave_stays"},
     {Quirk::kDatabaseDown401, "database_down_401"},
     {Quirk::kHtmlOnUnknownPaths, "html_on_unknown_paths"},
     {Quirk::kRateLimitedWebhookFinal, "rate_limited_webhook_final"},
     {Quirk::kGivenUpAfter9s, "given_up_after_9_s"}});
static_assert(kQuirkWords.size() == kQuirks);

}  // namespace terapi::simulator
