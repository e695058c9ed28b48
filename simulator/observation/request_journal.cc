#include "simulator/observation/request_journal.h"

#include "core/json_writer.h"

namespace terapi::simulator {

std::string request_entry_json(const RequestEntry& entry) {
  core::json::Writer out;
  const auto text_or_null = [&](std::string_view name, const std::string& text) {
    if (text.empty()) {
      out.null_field(name);
    } else {
      out.field(name, text);
    }
  };
  out.begin_object()
      .field("id", entry.id)
      .field("at", format_timestamp(entry.at))
      .field("method", entry.method)
      .field("path", entry.path)
      .field("query", entry.query);
  text_or_null("environment", entry.environment);
  text_or_null("integration", entry.stream.integration);
  text_or_null("connection", entry.stream.connection);
  text_or_null("model", entry.stream.model);
  out.field("variant", entry.stream.variant).field("status", entry.status);
  text_or_null("error", entry.error_code);
  out.field("records", entry.records);
  text_or_null("next_cursor", entry.next_cursor);
  text_or_null("fault", entry.fault);
  out.field("remote", entry.remote).end_object();
  return out.take();
}

}  // namespace terapi::simulator
