// deliveries: every change is announced once to each URL, and tried again as the policy says until
// a receiver has taken it: HOOK-1, HOOK-5 to HOOK-8. What is not due yet may still come.
#include "conformance/laws/delivery_law.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "core/duration.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

using Attempts = std::vector<const WebhookSeen*>;

// Where time is real, an attempt may be late by as much.
constexpr core::Duration kLate = std::chrono::seconds(2);

bool was_taken(const WebhookSeen& attempt) {
  return attempt.answered && *attempt.answered >= 200 && *attempt.answered < 300;
}

class DeliveryLaw {
 public:
  DeliveryLaw(const DeliveriesSeen& seen, Findings& findings) : seen_(seen), findings_(findings) {
    for (const WebhookSeen& webhook : seen.webhooks)
      attempts_[webhook.delivery].push_back(&webhook);
  }

  // How many runs there were to look at.
  std::size_t check() {
    std::size_t looked_at = 0;
    std::set<std::string> known;
    for (const RunSeen& run : seen_.runs) {
      known.insert(run.deliveries.begin(), run.deliveries.end());
      if (run.policy != seen_.policy_number || !run.taken) continue;
      ++looked_at;
      check_run(run);
    }
    for (const auto& [delivery, attempts] : attempts_) {
      if (known.contains(delivery) || seen_.others.contains(delivery)) continue;
      findings_.fail("HOOK-8", "a webhook has an id that is no delivery's",
                     "an id that a run named", delivery, {attempts.front()->event});
    }
    return looked_at;
  }

 private:
  bool announces(const RunSeen& run) const {
    if (run.silent) return false;
    const RunCounts& counts = run.counts;
    return run.failed || counts.added + counts.updated + counts.deleted > 0 ||
           seen_.policy.always();
  }

  void check_run(const RunSeen& run) {
    const std::vector<std::string> urls = seen_.policy.urls_of(run.integration, run.connection);
    const std::size_t expected = announces(run) ? urls.size() : 0;
    if (run.deliveries.size() != expected) {
      findings_.fail(announces(run) ? "HOOK-1" : "HOOK-5",
                     "a run is announced the wrong number of times", std::to_string(expected),
                     std::to_string(run.deliveries.size()), run.events);
    }
    std::multiset<std::string> paths;
    for (const std::string& id : run.deliveries) {
      const auto found = attempts_.find(id);
      if (found == attempts_.end()) continue;
      paths.insert(found->second.front()->path);
      if (!seen_.resent.contains(id)) check_attempts(found->second);
    }
    // Nothing is due before time passes; and where nobody listens, nothing is seen.
    if (run.deliveries.size() != expected || seen_.waits == run.waits) return;
    if (urls.size() > 1 && seen_.policy.urls_may_wait()) return;
    for (const std::string& url : urls) {
      const auto path = std::find_if(paths.begin(), paths.end(),
                                     [&](const std::string& each) { return url.ends_with(each); });
      if (path != paths.end()) {
        paths.erase(path);
      } else if (expected > 0 && seen_.receives(url)) {
        findings_.fail("HOOK-1", "a change was not announced to a URL", "a webhook to " + url,
                       "none", run.events);
      }
    }
  }

  void check_attempts(const Attempts& attempts) {
    std::vector<core::Duration> gaps;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      const std::size_t number = i + 1;
      gaps.push_back(seen_.policy.delay_after(number) +
                     (attempts[i]->silent ? seen_.policy.timeout() : core::Duration{0}));
      if (number == attempts.size()) return check_end(attempts, gaps);
      const std::vector<std::size_t> both = {attempts[i]->event, attempts[number]->event};
      if (was_taken(*attempts[i])) {
        // On a busy machine the answer may have come when the sender had given it up.
        if (!seen_.timing.exact && seen_.policy.timeout() < kLate + seen_.timing.slack) return;
        return findings_.fail("HOOK-6", "a webhook that was accepted is sent again",
                              "no more of it", "attempt " + std::to_string(number + 1), both);
      }
      if (number >= seen_.policy.attempts()) {
        return findings_.fail("HOOK-7", "a webhook is tried more often than the policy allows",
                              std::to_string(seen_.policy.attempts()) + " attempts",
                              "one more of " + attempts[i]->delivery, both);
      }
    }
  }

  // `gaps`: after each attempt; after the last one comes another, or none.
  void check_end(const Attempts& attempts, std::vector<core::Duration>& gaps) {
    const WebhookSeen& last = *attempts.back();
    const core::Time due = last.at + gaps.back();
    gaps.pop_back();
    check_gaps(attempts, gaps, seen_.timing, findings_);
    const bool refused = last.answered && *last.answered >= 300 && *last.answered < 500;
    if (refused && seen_.policy.refusals_may_end_it()) return;
    if (was_taken(last) || last.cut_off || attempts.size() >= seen_.policy.attempts()) return;
    const core::Duration late = seen_.timing.slack + (seen_.timing.exact ? 0s : kLate);
    if (due + late > seen_.now || !seen_.timing.too_slow.empty()) return;
    findings_.fail("HOOK-6", "a webhook that was not accepted is not tried again",
                   "attempt " + std::to_string(attempts.size() + 1) + " of " +
                       std::to_string(seen_.policy.attempts()),
                   "none after " + (last.answered ? std::to_string(*last.answered)
                                    : last.silent ? std::string("silence")
                                                  : std::string("a broken connection")),
                   {last.event});
  }

  const DeliveriesSeen& seen_;
  Findings& findings_;
  std::map<std::string, Attempts> attempts_;  // by delivery
};

}  // namespace

void check_deliveries(LawContext& context) {
  if (context.deliveries == nullptr || !context.deliveries->uncertain.empty()) {
    context.unproven = context.deliveries == nullptr ? "nobody has seen its webhooks"
                                                     : context.deliveries->uncertain;
    return;
  }
  if (DeliveryLaw(*context.deliveries, context.findings).check() == 0) {
    context.unproven = "no run was made under the settings in force";
  }
}

}  // namespace terapi::conformance
