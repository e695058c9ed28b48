// The world, the reset, snapshots, and the environment's settings.
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"
#include "simulator/world/settings_json.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

core::Response ok() { return json_response(200, R"({"status":"ok"})"); }

Answer failed(const core::Error& error) {
  const bool ours = error.code.starts_with("data_");
  return ApiError{ours ? 500 : 400, ours ? "storage_failed" : "invalid_body", error.message};
}

void put_world(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  json::Issues issues;
  World world = read_world(call.request.body, parts.engine.base_dialect(), issues);
  if (!no_issues(issues, call.request.body, reply)) return;
  const auto set = parts.set_world(std::move(world));
  reply(set ? ok() : failed(set.error()));
}

void reset(SimulatorParts& parts, const Reply& reply) {
  const auto adopted = parts.adopt(parts.snapshots.start());
  reply(adopted ? ok() : failed(adopted.error()));
}

Answer unknown_snapshot(const std::string& name) {
  return ApiError{404, "unknown_snapshot", "there is no snapshot '" + name + "'"};
}

std::size_t count_records(const State& state) {
  std::size_t count = 0;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, stream] : environment.streams) count += stream.log.size();
  }
  return count;
}

void write_snapshot(json::Writer& out, const std::string& name, const State& state) {
  out.begin_object().field("name", name).field("records", count_records(state));
  if (state.virtual_now) {
    out.field("at", format_timestamp(*state.virtual_now));
  } else {
    out.null_field("at");
  }
  out.end_object();
}

void list_snapshots(SimulatorParts& parts, const Reply& reply) {
  json::Writer out;
  out.begin_object().key("snapshots").begin_array();
  for (const auto& [name, state] : parts.snapshots.all()) write_snapshot(out, name, state);
  out.end_array().end_object();
  reply(json_response(200, out.take()));
}

void show_snapshot(SimulatorParts& parts, const std::string& name, const Reply& reply) {
  const State* state = parts.snapshots.find(name);
  if (state == nullptr) return reply(unknown_snapshot(name));
  json::Writer out;
  write_snapshot(out, name, *state);
  reply(json_response(200, out.take()));
}

void take_snapshot(SimulatorParts& parts, const std::string& name, const Reply& reply) {
  const auto saved = parts.snapshots.save(name, parts.copy_state());
  if (!saved) return reply(failed(saved.error()));
  json::Writer out;
  out.begin_object().field("name", name).end_object();
  reply(json_response(201, out.take()));
}

void restore(SimulatorParts& parts, const std::string& name, const Reply& reply) {
  const State* state = parts.snapshots.find(name);
  if (state == nullptr) return reply(unknown_snapshot(name));
  const auto adopted = parts.adopt(*state);
  reply(adopted ? ok() : failed(adopted.error()));
}

void remove_snapshot(SimulatorParts& parts, const std::string& name, const Reply& reply) {
  const auto removed = parts.snapshots.remove(name);
  if (!removed) return reply(failed(removed.error()));
  if (!*removed) return reply(unknown_snapshot(name));
  core::Response response;
  response.status = 204;
  reply(std::move(response));
}

void remove_all_snapshots(SimulatorParts& parts, const Reply& reply) {
  while (!parts.snapshots.all().empty()) {
    const std::string name = parts.snapshots.all().begin()->first;
    if (const auto removed = parts.snapshots.remove(name); !removed) {
      return reply(failed(removed.error()));
    }
  }
  core::Response response;
  response.status = 204;
  reply(std::move(response));
}

std::string settings_text(const Settings& settings) {
  json::Writer out;
  write_settings(out, settings);
  return out.take();
}

void patch_environment(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  State& state = parts.engine.state();
  Environment* environment = chosen_environment(state, call.query("environment"), reply);
  if (environment == nullptr) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  Settings changed = environment->settings;
  read_settings(fields, changed, parts.engine.dialect());
  fields.finish();
  if (changed.name != environment->settings.name) {
    fields.report("name", "invalid_value", "cannot be changed while the simulator runs");
  }
  for (const Environment& other : state.environments) {
    if (&other != environment && other.settings.secret_key == changed.secret_key) {
      fields.report("secret_key", "invalid_value", "is that of another environment");
    }
  }
  if (!no_issues(issues, body->text(), reply)) return;
  rotate_signing_key(environment->settings, changed, parts.engine.now());
  environment->settings = std::move(changed);
  parts.engine.note_keys();
  reply(json_response(200, settings_text(environment->settings)));
}

}  // namespace

void add_world_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/world", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, world_text(parts.engine.state())));
  });
  router.add("PUT", "/_simulator/world", [&parts](const ControlCall& call, const Reply& reply) {
    put_world(parts, call, reply);
  });
  router.add("POST", "/_simulator/reset",
             [&parts](const ControlCall&, const Reply& reply) { reset(parts, reply); });
  router.add("GET", "/_simulator/snapshots",
             [&parts](const ControlCall&, const Reply& reply) { list_snapshots(parts, reply); });
  router.add("DELETE", "/_simulator/snapshots", [&parts](const ControlCall&, const Reply& reply) {
    remove_all_snapshots(parts, reply);
  });
  router.add("GET", "/_simulator/snapshots/{name}",
             [&parts](const ControlCall& call, const Reply& reply) {
               show_snapshot(parts, call.parts.find("name")->second, reply);
             });
  router.add("POST", "/_simulator/snapshots/{name}",
             [&parts](const ControlCall& call, const Reply& reply) {
               take_snapshot(parts, call.parts.find("name")->second, reply);
             });
  router.add("POST", "/_simulator/snapshots/{name}/restore",
             [&parts](const ControlCall& call, const Reply& reply) {
               restore(parts, call.parts.find("name")->second, reply);
             });
  router.add("DELETE", "/_simulator/snapshots/{name}",
             [&parts](const ControlCall& call, const Reply& reply) {
               remove_snapshot(parts, call.parts.find("name")->second, reply);
             });
  router.add("GET", "/_simulator/environment",
             [&parts](const ControlCall& call, const Reply& reply) {
               const Environment* environment =
                   chosen_environment(parts.engine.state(), call.query("environment"), reply);
               if (environment == nullptr) return;
               reply(json_response(200, settings_text(environment->settings)));
             });
  router.add("PATCH", "/_simulator/environment",
             [&parts](const ControlCall& call, const Reply& reply) {
               patch_environment(parts, call, reply);
             });
}

}  // namespace terapi::simulator
