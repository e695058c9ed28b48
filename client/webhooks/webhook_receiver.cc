#include "client/webhooks/webhook_receiver.h"

#include <string_view>
#include <utility>

#include "client/timestamp.h"
#include "core/json_writer.h"
#include "core/url.h"

namespace terapi::client {

namespace json = core::json;

namespace {

core::Response json_response(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

core::Response received() { return json_response(200, R"({"received":true})"); }

}  // namespace

WebhookReceiver::WebhookReceiver(WebhookReceiverOptions options,
                                 std::function<void(const Hint&)> on_hint)
    : options_(std::move(options)),
      signature_(options_.signing_keys),
      on_hint_(std::move(on_hint)) {}

core::Response WebhookReceiver::reject(int status, const std::string& code,
                                       const std::string& message) {
  ++counters_.rejected[code];
  json::Writer out;
  out.begin_object().key("error").begin_object();
  out.field("code", code).field("message", message).end_object().end_object();
  return json_response(status, out.take());
}

core::Response WebhookReceiver::handle(const core::Request& request) {
  const auto target = core::parse_target(request.target);
  if (!target) return reject(400, "invalid_request", target.error().message);
  if (target->path == "/health") return json_response(200, R"({"ok":true})");
  if (target->path != options_.path && target->path != options_.path + "/") {
    return reject(404, "not_found", "webhooks are received at POST " + options_.path);
  }
  if (request.method != "POST") {
    core::Response response =
        reject(405, "method_not_allowed", "webhooks are received at POST " + options_.path);
    response.headers.add("Allow", "POST");
    return response;
  }
  return receive(request);
}

core::Response WebhookReceiver::receive(const core::Request& request) {
  if (request.body.size() > options_.max_body) {
    return reject(413, "body_too_large",
                  "a webhook has at most " + std::to_string(options_.max_body) + " bytes");
  }
  const auto header = request.headers.get(options_.dialect->hmac_header);
  if (!signature_.verifies(request.body, header.value_or(""))) {
    return reject(401, "invalid_signature",
                  "the header " + std::string(options_.dialect->hmac_header) + " is " +
                      (header ? "not the body's HMAC with a signing key known here" : "missing"));
  }
  const auto document =
      json::Document::parse(request.body, {.comments = false, .max_depth = options_.max_depth});
  if (!document) return reject(400, "invalid_body", document.error().message);
  return accept(document->root());
}

core::Response WebhookReceiver::accept(const json::Value& body) {
  if (!body.is_object()) return reject(400, "invalid_body", "expected a JSON object");
  const json::Value type = body["type"];
  if (type.present() && !(type.is_string() && type.string() == "sync")) {
    ++counters_.ignored;
    return received();
  }
  Hint hint;
  for (const auto& [name, into] :
       {std::pair{"providerConfigKey", &hint.integration},
        std::pair{"connectionId", &hint.connection}, std::pair{"model", &hint.model}}) {
    const json::Value value = body[name];
    if (!value.is_string() || value.text() == "\"\"") {
      return reject(400, "invalid_body",
                    std::string(name) + ": expected a string that is not empty");
    }
    *into = value.string();
  }
  if (body["syncVariant"].is_string()) hint.variant = body["syncVariant"].string();
  hint.modified_after = parse_timestamp(body["modifiedAfter"].string());
  ++counters_.hints;
  // A failed run ("success":false) keeps what it had saved, so that is a hint, too.
  on_hint_(hint);
  return received();
}

}  // namespace terapi::client
