#include "client/program/read_flags.h"

#include "client/program/sync_flags.h"

namespace terapi::client {

void ReadFlags::add_to(core::Flags& flags, For command) {
  flags.text("database", "DB", "FILE.db, or postgres://USER@HOST/NAME", database);
  if (command == For::kDump) {
    flags.list("stream", "STREAM",
               "INTEGRATION/CONNECTION/MODEL[/VARIANT]; may be repeated (default: all)", streams);
    flags.toggle("json", "changes nothing: a dump is a JSON object a line in any case", json);
  } else {
    flags.toggle("json", "as a JSON array, with everything that is known", json);
  }
}

core::Result<ReadFlags> ReadFlags::parse(const std::vector<std::string>& arguments, For command) {
  ReadFlags values;
  core::Flags flags;
  values.add_to(flags, command);
  const auto rest = flags.parse(arguments);
  if (!rest) return rest.error();
  if (!rest->empty()) {
    return core::Error{"bad_usage", "unexpected '" + rest->front() + "'; see --help"};
  }
  if (values.database.empty()) {
    return core::Error{"bad_usage",
                       "--database is missing; expected the one that 'terapi-sync run' syncs into"};
  }
  return values;
}

}  // namespace terapi::client
