// How modified_after is asked for in a dialect, and what it may bring: REC-8. Pure functions.
#pragma once

#include <chrono>
#include <string>

#include "conformance/contract/dialect.h"
#include "conformance/contract/timestamp.h"
#include "core/clock.h"

namespace terapi::conformance {

// The time that a server of the dialect may take this one for.
inline core::Time in_milliseconds(core::Time time) {
  return std::chrono::time_point_cast<core::Duration>(
      std::chrono::floor<std::chrono::milliseconds>(time));
}

// A time at or before this one about which every server of the dialect is of one mind.
inline core::Time clear_time(core::Time time, const Dialect& dialect) {
  return dialect.habits.asks_for_times_with_z ? in_milliseconds(time) : time;
}

// As every server of the dialect takes it.
inline std::string asked_time(core::Time time, const Dialect& dialect) {
  std::string text = write_timestamp(time);
  if (dialect.habits.asks_for_times_with_z) text.replace(text.size() - 6, 6, "Z");
  return text;
}

}  // namespace terapi::conformance
