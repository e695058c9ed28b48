// terapi-sync status.
#include <chrono>

#include "client/program/open_store.h"
#include "client/program/program.h"
#include "client/program/read_flags.h"
#include "client/program/status_table.h"

namespace terapi::client {

int run_status(const std::vector<std::string>& arguments) {
  const std::string name = "terapi-sync status";
  const auto flags = ReadFlags::parse(arguments, ReadFlags::For::kStatus);
  if (!flags) return report(name, flags.error().code, flags.error().message);
  const auto store = open_store_to_read(flags->database);
  if (!store) return report(name, store.error().code, store.error().message);
  const auto streams = (*store)->status();
  if (!streams) return report(name, streams.error().code, streams.error().message);
  const auto notes = (*store)->notes();
  if (!notes) return report(name, notes.error().code, notes.error().message);
  const auto now = std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
  const auto printed = print_out(flags->json ? status_json(*streams, *notes, now)
                                             : status_table(*streams, *notes, now));
  return printed ? 0 : report(name, printed.error().code, printed.error().message);
}

}  // namespace terapi::client
