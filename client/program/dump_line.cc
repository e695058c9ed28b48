#include "client/program/dump_line.h"

#include "core/json.h"

namespace terapi::client {
namespace {

core::Result<void> append_payload(std::string& out, const StoredRecord& record) {
  // Most payloads are compact as they come, and then nothing is parsed.
  if (!has_space_between_tokens(record.payload)) {
    out += record.payload;
    return {};
  }
  core::json::Reader reader;
  const auto payload = reader.read(record.payload);
  if (!payload) {
    return core::Error{"store_failed", "the stored payload of record \"" + record.id + "\" of " +
                                           to_string(record.stream) +
                                           " is no JSON: " + payload.error().message};
  }
  core::json::append_compact(out, *payload);
  return {};
}

}  // namespace

bool has_space_between_tokens(std::string_view json) {
  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at++];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') return true;
    if (c != '"') continue;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    ++at;
  }
  return false;
}

core::Result<void> append_dump_line(std::string& out, const StoredRecord& record) {
  const auto field = [&out](std::string_view name, std::string_view value) {
    out += name;
    core::json::append_quoted(out, value);
  };
  field("{\"integration\":", record.stream.integration);
  field(",\"connection\":", record.stream.connection);
  field(",\"model\":", record.stream.model);
  field(",\"variant\":", record.stream.variant);
  field(",\"id\":", record.id);
  out += record.deleted ? ",\"deleted\":true" : ",\"deleted\":false";
  out += ",\"payload\":";
  if (auto payload = append_payload(out, record); !payload) return payload;
  field(",\"last_modified_at\":", record.last_modified_at);
  field(",\"cursor\":", record.cursor);
  out += "}\n";
  return {};
}

}  // namespace terapi::client
