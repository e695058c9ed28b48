// WebhookReceiver: what answers POST /webhooks (CLIENT-4 to 6, HOOK-2, HOOK-9, HOOK-13).
//
// A webhook is verified over its raw bytes before anything else is made of it; then it becomes a
// Hint. Webhooks of types that it does not know are accepted and ignored, so that they are not
// sent again. handle() fetches nothing and waits for nothing: whoever is given the hint only notes
// it, and the answer is on its way before any fetch begins.
//
//   WebhookReceiver receiver({.signing_keys = {key}}, [&](const Hint& hint) { engine.hint(hint);
//   }); core::Response answer = receiver.handle(request);
//
// Answers: 200 (also for what is ignored), 400 invalid_body, 401 invalid_signature, 404, 405, 413.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/dialect.h"
#include "client/webhooks/hint.h"
#include "client/webhooks/signature.h"
#include "core/http_message.h"
#include "core/json.h"

namespace terapi::client {

struct WebhookReceiverOptions {
  const Dialect* dialect = &terapi_dialect();
  std::vector<std::string> signing_keys;  // two while a key is rotated
  std::string path = "/webhooks";
  std::size_t max_body = std::size_t{1} << 20;
  std::size_t max_depth = 64;
};

struct WebhookCounters {
  std::uint64_t hints = 0;
  std::uint64_t ignored = 0;                      // of other types, verified all the same
  std::map<std::string, std::uint64_t> rejected;  // by the answer's code
};

class WebhookReceiver {
 public:
  WebhookReceiver(WebhookReceiverOptions options, std::function<void(const Hint&)> on_hint);

  core::Response handle(const core::Request& request);
  const WebhookCounters& counters() const { return counters_; }

 private:
  core::Response receive(const core::Request& request);
  core::Response accept(const core::json::Value& body);
  core::Response reject(int status, const std::string& code, const std::string& message);

  WebhookReceiverOptions options_;
  Signature signature_;
  std::function<void(const Hint&)> on_hint_;
  WebhookCounters counters_;
};

}  // namespace terapi::client
