#include "simulator/upstream/upstream.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/breather.h"
#include "core/json_writer.h"
#include "core/url.h"
#include "simulator/records/payload.h"
#include "simulator/upstream/object_generator.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

core::Response json_answer(int status, std::string body) {
  core::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

core::Response complaint(int status, std::string_view message) {
  json::Writer out;
  out.begin_object().field("message", message).end_object();
  return json_answer(status, out.take());
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The request as it arrived, to see what the proxy passes on.
core::Response echo(const core::Request& request) {
  json::Writer out;
  out.begin_object().field("method", request.method).field("target", request.target);
  out.key("headers").begin_array();
  for (const auto& [name, value] : request.headers) {
    out.begin_array().string(name).string(value).end_array();
  }
  out.end_array().end_object();
  const auto type = request.headers.get("Content-Type");
  if (request.body.empty()) return json_answer(200, out.take());
  core::Response response;
  response.headers.add("Content-Type", std::string(type.value_or("application/octet-stream")));
  response.headers.add("X-Echo", out.take());
  response.body = request.body;
  return response;
}

}  // namespace

// One request, taken apart.
struct Upstream::Call {
  Environment& environment;
  const Connection& connection;
  const core::Request& request;
  core::Target target{};
  std::string collection{};  // the first part of the path
  std::string id{};          // the second, or ""
  bool deeper = false;       // there are more
  Collection* found = nullptr;

  CollectionKey key() const { return {connection.integration, connection.id, collection}; }
  // Parts are decoded one by one: an id may hold a slash.
  void look_at(core::Target asked) {
    target = std::move(asked);
    const auto decoded = [](std::string_view part) {
      return core::percent_decode(part, false).value_or(std::string(part));
    };
    std::string_view path = request.target;
    path = path.substr(0, path.find('?'));
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    collection = decoded(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    deeper = path.find('/', slash + 1) != std::string_view::npos;
    id = decoded(path.substr(slash + 1));
  }
};

core::Outcome Upstream::handle(Environment& environment, const Connection& connection,
                               const core::Request& request) {
  core::Outcome outcome;
  Call call{environment, connection, request};
  auto target = core::parse_target(request.target);
  if (!target) return {complaint(400, target.error().message), {}};
  call.look_at(std::move(*target));
  UpstreamEffect effect;
  FaultPlan& faults = engine_.state().faults;
  if (!faults.empty()) {
    FaultEvent event;
    event.attributes = {{"method", request.method},
                        {"path", call.target.path},
                        {"integration", connection.integration},
                        {"connection", connection.id},
                        {"collection", call.collection}};
    event.id = "upstream " + request.method + " " + connection.integration + "/" + connection.id +
               call.target.path;
    faults.strike(event, engine_.seed(), effect);
  }
  call.found = provide(environment, connection, call.collection);
  outcome.response = effect.answer ? effect.answer->response : answer(call);
  outcome.wire = effect.wire;
  if (call.found != nullptr) outcome.wire.delay += call.found->behaviour.latency;
  return outcome;
}

core::Response Upstream::answer(Call& call) {
  if (call.found == nullptr && call.collection == "echo") return echo(call.request);
  if (call.found == nullptr || call.deeper) return complaint(404, "Not Found");
  if (auto refused = over_limit(call)) return std::move(*refused);
  const std::string& method = call.request.method;
  const bool reads = method == "GET" || method == "HEAD";
  if (call.id.empty()) {
    if (reads) return list(call);
    if (method == "POST") return create(call);
    return complaint(405, "Method Not Allowed");
  }
  if (!reads) return change(call, call.id);
  const UpstreamObject* object = call.found->find(call.id);
  if (object == nullptr || object->deleted) return complaint(404, "Not Found");
  return json_answer(200, object->text);
}

std::optional<core::Response> Upstream::over_limit(Call& call) {
  const UpstreamBehaviour& behaviour = call.found->behaviour;
  if (!behaviour.requests) return std::nullopt;
  Window& window = windows_[call.found->number];
  const Time now = engine_.now();
  if (window.used == 0 || now >= window.began + behaviour.per) window = {now, 0};
  if (++window.used <= *behaviour.requests) return std::nullopt;
  const Duration left = window.began + behaviour.per - now;
  core::Response response = complaint(429, "Too Many Requests");
  response.headers.add("Retry-After",
                       std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count()));
  return response;
}

// GET /issues?per_page=&after=&since=: objects in the order of their changes, and with `since` the
// ids of those that were deleted.
core::Response Upstream::list(const Call& call) const {
  const Collection& collection = *call.found;
  const auto since_text = call.target.get("since");
  const auto since = number_in(since_text.value_or("0"));
  const auto after = number_in(call.target.get("after").value_or("0"));
  const auto per_page = number_in(call.target.get("per_page").value_or("100"));
  if (!since || !after || !per_page || *per_page < 1) {
    return complaint(422, "per_page, after and since are whole numbers");
  }
  const std::size_t most =
      std::min<std::size_t>(*per_page, static_cast<std::size_t>(collection.behaviour.page_size));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  std::vector<std::string_view> deleted;
  std::size_t count = 0;
  std::uint64_t last = std::max(*since, *after);
  bool more = false;
  collection.walk(last, [&](const UpstreamObject& object) {
    if (object.deleted && !since_text) return true;
    if (count == most) {
      more = true;
      return false;
    }
    ++count;
    last = object.change;
    if (object.deleted) {
      deleted.emplace_back(object.id);
    } else {
      out.raw(object.text);
    }
    return true;
  });
  out.end_array();
  if (since_text) {
    out.key("deleted").begin_array();
    for (const std::string_view id : deleted) out.string(id);
    out.end_array();
  }
  const std::string next = std::to_string(last);
  if (more) {
    out.field("next", next);
  } else {
    out.null_field("next");
  }
  out.field("checkpoint", std::to_string(collection.last_change())).end_object();
  core::Response response = json_answer(200, out.take());
  if (more) {
    const std::string query = "?per_page=" + std::to_string(*per_page) + "&after=" + next +
                              (since_text ? "&since=" + std::to_string(*since) : "");
    response.headers.add("Link",
                         "</" + core::percent_encode(call.collection) + query + ">; rel=\"next\"");
  }
  return response;
}

core::Response Upstream::create(Call& call) {
  json::Reader reader;
  const auto body = reader.read(call.request.body);
  if (!body || !body->is_object()) {
    return complaint(422, "the body has to be a JSON object");
  }
  Collection& collection = *call.found;
  if ((*body)[collection.id_key].present()) {
    const auto id = object_id(*body, collection.id_key);
    if (!id) return complaint(422, "'" + collection.id_key + "' has to be a text or a number");
    const UpstreamObject* there = collection.find(*id);
    if (there != nullptr && !there->deleted) {
      return complaint(409, "'" + *id + "' already exists");
    }
  }
  const auto drawn = draw(call.environment, call.key(), collection, *body);
  if (!drawn) return complaint(422, "no id is left for a new object");
  if (const auto wrong = problem(collection, drawn->id, drawn->text)) {
    return complaint(422, *wrong);
  }
  put_new(collection, *drawn);
  core::Response response = json_answer(201, drawn->text);
  response.headers.add("Location", "/" + core::percent_encode(call.collection) + "/" +
                                       core::percent_encode(drawn->id));
  return response;
}

core::Response Upstream::change(Call& call, std::string_view id) {
  Collection& collection = *call.found;
  const std::string& method = call.request.method;
  const UpstreamObject* object = collection.find(id);
  const bool there = object != nullptr && !object->deleted;
  if (method == "DELETE") {
    if (!remove(collection, id)) return complaint(404, "Not Found");
    core::Response response;
    response.status = 204;
    return response;
  }
  if (method != "PATCH" && method != "PUT") return complaint(405, "Method Not Allowed");
  if (method == "PATCH" && !there) return complaint(404, "Not Found");
  json::Reader reader;
  const auto body = reader.read(call.request.body);
  if (!body || !body->is_object()) return complaint(422, "the body has to be a JSON object");
  if (const auto named = object_id(*body, collection.id_key); named && *named != id) {
    return complaint(422, "'" + collection.id_key + "' differs from the path's");
  }
  std::string text = there ? object->text : "{}";
  if (method == "PUT") {
    json::Writer empty;
    empty.begin_object().field(collection.id_key, id).end_object();
    text = empty.take();
  }
  text = merge_object(text, *body);
  if (const Template* from = template_of(call.environment, call.key()); from != nullptr) {
    text = touched_object(*from, text, there ? object->created : engine_.now(), engine_.now());
  }
  if (const auto wrong = problem(collection, id, text)) return complaint(422, *wrong);
  put(collection, id, text);
  return json_answer(there ? 200 : 201, std::move(text));
}

const Template* Upstream::template_of(const Environment& environment,
                                      const CollectionKey& key) const {
  const Integration* integration = environment.find_integration(key.integration);
  if (integration == nullptr) return nullptr;
  for (const Template* each : engine_.state().templates_of(*integration)) {
    if (each->collection == key.name) return each;
  }
  return nullptr;
}

core::Random Upstream::random_of(const Environment& environment, const CollectionKey& key) const {
  return core::Random(engine_.seed())
      .stream("upstream " + environment.settings.name + "/" + key.integration + "/" +
              key.connection + "/" + key.name);
}

Collection* Upstream::provide(Environment& environment, const Connection& connection,
                              std::string_view collection) {
  const CollectionKey key{connection.integration, connection.id, std::string(collection)};
  if (Collection* found = environment.find_collection(key)) return found;
  if (template_of(environment, key) == nullptr) return nullptr;
  Collection& made = make(environment, key);
  fill(environment, key);
  if (on_made_) on_made_(environment);
  return &made;
}

Collection& Upstream::make(Environment& environment, const CollectionKey& key) {
  const auto [found, created] = environment.collections.try_emplace(key);
  if (created) {
    found->second.number = ++engine_.state().last_collection;
    if (const Template* from = template_of(environment, key)) found->second.id_key = from->id_key;
    engine_.note_settings();
  }
  return found->second;
}

void Upstream::fill(Environment& environment, const CollectionKey& key) {
  Collection& collection = make(environment, key);
  const Template* from = template_of(environment, key);
  if (from == nullptr) return;
  const Stream* stream = environment.find_stream({key.integration, key.connection, from->model});
  if (stream != nullptr && stream->log.size() > 0) {
    json::Reader reader;
    stream->log.walk(Position::start(), [&](const Record& record) {
      if (record.deleted() || record.pruned_at()) return true;
      const auto object = reader.read(record.payload());
      const auto id = object ? object_id(*object, collection.id_key) : std::nullopt;
      if (id) put(collection, *id, std::string(record.payload()));
      return true;
    });
    return;
  }
  generate(environment, key, from->objects);
}

std::optional<std::string> Upstream::problem(const Collection& collection, std::string_view id,
                                             std::string_view text) const {
  json::Reader reader;
  const auto object = reader.read(text);
  if (!object) return object.error().message;
  const core::Result<Payload> payload = make_payload(*object, collection.id_key, engine_.dialect());
  if (!payload) return payload.error().message;
  if (payload->id == id) return std::nullopt;
  return "its '" + collection.id_key + "' is '" + payload->id + "', and it is put as '" +
         std::string(id) + "'";
}

bool Upstream::put(Collection& collection, std::string_view id, std::string text) {
  if (problem(collection, id, text)) return false;
  if (!collection.put(id, std::move(text), engine_.now())) return false;
  engine_.note_object(collection, id);
  return true;
}

bool Upstream::remove(Collection& collection, std::string_view id) {
  if (!collection.remove(id, engine_.now())) return false;
  engine_.note_object(collection, id);
  return true;
}

void Upstream::replace(Collection& collection, const std::vector<Payload>& objects) {
  std::map<std::string_view, std::string_view> kept;  // of one id the last
  for (const Payload& object : objects) {
    core::breathe();
    kept.insert_or_assign(object.id, object.text);
  }
  std::vector<std::string> gone;
  collection.walk(0, [&](const UpstreamObject& object) {
    if (!object.deleted && !kept.contains(object.id)) gone.push_back(object.id);
    return true;
  });
  for (const std::string& id : gone) remove(collection, id);
  for (const auto& [id, text] : kept) put(collection, id, std::string(text));
  core::clear_slowly(kept);
}

std::vector<std::string> Upstream::generate(Environment& environment, const CollectionKey& key,
                                            std::int64_t count) {
  std::vector<std::string> ids;
  Collection* collection = environment.find_collection(key);
  if (collection == nullptr || template_of(environment, key) == nullptr) return ids;
  for (; count > 0; --count) {
    const auto drawn = draw(environment, key, *collection, {});
    if (!drawn || !put_new(*collection, *drawn)) break;
    ids.push_back(drawn->id);
  }
  return ids;
}

std::optional<Upstream::Drawn> Upstream::draw(Environment& environment, const CollectionKey& key,
                                              const Collection& collection,
                                              const json::Value& given) {
  constexpr int kTries = 100'000;  // ids that were taken by hand
  const Template* from = template_of(environment, key);
  Template plain;
  plain.id_key = collection.id_key;
  const core::Random random = random_of(environment, key);
  const bool named = given[collection.id_key].present();
  json::Reader reader;
  Drawn drawn;
  drawn.sequence = collection.last_sequence();
  for (int i = 0; i < kTries; ++i) {
    ++drawn.sequence;
    drawn.text =
        object_with(from != nullptr ? *from : plain, random, drawn.sequence, engine_.now(), given);
    const auto object = reader.read(drawn.text);
    const auto id = object ? object_id(*object, collection.id_key) : std::nullopt;
    if (!id) return std::nullopt;
    drawn.id = *id;
    if (named || collection.find(*id) == nullptr) return drawn;
  }
  return std::nullopt;
}

bool Upstream::put_new(Collection& collection, const Drawn& object) {
  if (problem(collection, object.id, object.text)) return false;
  if (!collection.put(object.id, object.text, engine_.now(), object.sequence)) return false;
  engine_.note_object(collection, object.id);
  return true;
}

void Upstream::forget(Environment& environment, const std::string& integration,
                      const std::optional<std::string>& connection) {
  const auto is_its = [&](const CollectionKey& key) {
    return key.integration == integration && (!connection || key.connection == *connection);
  };
  for (const auto& [key, collection] : environment.collections) {
    if (!is_its(key)) continue;
    windows_.erase(collection.number);
    if (const auto timer = plans_.find(collection.number); timer != plans_.end()) {
      engine_.cancel(timer->second);
      plans_.erase(timer);
    }
  }
  std::erase_if(environment.collections, [&](const auto& each) { return is_its(each.first); });
  engine_.note_settings();
}

// --- changes that happen by themselves ----------------------------------------------------------

void Upstream::set_plan(Environment& environment, const CollectionKey& key,
                        std::optional<ChangePlan> plan) {
  Collection& collection = make(environment, key);
  if (const auto timer = plans_.find(collection.number); timer != plans_.end()) {
    engine_.cancel(timer->second);
    plans_.erase(timer);
  }
  collection.plan = plan;
  if (collection.plan) {
    collection.plan->next = engine_.now() + collection.plan->every;
    await_changes(environment, key);
  }
  engine_.note_settings();
}

void Upstream::resume() {
  plans_.clear();
  windows_.clear();
  for (const Environment& environment : engine_.state().environments) {
    for (const auto& [key, collection] : environment.collections) {
      if (collection.plan) await_changes(environment, key);
    }
  }
}

void Upstream::await_changes(const Environment& environment, const CollectionKey& key) {
  const Collection* collection = environment.find_collection(key);
  plans_[collection->number] =
      engine_.at_recurring(collection->plan->next,
                           [this, name = environment.settings.name, key,
                            number = collection->number] { change_by_itself(name, key, number); });
}

void Upstream::change_by_itself(const std::string& environment_name, const CollectionKey& key,
                                std::uint32_t number) {
  Environment* environment = engine_.state().find_environment(environment_name);
  Collection* collection = environment != nullptr ? environment->find_collection(key) : nullptr;
  if (collection == nullptr || collection->number != number || !collection->plan) return;
  // A run that was due at the same instant may have seen to it.
  if (collection->plan->next <= engine_.now()) draw_changes(*environment, key, *collection);
  await_changes(*environment, key);
}

void Upstream::change_what_is_due(Environment& environment, const std::string& integration,
                                  const std::string& connection) {
  for (auto it = environment.collections.lower_bound({integration, connection, ""});
       it != environment.collections.end() && it->first.integration == integration &&
       it->first.connection == connection;
       ++it) {
    Collection& collection = it->second;
    if (!collection.plan || collection.plan->next > engine_.now()) continue;
    draw_changes(environment, it->first, collection);
  }
}

void Upstream::draw_changes(Environment& environment, const CollectionKey& key,
                            Collection& collection) {
  // From when it was due: a machine that was late leaves no interval out.
  collection.plan->next += collection.plan->every;
  engine_.note_settings();
  const ChangePlan plan = *collection.plan;
  core::Random random =
      random_of(environment, key).stream("changes " + std::to_string(++collection.changes_drawn));
  for (std::int64_t left = plan.deleted; left > 0; --left) {
    const UpstreamObject* object = collection.choose(random.next());
    if (object == nullptr) break;
    remove(collection, std::string(object->id));
  }
  const Template* from = template_of(environment, key);
  for (std::int64_t left = plan.changed; left > 0; --left) {
    const UpstreamObject* object = collection.choose(random.next());
    if (object == nullptr) break;
    const core::Random one(random.next());
    const std::string id = object->id;
    put(collection, id,
        from != nullptr ? changed_object(*from, one, object->text, object->sequence,
                                         object->created, engine_.now())
                        : revised_object(object->text, collection.last_change() + 1));
  }
  if (from != nullptr) {
    generate(environment, key, plan.added);
    return;
  }
  for (std::int64_t left = plan.added; left > 0; --left) {
    const UpstreamObject* like = collection.choose(random.next());
    if (like == nullptr) break;
    const std::string id = "new-" + std::to_string(collection.last_sequence() + 1);
    put(collection, id, renamed_object(like->text, collection.id_key, id));
  }
}

}  // namespace terapi::simulator
