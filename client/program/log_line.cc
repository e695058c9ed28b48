#include "client/program/log_line.h"

#include <string_view>

#include "client/program/figures.h"
#include "core/json_writer.h"
#include "core/rfc3339.h"

namespace terapi::client {
namespace {

std::string_view level_name(SyncEvent::Level level) {
  switch (level) {
    case SyncEvent::Level::kInfo:
      return "info";
    case SyncEvent::Level::kWarning:
      return "warning";
    case SyncEvent::Level::kError:
      return "error";
  }
  return "";
}

}  // namespace

std::string log_text(const LogLine& line) {
  std::string text = "terapi-sync: ";
  text += level_name(line.level);
  text += ": ";
  if (!line.stream.empty()) text += printable(line.stream) + ": ";
  return text + printable(line.message) + "\n";
}

std::string log_json(const LogLine& line) {
  core::json::Writer out;
  out.begin_object()
      .field("time", core::format_rfc3339(line.time))
      .field("level", level_name(line.level));
  if (!line.stream.empty()) out.field("stream", line.stream);
  out.field("message", line.message).end_object();
  return out.take() + "\n";
}

}  // namespace terapi::client
