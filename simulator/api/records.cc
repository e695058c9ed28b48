#include "simulator/api/records.h"

#include <utility>

#include "simulator/api/records_page.h"
#include "simulator/api/records_query.h"

namespace terapi::simulator {

PublicResult get_records(PublicCall& call) {
  const Dialect& dialect = call.engine.dialect();
  const Time now = call.engine.now();
  std::vector<ValidationError> errors;
  const RecordsQuery query =
      read_records_query(query_entries(call.request.target, dialect), dialect, now, errors);
  if (!errors.empty()) return invalid_input("invalid_query_params", std::move(errors));
  PublicAnswer answer;
  answer.stream.model = query.model;
  answer.stream.variant = query.variant;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  if (query.bad_cursor) return bad_cursor(dialect, "fetch");

  const Stream* stream = call.environment.find_stream(answer.stream);
  const auto budget = call.environment.settings.max_response_bytes;
  RecordsPage page;
  if (stream != nullptr && call.stale > Duration(0)) {
    page = collect_page(versions_at(*stream, now - call.stale), query, dialect, budget);
  } else if (stream != nullptr) {
    page = collect_page(stream->log, query, dialect, budget);
  }
  answer.body = page_text(page, dialect);
  answer.records = page.records.size();
  answer.after = query.after;
  answer.next_cursor = std::move(page.next);
  return answer;
}

}  // namespace terapi::simulator
