// LogFilter: which entries of the log somebody wants to see (LOG-1). A value.
#pragma once

#include <optional>
#include <string>

#include "simulator/observation/log_entry.h"

namespace terapi::simulator {

struct LogFilter {
  LogLevel least = LogLevel::kDebug;
  std::string event{};  // "run" is also "run.failed"; empty: any
  std::string text{};   // in the message, or in the value of a field, as it is written
  std::optional<core::Time> from{};
  std::optional<core::Time> to{};  // itself included

  bool matches(const LogEntry& entry) const;
};

}  // namespace terapi::simulator
