#include "simulator/world/upstream_source.h"

#include "core/breather.h"

namespace terapi::simulator {

namespace json = core::json;

namespace {

constexpr std::int64_t kMostInCollection = 10'000'000;
constexpr std::int64_t kMostChanges = 100'000;
constexpr std::int64_t kMostPageSize = 1'000;
constexpr std::int64_t kMostRequests = 1'000'000'000;

}  // namespace

ChangePlan read_change_plan(json::Fields& fields) {
  ChangePlan plan;
  plan.every = fields.duration("every").value_or(plan.every);
  if (plan.every < std::chrono::seconds(1)) {
    fields.report("every", "invalid_value", "is less than 1s, the least");
  }
  plan.added = fields.integer("added", 0, kMostChanges).value_or(0);
  plan.changed = fields.integer("changed", 0, kMostChanges).value_or(0);
  plan.deleted = fields.integer("deleted", 0, kMostChanges).value_or(0);
  return plan;
}

void read_behaviour(json::Fields& fields, UpstreamBehaviour& behaviour) {
  behaviour.page_size = fields.integer("page_size", 1, kMostPageSize).value_or(behaviour.page_size);
  behaviour.latency = fields.duration("latency").value_or(behaviour.latency);
  const json::Value limit = fields.object("rate_limit");
  if (!limit.is_object()) return;
  json::Fields inside(limit, fields.path_to("rate_limit"), fields.issues());
  behaviour.requests = inside.integer("requests", 1, kMostRequests).value_or(100);
  behaviour.per = inside.duration("per").value_or(behaviour.per);
  inside.finish();
}

void read_upstream_source(json::Fields& fields, UpstreamSource& source) {
  source.key.name = fields.required("collection");
  if (source.key.name.find('/') != std::string::npos) {
    fields.report("collection", "invalid_value", "has a slash, which no path could name");
  }
  source.id_key = fields.string("id");
  int sources = 0;
  if (const json::Value generate = fields.object("generate"); generate.is_object()) {
    ++sources;
    json::Fields inside(generate, fields.path_to("generate"), fields.issues());
    source.generate = inside.integer("count", 0, kMostInCollection).value_or(0);
    inside.finish();
  }
  if (const json::Value items = fields.array("items"); items.is_array()) {
    ++sources;
    source.items.emplace();
    for (const json::Value item : items.items()) {
      core::breathe();
      source.items->push_back(json::compact(item));
    }
  }
  if (const auto file = fields.string("file")) {
    ++sources;
    source.file = *file;
  }
  if (sources > 1) {
    fields.report("collection", "invalid_value",
                  "has more than one of generate, items and file; expected at most one");
  }
  read_behaviour(fields, source.behaviour);
  if (const json::Value changes = fields.object("changes"); changes.is_object()) {
    json::Fields inside(changes, fields.path_to("changes"), fields.issues());
    source.plan = read_change_plan(inside);
    inside.finish();
  }
}

}  // namespace terapi::simulator
