#include "simulator/control/control_call.h"

namespace terapi::simulator {

std::string ControlCall::query(std::string_view name) const {
  return target.get(name).value_or("");
}

}  // namespace terapi::simulator
