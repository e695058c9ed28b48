// terapi-sync dump.
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "client/program/dump_line.h"
#include "client/program/dump_output.h"
#include "client/program/open_store.h"
#include "client/program/program.h"
#include "client/program/read_flags.h"
#include "client/program/sync_flags.h"

namespace terapi::client {
namespace {

// Those that were asked for, or all that there are.
core::Result<std::vector<Stream>> streams_to_dump(const ReadFlags& flags, ReadableStore& store) {
  auto asked = streams_from(flags.streams);
  if (!asked) return asked.error();
  const auto stored = store.status();
  if (!stored) return stored.error();
  std::vector<Stream> all;
  for (const StreamStatus& status : *stored) all.push_back(status.stream);
  if (asked->empty()) return all;
  for (const Stream& stream : *asked) {
    if (std::find(all.begin(), all.end(), stream) != all.end()) continue;
    std::string known;
    for (const Stream& one : all) known += (known.empty() ? "" : ", ") + to_string(one);
    return core::Error{"unknown_stream", "--stream: there is no '" + to_string(stream) +
                                             "' in the database; it has " +
                                             (known.empty() ? "no streams" : known)};
  }
  return asked;
}

core::Result<void> dump_stream(ReadableStore& store, const Stream& stream, DumpOutput& output) {
  core::Result<void> result;
  const auto read = store.read(stream, [&](const StoredRecord& record) {
    append_dump_line(output.buffer(), record);
    result = output.write_if_large();
    return result.has_value();
  });
  return read ? result : read;
}

core::Result<void> dump_all(const ReadFlags& flags) {
  const auto store = open_store_to_read(flags.database);
  if (!store) return store.error();
  const auto streams = streams_to_dump(flags, **store);
  if (!streams) return streams.error();
  DumpOutput output(STDOUT_FILENO);
  for (const Stream& stream : *streams) {
    if (auto dumped = dump_stream(**store, stream, output); !dumped) return dumped;
  }
  return output.write();
}

}  // namespace

int run_dump(const std::vector<std::string>& arguments) {
  const std::string name = "terapi-sync dump";
  // A reader that has seen enough, such as head, is not a failure.
  std::signal(SIGPIPE, SIG_IGN);
  const auto flags = ReadFlags::parse(arguments, ReadFlags::For::kDump);
  if (!flags) return report(name, flags.error().code, flags.error().message);
  const auto dumped = dump_all(*flags);
  if (dumped || dumped.error().code == "output_closed") return 0;
  return report(name, dumped.error().code, dumped.error().message);
}

}  // namespace terapi::client
