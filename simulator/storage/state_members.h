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
void write_stored(StoredWriter& out, SyncType type);
void write_stored(StoredWriter& out, LastRun last);
void write_stored(StoredWriter& out, ActionState state);
void write_stored(StoredWriter& out, const Template& made);
void write_stored(StoredWriter& out, const QuirkChoices& quirks);

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
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, SyncType& type);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, LastRun& last);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, ActionState& state);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, Template& made);
void read_stored_value(core::json::Value value, const core::json::Path& path,
                       core::json::Issues& issues, QuirkChoices& quirks);

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
  json.added("collections", sync.collections);
}

template <typename Json, MaybeConst<Integration> T>
void list_members(Json& json, T& integration) {
  json("id", integration.id);
  json("syncs", integration.syncs.items());
  json.added("provider", integration.provider);
  json.added("display_name", integration.display_name);
  json.added("created_at", integration.created_at);
  json.added("updated_at", integration.updated_at);
}

template <typename Json, MaybeConst<Connection> T>
void list_members(Json& json, T& connection) {
  json("id", connection.id);
  json("integration", connection.integration);
  json("webhook_url", connection.webhook_url);
  json("synced", connection.synced);
  json.added("number", connection.number);
  json.added("metadata", connection.metadata);
  json.added("credentials", connection.credentials);
  json.added("tags", connection.tags);
  json("end_user", connection.end_user);
  json.added("created_at", connection.created_at);
  json.added("updated_at", connection.updated_at);
}

template <typename Json, MaybeConst<CollectionKey> T>
void list_members(Json& json, T& key) {
  json("integration", key.integration);
  json("connection", key.connection);
  json("name", key.name);
}

template <typename Json, MaybeConst<ChangePlan> T>
void list_members(Json& json, T& plan) {
  json("every", plan.every);
  json("added", plan.added);
  json("changed", plan.changed);
  json("deleted", plan.deleted);
  json("next", plan.next);
}

template <typename Json, MaybeConst<UpstreamBehaviour> T>
void list_members(Json& json, T& behaviour) {
  json("page_size", behaviour.page_size);
  json("latency", behaviour.latency);
  json("requests", behaviour.requests);
  json("per", behaviour.per);
}

// Its objects have a table of their own.
template <typename Json, MaybeConst<Collection> T>
void list_members(Json& json, T& collection) {
  json("number", collection.number);
  json("id_key", collection.id_key);
  json("behaviour", collection.behaviour);
  json("plan", collection.plan);
  json("changes_drawn", collection.changes_drawn);
}

template <typename Json, MaybeConst<ScheduleKey> T>
void list_members(Json& json, T& key) {
  json("integration", key.integration);
  json("connection", key.connection);
  json("sync", key.sync);
  json("variant", key.variant);
}

template <typename Json, MaybeConst<TriggerOptions> T>
void list_members(Json& json, T& order) {
  json("reset", order.reset);
  json("empty_cache", order.empty_cache);
}

template <typename Json, MaybeConst<RunCounts> T>
void list_members(Json& json, T& counts) {
  json("added", counts.added);
  json("updated", counts.updated);
  json("deleted", counts.deleted);
  json("unchanged", counts.unchanged);
}

// Schedules have a table of their own.
template <typename Json, MaybeConst<Schedule> T>
void list_members(Json& json, T& schedule) {
  json("number", schedule.number);
  json("paused", schedule.paused);
  json("frequency", schedule.frequency);
  json("next_run", schedule.next_run);
  json("running", schedule.running);
  json("run_id", schedule.run_id);
  json("type", schedule.type);
  json("started_at", schedule.started_at);
  json("queued", schedule.queued);
  json("last", schedule.last);
  json.added("error", schedule.error);
  json("finished_at", schedule.finished_at);
  json("latest", schedule.latest);
  json("checkpoint", schedule.checkpoint);
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
  json("integrations", environment.integrations.items());
  json("connections", environment.connections.items());
  json("streams", environment.streams);
  json.added("collections", environment.collections);
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
  json.added("response_headers", attempt.response_headers);
  json.added("headers", attempt.headers);
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
  json.added("operation", delivery.operation);
}

template <typename Json, MaybeConst<AsyncAction> T>
void list_members(Json& json, T& action) {
  json("id", action.id);
  json("environment", action.environment);
  json("integration", action.integration);
  json("connection", action.connection);
  json("name", action.name);
  json("input", action.input);
  json("state", action.state);
  json("output", action.output);
  json("ends_at", action.ends_at);
  json("ends_as", action.ends_as);
  json("created_at", action.created_at);
  json.added("operation", action.operation);
}

// What is left of State: the counters document.
template <typename Json, MaybeConst<State> T>
void list_counters(Json& json, T& state) {
  json("deliveries_forgotten", state.deliveries_forgotten);
  json("last_delivery", state.last_delivery);
  json("last_run", state.last_run);
  json("last_staged", state.last_staged);
  json("last_row", state.last_row);
  json("last_stream", state.last_stream);
  json("last_commit", state.last_commit);
  json.added("last_collection", state.last_collection);
  json.added("last_schedule", state.last_schedule);
  json.added("last_connection", state.last_connection);
  json.added("last_action", state.last_action);
  json("virtual_now", state.virtual_now);
  json.moved_away("records_text", state.records_text);
  json.moved_away("upstream_text", state.upstream_text);
  json.moved_away("templates", state.templates);
}

// How the world was given: may be long, and hardly ever changes.
template <typename Json, MaybeConst<State> T>
void list_given_world(Json& json, T& state) {
  json("records_text", state.records_text);
  json("upstream_text", state.upstream_text);
  json("templates", state.templates);
  json.added("quirks", state.quirks);
  json.added("zone_minutes", state.zone_minutes);
}

}  // namespace terapi::simulator
