// The version of all programs here, as --version and the simulator's ready call say it.
#pragma once

#include <string_view>

namespace terapi::core {

inline constexpr std::string_view kVersion = "0.2.0";

}  // namespace terapi::core
