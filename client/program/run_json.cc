#include "client/program/run_json.h"

#include <optional>

#include "core/json_writer.h"

namespace terapi::client {

std::string ready_line(const ReadyFile& ready) {
  // With the members that a ready file has.
  return R"({"event":"ready",)" + ready.json().substr(1);
}

std::string ended_line(int exit_code, const std::vector<StreamProgress>& streams) {
  core::json::Writer out;
  out.begin_object().field("event", "ended").field("exit_code", exit_code);
  out.key("streams").begin_array();
  for (const StreamProgress& stream : streams) {
    out.begin_object()
        .field("stream", to_string(stream.stream))
        .field("records", stream.counts.records)
        .field("changed", stream.counts.changed)
        .field("pages", stream.counts.pages)
        .field("bytes", stream.counts.bytes);
    if (stream.error.code.empty()) {
      out.null_field("error");
    } else {
      out.key("error").begin_object();
      out.field("code", stream.error.code).field("message", stream.error.message);
      out.optional_field("record",
                         stream.record.empty() ? std::nullopt : std::optional(stream.record));
      out.end_object();
    }
    out.end_object();
  }
  out.end_array().end_object();
  return out.take() + "\n";
}

}  // namespace terapi::client
