#include "conformance/laws/webhook_expectation.h"

#include <algorithm>
#include <iterator>

#include "conformance/laws/answer_expectation.h"
#include "conformance/laws/webhook_laws.h"
#include "core/duration.h"
#include "core/glob.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

using Deliveries = std::vector<std::vector<const WebhookSeen*>>;

class ExpectationCheck {
 public:
  ExpectationCheck(const WebhooksExpected& expected, const std::vector<WebhookSeen>& seen,
                   const Dialect& dialect, Findings& findings)
      : expected_(expected),
        seen_(seen),
        deliveries_(by_delivery(seen)),
        dialect_(dialect),
        findings_(findings) {}

  void check(const Timing& timing) {
    check_numbers();
    check_paths();
    check_within(timing);
    check_models();
    check_bodies();
    for (const WebhookSeen& webhook : seen_) {
      if (!expected_.signed_by.empty()) {
        check_signed_by(webhook, expected_.signed_by, dialect_, findings_);
      }
      check_headers(webhook);
    }
    for (const auto& attempts : deliveries_) {
      if (expected_.gaps) check_gaps(attempts, *expected_.gaps, timing, findings_);
    }
  }

 private:
  std::vector<std::size_t> events() const {
    std::vector<std::size_t> numbers;
    for (const WebhookSeen& webhook : seen_) numbers.push_back(webhook.event);
    return numbers;
  }
  void fail(const char* clause, std::string what, std::string expected, std::string actual) {
    findings_.fail(clause, std::move(what), std::move(expected), std::move(actual), events());
  }

  void check_numbers() {
    if (expected_.deliveries && deliveries_.size() != *expected_.deliveries) {
      fail("HOOK-1", "the number of deliveries is wrong", std::to_string(*expected_.deliveries),
           std::to_string(deliveries_.size()));
    }
    if (expected_.requests && seen_.size() != *expected_.requests) {
      fail("HOOK-6", "the number of webhooks sent is wrong", std::to_string(*expected_.requests),
           std::to_string(seen_.size()));
    }
    if (!expected_.attempts) return;
    for (const auto& attempts : deliveries_) {
      if (attempts.size() == *expected_.attempts) continue;
      fail(attempts.size() > *expected_.attempts ? "HOOK-7" : "HOOK-6",
           "a delivery was attempted the wrong number of times",
           std::to_string(*expected_.attempts) + " attempts",
           std::to_string(attempts.size()) + " of " + attempts.front()->delivery);
    }
  }

  void check_within(const Timing& timing) {
    if (!expected_.within || seen_.empty() || !timing.too_slow.empty()) return;
    const auto [first, last] =
        std::minmax_element(seen_.begin(), seen_.end(),
                            [](const WebhookSeen& a, const WebhookSeen& b) { return a.at < b.at; });
    const core::Duration took = last->at - first->at;
    if (took <= *expected_.within + timing.slack) return;
    fail("HOOK-12", "a webhook came late, though nothing was in its way",
         "within " + core::format_duration(*expected_.within), core::format_duration(took));
  }

  void check_paths() {
    if (expected_.paths.empty()) return;
    std::map<std::string, std::size_t> came;
    for (const WebhookSeen& webhook : seen_) ++came[webhook.path];
    for (const auto& [path, count] : expected_.paths) {
      if (came[path] != count) {
        fail("HOOK-1", "a URL did not get its webhooks", path + ": " + std::to_string(count),
             std::to_string(came[path]));
      }
    }
    for (const auto& [path, count] : came) {
      if (!expected_.paths.contains(path)) {
        fail("HOOK-1", "webhooks went to a URL that should get none", "none at " + path,
             std::to_string(count));
      }
    }
  }

  void check_models() {
    if (!expected_.models) return;
    std::vector<std::string> models;
    for (const auto& attempts : deliveries_) {
      const auto body = json::Document::parse(attempts.front()->request.body);
      models.push_back(body ? body->root()["model"].string() : "");
    }
    std::vector<std::string> expected = *expected_.models;
    std::sort(models.begin(), models.end());
    std::sort(expected.begin(), expected.end());
    if (models != expected) {
      fail("HOOK-1", "not every changed model was announced once", listed(expected),
           listed(models));
    }
  }

  // Order between deliveries is not promised (HOOK-12), so each expected body takes the first
  // delivery that fits it.
  void check_bodies() {
    std::vector<bool> taken(deliveries_.size(), false);
    for (const json::Value& part : expected_.bodies) {
      bool found = false;
      std::string where;
      for (std::size_t i = 0; i < deliveries_.size() && !found; ++i) {
        if (taken[i]) continue;
        const auto body = json::Document::parse(deliveries_[i].front()->request.body);
        std::string at;
        found = taken[i] = body && matches_part(part, body->root(), at);
        if (where.empty()) where = at;
      }
      if (!found) {
        fail("HOOK-2", "no webhook says what one of them has to say", json::compact(part),
             deliveries_.empty() ? "none came" : "body" + where);
      }
    }
  }

  void check_headers(const WebhookSeen& webhook) {
    for (const auto& [name, pattern] : expected_.headers) {
      const auto value = webhook.request.headers.get(name);
      const bool right = pattern ? value && core::glob_matches(*pattern, *value) : !value;
      if (right) continue;
      findings_.fail("HOOK-10", "a webhook's header is wrong",
                     name + ": " + pattern.value_or("(absent)"),
                     std::string(value.value_or("(absent)")), {webhook.event});
    }
  }

  const WebhooksExpected& expected_;
  const std::vector<WebhookSeen>& seen_;
  const Deliveries deliveries_;
  const Dialect& dialect_;
  Findings& findings_;
};

}  // namespace

void check_expected(const WebhooksExpected& expected, const std::vector<WebhookSeen>& seen,
                    const Dialect& dialect, const Timing& timing, Findings& findings) {
  if (expected.path.empty()) {
    return ExpectationCheck(expected, seen, dialect, findings).check(timing);
  }
  std::vector<WebhookSeen> there;
  std::copy_if(seen.begin(), seen.end(), std::back_inserter(there),
               [&](const WebhookSeen& webhook) { return webhook.path == expected.path; });
  ExpectationCheck(expected, there, dialect, findings).check(timing);
}

}  // namespace terapi::conformance
