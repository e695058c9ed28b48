#include "simulator/api/prune.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/json.h"
#include "core/json_writer.h"
#include "core/utf8.h"
#include "simulator/api/express.h"
#include "simulator/api/input_check.h"
#include "simulator/api/query_entries.h"
#include "simulator/javascript/javascript_json.h"
#include "simulator/javascript/javascript_number.h"
#include "simulator/records/payload.h"

namespace terapi::simulator {

namespace {

namespace json = core::json;

constexpr double kMostPruned = 10'000;

// Number(value) of whatever JSON value it is; NaN where it is no number.
double javascript_number_of(const json::Value& value) {
  if (value.is_null()) return 0;
  if (value.is_boolean()) return value.boolean() ? 1 : 0;
  if (value.is_number()) return value.number();
  if (value.is_string()) return javascript_number(value.string());
  // An array's text is that of its one item.
  if (value.is_array() && value.size() == 0) return 0;
  if (value.is_array() && value.size() == 1) {
    const json::Value only = *value.items().begin();
    if (only.is_null()) return 0;
    if (only.is_string() || only.is_number() || only.is_array()) return javascript_number_of(only);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// In JSON of our own callers, null is as good as nothing; zod tells them apart.
bool is_absent(const json::Value& value, const Dialect& dialect) {
  return !value.present() || (value.is_null() && !dialect.javascript_values);
}

void read_limit(const json::Value& object, const Dialect& dialect, PruneRequest& request,
                InputErrors& errors) {
  const json::Value value = object["limit"];
  if (is_absent(value, dialect)) return;
  if (!dialect.javascript_values && !value.integer()) {
    return wrong_type("a whole number", input_type(value), {"limit"}, errors);
  }
  const double number = javascript_number_of(value);
  check_number(number, {"limit"}, kMostPruned, errors);
  // What is behind the point is cut off.
  if (number >= 1 && number <= kMostPruned) request.limit = static_cast<std::size_t>(number);
}

void refuse_unknown_keys(const json::Value& object, InputErrors& errors) {
  std::vector<std::string> unknown;
  for (const auto& [key, value] : javascript_members(object)) {
    const bool known =
        key == "model" || key == "variant" || key == "until_cursor" || key == "limit";
    if (!known) unknown.push_back(key);
  }
  check_unknown(unknown, errors);
}

}  // namespace

PruneRequest read_prune_request(const core::Request& call, const Dialect& dialect,
                                std::vector<ValidationError>& errors) {
  PruneRequest request;
  // The framework reads what says that it is JSON, if only an empty body, and knows of no other.
  const bool sent = !dialect.express || is_json_body(call);
  const std::string text = dialect.express ? core::as_utf8(call.body) : call.body;
  core::Result<json::Document> document =
      json::Document::parse(text.empty() || !sent ? "{}" : text);
  if (!document) {
    errors.push_back({"bad_json", document.error().message, {}});
    return request;
  }
  const json::Value object = document->root();
  if (!sent || !object.is_object()) {
    wrong_type("object", sent ? input_type(object) : "undefined", {}, errors);
    return request;
  }
  const TextRule model{
      .pattern = dialect.model, .least = dialect.model.empty() ? 1U : 0U, .most = kLongestInput};
  request.model = text_member(object, "model", model, true, errors).value_or("");
  if (!is_absent(object["variant"], dialect)) {
    const TextRule variant{.pattern = dialect.variant, .most = kLongestInput};
    request.variant = text_member(object, "variant", variant, true, errors).value_or("");
  }
  request.cursor =
      text_member(object, "until_cursor", {.least = 1, .most = kLongestCursorInput}, true, errors)
          .value_or("");
  read_limit(object, dialect, request, errors);
  refuse_unknown_keys(object, errors);
  request.until = decode_cursor(request.cursor, dialect);
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
  const Position last = chosen.empty() ? Position::start() : chosen.back()->position();
  const Time now = engine.now();
  for (const Record* record : chosen) {
    const std::string payload = id_only_payload(record->id());
    RecordFields fields = record->fields();
    // What was sent last stays known: the same sent again may be no change (PRUNE-2).
    if (fields.input_hash == 0) fields.input_hash = text_hash(fields.payload);
    fields.payload = payload;
    fields.metadata_at = 0;
    fields.pruned_at = now;
    RecordPtr pruned = Record::make(fields);
    engine.changes().records.emplace_back(stream.number, pruned);
    stream.log.exchange(std::move(pruned));
  }
  ++stream.revision;
  result.count = chosen.size();
  if (!chosen.empty()) result.last = last;
  return result;
}

PublicResult patch_prune(PublicCall& call) {
  const Dialect& dialect = call.engine.dialect();
  std::vector<ValidationError> errors;
  std::vector<std::string> unknown;
  for (const QueryEntry& entry : query_entries(call.request.target, dialect)) {
    unknown.push_back(entry.name);
  }
  check_unknown(unknown, errors);
  if (!errors.empty()) return invalid_input("invalid_query_params", std::move(errors));
  const PruneRequest asked = read_prune_request(call.request, dialect, errors);
  if (!errors.empty()) return invalid_input("invalid_body", std::move(errors));
  PublicAnswer answer;
  answer.stream.model = asked.model;
  answer.stream.variant = asked.variant;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  if (!asked.until) return bad_cursor(dialect, "prune");

  PruneResult result;
  const auto found = call.environment.streams.find(answer.stream);
  if (found != call.environment.streams.end()) {
    result = prune(call.engine, found->second, *asked.until, asked.limit);
  }
  // The public system only sees whether it got as far as the cursor that it was given.
  if (dialect.prune_counts_by_cursor) {
    result.has_more = result.count > 0 && asked.cursor != encode_cursor(*result.last, dialect);
  }
  json::Writer out;
  out.begin_object().field("count", result.count).field("has_more", result.has_more).end_object();
  answer.body = out.take();
  answer.records = result.count;
  return answer;
}

}  // namespace terapi::simulator
