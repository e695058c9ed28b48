#include "simulator/runs/world_builder.h"

#include <functional>
#include <optional>
#include <unordered_map>

#include "core/breather.h"
#include "simulator/loading/generated_record.h"
#include "simulator/loading/record_reader.h"
#include "simulator/loading/sync_database.h"
#include "simulator/runs/run.h"
#include "simulator/upstream/object_generator.h"
#include "simulator/upstream/upstream.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

// Collects payloads and saves them in batches.
class BatchSaver {
 public:
  BatchSaver(Run& run, const Dialect& dialect, std::string id_key)
      : run_(run), dialect_(dialect), id_key_(std::move(id_key)) {}

  core::Result<void> add(std::string_view text, const std::function<std::string()>& place) {
    const auto value = reader_.read(text);
    if (!value) return core::Error{"bad_record", place() + ": " + value.error().message};
    core::Result<Payload> payload = make_payload(*value, id_key_, dialect_);
    if (!payload) return core::Error{"bad_record", place() + ": " + payload.error().message};
    batch_.push_back(std::move(*payload));
    if (batch_.size() == kLoadBatch) flush();
    return {};
  }
  void flush() {
    if (!batch_.empty()) run_.save(batch_);
    core::clear_slowly(batch_);
  }

 private:
  Run& run_;
  const Dialect& dialect_;
  std::string id_key_;
  core::json::Reader reader_;
  std::vector<Payload> batch_;
};

core::Result<void> add_file(BatchSaver& saver, const std::string& path,
                            RecordReader::Files allowed) {
  auto reader = RecordReader::open(path, allowed);
  if (!reader) return reader.error();
  while (true) {
    auto text = (*reader)->next();
    if (!text) return text.error();
    if (!*text) return {};
    auto added = saver.add(**text, [&] { return (*reader)->place(); });
    if (!added) return added;
  }
}

std::string path_in(const WorldFiles& files, const std::string& file) {
  return file.front() == '/' ? file : files.folder + "/" + file;
}

core::Result<void> add_source(BatchSaver& saver, const RecordSource& source, std::uint64_t seed,
                              const WorldFiles& files) {
  if (!source.file.empty()) {
    return add_file(saver, path_in(files, source.file), files.allowed);
  }
  for (std::size_t i = 0; i < source.items.size(); ++i) {
    auto added = saver.add(source.items[i],
                           [&] { return source.place + ".items[" + std::to_string(i) + "]"; });
    if (!added) return added;
  }
  for (std::int64_t i = 1; i <= source.generate_count; ++i) {
    auto added = saver.add(generated_record(seed, source.stream.model, i, source.generate_bytes),
                           [&] { return source.place; });
    if (!added) return added;
  }
  return {};
}

// Fills a collection of an external API.
core::Result<void> add_upstream(const Engine& engine, Environment& environment, Upstream& upstream,
                                const UpstreamSource& source, const WorldFiles& files) {
  Collection& collection = upstream.make(environment, source.key);
  if (source.id_key) collection.id_key = *source.id_key;
  const auto add = [&](std::string_view text, const std::string& place) -> core::Result<void> {
    core::json::Reader reader;
    const auto object = reader.read(text);
    if (!object) return core::Error{"bad_record", place + ": " + object.error().message};
    const auto id =
        object->is_object() ? object_id(*object, collection.id_key) : std::optional<std::string>();
    if (!id) {
      return core::Error{"bad_record",
                         place + ": expected an object with the id '" + collection.id_key + "'"};
    }
    std::string compact = core::json::compact(*object);
    if (const auto wrong = upstream.problem(collection, *id, compact)) {
      return core::Error{"bad_record", place + ": " + *wrong};
    }
    upstream.put(collection, *id, std::move(compact));
    return {};
  };
  if (source.items) {
    for (std::size_t i = 0; i < source.items->size(); ++i) {
      auto added = add((*source.items)[i], source.place + ".items[" + std::to_string(i) + "]");
      if (!added) return added;
    }
  } else if (!source.file.empty()) {
    auto reader = RecordReader::open(path_in(files, source.file), files.allowed);
    if (!reader) return reader.error();
    while (true) {
      auto text = (*reader)->next();
      if (!text) return text.error();
      if (!*text) break;
      if (auto added = add(**text, (*reader)->place()); !added) return added;
    }
  } else if (source.generate) {
    upstream.generate(environment, source.key, *source.generate);
  } else {
    upstream.fill(environment, source.key);
  }
  collection.behaviour = source.behaviour;
  collection.plan = source.plan;
  if (collection.plan) collection.plan->next = engine.now() + collection.plan->every;
  return {};
}

RunSpec spec_for(const StreamKey& stream) {
  RunSpec spec;
  spec.integration = stream.integration;
  spec.connection = stream.connection;
  spec.model = stream.model;
  spec.variant = stream.variant;
  return spec;
}

// What the world made up for a stream goes, in the external API, too: that is made again of what
// comes in its place.
void make_way(Engine& engine, Environment& environment, const StreamKey& key) {
  environment.streams.erase(key);
  engine.note_settings();
  const Integration* integration = environment.find_integration(key.integration);
  if (integration == nullptr) return;
  for (const Sync& sync : integration->syncs) {
    const auto found = sync.collections.find(key.model);
    if (found == sync.collections.end()) continue;
    environment.collections.erase({key.integration, key.connection, found->second});
  }
}

// One run for each stream, of which nobody is told: it has been told where the copy comes from.
core::Result<void> load_database(Engine& engine, WebhookQueue& webhooks, Environment& environment,
                                 const std::string& path, bool fresh) {
  auto database = SyncDatabase::open(path, engine.dialect());
  if (!database) return database.error();
  std::optional<Run> run;
  StreamKey current;
  while (true) {
    auto loaded = (*database)->next();
    if (!loaded) return loaded.error();
    if (*loaded == nullptr) break;
    if (!run || (*loaded)->stream != current) {
      if (run) run->finish();
      current = (*loaded)->stream;
      if (fresh) make_way(engine, environment, current);
      RunSpec spec = spec_for(current);
      spec.webhook = false;
      run.emplace(engine, webhooks, environment, spec);
    }
    run->restore((*loaded)->fields);
  }
  if (run) run->finish();
  return {};
}

}  // namespace

core::Result<void> build_world(Engine& engine, WebhookQueue& webhooks, Upstream& upstream,
                               World world, const WorldFiles& files) {
  State& state = engine.state();
  State fresh = state.successor();
  fresh.records_text = SharedText(std::move(world.records_text));
  fresh.upstream_text = SharedText(std::move(world.upstream_text));
  fresh.templates = std::move(world.templates);
  fresh.quirks = world.quirks;
  fresh.zone_minutes = world.zone_minutes;
  fresh.environments = std::move(world.environments);
  state = std::move(fresh);
  engine.note_keys();
  std::unordered_map<std::string, Environment*> environments;
  for (Environment& each : state.environments) environments.emplace(each.settings.name, &each);
  for (RecordSource& source : world.records) {
    RunSpec spec = spec_for(source.stream);
    spec.webhook = false;
    Run run(engine, webhooks, *environments.at(source.environment), spec);
    BatchSaver saver(run, engine.dialect(), source.id_key);
    auto added = add_source(saver, source, engine.seed(), files);
    if (!added) return added;
    saver.flush();
    run.finish();
    core::clear_slowly(source.items);
  }
  for (UpstreamSource& source : world.upstream) {
    Environment& environment = *environments.at(source.environment);
    if (auto added = add_upstream(engine, environment, upstream, source, files); !added) {
      return added;
    }
    if (source.items) core::clear_slowly(*source.items);
  }
  for (Environment& environment : state.environments) {
    for (Integration& integration : environment.integrations) {
      integration.created_at = integration.updated_at = engine.now();
    }
    for (Connection& connection : environment.connections) {
      if (connection.number == 0) connection.number = ++state.last_connection;
      connection.created_at = connection.updated_at = engine.now();
    }
  }
  for (FaultRule& rule : world.faults) state.faults.put(std::move(rule));
  return {};
}

core::Result<void> carry_out_load(Engine& engine, WebhookQueue& webhooks, const LoadSpec& spec,
                                  bool fresh) {
  State& state = engine.state();
  Environment* environment = spec.environment.empty() ? &state.environments.front()
                                                      : state.find_environment(spec.environment);
  if (environment == nullptr) {
    return core::Error{"bad_load", "--load: there is no environment '" + spec.environment + "'"};
  }
  if (!spec.database.empty()) {
    return load_database(engine, webhooks, *environment, spec.database, fresh);
  }
  RunSpec run_spec = spec_for(spec.stream);
  run_spec.sync = spec.sync;
  Run run(engine, webhooks, *environment, run_spec);
  BatchSaver saver(run, engine.dialect(), spec.id_key);
  auto added = add_file(saver, spec.file, RecordReader::Files::kAny);
  if (!added) return added;
  saver.flush();
  run.finish();
  return {};
}

}  // namespace terapi::simulator
