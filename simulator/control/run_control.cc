// POST /_simulator/runs: one sync run, made by hand.
#include <array>
#include <unordered_map>

#include "core/breather.h"
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"
#include "simulator/records/merged_object.h"
#include "simulator/records/names.h"
#include "simulator/records/object_members.h"
#include "simulator/records/payload.h"
#include "simulator/runs/run.h"
#include "simulator/upstream/object_generator.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// What a run is asked to do, read and checked before anything is changed.
struct RunOrder {
  std::string environment;
  RunSpec spec;
  std::vector<Payload> save;
  std::vector<Run::Patch> update;
  std::vector<std::string> remove;
  std::optional<std::vector<Payload>> replace;
};

std::vector<Payload> read_payloads(json::Fields& fields, std::string_view key,
                                   const Dialect& dialect) {
  std::vector<Payload> payloads;
  std::size_t i = 0;
  for (const json::Value item : fields.array(key).items()) {
    core::breathe();
    core::Result<Payload> payload = make_payload(item, "id", dialect);
    if (payload) {
      payloads.push_back(std::move(*payload));
    } else {
      json::Path path = fields.path_to(key);
      path.push_back(std::to_string(i));
      fields.issues().push_back({"invalid_record",
                                 json::path_text(path) + ": " + payload.error().message, path,
                                 item.offset()});
    }
    ++i;
  }
  return payloads;
}

std::vector<Run::Patch> read_patches(json::Fields& fields, const Dialect& dialect) {
  std::vector<Run::Patch> patches;
  std::vector<Payload> checked = read_payloads(fields, "update", dialect);
  std::size_t i = 0;
  for (const json::Value item : fields.array("update").items()) {
    if (i < checked.size()) patches.push_back({checked[i].id, item});
    ++i;
    core::breathe();
  }
  core::clear_slowly(checked);
  return patches;
}

std::vector<std::string> read_ids(json::Fields& fields, std::string_view key,
                                  const Dialect& dialect) {
  std::vector<std::string> ids;
  for (const json::Value item : fields.array(key).items()) {
    core::breathe();
    json::Path path = fields.path_to(key);
    path.push_back(std::to_string(ids.size()));
    // Numbers are taken as they are for records' ids.
    if (item.is_string()) static_cast<void>(fields.text_of(item, path));  // reports what is no text
    ids.push_back(id_text(item, dialect));
    if (!(item.is_string() || item.is_number()) || ids.back().empty() ||
        ids.back().size() > kLongestId) {
      fields.report(key, "invalid_type", "has to list ids: strings of 1 to 255 bytes");
    }
  }
  return ids;
}

std::optional<SyncType> read_type(json::Fields& fields) {
  static constexpr auto kWords = std::to_array<core::Word<SyncType>>({
      {SyncType::kInitial, "INITIAL"},
      {SyncType::kIncremental, "INCREMENTAL"},
      {SyncType::kInitial, "initial"},
      {SyncType::kIncremental, "incremental"},
      {SyncType::kInitial, "full"},
      {SyncType::kInitial, "FULL"},
  });
  return fields.word("type", kWords);
}

std::optional<RunError> read_error(json::Fields& fields) {
  const json::Value value = fields.any("error");
  if (!value.present() || value.is_null()) return std::nullopt;
  if (value.is_string()) {
    return RunError{"script_error", fields.text_of(value, fields.path_to("error"))};
  }
  json::Fields inside(value, fields.path_to("error"), fields.issues());
  RunError error{inside.string("type").value_or("script_error"),
                 inside.string("description").value_or("the run failed")};
  inside.finish();
  return error;
}

RunOrder read_order(json::Fields& fields, const Dialect& dialect) {
  RunOrder order;
  order.environment = fields.string("environment").value_or("");
  order.spec.integration = fields.required("integration");
  order.spec.connection = fields.required("connection");
  order.spec.model = fields.required("model");
  order.spec.sync = fields.string("sync").value_or("");
  order.spec.variant = fields.string("variant").value_or(order.spec.variant);
  check_name(fields, "integration", NameOf::kIntegration, order.spec.integration);
  check_name(fields, "connection", NameOf::kConnection, order.spec.connection);
  check_name(fields, "model", NameOf::kModel, order.spec.model);
  check_name(fields, "sync", NameOf::kSync, order.spec.sync);
  if (fields.has("variant") && order.spec.variant.empty()) {
    fields.report("variant", "invalid_value", "is empty; expected 1 to 255 characters");
  }
  check_name(fields, "variant", NameOf::kVariant, order.spec.variant);
  order.spec.type = read_type(fields);
  order.spec.error = read_error(fields);
  order.spec.webhook = fields.boolean("webhook").value_or(true);
  order.save = read_payloads(fields, "save", dialect);
  order.update = read_patches(fields, dialect);
  order.remove = read_ids(fields, "delete", dialect);
  if (fields.array("replace").is_array()) order.replace = read_payloads(fields, "replace", dialect);
  fields.finish();
  return order;
}

// However many patches there are for an object, it is taken apart and put together once.
void patch_objects(Upstream& upstream, Collection& collection,
                   const std::vector<Run::Patch>& patches) {
  std::unordered_map<std::string, std::optional<MergedObject>> patched;
  std::vector<const std::string*> in_order;
  for (const Run::Patch& patch : patches) {
    core::breathe();
    const auto [found, is_new] = patched.try_emplace(patch.id);
    const UpstreamObject* object = is_new ? collection.find(patch.id) : nullptr;
    if (object != nullptr && !object->deleted) {
      found->second.emplace(std::string_view(object->text));
      in_order.push_back(&found->first);
    }
    if (found->second) found->second->merge(patch.patch);
  }
  for (const std::string* id : in_order) {
    core::breathe();
    upstream.put(collection, *id, patched.at(*id)->text());
  }
  core::clear_slowly(patched);
}

// What a run by hand saves came from the external API, which holds it, too: where there is one, the
// next run in the background then finds what this one left.
void tell_upstream(SimulatorParts& parts, Environment& environment, const RunOrder& order) {
  const RunSpec& spec = order.spec;
  const Integration* integration = environment.find_integration(spec.integration);
  if (integration == nullptr || spec.variant != kBaseVariant || spec.error) return;
  for (const Sync& sync : integration->syncs) {
    const auto found = sync.collections.find(spec.model);
    if (found == sync.collections.end()) continue;
    Collection* collection =
        environment.find_collection({spec.integration, spec.connection, found->second});
    if (collection == nullptr) continue;
    const auto as_object = [&](const Payload& payload) -> Payload {
      if (collection->id_key == "id") return payload;
      ObjectMembers members = ObjectMembers::of_text(payload.text);
      if (members.find(collection->id_key) == nullptr) {
        members.set(collection->id_key, json::quoted(payload.id));
      }
      return {payload.id, members.text()};
    };
    for (const Payload& payload : order.save) {
      core::breathe();
      parts.upstream.put(*collection, payload.id, as_object(payload).text);
    }
    patch_objects(parts.upstream, *collection, order.update);
    for (const std::string& id : order.remove) parts.upstream.remove(*collection, id);
    if (!order.replace) continue;
    std::vector<Payload> objects;
    for (const Payload& payload : *order.replace) {
      core::breathe();
      objects.push_back(as_object(payload));
    }
    parts.upstream.replace(*collection, objects);
    core::clear_slowly(objects);
  }
}

void carry_out(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  RunOrder order = read_order(fields, parts.engine.dialect());
  if (!no_issues(issues, body->text(), reply)) return;
  if (order.environment.empty()) order.environment = call.query("environment");
  Environment* environment = chosen_environment(parts.engine.state(), order.environment, reply);
  if (environment == nullptr) return;

  Run run(parts.engine, parts.webhooks, *environment, order.spec);
  if (!order.save.empty()) run.save(order.save);
  if (!order.update.empty()) run.update(order.update);
  if (!order.remove.empty()) run.remove(order.remove);
  if (order.replace) run.replace(*order.replace);
  tell_upstream(parts, *environment, order);
  core::clear_slowly(order.save);
  core::clear_slowly(order.update);
  core::clear_slowly(order.remove);
  if (order.replace) core::clear_slowly(*order.replace);
  const RunResult result = run.finish();
  json::Writer out;
  out.begin_object()
      .field("run_id", result.run_id)
      .field("added", result.counts.added)
      .field("updated", result.counts.updated)
      .field("deleted", result.counts.deleted)
      .field("unchanged", result.counts.unchanged)
      .key("deliveries")
      .begin_array();
  for (const std::string& id : result.deliveries) out.string(id);
  out.end_array().end_object();
  reply(json_response(200, out.take()));
}

}  // namespace

void add_run_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("POST", "/_simulator/runs", [&parts](const ControlCall& call, const Reply& reply) {
    carry_out(parts, call, reply);
  });
}

}  // namespace terapi::simulator
