#include "conformance/evidence/sync_model.h"

#include <algorithm>

#include "core/duration.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

StreamAsked stream_of(const SyncKey& key, const std::string& model) {
  return {key.integration, key.connection, model, key.variant};
}

core::Duration duration_of(const json::Value& value, core::Duration otherwise) {
  const auto read = core::parse_duration(value.string());
  return read ? *read : otherwise;
}

}  // namespace

// --- the world ----------------------------------------------------------------------------------

void SyncModel::apply_world(const json::Value& world, core::Time now) {
  integrations_.clear();
  connections_.clear();
  apis_.clear();
  schedules_.clear();
  runs_.clear();
  for (const json::Value integration : world["integrations"].items()) {
    take_integration(integration, world["templates"]);
  }
  for (const json::Value connection : world["connections"].items()) {
    connections_.emplace_back(connection["integration"].string(), connection["id"].string());
  }
  for (const json::Value api : world["upstream"].items()) take_external_api(api);
  reconcile(now);
}

// What a sync says, or a template: of a sync that names one, the template first.
void SyncModel::describe_sync(const json::Value& given, Sync& sync) {
  if (given["model"].is_string()) sync.models = {given["model"].string()};
  if (given["collection"].is_string()) {
    sync.collections[given["model"].string()] = given["collection"].string();
  }
  if (given["models"].is_array()) sync.models.clear();
  for (const json::Value model : given["models"].items()) sync.models.push_back(model.string());
  for (const json::Member member : given["collections"].members()) {
    sync.collections[member.key.string()] = member.value.string();
  }
  if (given["type"].is_string()) sync.full = given["type"].string() == "full";
  sync.frequency = duration_of(given["frequency"], sync.frequency);
}

void SyncModel::take_integration(const json::Value& value, const json::Value& templates) {
  Integration integration{value["id"].string(), {}};
  const std::string provider =
      value["provider"].is_string() ? value["provider"].string() : integration.id;
  for (const json::Value each : templates.items()) {
    if (each["provider"].string() != provider) continue;
    Sync sync{.name = each["name"].string(), .enabled = false, .has_template = true};
    describe_sync(each, sync);
    integration.syncs.push_back(std::move(sync));
  }
  for (const json::Value given : value["syncs"].items()) {
    const std::string name = given["name"].string();
    auto sync = std::find_if(integration.syncs.begin(), integration.syncs.end(),
                             [&](const Sync& each) { return each.name == name; });
    if (sync == integration.syncs.end()) {
      sync = integration.syncs.insert(sync, Sync{.name = name});
    }
    describe_sync(given, *sync);
    sync->enabled = !given["enabled"].is_boolean() || given["enabled"].boolean();
  }
  integrations_.push_back(std::move(integration));
}

void SyncModel::take_external_api(const json::Value& value) {
  const std::string connection = value["connection"].string();
  std::string integration = value["integration"].string();
  for (const auto& [of, id] : connections_) {
    if (integration.empty() && id == connection) integration = of;
  }
  ExternalApi& api = apis_[{integration, connection}][value["collection"].string()];
  if (const auto size = value["page_size"].integer(); size && *size > 0) {
    api.page_size = static_cast<std::size_t>(*size);
  }
  for (const json::Value object : value["items"].items()) {
    api.objects.put(id_text(object["id"]), json::compact(object));
  }
}

ExternalCollection* SyncModel::collection(const std::string& integration,
                                          const std::string& connection, const std::string& name) {
  const auto apis = apis_.find({integration, connection});
  if (apis == apis_.end()) return nullptr;
  const auto found = apis->second.find(name);
  return found == apis->second.end() ? nullptr : &found->second.objects;
}

ExternalCollection& SyncModel::provide(const std::string& integration,
                                       const std::string& connection, const std::string& name,
                                       core::Time now) {
  const auto [found, is_new] = apis_[{integration, connection}].try_emplace(name);
  if (is_new) reconcile(now);
  return found->second.objects;
}

void SyncModel::behave(const std::string& integration, const std::string& connection,
                       const std::string& name, const json::Value& behaviour) {
  ExternalApi& api = apis_[{integration, connection}][name];
  if (const auto size = behaviour["page_size"].integer(); size && *size > 0) {
    api.page_size = static_cast<std::size_t>(*size);
  }
}

void SyncModel::saved_by_hand(const json::Value& run) {
  if (!run["variant"].string().empty() && run["variant"].string() != "base") return;
  if (run["error"].present() && !run["error"].is_null()) return;
  const SyncKey key{run["integration"].string(), run["connection"].string(), "", "base"};
  const std::string model = run["model"].string();
  for (auto& [known, schedule] : schedules_) {
    const bool its = known.integration == key.integration && known.connection == key.connection;
    if (its && !schedule.has_run) schedule.type_known = false;
  }
  std::set<ExternalCollection*> told;
  for (const Integration& integration : integrations_) {
    if (integration.id != key.integration) continue;
    for (const Sync& sync : integration.syncs) {
      ExternalApi* api = api_of(key, sync, model);
      if (api == nullptr || !told.insert(&api->objects).second) continue;
      // An `update` of what is not there changes nothing.
      for (const json::Value object : run["save"].items()) {
        api->objects.put(id_text(object["id"]), json::compact(object));
      }
      for (const json::Value part : run["update"].items()) {
        const auto* object = api->objects.find(id_text(part["id"]));
        if (object != nullptr && !object->deleted) api->objects.merge(object->id, part);
      }
      for (const json::Value id : run["delete"].items()) api->objects.remove(id_text(id));
      if (run["replace"].is_array()) api->objects.replace(run["replace"]);
    }
  }
}

// --- what is scheduled --------------------------------------------------------------------------

template <typename Integrations>
auto* SyncModel::find_in(Integrations& integrations, const SyncKey& key) {
  for (auto& integration : integrations) {
    if (integration.id != key.integration) continue;
    for (auto& sync : integration.syncs) {
      if (sync.name == key.sync) return &sync;
    }
  }
  return decltype(&integrations.front().syncs.front()){nullptr};
}

SyncModel::Sync* SyncModel::find_sync(const SyncKey& key) { return find_in(integrations_, key); }

const SyncModel::Sync* SyncModel::find_sync(const SyncKey& key) const {
  return find_in(integrations_, key);
}

SyncModel::ExternalApi* SyncModel::api_of(const SyncKey& key, const Sync& sync,
                                          const std::string& model) {
  const auto name = sync.collections.find(model);
  const auto apis = apis_.find({key.integration, key.connection});
  if (name == sync.collections.end() || apis == apis_.end()) return nullptr;
  const auto found = apis->second.find(name->second);
  return found == apis->second.end() ? nullptr : &found->second;
}

core::Duration SyncModel::frequency_of(const SyncKey& key, const Schedule& schedule) const {
  const Sync* sync = find_sync(key);
  return schedule.frequency ? *schedule.frequency : sync->frequency;
}

std::vector<SyncKey> SyncModel::keys() const {
  std::vector<SyncKey> keys;
  for (const auto& [key, schedule] : schedules_) keys.push_back(key);
  return keys;
}

std::vector<SyncKey> SyncModel::due(core::Time now) const {
  std::vector<SyncKey> due;
  for (const auto& [key, schedule] : schedules_) {
    if (!schedule.paused && enabled(key) && schedule.next <= now) due.push_back(key);
  }
  return due;
}

bool SyncModel::enabled(const SyncKey& key) const {
  const Sync* sync = find_sync(key);
  return sync != nullptr && sync->enabled;
}

void SyncModel::reconcile(core::Time now) {
  for (const auto& [integration, connection] : connections_) {
    for (const Integration& each : integrations_) {
      if (each.id != integration) continue;
      for (const Sync& sync : each.syncs) {
        const SyncKey key{integration, connection, sync.name, "base"};
        const bool reads = std::any_of(
            sync.models.begin(), sync.models.end(),
            [&](const std::string& model) { return api_of(key, sync, model) != nullptr; });
        if (sync.enabled && reads) schedules_.try_emplace(key, Schedule{.next = now});
      }
    }
  }
}

void SyncModel::set_enabled(const std::string& integration, const std::string& sync_name,
                            bool enabled, core::Time now) {
  Sync* sync = find_sync({integration, "", sync_name, ""});
  if (sync == nullptr || sync->enabled == enabled) return;
  sync->enabled = enabled;
  if (enabled) provide_for(integration);
  reconcile(now);
  for (auto& [key, schedule] : schedules_) {
    if (enabled && key.integration == integration && key.sync == sync_name) schedule.next = now;
  }
}

void SyncModel::connect(const std::string& integration, const std::string& connection,
                        core::Time now) {
  connections_.emplace_back(integration, connection);
  provide_for(integration);
  reconcile(now);
}

// A template's external API is there as soon as somebody needs it; with no objects, or they would
// not be known.
void SyncModel::provide_for(const std::string& integration) {
  for (const Integration& each : integrations_) {
    if (each.id != integration) continue;
    for (const Sync& sync : each.syncs) {
      if (!sync.enabled || !sync.has_template) continue;
      for (const auto& [of, connection] : connections_) {
        if (of != integration) continue;
        for (const auto& [model, name] : sync.collections) {
          apis_[{integration, connection}].try_emplace(name);
        }
      }
    }
  }
}

void SyncModel::disconnect(const std::string& integration, const std::string& connection) {
  for (const auto& [key, schedule] : schedules_) {
    if (key.integration != integration || key.connection != connection) continue;
    erase_streams(key);
    drop_runs(key);
  }
  std::erase_if(schedules_, [&](const auto& each) {
    return each.first.integration == integration && each.first.connection == connection;
  });
  std::erase(connections_, std::pair{integration, connection});
  apis_.erase({integration, connection});
}

void SyncModel::pause(const SyncKey& key) {
  if (const auto found = schedules_.find(key); found != schedules_.end()) {
    found->second.paused = true;
  }
}

void SyncModel::start(const SyncKey& key, core::Time now) {
  const auto found = schedules_.find(key);
  if (found == schedules_.end()) return;
  found->second.paused = false;
  found->second.next = std::max(found->second.next, now);
}

void SyncModel::set_frequency(const SyncKey& key, std::optional<core::Duration> frequency,
                              core::Time now) {
  const auto found = schedules_.find(key);
  if (found == schedules_.end()) return;
  Schedule& schedule = found->second;
  const core::Time last = schedule.next - frequency_of(key, schedule);
  schedule.frequency = frequency;
  schedule.next = std::max(now, last + frequency_of(key, schedule));
}

void SyncModel::add_variant(const SyncKey& key, core::Time now) {
  schedules_.try_emplace(key, Schedule{.next = now});
}

void SyncModel::remove_variant(const SyncKey& key) {
  if (schedules_.erase(key) == 0) return;
  erase_streams(key);
  drop_runs(key);
}

void SyncModel::drop_runs(const SyncKey& key) {
  for (BackgroundRun& run : runs_) run.dropped = run.dropped || run.key == key;
}

void SyncModel::erase_streams(const SyncKey& key) {
  const Sync* sync = find_sync(key);
  if (sync == nullptr) return;
  for (const std::string& model : sync->models) model_.erase(stream_of(key, model));
}

// --- runs by the clock --------------------------------------------------------------------------

void SyncModel::run(const SyncKey& key, const Order& order, core::Time now) {
  if (known_by_ == Runs::kScheduled && schedules_.contains(key)) carry_out(key, order, now);
}

void SyncModel::run_due(core::Time now) {
  if (known_by_ != Runs::kScheduled) return;
  while (true) {
    auto next = schedules_.end();
    for (auto it = schedules_.begin(); it != schedules_.end(); ++it) {
      if (it->second.paused || !enabled(it->first) || it->second.next > now) continue;
      if (next == schedules_.end() || it->second.next < next->second.next) next = it;
    }
    if (next == schedules_.end()) return;
    const std::size_t before = runs_.size();
    carry_out(next->first, {}, next->second.next);
    // Nothing happens in between: what one more run would find, this one has found.
    const bool quiet =
        std::none_of(runs_.begin() + static_cast<std::ptrdiff_t>(before), runs_.end(),
                     [](const BackgroundRun& r) { return r.changed(); });
    const core::Duration frequency = frequency_of(next->first, next->second);
    if (quiet && next->second.next <= now) {
      next->second.next += frequency * ((now - next->second.next) / frequency + 1);
    }
  }
}

void SyncModel::carry_out(const SyncKey& key, const Order& order, core::Time at) {
  begin(key, order);
  read_pages(key, order.fails_after);
  conclude(key, order.fails_after.has_value());
  Schedule& schedule = schedules_.at(key);
  schedule.next = at + frequency_of(key, schedule);
}

void SyncModel::read_pages(const SyncKey& key, std::optional<std::size_t> most) {
  std::size_t pages = 0;
  for (Reading& reading : schedules_.at(key).reading) {
    const Sync& sync = *find_sync(key);
    const ExternalApi* api = api_of(key, sync, reading.model);
    if (api == nullptr) continue;
    bool more = true;
    while (more) {
      if (most && pages++ == *most) return;
      more = api->objects.page(reading.after, api->page_size, !sync.full).second;
      ask(key, reading.model);
      page(key, reading.model, api->page_size);
    }
  }
}

// --- a run --------------------------------------------------------------------------------------

void SyncModel::begin(const SyncKey& key, const Order& order) {
  const auto found = schedules_.find(key);
  const Sync* sync = find_sync(key);
  if (found == schedules_.end() || sync == nullptr) return;
  Schedule& schedule = found->second;
  if (order.reset) {
    schedule.checkpoint.clear();
    schedule.has_run = false;
    schedule.type_known = true;
    if (order.empty_cache) erase_streams(key);
  }
  schedule.reading.clear();
  for (const std::string& model : sync->models) {
    if (!sync->collections.contains(model)) continue;
    Reading reading{.model = model, .after = sync->full ? 0 : schedule.checkpoint[model]};
    reading.made.stream = stream_name(stream_of(key, model));
    reading.made.key = key;
    reading.made.first = !schedule.has_run;
    reading.made.type_known = schedule.type_known;
    schedule.reading.push_back(std::move(reading));
  }
}

SyncModel::Reading* SyncModel::reading_of(const SyncKey& key, const std::string& model) {
  const auto found = schedules_.find(key);
  if (found == schedules_.end()) return nullptr;
  for (Reading& reading : found->second.reading) {
    if (reading.model == model) return &reading;
  }
  return nullptr;
}

void SyncModel::ask(const SyncKey& key, const std::string& model) {
  Reading* reading = reading_of(key, model);
  const Sync* sync = find_sync(key);
  const ExternalApi* api = sync == nullptr ? nullptr : api_of(key, *sync, model);
  if (reading == nullptr || api == nullptr) return;
  reading->asked.clear();
  reading->asked_at = api->objects.last_change();
  for (const auto* object : api->objects.page(reading->after, api->page_size, !sync->full).first) {
    reading->asked.push_back(*object);
  }
}

void SyncModel::page(const SyncKey& key, const std::string& model, std::size_t entries) {
  Reading* reading = reading_of(key, model);
  if (reading == nullptr) return;
  if (!std::exchange(reading->begun, true)) reading->checkpoint = reading->asked_at;
  Model::Part part;
  for (std::size_t i = 0; i < std::min(entries, reading->asked.size()); ++i) {
    const ExternalCollection::Object& object = reading->asked[i];
    reading->after = object.change;
    if (object.deleted) {
      part.deletes.push_back(object.id);
    } else {
      part.saves.push_back(object.text);
      reading->seen.insert(object.id);
    }
  }
  if (part.saves.empty() && part.deletes.empty()) return;
  BackgroundRun& made = reading->made;
  made.counts += model_.apply_part(stream_of(key, model), part, made.number);
}

void SyncModel::end(const SyncKey& key) { conclude(key, false); }

void SyncModel::fail(const SyncKey& key) { conclude(key, true); }

void SyncModel::conclude(const SyncKey& key, bool failed) {
  const auto found = schedules_.find(key);
  const Sync* sync = find_sync(key);
  if (found == schedules_.end() || sync == nullptr) return;
  Schedule& schedule = found->second;
  for (Reading& reading : schedule.reading) {
    // A run that failed comes to the later models never; of a first one that is told nothing.
    if (failed && !reading.begun && &reading != &schedule.reading.front()) continue;
    BackgroundRun& made = reading.made;
    made.failed = failed;
    const ModelStream* stream = model_.stream(made.stream);
    if (!failed) schedule.checkpoint[reading.model] = reading.checkpoint;
    if (!failed && sync->full && stream != nullptr) {
      Model::Part missing;
      missing.by_absence = true;
      for (const ModelRecord& record : stream->records) {
        const bool gone = !record.erased && !record.now().deleted;
        if (gone && !reading.seen.contains(record.id)) missing.deletes.push_back(record.id);
      }
      if (!missing.deletes.empty()) {
        made.counts += model_.apply_part(stream_of(key, reading.model), missing, made.number);
      }
    }
    runs_.push_back(made);
  }
  schedule.type_known = !failed || (schedule.has_run && schedule.type_known);
  schedule.has_run = true;
  schedule.reading.clear();
}

}  // namespace terapi::conformance
