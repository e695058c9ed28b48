#include "simulator/control/control_call.h"

namespace terapi::simulator {

std::string ControlCall::query(std::string_view name) const {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace terapi::simulator
