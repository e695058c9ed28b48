#include "simulator/world/environment.h"

#include <utility>

namespace terapi::simulator {
namespace {

template <typename Syncs>
auto* sync_named(Syncs& syncs, std::string_view name) {
  return syncs.find(std::hash<std::string_view>()(name),
                    [&](const Sync& sync) { return sync.name == name; });
}

template <typename Integrations>
auto* integration_named(Integrations& integrations, std::string_view id) {
  return integrations.find(std::hash<std::string_view>()(id),
                           [&](const Integration& each) { return each.id == id; });
}

template <typename Connections>
auto* connection_named(Connections& connections, std::string_view integration,
                       std::string_view id) {
  return connections.find(ConnectionNames::hash_of(integration, id), [&](const Connection& each) {
    return each.id == id && each.integration == integration;
  });
}

}  // namespace

const Sync* Integration::find_sync(std::string_view name) const { return sync_named(syncs, name); }

Sync* Integration::find_sync(std::string_view name) { return sync_named(syncs, name); }

Sync* SyncList::find_of(const std::string& model) {
  for (; seen_ < size(); ++seen_) {
    for (const std::string& each : (*this)[seen_].models) of_model_.emplace(each, seen_);
  }
  const auto found = of_model_.find(model);
  return found == of_model_.end() ? nullptr : &(*this)[found->second];
}

void SyncList::add_model(Sync& sync, const std::string& model) {
  sync.models.push_back(model);
  // It may come before the one that has the model already.
  of_model_.clear();
  seen_ = 0;
}

const Integration* Environment::find_integration(std::string_view id) const {
  return integration_named(integrations, id);
}

Integration* Environment::find_integration(std::string_view id) {
  return integration_named(integrations, id);
}

const Connection* Environment::find_connection(std::string_view integration,
                                               std::string_view id) const {
  return connection_named(connections, integration, id);
}

Connection* Environment::find_connection(std::string_view integration, std::string_view id) {
  return connection_named(connections, integration, id);
}

const Stream* Environment::find_stream(const StreamKey& key) const {
  const auto found = streams.find(key);
  return found == streams.end() ? nullptr : &found->second;
}

const Collection* Environment::find_collection(const CollectionKey& key) const {
  const auto found = collections.find(key);
  return found == collections.end() ? nullptr : &found->second;
}

Collection* Environment::find_collection(const CollectionKey& key) {
  const auto found = collections.find(key);
  return found == collections.end() ? nullptr : &found->second;
}

const Schedule* Environment::find_schedule(const ScheduleKey& key) const {
  const auto found = schedules.find(key);
  return found == schedules.end() ? nullptr : &found->second;
}

Schedule* Environment::find_schedule(const ScheduleKey& key) {
  const auto found = schedules.find(key);
  return found == schedules.end() ? nullptr : &found->second;
}

}  // namespace terapi::simulator
