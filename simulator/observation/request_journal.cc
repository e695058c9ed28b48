#include "simulator/observation/request_journal.h"

#include <utility>

#include "core/json_writer.h"
#include "core/shown_url.h"

namespace terapi::simulator {

const RequestEntry& RequestJournal::add(RequestEntry entry) {
  for (std::string* text : {&entry.method, &entry.path, &entry.query, &entry.remote,
                            &entry.environment, &entry.stream.integration, &entry.stream.connection,
                            &entry.stream.model, &entry.stream.variant, &entry.cursor,
                            &entry.modified_after, &entry.error_code, &entry.fault}) {
    secrets_.hide_in(*text);
  }
  // What the proxy passes on are another API's parameters, whatever they are called.
  if (entry.path.starts_with("/proxy/")) entry.query = core::shown_query(entry.query);
  entry.id = ++last_id_;
  ++by_status_[entry.status];
  return entries_.add(std::move(entry));
}

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
