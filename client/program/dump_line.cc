#include "client/program/dump_line.h"

#include "core/json.h"

namespace terapi::client {
namespace {

bool is_token_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

void append_without_space(std::string& out, std::string_view json) {
  std::size_t begin = 0;  // of what is not yet copied
  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (is_token_space(c)) {
      out.append(json, begin, at - begin);
      begin = ++at;
      continue;
    }
    ++at;
    if (c != '"') continue;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    ++at;
  }
  out.append(json, begin, json.size() - begin);
}

void append_dump_line(std::string& out, const StoredRecord& record) {
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
  append_without_space(out, record.payload);
  field(",\"last_modified_at\":", record.last_modified_at);
  field(",\"cursor\":", record.cursor);
  out += "}\n";
}

}  // namespace terapi::client
