#include "simulator/world/environment.h"

#include <algorithm>

namespace terapi::simulator {
namespace {

template <typename Range, typename Matches>
auto* find_in(Range& range, Matches matches) {
  const auto found = std::find_if(range.begin(), range.end(), matches);
  return found == range.end() ? nullptr : &*found;
}

}  // namespace

const Sync* Integration::find_sync(std::string_view name) const {
  return find_in(syncs, [&](const Sync& sync) { return sync.name == name; });
}

Sync* Integration::find_sync(std::string_view name) {
  return find_in(syncs, [&](const Sync& sync) { return sync.name == name; });
}

const Integration* Environment::find_integration(std::string_view id) const {
  return find_in(integrations, [&](const Integration& i) { return i.id == id; });
}

Integration* Environment::find_integration(std::string_view id) {
  return find_in(integrations, [&](const Integration& i) { return i.id == id; });
}

const Connection* Environment::find_connection(std::string_view integration,
                                               std::string_view id) const {
  return find_in(connections,
                 [&](const Connection& c) { return c.id == id && c.integration == integration; });
}

Connection* Environment::find_connection(std::string_view integration, std::string_view id) {
  return find_in(connections,
                 [&](const Connection& c) { return c.id == id && c.integration == integration; });
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
