// What a run tells about itself: its type, what it changed, how it failed. Values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/words.h"

namespace terapi::simulator {

enum class SyncType : std::uint8_t { kInitial, kIncremental };
inline constexpr std::array<core::Word<SyncType>, 2> kSyncTypeWords = {
    {{SyncType::kInitial, "INITIAL"}, {SyncType::kIncremental, "INCREMENTAL"}}};
constexpr std::string_view sync_type_name(SyncType type) {
  return core::word_of(kSyncTypeWords, type);
}

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
  RunCounts& operator+=(const RunCounts& more) {
    added += more.added;
    updated += more.updated;
    deleted += more.deleted;
    unchanged += more.unchanged;
    return *this;
  }
};

}  // namespace terapi::simulator
