// WebhookReceiver: what answers POST /webhooks (CLIENT-4, CLIENT-5, CLIENT-6, HOOK-2, HOOK-3,
// HOOK-9, HOOK-13), and GET /health.
//
//   WebhookReceiverOptions options;
//   options.signing_keys = {key};
//   WebhookReceiver receiver(options, [&](const Hint& hint) { engine.hint(hint); });
//   core::Response answer = receiver.handle(request);
//
// A webhook is verified over its raw bytes before anything else is done with it, whatever its
// content type says; then it becomes a Hint. Webhooks of unknown types are accepted and
// ignored, so that they are not sent again. A failed run's webhook is a hint as well: what the run
// saved before it failed stays (SYNC-4).
//
// handle() calls the callback itself, before it returns the answer. The callback therefore only
// notes the hint and schedules; what it schedules runs after the answer is on its way (CLIENT-6).
//
// Answers: 200, also for what is ignored; errors as {"error":{"code","message"}}: 400
// invalid_request (the target), 400 invalid_body, 401 invalid_signature, 404 not_found, 405
// method_not_allowed, 413 body_too_large. None of them, nor a counter, holds a key or the right
// signature: they can be logged.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/dialect.h"
#include "client/hint.h"
#include "client/webhooks/signature.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/result.h"

namespace terapi::core::json {
class Value;
}

namespace terapi::client {

struct WebhookReceiverOptions {
  const Dialect* dialect = &terapi_dialect();
  std::vector<std::string> signing_keys;  // two while a key is rotated; none: nothing is verified
  std::string path = "/webhooks";
  std::size_t max_body = std::size_t{1} << 20;
  std::size_t max_depth = 64;
  const core::Clock* clock = nullptr;  // only for WebhookCounters::last_received; may be null
};

struct WebhookCounters {
  std::uint64_t received = 0;                     // POSTs to the path, whatever came of them
  std::uint64_t hints = 0;                        // accepted: each became a hint
  std::uint64_t ignored = 0;                      // of other types, verified all the same
  std::map<std::string, std::uint64_t> rejected;  // by the answer's code; also on other paths
  // The last one that was verified: a forged one says nothing about the real sender. Needs a clock.
  std::optional<core::Time> last_received;
};

class WebhookReceiver {
 public:
  WebhookReceiver(WebhookReceiverOptions options, std::function<void(const Hint&)> on_hint);

  core::Response handle(const core::Request& request);
  const WebhookCounters& counters() const { return counters_; }

 private:
  core::Response receive(const core::Request& request);
  core::Response accept(const core::json::Value& body);
  core::Response wrong_method(const std::string& allowed);
  core::Response reject(int status, const std::string& code, std::string_view message);

  WebhookReceiverOptions options_;
  Signature signature_;
  std::function<void(const Hint&)> on_hint_;
  WebhookCounters counters_;
};

}  // namespace terapi::client
