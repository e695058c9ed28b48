#include "client/record.h"

namespace terapi::client {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::kAdded:
      return "ADDED";
    case Action::kUpdated:
      return "UPDATED";
    case Action::kDeleted:
      return "DELETED";
  }
  return "";
}

}  // namespace terapi::client
