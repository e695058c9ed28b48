// The members of State's structs, listed once for writing and reading (stored_json.h). A member
// that is not listed here is not stored.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "simulator/storage/stored_json.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// A JSON text within a JSON text.
struct StoredRaw {
  std::string text;
};
void write_stored(StoredWriter& out, const StoredRaw& raw);
void write_stored(StoredWriter& out, const Uuid& uuid);
void write_stored(StoredWriter& out, const RecordPtr& record);
void write_stored(StoredWriter& out, const FaultPlan& plan);
void write_stored(StoredWriter& out, SyncKind kind);
void write_stored(StoredWriter& out, DeliveryState state);
void write_stored(StoredWriter& out, const Hold& hold);

void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, StoredRaw& raw);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, Uuid& uuid);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, RecordPtr& record);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, FaultPlan& plan);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, SyncKind& kind);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, DeliveryState& state);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, Hold& hold);

template <typename Json, MaybeConst<RetryPolicy> T>
void list_members(Json& json, T& retry) {
  json("attempts", retry.attempts);
  json("first_delay", retry.first_delay);
  json("factor_thousandths", retry.factor_thousandths);
  json("max_delay", retry.max_delay);
  json("timeout", retry.timeout);
  json("jitter_thousandths", retry.jitter_thousandths);
}

template <typename Json, MaybeConst<RateLimit> T>
void list_members(Json& json, T& limit) {
  json("requests", limit.requests);
  json("per", limit.per);
}

template <typename Json, MaybeConst<BreakerPolicy> T>
void list_members(Json& json, T& breaker) {
  json("failures", breaker.failures);
  json("window", breaker.window);
  json("open_for", breaker.open_for);
}

template <typename Json, MaybeConst<Settings> T>
void list_members(Json& json, T& settings) {
  json("name", settings.name);
  json("secret_key", settings.secret_key);
  json("signing_key", settings.signing_key);
  json("previous_signing_key", settings.previous_signing_key);
  json("previous_signing_key_until", settings.previous_signing_key_until);
  json("signing_key_overlap", settings.signing_key_overlap);
  json("webhook_urls", settings.webhook_urls);
  json("retry", settings.retry);
  json("always_send", settings.always_send);
  json("standard_webhooks", settings.standard_webhooks);
  json("rate_limit", settings.rate_limit);
  json("breaker", settings.breaker);
  json("max_response_bytes", settings.max_response_bytes);
}

template <typename Json, MaybeConst<Sync> T>
void list_members(Json& json, T& sync) {
  json("name", sync.name);
  json("models", sync.models);
  json("frequency", sync.frequency);
  json("kind", sync.kind);
  json("enabled", sync.enabled);
}

template <typename Json, MaybeConst<Integration> T>
void list_members(Json& json, T& integration) {
  json("id", integration.id);
  json("syncs", integration.syncs);
}

template <typename Json, MaybeConst<Connection> T>
void list_members(Json& json, T& connection) {
  json("id", connection.id);
  json("integration", connection.integration);
  json("webhook_url", connection.webhook_url);
  json("synced", connection.synced);
}

template <typename Json, MaybeConst<StreamKey> T>
void list_members(Json& json, T& key) {
  json("integration", key.integration);
  json("connection", key.connection);
  json("model", key.model);
  json("variant", key.variant);
}

// The log has a table of its own; `superseded` is not stored.
template <typename Json, MaybeConst<Stream> T>
void list_members(Json& json, T& stream) {
  json("number", stream.number);
  json("tag", stream.tag);
}

template <typename Json, MaybeConst<Environment> T>
void list_members(Json& json, T& environment) {
  json("settings", environment.settings);
  json("integrations", environment.integrations);
  json("connections", environment.connections);
  json("streams", environment.streams);
}

template <typename Json, MaybeConst<StagedCommit> T>
void list_members(Json& json, T& commit) {
  json("number", commit.number);
  json("environment", commit.environment);
  json("stream", commit.stream);
  json("records", commit.records);
  json("visible_at", commit.visible_at);
  json("restamp", commit.restamp);
  json("deliveries", commit.deliveries);
}

template <typename Json, MaybeConst<Attempt> T>
void list_members(Json& json, T& attempt) {
  json("number", attempt.number);
  json("at", attempt.at);
  json("duration", attempt.duration);
  json("status", attempt.status);
  json("error", attempt.error);
  json("response_body", attempt.response_body);
  json("fault", attempt.fault);
  json("next_attempt_at", attempt.next_attempt_at);
}

// The rest of the effect has been done when the plan is made.
template <typename Json, MaybeConst<AttemptPlan> T>
void list_members(Json& json, T& plan) {
  json("decided", plan.decided);
  json("copies", plan.effect.copies);
  json("forge_signature", plan.effect.forge_signature);
  json("forge_body", plan.effect.forge_body);
  json("fault", plan.fault);
}

template <typename Json, MaybeConst<Delivery> T>
void list_members(Json& json, T& delivery) {
  json("id", delivery.id);
  json("number", delivery.number);
  json("environment", delivery.environment);
  json("url", delivery.url);
  json("type", delivery.type);
  json("stream", delivery.stream);
  json("run_id", delivery.run_id);
  json("body", delivery.body);
  json("headers", delivery.headers);
  json("created_at", delivery.created_at);
  json("state", delivery.state);
  json("next_attempt_at", delivery.next_attempt_at);
  json("attempts_made", delivery.attempts_made);
  json("attempts", delivery.attempts);
  json("plan", delivery.plan);
  json("held_by", delivery.held);
  json("settled_by_fault", delivery.settled_by_fault);
}

// What is left of State: the counters document.
template <typename Json, MaybeConst<State> T>
void list_counters(Json& json, T& state) {
  json("deliveries_forgotten", state.deliveries_forgotten);
  json("records_text", state.records_text);
  json("last_delivery", state.last_delivery);
  json("last_run", state.last_run);
  json("last_staged", state.last_staged);
  json("last_row", state.last_row);
  json("last_stream", state.last_stream);
  json("last_commit", state.last_commit);
  json("virtual_now", state.virtual_now);
}

}  // namespace terapi::simulator
