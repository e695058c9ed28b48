// Record: one modification of a record as the API served it, ready to be stored (REC-10, META).
//
// A view: its texts belong to the Page that it was read from (client/page.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/clock.h"

namespace terapi::client {

// What the metadata's last_action says. CLIENT-8: added and updated are stored alike.
enum class Action : std::uint8_t { kAdded, kUpdated, kDeleted };

// "ADDED", "UPDATED", "DELETED".
std::string_view to_string(Action action);

struct Record {
  std::string_view id;       // decoded
  std::string_view payload;  // the record's JSON object as it was served, without its metadata
  std::string_view cursor;   // opaque (CUR-6)
  Action action = Action::kAdded;
  bool deleted = false;
  // Timestamps are kept as they were served; empty: null.
  std::string_view first_seen_at;
  std::string_view last_modified_at;
  std::string_view deleted_at;
  std::string_view pruned_at;  // not empty: the payload was emptied on the server (PRUNE-1)
  // The version guard compares this one, last_modified_at as a time.
  core::Time modified{};
};

}  // namespace terapi::client
