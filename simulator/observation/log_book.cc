#include "simulator/observation/log_book.h"

#include "core/json_writer.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {

void LogBook::add(LogEntry entry) {
  const LogEntry& added = entries_.add(std::move(entry));
  if (sink_) sink_(added);
}

std::string log_text(const LogEntry& entry) {
  std::string line = format_timestamp(entry.at).substr(0, 23);
  line += " ";
  std::string level(core::word_of(kLogLevelWords, entry.level));
  level.resize(8, ' ');
  line += level + entry.message;
  for (const auto& [name, value] : entry.fields) {
    const bool plain = !value.empty() && value.find_first_of(" \"\n\r\t=") == std::string::npos;
    line += "  " + name + "=" + (plain ? value : core::json::quoted(value));
  }
  return line;
}

std::string log_json(const LogEntry& entry) {
  core::json::Writer out;
  out.begin_object()
      .field("at", format_timestamp(entry.at))
      .field("level", core::word_of(kLogLevelWords, entry.level))
      .field("event", entry.event)
      .field("message", entry.message)
      .key("fields")
      .begin_object();
  for (const auto& [name, value] : entry.fields) out.field(name, value);
  out.end_object().end_object();
  return out.take();
}

}  // namespace terapi::simulator
