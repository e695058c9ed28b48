#include "client/webhooks/webhook_receiver.h"

#include <utility>

#include "core/json_fields.h"
#include "core/json_writer.h"
#include "core/rfc3339.h"
#include "core/url.h"

namespace terapi::client {

namespace json = core::json;

namespace {

core::Response receiver_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

core::Response webhook_received() { return receiver_answer(200, R"({"received":true})"); }

// Absent for a webhook that names no type, as the guide's does.
bool is_sync_type(const json::Value& type) {
  return !type.present() || (type.is_string() && type.string() == "sync");
}

// What a sync webhook says of its stream; what is wrong with it is added to `issues`. Members that
// nobody asks for are left alone.
Hint read_hint(const json::Value& body, json::Issues& issues) {
  json::Fields fields(body, {}, issues);
  Hint hint;
  hint.integration = fields.required("providerConfigKey");
  hint.connection = fields.required("connectionId");
  hint.model = fields.required("model");
  // What only helps is taken where it can be read: a hint is worth more than a complaint.
  const json::Value variant = fields.any("syncVariant");
  if (variant.is_string() && variant.text() != "\"\"" &&
      !json::has_unpaired_surrogate(variant.text())) {
    hint.variant = variant.string();
  }
  hint.modified_after = core::parse_rfc3339(fields.any("modifiedAfter").string());
  return hint;
}

std::string joined_messages(const json::Issues& issues) {
  std::string text;
  for (const json::Issue& issue : issues) text += (text.empty() ? "" : "; ") + issue.message;
  return text;
}

}  // namespace

WebhookReceiver::WebhookReceiver(WebhookReceiverOptions options,
                                 std::function<void(const Hint&)> on_hint)
    : options_(std::move(options)),
      signature_(std::exchange(options_.signing_keys, {})),
      on_hint_(std::move(on_hint)) {}

core::Response WebhookReceiver::reject(int status, const std::string& code,
                                       std::string_view message) {
  ++counters_.rejected[code];
  json::Writer out;
  out.begin_object().key("error").begin_object();
  out.field("code", code).field("message", message).end_object().end_object();
  return receiver_answer(status, out.take());
}

core::Response WebhookReceiver::wrong_method(const std::string& allowed) {
  core::Response response =
      reject(405, "method_not_allowed", "this path answers " + allowed + " only");
  response.headers.add("Allow", allowed);
  return response;
}

core::Response WebhookReceiver::handle(const core::Request& request) {
  const auto target = core::parse_target(request.target);
  if (!target) return reject(400, "invalid_request", target.error().message);
  if (target->path == options_.path || target->path == options_.path + "/") {
    return request.method == "POST" ? receive(request) : wrong_method("POST");
  }
  if (target->path == "/health") {
    return request.method == "GET" ? receiver_answer(200, R"({"ok":true})") : wrong_method("GET");
  }
  return reject(404, "not_found", "webhooks are received at POST " + options_.path);
}

core::Response WebhookReceiver::receive(const core::Request& request) {
  ++counters_.received;
  if (request.body.size() > options_.max_body) {
    return reject(413, "body_too_large",
                  "the body has " + std::to_string(request.body.size()) +
                      " bytes; expected at most " + std::to_string(options_.max_body));
  }
  const auto header = request.headers.list(options_.dialect->hmac_header);
  if (!signature_.verifies(request.body, header.value_or(""))) {
    return reject(401, "invalid_signature",
                  "the header " + std::string(options_.dialect->hmac_header) + " is " +
                      (header ? "not the body's HMAC with a signing key known here" : "missing"));
  }
  if (options_.clock != nullptr) counters_.last_received = options_.clock->now();
  const auto document =
      json::Document::parse(request.body, {.comments = false, .max_depth = options_.max_depth});
  if (!document) return reject(400, "invalid_body", document.error().message);
  return accept(document->root());
}

core::Response WebhookReceiver::accept(const json::Value& body) {
  if (body.is_object() && !is_sync_type(body["type"])) {
    ++counters_.ignored;
    return webhook_received();
  }
  json::Issues issues;
  const Hint hint = read_hint(body, issues);
  if (!issues.empty()) return reject(400, "invalid_body", joined_messages(issues));
  ++counters_.hints;
  on_hint_(hint);
  return webhook_received();
}

}  // namespace terapi::client
