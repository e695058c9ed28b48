#include "conformance/harness/stage/wire.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <utility>

#include "conformance/contract/cursor.h"
#include "conformance/laws/error_answer.h"
#include "conformance/laws/findings.h"
#include "core/delivery.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::size_t kNamed = 1000;  // cursors of a page that are told by their record
constexpr std::size_t kShown = 240;   // characters of what the judge sends

std::string header_text(const core::Headers& headers, std::string_view name) {
  return std::string(headers.get(name).value_or(""));
}

bool asks_for_records(const core::Request& request, const core::Target& target) {
  return request.method == "GET" && (target.path == "/records" || target.path == "/records/");
}

// A deletion is one whatever payload is left of it: the public system leaves the id alone.
std::size_t newest_deletion(const ModelRecord* record) {
  if (record == nullptr) return kNoVersion;
  for (std::size_t i = record->versions.size(); i-- > 0;) {
    if (record->versions[i].deleted) return i;
  }
  return kNoVersion;
}

std::string stream_of(const core::Request& request, const core::Target& target) {
  return stream_name(header_text(request.headers, "Provider-Config-Key"),
                     header_text(request.headers, "Connection-Id"),
                     target.get("model").value_or(""), target.get("variant").value_or(""));
}

// One that names all three actions (REC-7) leaves nothing out.
bool leaves_something_out(const std::string& filter) {
  constexpr std::array<std::string_view, 3> kActions = {"added", "updated", "deleted"};
  std::array<bool, kActions.size()> named{};
  std::stringstream words(filter);
  for (std::string word; std::getline(words, word, ',');) {
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      named[i] = named[i] || core::equals_ignoring_case(word, kActions[i]);
    }
  }
  return std::find(named.begin(), named.end(), false) != named.end();
}

// Its parameters, as a request for records has them.
void take_query(Exchange& exchange, const core::Target& target) {
  exchange.cursor = target.get("cursor");
  exchange.modified_after = target.get("modified_after");
  const std::optional<std::string> filter = target.get("filter");
  exchange.restricted = exchange.modified_after || (filter && leaves_something_out(*filter)) ||
                        target.get("ids") || target.get("delta");
  const std::string limit = target.get("limit").value_or("");
  if (!limit.empty() && limit.size() < 8) {
    exchange.limit = std::strtoull(limit.c_str(), nullptr, 10);
  }
}

}  // namespace

std::size_t Wire::asked_by_client(const core::Request& request, int life) {
  Exchange exchange;
  exchange.life = life;
  return asked(std::move(exchange), request);
}

std::size_t Wire::asked_by_judge(const core::Request& request) {
  Exchange exchange;
  exchange.by_judge = true;
  return asked(std::move(exchange), request);
}

std::size_t Wire::asked(Exchange exchange, const core::Request& request) {
  const auto target = core::parse_target(request.target);
  exchange.asked_at = now_();
  exchange.runs = model_.runs();
  exchange.for_records = target && asks_for_records(request, *target);
  if (target) {
    exchange.stream = stream_of(request, *target);
    take_query(exchange, *target);
  }
  exchange.restricted = exchange.restricted || (target && !exchange.for_records);
  exchange.request = history_.add({.at = exchange.asked_at,
                                   .kind = EventKind::kRequest,
                                   .life = exchange.life,
                                   .stream = exchange.for_records ? exchange.stream : "",
                                   .text = history_.told ? asked_text(exchange, request) : ""});
  history_.exchanges.push_back(std::move(exchange));
  return history_.exchanges.size() - 1;
}

// Of the judge's own requests, each character counts.
std::string Wire::asked_text(const Exchange& exchange, const core::Request& request) const {
  std::string text = request.method + " ";
  if (exchange.by_judge) {
    text += shortened(request.target, kShown);
    if (!request.body.empty()) text += " " + shortened(request.body, kShown);
    return text;
  }
  text += request.target.substr(0, request.target.find('?'));
  if (exchange.cursor) text += " after " + cursor_name(exchange.stream, *exchange.cursor);
  if (!exchange.cursor && exchange.for_records) text += " from the beginning";
  if (exchange.modified_after) text += " modified_after=" + *exchange.modified_after;
  if (exchange.for_records) text += ", limit " + std::to_string(exchange.limit);
  return text;
}

void Wire::answered(std::size_t place, const core::Outcome& outcome, Pages pages) {
  Exchange& exchange = history_.exchanges[place];
  note_head(exchange, outcome);
  if (exchange.for_records && exchange.status == 200 && pages == Pages::kRead) {
    note_page(exchange, outcome.response.body);
  }
  note_answer(exchange, outcome);
}

void Wire::unanswered(std::size_t place, std::string_view why) {
  Exchange& exchange = history_.exchanges[place];
  exchange.answered_at = now_();
  exchange.response =
      history_.add({.at = exchange.answered_at,
                    .kind = EventKind::kResponse,
                    .life = exchange.life,
                    .pair = exchange.request,
                    .text = history_.told ? "no answer: " + std::string(why) : std::string()});
}

void Wire::note_head(Exchange& exchange, const core::Outcome& outcome) {
  exchange.answered_at = now_();
  exchange.status = outcome.response.status;
  exchange.handed_at = exchange.answered_at + core::time_on_wire(outcome);
  exchange.struck = outcome.wire != core::WireFaults{};
  exchange.whole = core::arrives_whole(outcome);
  if (exchange.status >= 400) exchange.error_code = read_error(outcome.response.body).code;
  if (const auto wait = outcome.response.headers.get("Retry-After")) {
    exchange.retry_after_seconds = std::strtoull(std::string(*wait).c_str(), nullptr, 10);
  }
}

void Wire::note_page(Exchange& exchange, std::string_view body) {
  const auto page = read_page(body, dialect_, PageChecks::kShape);
  if (!page) return;
  exchange.is_page = true;
  exchange.next_cursor = page->next_cursor;
  exchange.records.reserve(page->records.size());
  for (const ServedRecord& record : page->records) note_record(exchange, record);
}

void Wire::note_record(Exchange& exchange, const ServedRecord& record) {
  // Only of pages that people read; of long ones the last record's cursor is enough.
  if (history_.told &&
      (exchange.records.size() < kNamed || exchange.next_cursor == record.cursor)) {
    name_cursor(exchange.stream, record.cursor, record.id);
  }
  std::size_t version = kNoVersion;
  if (!exchange.by_judge) {  // what the judge was served, laws compare by themselves
    const bool deleted = record.last_action == "DELETED";
    version = model_.version_of(exchange.stream, record.id, record.payload, deleted);
    const ModelStream* stream = model_.stream(exchange.stream);
    const ModelRecord* known = stream == nullptr ? nullptr : stream->find(record.id);
    if (record.pruned_at && known != nullptr) version = known->versions.size() - 1;
    if (deleted && version == kNoVersion) version = newest_deletion(known);
  }
  exchange.records.push_back(
      {record.id, record.cursor, record.last_action, version, record.pruned_at.has_value()});
}

void Wire::note_answer(Exchange& exchange, const core::Outcome& outcome) {
  if (outcome.wire.reset) exchange.status = 0;
  exchange.response =
      history_.add({.at = exchange.answered_at,
                    .kind = EventKind::kResponse,
                    .life = exchange.life,
                    .pair = exchange.request,
                    .stream = exchange.for_records || !exchange.by_judge ? exchange.stream : "",
                    .text = history_.told ? answer_text(exchange, outcome) : ""});
}

std::string Wire::answer_text(const Exchange& exchange, const core::Outcome& outcome) const {
  const core::WireFaults& wire = outcome.wire;
  if (wire.reset) return "connection reset";
  const core::Response& response = outcome.response;
  std::string text = std::to_string(exchange.status);
  if (!exchange.error_code.empty()) text += " " + exchange.error_code;
  if (exchange.retry_after_seconds) {
    text += ", Retry-After: " + header_text(response.headers, "Retry-After");
  }
  if (exchange.by_judge && exchange.status >= 400) {
    const ErrorAnswer error = read_error(response.body);
    if (!error.errors.empty()) text += " (" + listed(error.errors) + ")";
  } else if (exchange.by_judge && !exchange.is_page) {
    if (!response.body.empty()) text += " " + shortened(response.body);
  } else if (exchange.status == 200) {
    text += page_text(exchange);
  }
  if (!exchange.whole) text += " — cut off";
  if (wire.delay.count() > 0) text += " — held back " + core::format_duration(wire.delay);
  if (wire.stall.count() > 0) text += " — stalls " + core::format_duration(wire.stall);
  if (wire.drip_bytes_per_second > 0) text += " — drips";
  return text;
}

std::string Wire::page_text(const Exchange& exchange) const {
  constexpr std::size_t kMost = 6;
  std::string text = exchange.records.empty() ? " no records" : "";
  for (std::size_t i = 0; i < exchange.records.size() && i < kMost; ++i) {
    const Sight& sight = exchange.records[i];
    text += (i == 0 ? " " : ", ") + sight.id + " " + sight.action;
  }
  if (exchange.records.size() > kMost) {
    text += ", … " + exchange.records.back().id + " (" + std::to_string(exchange.records.size()) +
            " records)";
  }
  return text + (exchange.next_cursor
                     ? "; next after " + cursor_name(exchange.stream, *exchange.next_cursor)
                     : "; next: null");
}

void Wire::name_cursor(const std::string& stream, const std::string& cursor, std::string name) {
  name_of_.insert_or_assign(stream + " " + cursor, std::move(name));
}

std::string Wire::cursor_name(const std::string& stream, const std::string& cursor) const {
  const auto known = name_of_.find(stream + " " + cursor);
  if (known != name_of_.end()) return known->second;
  if (const auto position = read_cursor(cursor, dialect_)) {
    return "(" + position->id.substr(0, 8) + "…)";
  }
  return "\"" + cursor.substr(0, 24) + (cursor.size() > 24 ? "…\"" : "\"");
}

// --- webhooks -----------------------------------------------------------------------------------

core::Result<json::Document> read_webhook(const core::Request& request) {
  constexpr std::size_t kLongest = std::size_t{1} << 20;
  if (request.body.size() > kLongest) return core::Error{"too_large", "no webhook is as large"};
  return json::Document::parse(request.body);
}

std::size_t Wire::webhook_sent(const core::Request& request, int life, core::Time at,
                               std::string text) {
  WebhookSight sight;
  sight.life = life;
  sight.sent_at = at;
  const auto body = read_webhook(request);
  if (body && body->root()["model"].is_string()) {
    const json::Value root = body->root();
    sight.stream = stream_name(root["providerConfigKey"].string(), root["connectionId"].string(),
                               root["model"].string(), root["syncVariant"].string());
  }
  sight.sent = history_.add({.at = at,
                             .kind = EventKind::kWebhook,
                             .life = life,
                             .stream = sight.stream,
                             .text = std::move(text)});
  history_.webhooks.push_back(std::move(sight));
  return history_.webhooks.size() - 1;
}

void Wire::webhook_answered(std::size_t place, int status, core::Time at, std::string text) {
  WebhookSight& sight = history_.webhooks[place];
  sight.answered_at = at;
  sight.status = status;
  sight.answered = history_.add({.at = at,
                                 .kind = EventKind::kWebhookAnswer,
                                 .life = sight.life,
                                 .pair = sight.sent,
                                 .stream = sight.stream,
                                 .text = std::move(text)});
}

}  // namespace terapi::conformance
