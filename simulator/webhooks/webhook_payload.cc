#include "simulator/webhooks/webhook_payload.h"

#include "core/json_writer.h"
#include "simulator/javascript/javascript_json.h"

namespace terapi::simulator {
namespace {

std::string failed_body(const WebhookFacts& facts, const Dialect& dialect) {
  core::json::Writer out;
  out.begin_object()
      .field("connectionId", facts.stream.connection)
      .key("error")
      .begin_object()
      .field("description", facts.error->description)
      .field("type", facts.error->type)
      .end_object()
      .field("failedAt", format_millis(facts.ended_at))
      .field("from", dialect.product)
      .field("model", facts.stream.model)
      .field("providerConfigKey", facts.stream.integration)
      .field("startedAt", format_millis(facts.started_at))
      .field("success", false)
      .field("syncName", facts.sync)
      .field("syncType", sync_type_name(facts.type))
      .field("syncVariant", facts.stream.variant)
      .field("type", "sync")
      .end_object();
  return out.take();
}

}  // namespace

std::string webhook_body(const WebhookFacts& facts, const Dialect& dialect) {
  if (facts.error) return failed_body(facts, dialect);
  core::json::Writer out;
  out.begin_object()
      .field("connectionId", facts.stream.connection)
      .field("from", dialect.product)
      .field("model", facts.stream.model)
      .field("modifiedAfter", format_millis(facts.modified_after))
      .field("providerConfigKey", facts.stream.integration)
      .field("queryTimeStamp", format_millis(facts.modified_after))
      .key("responseResults")
      .begin_object()
      .field("added", facts.counts.added)
      .field("deleted", facts.counts.deleted)
      .field("updated", facts.counts.updated)
      .end_object()
      .field("success", true)
      .field("syncName", facts.sync)
      .field("syncType", sync_type_name(facts.type))
      .field("syncVariant", facts.stream.variant)
      .field("type", "sync")
      .end_object();
  return out.take();
}

std::string auth_body(const AuthFacts& facts, const Dialect& dialect) {
  core::json::Writer out;
  out.begin_object()
      .field("authMode", "API_KEY")
      .field("connectionId", facts.connection)
      .field("environment", facts.environment)
      .field("from", dialect.product)
      .field("operation", "creation")
      .field("provider", facts.provider)
      .field("providerConfigKey", facts.integration)
      .field("success", true)
      .field("type", "auth")
      .end_object();
  return out.take();
}

std::string async_action_body(const StreamKey& about, std::string_view id,
                              std::string_view status_url, const Dialect& dialect) {
  core::json::Writer out;
  out.begin_object()
      .field("connectionId", about.connection)
      .field("from", dialect.product)
      .key("payload")
      .begin_object()
      .field("id", id)
      .field("statusUrl", status_url)
      .end_object()
      .field("providerConfigKey", about.integration)
      .field("type", "async_action")
      .end_object();
  return out.take();
}

std::string forward_body(const StreamKey& about, std::string_view provider,
                         const core::json::Value& payload, const Dialect& dialect) {
  const std::string text = !payload.present()          ? "{}"
                           : dialect.javascript_values ? sorted_javascript_json(payload)
                                                       : core::json::compact(payload);
  core::json::Writer out;
  out.begin_object()
      .field("connectionId", about.connection)
      .field("from", dialect.forwards_for_provider ? provider : dialect.product)
      .raw_field("payload", text)
      .field("providerConfigKey", about.integration)
      .field("type", "forward")
      .end_object();
  return out.take();
}

}  // namespace terapi::simulator
