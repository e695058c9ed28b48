#include "simulator/api/prune.h"

#include <utility>

#include "core/json_fields.h"
#include "core/json_writer.h"
#include "simulator/records/payload.h"

namespace terapi::simulator {

PruneRequest read_prune_request(std::string_view body, const Dialect& dialect,
                                std::vector<ValidationError>& errors) {
  namespace json = core::json;
  PruneRequest request;
  core::Result<json::Document> document = json::Document::parse(std::string(body));
  if (!document) {
    errors.push_back({"bad_json", document.error().message, {}});
    return request;
  }
  json::Issues issues;
  json::Fields fields(document->root(), {}, issues);
  request.model = fields.required("model");
  const std::string cursor = fields.required("until_cursor");
  request.variant = fields.string("variant").value_or(request.variant);
  request.limit = static_cast<std::size_t>(fields.integer("limit", 1, 10'000).value_or(1000));
  fields.finish();
  for (json::Issue& issue : issues) {
    errors.push_back({std::move(issue.code), std::move(issue.message), std::move(issue.path)});
  }
  if (!cursor.empty()) request.until = decode_cursor(cursor, dialect);
  return request;
}

PruneResult prune(Engine& engine, Stream& stream, const Position& until, std::size_t limit) {
  PruneResult result;
  std::vector<const Record*> chosen;
  stream.log.walk(Position::start(), [&](const Record& record) {
    if (until < record.position()) return false;
    if (record.pruned_at()) return true;
    if (chosen.size() == limit) {
      result.has_more = true;
      return false;
    }
    chosen.push_back(&record);
    return true;
  });
  const Time now = engine.now();
  for (const Record* record : chosen) {
    const std::string payload = id_only_payload(record->id());
    RecordFields fields = record->fields();
    fields.payload = payload;
    fields.pruned_at = now;
    RecordPtr pruned = Record::make(fields);
    engine.changes().records.emplace_back(stream.number, pruned);
    stream.log.exchange(std::move(pruned));
  }
  ++stream.revision;
  result.count = chosen.size();
  return result;
}

PublicResult patch_prune(PublicCall& call) {
  const Dialect& dialect = call.engine.dialect();
  std::vector<ValidationError> errors;
  for (const auto& [name, value] : call.target.query) {
    errors.push_back({"unrecognized_keys", "Unrecognized key: \"" + name + "\"", {}});
  }
  if (!errors.empty()) return invalid_input("invalid_query_params", std::move(errors));
  const PruneRequest asked = read_prune_request(call.request.body, dialect, errors);
  if (!errors.empty()) return invalid_input("invalid_body", std::move(errors));
  PublicAnswer answer;
  answer.stream.model = asked.model;
  answer.stream.variant = asked.variant;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  if (!asked.until) return bad_cursor(dialect);

  PruneResult result;
  const auto found = call.environment.streams.find(answer.stream);
  if (found != call.environment.streams.end()) {
    result = prune(call.engine, found->second, *asked.until, asked.limit);
  }
  core::json::Writer out;
  out.begin_object().field("count", result.count).field("has_more", result.has_more).end_object();
  answer.body = out.take();
  answer.records = result.count;
  return answer;
}

}  // namespace terapi::simulator
