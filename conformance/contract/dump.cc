#include "conformance/contract/dump.h"

#include "conformance/contract/stream_asked.h"
#include "core/json.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

core::Error bad_dump(std::size_t line, const std::string& what) {
  return {"bad_dump", "line " + std::to_string(line) + " of the dump: " + what};
}

core::Result<DumpRecord> read_dump_line(const json::Value& line, std::size_t number) {
  if (!line.is_object()) return bad_dump(number, "expected a JSON object");
  for (const char* name : {"integration", "connection", "model", "id"}) {
    if (!line[name].is_string()) {
      return bad_dump(number, "\"" + std::string(name) + "\" is missing or not a string");
    }
    // Of an id it is kept, as it came: a record may have been served under one.
    if (std::string_view(name) != "id" && json::has_unpaired_surrogate(line[name].text())) {
      return bad_dump(number, "\"" + std::string(name) +
                                  "\" holds half of a surrogate pair; expected Unicode text");
    }
  }
  DumpRecord record;
  record.stream = stream_name(line["integration"].string(), line["connection"].string(),
                              line["model"].string(), line["variant"].string());
  record.id = json::has_unpaired_surrogate(line["id"].text()) ? std::string(line["id"].text())
                                                              : line["id"].string();
  record.deleted = line["deleted"].boolean();
  record.cursor = line["cursor"].string();
  const json::Value payload = line["payload"];
  if (!record.deleted && !payload.is_object()) {
    return bad_dump(number, "\"payload\" of record \"" + record.id + "\" is not an object");
  }
  record.payload = std::string(payload.text());
  return record;
}

}  // namespace

core::Result<std::vector<DumpRecord>> read_dump(std::string_view text) {
  std::vector<DumpRecord> records;
  json::Reader reader({.max_depth = 100'000});
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    const auto value = reader.read(line);
    if (!value) return bad_dump(number, value.error().message);
    auto record = read_dump_line(*value, number);
    if (!record) return record.error();
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace terapi::conformance
