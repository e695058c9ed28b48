#include "simulator/world/state.h"

#include "core/breather.h"

namespace terapi::simulator {

State State::successor() const {
  State next;
  next.last_delivery = last_delivery;
  next.last_run = last_run;
  next.last_staged = last_staged;
  next.last_schedule = last_schedule;
  next.last_action = last_action;
  next.last_connection = last_connection;
  next.last_commit = last_commit;
  return next;
}

void take_apart(State& state) {
  for (Environment& environment : state.environments) {
    for (auto& [key, stream] : environment.streams) {
      stream.log.clear();
      core::clear_slowly(stream.superseded);
    }
    for (auto& [key, collection] : environment.collections) collection.clear();
    core::clear_slowly(environment.streams);
    core::clear_slowly(environment.collections);
    core::clear_slowly(environment.schedules);
  }
  for (auto& [number, commit] : state.staged) core::clear_slowly(commit.records);
  core::clear_slowly(state.deliveries);
  state = {};
}

const Environment* State::find_environment(std::string_view name) const {
  for (const Environment& environment : environments) {
    if (environment.settings.name == name) return &environment;
  }
  return nullptr;
}

Environment* State::find_environment(std::string_view name) {
  for (Environment& environment : environments) {
    if (environment.settings.name == name) return &environment;
  }
  return nullptr;
}

std::vector<const Template*> State::templates_of(const Integration& integration) const {
  std::vector<const Template*> all;
  for (const std::vector<Template>* list : {&own_templates(), &templates}) {
    for (const Template& each : *list) {
      if (each.provider == integration.provider_or_id()) all.push_back(&each);
    }
  }
  return all;
}

const Template* State::find_template(const Integration& integration, std::string_view name) const {
  for (const Template* each : templates_of(integration)) {
    if (each->name == name) return each;
  }
  return nullptr;
}

}  // namespace terapi::simulator
