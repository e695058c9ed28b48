// What a run tells about itself: its type, what it changed, how it failed. Values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::simulator {

enum class SyncType : std::uint8_t { kInitial, kIncremental };
std::string_view sync_type_name(SyncType type);

struct RunError {
  std::string type;
  std::string description;
};

struct RunCounts {
  std::int64_t added = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
  std::int64_t unchanged = 0;
  bool changed() const { return added + updated + deleted > 0; }
};

}  // namespace terapi::simulator
