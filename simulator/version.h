// The simulator's version, as --version and /_simulator/ready say it.
#pragma once

#include <string_view>

namespace terapi::simulator {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace terapi::simulator
