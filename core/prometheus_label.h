// The value of a label in Prometheus' text format, escaped, without its quotes. Pure.
#pragma once

#include <string>
#include <string_view>

namespace terapi::core {

std::string prometheus_label(std::string_view text);

}  // namespace terapi::core
