#include "client/store.h"

namespace terapi::client {

std::string_view to_string(Health health) {
  switch (health) {
    case Health::kSyncing:
      return "syncing";
    case Health::kUpToDate:
      return "up_to_date";
    case Health::kRetrying:
      return "retrying";
    case Health::kStopped:
      return "stopped";
  }
  return "";
}

core::Result<void> Store::report(const Stream& /*stream*/, const Report& /*report*/) { return {}; }

core::Result<bool> Store::claim(const Stream& /*stream*/, core::Duration /*span*/) { return true; }

core::Result<void> Store::release(const Stream& /*stream*/) { return {}; }

}  // namespace terapi::client
