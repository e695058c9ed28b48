#include "simulator/webhooks/circuit_breaker.h"

#include "core/check.h"

namespace terapi::simulator {

CircuitBreaker::Decision CircuitBreaker::ask(Time now) {
  if (!open_until_) return Decision::kSend;
  if (probing_ || now < *open_until_) return Decision::kWait;
  probing_ = true;
  return Decision::kProbe;
}

bool CircuitBreaker::succeeded() {
  const bool closes = open_until_.has_value();
  failures_.clear();
  open_until_.reset();
  probing_ = false;
  return closes;
}

bool CircuitBreaker::failed(const BreakerPolicy& policy, Time now) {
  if (probing_) {
    probing_ = false;
    open_until_ = now + policy.open_for;
    return true;
  }
  failures_.push_back(now);
  while (!failures_.empty() && failures_.front() + policy.window < now) failures_.pop_front();
  if (open_until_ || failures_.size() <= static_cast<std::size_t>(policy.failures)) return false;
  open_until_ = now + policy.open_for;
  failures_.clear();
  return true;
}

void CircuitBreaker::check_invariants() const {
  TERAPI_CHECK(!probing_ || open_until_, "only an open breaker probes");
}

}  // namespace terapi::simulator
