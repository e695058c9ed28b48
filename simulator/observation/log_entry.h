// LogEntry: one thing that the simulator did (LOG-1). It never holds a key (AUTH-5). A value.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace terapi::simulator {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogEntry {
  core::Time at;
  LogLevel level = LogLevel::kInfo;
  std::string event;    // stable, for programs: "run", "webhook.attempt"
  std::string message;  // for whoever reads the log
  std::vector<std::pair<std::string, std::string>> fields;
};

// One entry as a line of text ("12:00:01.250 info  run …") or as one JSON object.
std::string log_text(const LogEntry& entry);
std::string log_json(const LogEntry& entry);

}  // namespace terapi::simulator
