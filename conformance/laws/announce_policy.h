// AnnouncePolicy: which webhooks a change of records must cause, and when each of them is tried
// again (HOOK-1, HOOK-5 to HOOK-7): the settings that the judge has asked for, over the contract's
// own. It is never read back from the server, which might have understood something else.
//
//   AnnouncePolicy policy = AnnouncePolicy::of_world(world);
//   policy.change(settings);              // the body of PATCH /_simulator/environment
//   policy.urls_of("github", "demo");     // {"http://receiver.test/hook"}
//
// A value, no thread rule.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/contract/dialect.h"
#include "core/clock.h"
#include "core/json.h"

namespace terapi::conformance {

class AnnouncePolicy {
 public:
  // As the dialect has it by itself.
  explicit AnnouncePolicy(const Dialect& dialect = terapi_dialect());
  // A world of one environment.
  static AnnouncePolicy of_world(const core::json::Value& world,
                                 const Dialect& dialect = terapi_dialect());
  void change(const core::json::Value& settings);

  std::vector<std::string> urls_of(const std::string& integration,
                                   const std::string& connection) const;
  // Announces runs that changed nothing, too.
  bool always() const { return always_; }
  // False: chance decides when an attempt is made, or a breaker does.
  bool certain() const { return certain_; }
  // True: a receiver that answers 3xx or 4xx has answered, and need not be asked again.
  bool refusals_may_end_it() const { return refusals_may_end_it_; }
  // True: a URL may wait until the one before it has been tried for the last time.
  bool urls_may_wait() const { return urls_may_wait_; }
  std::size_t attempts() const { return attempts_; }
  core::Duration timeout() const { return timeout_; }
  // From the end of that attempt, the first of which is 1, to the start of the next.
  core::Duration delay_after(std::size_t attempt) const;

  friend bool operator==(const AnnouncePolicy&, const AnnouncePolicy&) = default;

 private:
  std::vector<std::string> urls_;
  std::map<std::pair<std::string, std::string>, std::string> own_urls_;  // of connections
  bool always_ = false;
  bool certain_ = true;
  bool refusals_may_end_it_ = false;
  bool urls_may_wait_ = false;
  std::size_t attempts_;
  core::Duration first_delay_;
  core::Duration max_delay_ = std::chrono::hours(24);
  core::Duration timeout_ = std::chrono::seconds(20);
  double factor_ = 2;
};

}  // namespace terapi::conformance
