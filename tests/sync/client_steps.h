// For tests of the client: the steps that many of them share.
#pragma once

#include <string>
#include <vector>

#include "tests/sync/sync_world.h"

namespace terapi::tests {

inline std::vector<std::string> ids(int first, int last) {
  std::vector<std::string> list;
  for (int i = first; i <= last; ++i) list.push_back("r" + std::to_string(i));
  return list;
}

// One save each, so that their order is that of the list.
inline void save_each(SyncWorld& world, const std::vector<std::string>& list) {
  for (const std::string& id : list) world.simulator().save({id});
}

inline std::string stored_payload(SyncWorld& world, const std::string& id) {
  std::string payload = "(not stored)";
  EXPECT_TRUE(
      world.client().store().read(world.streams[0], [&](const client::StoredRecord& record) {
        if (record.id == id) payload = (record.deleted ? "deleted " : "") + record.payload;
        return true;
      }));
  return payload;
}

inline core::Outcome error_of(int status, const std::string& code, core::Headers headers = {}) {
  return {{status, std::move(headers), R"({"error":{"code":")" + code + R"(","message":"m"}})"},
          {}};
}

// Answers the first `times` requests instead of the simulator.
inline void answer_first(SyncWorld& world, int times, const core::Outcome& outcome) {
  world.instead = [outcome,
                   left = times](const core::Request&) mutable -> std::optional<core::Outcome> {
    if (left == 0) return std::nullopt;
    --left;
    return outcome;
  };
}

}  // namespace terapi::tests
