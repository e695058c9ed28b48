#include "simulator/upstream/request_step.h"

namespace terapi::simulator {

LogStep request_step(const std::string& asked, Time at, const core::Delivery& delivery) {
  LogStep step{at, delivery.after, LogLevel::kInfo, "request", asked};
  if (!delivery.result) {
    step.level = LogLevel::kWarning;
    step.message += ": " + delivery.result.error().message;
    step.fields = {{"error", delivery.result.error().code}};
    return step;
  }
  if (delivery.result->status >= 400) step.level = LogLevel::kWarning;
  const std::string status = std::to_string(delivery.result->status);
  step.message += " answered " + status;
  step.fields = {{"status", status}};
  return step;
}

}  // namespace terapi::simulator
