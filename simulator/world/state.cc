#include "simulator/world/state.h"

namespace terapi::simulator {

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

}  // namespace terapi::simulator
