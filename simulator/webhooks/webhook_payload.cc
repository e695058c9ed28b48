#include "simulator/webhooks/webhook_payload.h"

#include "core/json_writer.h"

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

}  // namespace terapi::simulator
