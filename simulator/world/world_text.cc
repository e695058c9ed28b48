// A state as the world file that it could have started from.
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "core/breather.h"
#include "core/duration.h"
#include "core/json_writer.h"
#include "simulator/world/quirks_json.h"
#include "simulator/world/settings_json.h"
#include "simulator/world/state.h"
#include "simulator/world/world.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

void write_sync(json::Writer& out, const Sync& sync) {
  out.begin_object().field("name", sync.name).key("models").begin_array();
  for (const std::string& model : sync.models) out.string(model);
  out.end_array();
  if (!sync.collections.empty()) {
    out.key("collections").begin_object();
    for (const auto& [model, collection] : sync.collections) out.field(model, collection);
    out.end_object();
  }
  out.field("frequency", core::format_duration(sync.frequency))
      .field("type", core::word_of(kSyncKinds, sync.kind))
      .field("enabled", sync.enabled)
      .end_object();
}

void write_integrations(json::Writer& out, const Environment& environment, bool named) {
  for (const Integration& integration : environment.integrations) {
    core::breathe();
    out.begin_object();
    if (named) out.field("environment", environment.settings.name);
    out.field("id", integration.id);
    if (!integration.provider.empty()) out.field("provider", integration.provider);
    if (!integration.display_name.empty()) out.field("display_name", integration.display_name);
    out.key("syncs").begin_array();
    for (const Sync& sync : integration.syncs) write_sync(out, sync);
    out.end_array().end_object();
  }
}

void write_connections(json::Writer& out, const Environment& environment, bool named) {
  for (const Connection& connection : environment.connections) {
    core::breathe();
    out.begin_object();
    if (named) out.field("environment", environment.settings.name);
    out.field("id", connection.id).field("integration", connection.integration);
    out.optional_field("webhook_url", connection.webhook_url);
    if (connection.metadata != "{}") out.raw_field("metadata", connection.metadata);
    if (connection.tags != "{}") out.raw_field("tags", connection.tags);
    if (connection.end_user) out.raw_field("end_user", *connection.end_user);
    out.end_object();
  }
}

// Connections' ids, each with its integration.
using ConnectedIds = std::set<std::pair<std::string, std::string>>;

// Of a list as it was given, the entries whose connection is still there. They are long where they
// hold records.
void write_with_connection(json::Writer& out, const std::string& list, const State& state) {
  json::Reader reader;
  const auto read = reader.read(list);
  out.begin_array();
  std::map<std::string, ConnectedIds> ids;  // by the environment's name
  for (const Environment& each : state.environments) {
    for (const Connection& connection : each.connections) {
      ids[each.settings.name].insert({connection.id, connection.integration});
      core::breathe();
    }
  }
  for (const json::Value entry : read ? read->items() : json::Value().items()) {
    const std::string name = entry["environment"].string();
    const std::string id = entry["connection"].string();
    const std::string integration = entry["integration"].string();
    const ConnectedIds& all = ids[name.empty() ? state.environments.front().settings.name : name];
    const auto found = all.lower_bound({id, integration});
    const bool there = found != all.end() && found->first == id &&
                       (integration.empty() || found->second == integration);
    core::breathe();
    if (!there) continue;
    out.raw("");  // a comma, where one is due
    core::append_slowly(out.text(), entry.text());
  }
  out.end_array();
}

}  // namespace

std::string world_text(const State& state) {
  const bool several = state.environments.size() > 1;
  json::Writer out;
  // So that it need not move, once the long ones are in it.
  constexpr std::size_t kRest = std::size_t{64} << 10;
  out.text().reserve(state.records_text.size() + state.upstream_text.size() + kRest);
  out.begin_object();
  if (several) {
    out.key("environments").begin_array();
  } else {
    out.key("environment");
  }
  for (const Environment& environment : state.environments) {
    write_settings(out, environment.settings);
  }
  if (several) out.end_array();
  out.key("integrations").begin_array();
  for (const Environment& e : state.environments) write_integrations(out, e, several);
  out.end_array().key("connections").begin_array();
  for (const Environment& e : state.environments) write_connections(out, e, several);
  out.end_array();
  if (state.zone_minutes != 0) {
    const int minutes = std::abs(state.zone_minutes);
    const auto two = [](int value) { return std::to_string(100 + value).substr(1); };
    out.field("time_zone",
              (state.zone_minutes < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60));
  }
  if (!state.quirks.empty()) {
    out.key("quirks").begin_object();
    write_quirks(out, state.quirks);
    out.end_object();
  }
  if (!state.templates.empty()) {
    out.key("templates").begin_array();
    for (const Template& each : state.templates) out.raw(each.text);
    out.end_array();
  }
  out.key("records");
  write_with_connection(out, state.records_text.text(), state);
  if (state.upstream_text.text() != "[]") {
    out.key("upstream");
    write_with_connection(out, state.upstream_text.text(), state);
  }
  out.key("faults").begin_array();
  for (const FaultRule& rule : state.faults.rules()) out.raw(fault_rule_text(rule));
  out.end_array().end_object();
  return out.take();
}

}  // namespace terapi::simulator
