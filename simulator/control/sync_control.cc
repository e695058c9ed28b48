// GET /_simulator/integrations, PATCH /_simulator/integrations/{key}/endpoints/{name} (the toggle,
// SYNC-1), GET /_simulator/schedules: syncs in the background, for the page and for scripts.
#include <algorithm>
#include <map>
#include <string_view>

#include "core/duration.h"
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/api/integrations.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

void write_integration(json::Writer& out, const State& state, const Integration& integration,
                       std::size_t connections) {
  const std::string_view name = integration.display_name.empty()
                                    ? provider_name(integration.provider_or_id())
                                    : std::string_view(integration.display_name);
  out.begin_object()
      .field("id", integration.id)
      .field("provider", integration.provider_or_id())
      .field("display_name", name)
      .field("connections", connections);
  write_endpoints(out.key("endpoints"), state, integration);
  out.end_object();
}

void list_integrations(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const State& state = parts.engine.state();
  const Environment* environment =
      chosen_environment(parts.engine.state(), call.query("environment"), reply);
  if (environment == nullptr) return;
  json::Writer out;
  out.begin_object().key("integrations").begin_array();
  std::map<std::string_view, std::size_t> connections;  // by integration
  for (const Connection& each : environment->connections) ++connections[each.integration];
  for (const Integration& integration : environment->integrations) {
    write_integration(out, state, integration, connections[integration.id]);
  }
  out.end_array().end_object();
  reply(json_response(200, out.take()));
}

void toggle(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  Environment* environment =
      chosen_environment(parts.engine.state(), call.query("environment"), reply);
  if (environment == nullptr) return;
  const std::string& key = call.parts.at("key");
  Integration* integration = environment->find_integration(key);
  if (integration == nullptr) {
    return reply(ApiError{404, "unknown_integration", "there is no integration '" + key + "'"});
  }
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  const auto enabled = fields.boolean("enabled");
  if (!fields.has("enabled")) fields.report("enabled", "required", "is missing: true or false");
  fields.finish();
  if (!no_issues(issues, body->text(), reply)) return;
  auto done = parts.runner.set_enabled(*environment, *integration, call.parts.at("name"), *enabled);
  if (!done) return reply(ApiError{404, "unknown_sync", done.error().message});
  const auto connections =
      std::count_if(environment->connections.begin(), environment->connections.end(),
                    [&](const Connection& each) { return each.integration == integration->id; });
  json::Writer out;
  write_integration(out, parts.engine.state(), *integration, static_cast<std::size_t>(connections));
  reply(json_response(200, out.take()));
}

void write_schedule(json::Writer& out, const SimulatorParts& parts, const Environment& environment,
                    const ScheduleKey& key, const Schedule& schedule) {
  const bool enabled = parts.runner.enabled(environment, key);
  out.begin_object()
      .field("environment", environment.settings.name)
      .field("integration", key.integration)
      .field("connection", key.connection)
      .field("sync", key.sync)
      .field("variant", key.variant)
      .field("enabled", enabled)
      .field("paused", schedule.paused)
      .field("running", schedule.running)
      .field("queued", schedule.queued.has_value())
      .field("frequency", core::format_duration(parts.runner.frequency_of(environment, key)))
      .field("last", core::word_of(kLastRunWords, schedule.last))
      .field("run_id", schedule.run_id);
  if (enabled && !schedule.paused && !schedule.running) {
    out.field("next_run", format_timestamp(schedule.next_run));
  } else {
    out.null_field("next_run");
  }
  if (schedule.finished_at) {
    out.field("finished_at", format_timestamp(*schedule.finished_at));
  } else {
    out.null_field("finished_at");
  }
  out.optional_field("error",
                     schedule.error.empty() ? std::nullopt : std::optional(schedule.error));
  out.key("counts").begin_object();
  for (const auto& [model, counts] : schedule.latest) {
    out.key(model)
        .begin_object()
        .field("added", counts.added)
        .field("updated", counts.updated)
        .field("deleted", counts.deleted)
        .field("unchanged", counts.unchanged)
        .end_object();
  }
  out.end_object().end_object();
}

void list_schedules(SimulatorParts& parts, const ControlCall&, const Reply& reply) {
  json::Writer out;
  out.begin_object().key("schedules").begin_array();
  for (const Environment& environment : parts.engine.state().environments) {
    for (const auto& [key, schedule] : environment.schedules) {
      write_schedule(out, parts, environment, key, schedule);
    }
  }
  out.end_array()
      .field("running", parts.runner.running())
      .field("runs", parts.runner.runs_made())
      .end_object();
  reply(json_response(200, out.take()));
}

}  // namespace

void add_sync_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/integrations",
             [&parts](const ControlCall& call, const Reply& reply) {
               list_integrations(parts, call, reply);
             });
  router.add("PATCH", "/_simulator/integrations/{key}/endpoints/{name}",
             [&parts](const ControlCall& call, const Reply& reply) { toggle(parts, call, reply); });
  router.add("GET", "/_simulator/schedules", [&parts](const ControlCall& call, const Reply& reply) {
    list_schedules(parts, call, reply);
  });
}

}  // namespace terapi::simulator
