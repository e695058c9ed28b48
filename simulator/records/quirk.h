// Quirks: what the public system does that hurts its clients, each a switch with a name. On in the
// nango dialect, off in terapi; a world file or --quirk turns any of them in either (docs/nango.md
// says what each does to a client). Values.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::simulator {

enum class Quirk : std::uint8_t {
  kBadCursor500,        // CUR-7: a cursor that does not decode is answered 500
  kFractionLimit,       // REC-5: limit=1.5 gives two records and no next_cursor
  kFilterDropsDeleted,  // REC-7: `deleted` is lost beside another word; a repeated word is none
  kLateCommit,          // CUR-8: two syncs that write one model may commit out of order
  kPruneResaveStays,    // PRUNE-2: the same payload saved after pruning moves no cursor
  kDatabaseDown401,     // ERR-2: while its database is down, callers are answered 401
  kHtmlOnUnknownPaths,  // ERR-2: GET of an unknown path gives 200 and a page
  kRateLimitedWebhookFinal,  // HOOK-6: a webhook that is answered 429 is never sent again
  kGivenUpAfter9s,           // HOOK-7: a webhook is given up after three attempts, 9 s
};
inline constexpr std::size_t kQuirks = 9;

std::vector<std::string> quirk_names();

// Which quirks somebody has turned on or off; the others are as the dialect has them.
class QuirkChoices {
 public:
  void choose(Quirk quirk, bool on);
  bool chosen(Quirk quirk) const { return chosen_.test(index(quirk)); }
  bool on(Quirk quirk) const { return on_.test(index(quirk)); }
  bool empty() const { return chosen_.none(); }
  bool operator==(const QuirkChoices&) const = default;

 private:
  static std::size_t index(Quirk quirk) { return static_cast<std::size_t>(quirk); }
  std::bitset<kQuirks> chosen_;
  std::bitset<kQuirks> on_;
};

// "bad_cursor_500=off", as --quirk has it; code "bad_quirk".
core::Result<void> read_quirk_choice(std::string_view text, QuirkChoices& choices);

}  // namespace terapi::simulator
