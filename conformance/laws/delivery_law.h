// What the judge knows of webhooks when it has to say whether every change was announced: the runs
// that it had carried out, what its receiver saw and answered, and what time it is.
//
// Values, no thread rule.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/laws/announce_policy.h"
#include "conformance/laws/webhook_laws.h"
#include "core/clock.h"

namespace terapi::conformance {

struct DeliveriesSeen {
  const std::vector<RunSeen>& runs;
  const std::vector<WebhookSeen>& webhooks;
  const std::set<std::string>& resent;  // deliveries that were sent again by hand
  std::set<std::string> others;         // deliveries that announce no run that was made by hand
  const AnnouncePolicy& policy;         // in force
  std::size_t policy_number = 0;        // RunSeen::policy of runs under it
  core::Time now{};                     // on the server's clock where that is virtual
  Timing timing{};
  std::size_t waits = 0;  // how often the scenario has let time pass
  std::string uncertain;  // why nothing can be said; empty: something can
  std::string receiver;   // the URL under which the judge's own receiver is
  bool receives(std::string_view url) const { return url.starts_with(receiver); }
};

}  // namespace terapi::conformance
