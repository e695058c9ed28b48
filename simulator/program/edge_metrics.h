// The HTTP edge's counters as Prometheus text.
#pragma once

#include <string>

#include "core/system/http_server.h"

namespace terapi::simulator {

std::string edge_metrics(const core::HttpServerCounters& counters);

}  // namespace terapi::simulator
