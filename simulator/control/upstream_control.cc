// /_simulator/upstream…: the simulated external APIs' data, read and changed directly; and POST
// /_simulator/forward, a webhook that an external API sent (HOOK-13).
#include <algorithm>
#include <vector>

#include "core/duration.h"
#include "core/json_writer.h"
#include "core/parse_number.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_body.h"
#include "simulator/control/control_query.h"
#include "simulator/upstream/object_generator.h"
#include "simulator/upstream/upstream.h"
#include "simulator/webhooks/webhook_payload.h"
#include "simulator/world/upstream_source.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// What the path names. `environment` is null after a reply has said why.
struct Place {
  Environment* environment = nullptr;
  CollectionKey key;
  Collection* collection = nullptr;  // null: not there yet
};

Place place_of(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  Place place;
  Environment* environment =
      chosen_environment(parts.engine.state(), call.query("environment"), reply);
  if (environment == nullptr) return place;
  place.key = {call.parts.at("integration"), call.parts.at("connection"),
               call.parts.at("collection")};
  const Connection* connection =
      environment->find_connection(place.key.integration, place.key.connection);
  if (connection == nullptr) {
    reply(ApiError{
        404, "unknown_connection",
        "'" + place.key.integration + "' has no connection '" + place.key.connection + "'"});
    return place;
  }
  place.environment = environment;
  place.collection = parts.upstream.provide(*environment, *connection, place.key.name);
  return place;
}

void reply_unknown(const Reply& reply, const std::string& what) {
  reply(ApiError{404, "not_found", "there is no " + what});
}

void write_plan(json::Writer& out, const std::optional<ChangePlan>& plan) {
  out.key("changes");
  if (!plan) {
    out.null();
    return;
  }
  out.begin_object()
      .field("every", core::format_duration(plan->every))
      .field("added", plan->added)
      .field("changed", plan->changed)
      .field("deleted", plan->deleted)
      .field("next", format_timestamp(plan->next))
      .end_object();
}

void write_collection(json::Writer& out, const CollectionKey& key, const Collection& collection) {
  out.field("integration", key.integration)
      .field("connection", key.connection)
      .field("collection", key.name)
      .field("id", collection.id_key)
      .field("count", collection.size())
      .field("page_size", collection.behaviour.page_size)
      .field("latency", core::format_duration(collection.behaviour.latency));
  out.key("rate_limit");
  if (collection.behaviour.requests) {
    out.begin_object()
        .field("requests", *collection.behaviour.requests)
        .field("per", core::format_duration(collection.behaviour.per))
        .end_object();
  } else {
    out.null();
  }
  write_plan(out, collection.plan);
}

void list_collections(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Environment* environment =
      chosen_environment(parts.engine.state(), call.query("environment"), reply);
  if (environment == nullptr) return;
  json::Writer out;
  out.begin_object().key("collections").begin_array();
  for (const auto& [key, collection] : environment->collections) {
    out.begin_object();
    write_collection(out, key, collection);
    out.end_object();
  }
  out.end_array().end_object();
  reply(json_response(200, out.take()));
}

// {"objects":[…],"next":"…"}: ?limit= of them in the order of their changes, after ?after=.
void show_collection(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  if (place.collection == nullptr)
    return reply_unknown(reply, "collection '" + place.key.name + "'");
  const auto limit = read_limit(call, reply, 1000);
  if (!limit) return;
  const auto after =
      core::parse_number<std::uint64_t>(call.query("after").empty() ? "0" : call.query("after"));
  if (!after) {
    return reply(
        invalid_input("invalid_query_params",
                      {{"invalid_value", "after is not a `next` of this answer", {"after"}}}));
  }
  json::Writer out;
  out.begin_object();
  write_collection(out, place.key, *place.collection);
  out.key("objects").begin_array();
  std::size_t left = *limit;
  std::uint64_t last = 0;
  bool more = false;
  place.collection->walk(*after, [&](const UpstreamObject& object) {
    if (object.deleted) return true;
    more = left == 0;
    if (more) return false;
    --left;
    last = object.change;
    out.raw(object.text);
    return true;
  });
  out.end_array();
  if (more) {
    out.field("next", std::to_string(last));
  } else {
    out.null_field("next");
  }
  out.end_object();
  reply(json_response(200, out.take()));
}

// Objects with their ids; reports those that have none.
std::vector<Payload> read_objects(const Upstream& upstream, const Collection& collection,
                                  const json::Value& list, json::Issues& issues) {
  const std::string& id_key = collection.id_key;
  std::vector<Payload> objects;
  std::size_t i = 0;
  for (const json::Value item : list.items()) {
    const json::Path path = {std::to_string(i++)};
    const auto id = item.is_object() ? object_id(item, id_key) : std::nullopt;
    if (!id) {
      json::report_wrong(item, path, "an object with the id '" + id_key + "'", issues);
      continue;
    }
    objects.push_back({*id, json::compact(item)});
    if (const auto wrong = upstream.problem(collection, *id, objects.back().text)) {
      issues.push_back({"invalid_record", *wrong, path, item.offset()});
    }
  }
  return objects;
}

void reply_count(const Reply& reply, const Collection& collection) {
  json::Writer out;
  out.begin_object().field("count", collection.size()).end_object();
  reply(json_response(200, out.take()));
}

// PUT: the whole collection, a list of objects.
void replace_collection(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  if (!body->root().is_array()) {
    json::report_wrong(body->root(), {}, "a list of objects", issues);
  }
  Collection& collection = place.collection != nullptr
                               ? *place.collection
                               : parts.upstream.make(*place.environment, place.key);
  const std::vector<Payload> objects =
      read_objects(parts.upstream, collection, body->root(), issues);
  if (!no_issues(issues, body->text(), reply)) return;
  parts.upstream.replace(collection, objects);
  parts.runner.reconcile(*place.environment);
  reply_count(reply, collection);
}

void change_settings(SimulatorParts& parts, const Place& place, json::Fields& fields,
                     const Reply& reply, std::string_view text) {
  UpstreamBehaviour behaviour = place.collection->behaviour;
  read_behaviour(fields, behaviour);
  if (fields.has("rate_limit") && fields.any("rate_limit").is_null()) behaviour.requests.reset();
  std::optional<ChangePlan> plan;
  if (const json::Value changes = fields.object("changes"); changes.is_object()) {
    json::Fields inside(changes, fields.path_to("changes"), fields.issues());
    plan = read_change_plan(inside);
    inside.finish();
  }
  const bool plans = fields.has("changes");
  fields.finish();
  if (!no_issues(fields.issues(), text, reply)) return;
  place.collection->behaviour = behaviour;
  if (plans) parts.upstream.set_plan(*place.environment, place.key, plan);
  parts.engine.note_settings();
  json::Writer out;
  out.begin_object();
  write_collection(out, place.key, *place.collection);
  out.end_object();
  reply(json_response(200, out.take()));
}

// PATCH: a list merges objects into those there are; an object sets how the collection behaves.
void patch_collection(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  if (place.collection == nullptr)
    return reply_unknown(reply, "collection '" + place.key.name + "'");
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  if (body->root().is_object()) {
    json::Fields fields(body->root(), {}, issues);
    return change_settings(parts, place, fields, reply, body->text());
  }
  if (!body->root().is_array()) {
    json::report_wrong(body->root(), {}, "a list of objects, or an object of settings", issues);
  }
  const std::vector<Payload> patches =
      read_objects(parts.upstream, *place.collection, body->root(), issues);
  if (!no_issues(issues, body->text(), reply)) return;
  std::size_t i = 0;
  for (const json::Value patch : body->root().items()) {
    const std::string& id = patches[i++].id;
    const UpstreamObject* object = place.collection->find(id);
    const bool there = object != nullptr && !object->deleted;
    parts.upstream.put(*place.collection, id,
                       merge_object(there ? object->text : std::string("{}"), patch));
  }
  reply_count(reply, *place.collection);
}

// POST {"generate":{"count":10}}: objects of its template.
void generate(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  const auto body = read_body(call, reply);
  if (!body) return;
  constexpr std::int64_t kMostAtOnce = 1'000'000;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  const json::Value given = fields.object("generate");
  json::Fields inside(given, {"generate"}, issues);
  const std::int64_t count = inside.integer("count", 1, kMostAtOnce).value_or(1);
  inside.finish();
  fields.finish();
  if (place.collection == nullptr ||
      parts.upstream.template_of(*place.environment, place.key) == nullptr) {
    return reply_unknown(reply, "template for the collection '" + place.key.name + "'");
  }
  if (!no_issues(issues, body->text(), reply)) return;
  json::Writer out;
  out.begin_object().key("ids").begin_array();
  for (const std::string& id : parts.upstream.generate(*place.environment, place.key, count)) {
    out.string(id);
  }
  out.end_array().field("count", place.collection->size()).end_object();
  reply(json_response(201, out.take()));
}

void empty_collection(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  if (place.collection == nullptr)
    return reply_unknown(reply, "collection '" + place.key.name + "'");
  std::vector<std::string> ids;
  place.collection->walk(0, [&](const UpstreamObject& object) {
    if (!object.deleted) ids.push_back(object.id);
    return true;
  });
  for (const std::string& id : ids) parts.upstream.remove(*place.collection, id);
  reply_count(reply, *place.collection);
}

void show_object(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  const std::string& id = call.parts.at("id");
  const UpstreamObject* object = place.collection == nullptr ? nullptr : place.collection->find(id);
  if (object == nullptr || object->deleted) return reply_unknown(reply, "object '" + id + "'");
  reply(json_response(200, object->text));
}

// PUT and PATCH of one object.
void put_object(SimulatorParts& parts, const ControlCall& call, const Reply& reply, bool merges) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  const auto body = read_body(call, reply);
  if (!body) return;
  const std::string& id = call.parts.at("id");
  Collection* collection = place.collection;
  const UpstreamObject* object = collection == nullptr ? nullptr : collection->find(id);
  const bool there = object != nullptr && !object->deleted;
  if (merges && !there) return reply_unknown(reply, "object '" + id + "'");
  json::Issues issues;
  if (!body->root().is_object()) json::report_wrong(body->root(), {}, "an object", issues);
  const std::string id_key = collection == nullptr ? "id" : collection->id_key;
  const auto named = object_id(body->root(), id_key);
  if (named && *named != id) {
    json::report_wrong(body->root()[id_key], {id_key}, "the id of the path", issues);
  }
  if (!no_issues(issues, body->text(), reply)) return;
  if (collection == nullptr) collection = &parts.upstream.make(*place.environment, place.key);
  json::Writer empty;
  empty.begin_object();
  if (!named) empty.field(id_key, id);
  empty.end_object();
  std::string text = merge_object(merges ? object->text : empty.take(), body->root());
  if (const auto wrong = parts.upstream.problem(*collection, id, text)) {
    return reply(invalid_input("invalid_body", {{"invalid_record", *wrong, {}}}));
  }
  parts.upstream.put(*collection, id, text);
  parts.runner.reconcile(*place.environment);
  reply(json_response(there ? 200 : 201, std::move(text)));
}

void delete_object(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const Place place = place_of(parts, call, reply);
  if (place.environment == nullptr) return;
  const std::string& id = call.parts.at("id");
  if (place.collection == nullptr || !parts.upstream.remove(*place.collection, id)) {
    return reply_unknown(reply, "object '" + id + "'");
  }
  reply_count(reply, *place.collection);
}

void forward(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const auto body = read_body(call, reply);
  if (!body) return;
  json::Issues issues;
  json::Fields fields(body->root(), {}, issues);
  const StreamKey about{fields.required("integration"), fields.required("connection"), "", ""};
  const json::Value payload = fields.any("payload");
  const std::string name = fields.string("environment").value_or(call.query("environment"));
  fields.finish();
  if (!no_issues(issues, body->text(), reply)) return;
  Environment* environment = chosen_environment(parts.engine.state(), name, reply);
  if (environment == nullptr) return;
  if (environment->find_connection(about.integration, about.connection) == nullptr) {
    return reply(ApiError{404, "unknown_connection", "there is no such connection"});
  }
  const Integration* integration = environment->find_integration(about.integration);
  const std::string provider =
      integration == nullptr ? about.integration : std::string(integration->provider_or_id());
  json::Writer out;
  out.begin_object().key("deliveries").begin_array();
  for (const std::string& id : parts.webhooks.notify(
           *environment,
           {"forward", about, forward_body(about, provider, payload, parts.engine.dialect())})) {
    out.string(id);
  }
  out.end_array().end_object();
  reply(json_response(200, out.take()));
}

}  // namespace

void add_upstream_routes(ControlRouter& router, SimulatorParts& parts) {
  using Show = void (*)(SimulatorParts&, const ControlCall&, const Reply&);
  const auto add = [&](const char* method, std::string_view path, Show show) {
    router.add(method, path, [&parts, show](const ControlCall& call, const Reply& reply) {
      show(parts, call, reply);
    });
  };
  constexpr std::string_view kCollection =
      "/_simulator/upstream/{integration}/{connection}/{collection}";
  constexpr std::string_view kObject =
      "/_simulator/upstream/{integration}/{connection}/{collection}/{id}";
  add("GET", "/_simulator/upstream", list_collections);
  add("GET", kCollection, show_collection);
  add("PUT", kCollection, replace_collection);
  add("PATCH", kCollection, patch_collection);
  add("POST", kCollection, generate);
  add("DELETE", kCollection, empty_collection);
  add("GET", kObject, show_object);
  add("PUT", kObject, [](SimulatorParts& p, const ControlCall& call, const Reply& reply) {
    put_object(p, call, reply, false);
  });
  add("PATCH", kObject, [](SimulatorParts& p, const ControlCall& call, const Reply& reply) {
    put_object(p, call, reply, true);
  });
  add("DELETE", kObject, delete_object);
  add("POST", "/_simulator/forward", forward);
}

}  // namespace terapi::simulator
