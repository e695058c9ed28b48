#include "conformance/harness/play/client_wire.h"

#include <algorithm>
#include <optional>

#include "conformance/contract/cursor.h"
#include "conformance/contract/page_edit.h"
#include "conformance/contract/webhook_signature.h"
#include "core/delivery.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// A deletion is one whatever payload is left of it: the public system leaves the id alone.
std::size_t newest_deletion(const ModelRecord* record) {
  if (record == nullptr) return kNoVersion;
  for (std::size_t i = record->versions.size(); i-- > 0;) {
    if (record->versions[i].deleted) return i;
  }
  return kNoVersion;
}

constexpr std::size_t kNamed = 1000;  // cursors of a page that are told by their record

std::string header_text(const core::Headers& headers, std::string_view name) {
  return std::string(headers.get(name).value_or(""));
}

bool asks_for_records(const core::Request& request, const core::Target& target) {
  return request.method == "GET" && (target.path == "/records" || target.path == "/records/");
}

// Just before that position, and after every other one.
Position just_before(Position position) {
  for (std::size_t i = position.id.size(); i-- > 0;) {
    char& digit = position.id[i];
    if (digit == '-') continue;
    if (digit == '0') {
      digit = 'f';
      continue;
    }
    digit = digit == 'a' ? '9' : static_cast<char>(digit - 1);
    break;
  }
  return position;
}

std::string error_code_of(const std::string& body) {
  const auto answer = json::Document::parse(body);
  return answer ? answer->root()["error"]["code"].string() : "";
}

// The target with another cursor in it.
std::string with_cursor(const core::Request& request, const std::string& cursor) {
  const std::size_t query = request.target.find('?');
  if (query == std::string::npos) return request.target;
  auto target = core::parse_target(request.target);
  for (auto& [key, value] : target->query) {
    if (key == "cursor") value = cursor;
  }
  return request.target.substr(0, query + 1) + core::encode_query(target->query);
}

}  // namespace

void ClientWire::serve(core::Request request, int life,
                       const std::function<void(core::Outcome)>& done) {
  const auto target = core::parse_target(request.target);
  Exchange exchange;
  exchange.life = life;
  exchange.asked_at = ports_.now();
  exchange.runs = ports_.model.runs();
  const bool records = target && asks_for_records(request, *target);
  if (target) {
    exchange.stream =
        stream_name(header_text(request.headers, "Provider-Config-Key"),
                    header_text(request.headers, "Connection-Id"),
                    target->get("model").value_or(""), target->get("variant").value_or(""));
    exchange.cursor = target->get("cursor");
    exchange.modified_after = target->get("modified_after");
    exchange.restricted = exchange.modified_after || target->get("filter") || target->get("ids") ||
                          target->get("delta") || !records;
    const std::string limit = target->get("limit").value_or("");
    if (!limit.empty() && limit.size() < 8)
      exchange.limit = std::strtoull(limit.c_str(), nullptr, 10);
  }
  // A cursor that was given out stays good, also when others look usual again (CUR-3).
  if (exchange.cursor && !odd_to_real_.empty()) {
    const auto real = odd_to_real_.find(*exchange.cursor);
    if (real != odd_to_real_.end()) {
      request.target = with_cursor(request, real->second);
      exchange.cursor = real->second;
    }
  }
  std::string text;
  if (ports_.history.told) {
    text = asked_text(exchange, request.method + " " + (target ? target->path : request.target),
                      records);
  }
  exchange.request = ports_.history.add({.at = exchange.asked_at,
                                         .kind = EventKind::kRequest,
                                         .life = life,
                                         .stream = records ? exchange.stream : "",
                                         .text = std::move(text)});
  last_request_at_ = exchange.asked_at;
  ++in_flight_;
  ports_.history.exchanges.push_back(std::move(exchange));
  const std::size_t number = ports_.history.exchanges.size() - 1;
  if (records && on_request && !on_request()) {
    --in_flight_;
    return;
  }
  ports_.server(std::move(request), [this, number, done](core::Outcome outcome) {
    answered(number, std::move(outcome), done);
  });
}

std::string ClientWire::asked_text(const Exchange& exchange, std::string text, bool records) const {
  if (exchange.cursor) text += " after " + cursor_name(exchange.stream, *exchange.cursor);
  if (!exchange.cursor && records) text += " from the beginning";
  if (exchange.modified_after) text += " modified_after=" + *exchange.modified_after;
  if (records) text += ", limit " + std::to_string(exchange.limit);
  return text;
}

void ClientWire::answered(std::size_t number, core::Outcome outcome,
                          const std::function<void(core::Outcome)>& done) {
  --in_flight_;
  std::vector<std::function<void()>> due;
  {
    Exchange& exchange = ports_.history.exchanges[number];
    exchange.answered_at = ports_.now();
    exchange.status = outcome.response.status;
    const core::WireFaults& wire = outcome.wire;
    exchange.handed_at = exchange.answered_at + core::time_on_wire(outcome);
    exchange.struck = wire != core::WireFaults{} || is_unstorable(exchange);
    last_handed_at_ = std::max(last_handed_at_, exchange.handed_at);
    exchange.whole = core::arrives_whole(outcome);
    const bool is_page = exchange.status == 200 && !exchange.stream.empty();
    if (exchange.status >= 400) exchange.error_code = error_code_of(outcome.response.body);
    if (const auto wait = outcome.response.headers.get("Retry-After")) {
      exchange.retry_after_seconds = std::strtoull(std::string(*wait).c_str(), nullptr, 10);
    }
    if (is_page) {
      if (apply_rules(exchange, outcome)) exchange.struck = true;
      note_page(exchange, outcome.response.body);
      if (odd_cursors()) {
        outcome.response.body = with_cursors(outcome.response.body, ports_.dialect,
                                             [this](const std::string& c) { return spelled(c); });
      }
      if (std::exchange(too_long_, false)) {
        outcome.wire.truncate_after = outcome.response.body.size();
        outcome.response.body += std::string(64, ' ');
      }
      for (auto& [left, change] : changes_) {
        if (--left == 0) due.push_back(std::move(change));
      }
      std::erase_if(changes_, [](const auto& change) { return change.first == 0; });
    }
    if (wire.reset) exchange.status = 0;
    exchange.response =
        ports_.history.add({.at = exchange.answered_at,
                            .kind = EventKind::kResponse,
                            .life = exchange.life,
                            .pair = exchange.request,
                            .stream = exchange.stream,
                            .text = ports_.history.told ? told(exchange, outcome) : ""});
  }
  for (const auto& change : due) change();
  done(std::move(outcome));
}

void ClientWire::note_page(Exchange& exchange, const std::string& body) {
  if (exchange.poisoned) return;  // noted before it was spoilt
  const auto page = read_page(body, ports_.dialect, PageChecks::kShape);
  if (!page) return;
  exchange.next_cursor = page->next_cursor;
  exchange.records.reserve(page->records.size());
  for (const ServedRecord& record : page->records) note_record(exchange, record, exchange.whole);
}

void ClientWire::note_record(Exchange& exchange, const ServedRecord& record, bool given) {
  const bool deleted = record.last_action == "DELETED";
  std::size_t version =
      ports_.model.version_of(exchange.stream, record.id, record.payload, deleted);
  const ModelStream* stream = ports_.model.stream(exchange.stream);
  const ModelRecord* known = stream == nullptr ? nullptr : stream->find(record.id);
  if (record.pruned_at && known != nullptr) version = known->versions.size() - 1;
  if (deleted && version == kNoVersion) version = newest_deletion(known);
  // Only of pages that people read; of long ones the last record's cursor is enough.
  if (!ports_.history.told) {
    // Nobody reads it.
  } else if (exchange.records.size() < kNamed || exchange.next_cursor == record.cursor) {
    name_of_.insert_or_assign(exchange.stream + " " + record.cursor, record.id);
  }
  if (given && known != nullptr && version + 1 == known->versions.size()) {
    missing_.erase({exchange.stream, record.id});
  }
  exchange.records.push_back(
      {record.id, record.cursor, record.last_action, version, record.pruned_at.has_value()});
}

std::string ClientWire::cursor_name(const std::string& stream, const std::string& cursor) const {
  const auto known = name_of_.find(stream + " " + cursor);
  if (known != name_of_.end()) return known->second;
  if (const auto position = read_cursor(cursor, ports_.dialect)) {
    return "(" + position->id.substr(0, 8) + "…)";
  }
  return "\"" + cursor.substr(0, 24) + (cursor.size() > 24 ? "…\"" : "\"");
}

std::string ClientWire::told(const Exchange& exchange, const core::Outcome& outcome) const {
  const core::WireFaults& wire = outcome.wire;
  if (wire.reset) return "connection reset";
  std::string text = std::to_string(exchange.status);
  if (!exchange.error_code.empty()) text += " " + exchange.error_code;
  if (exchange.retry_after_seconds) {
    text += ", Retry-After: " + header_text(outcome.response.headers, "Retry-After");
  }
  if (exchange.status == 200) {
    constexpr std::size_t kShown = 6;
    text += exchange.records.empty() ? " no records" : "";
    for (std::size_t i = 0; i < exchange.records.size() && i < kShown; ++i) {
      const Sight& sight = exchange.records[i];
      text += (i == 0 ? " " : ", ") + sight.id + " " + sight.action;
    }
    if (exchange.records.size() > kShown) {
      text += ", … " + exchange.records.back().id + " (" + std::to_string(exchange.records.size()) +
              " records)";
    }
    text += exchange.next_cursor
                ? "; next after " + cursor_name(exchange.stream, *exchange.next_cursor)
                : "; next: null";
  }
  if (!exchange.whole) text += " — cut off";
  if (wire.delay.count() > 0) text += " — held back " + core::format_duration(wire.delay);
  if (wire.stall.count() > 0) text += " — stalls " + core::format_duration(wire.stall);
  if (wire.drip_bytes_per_second > 0) text += " — drips";
  return text;
}

// A walk that has failed may have asked for one more page by then.
bool ClientWire::is_unstorable(const Exchange& exchange) const {
  constexpr core::Duration kToAsk = std::chrono::milliseconds(100);
  return unstorable_ || (storable_since_ && exchange.asked_at < *storable_since_ + kToAsk);
}

void ClientWire::set_unstorable(bool unstorable) {
  if (unstorable_ && !unstorable) storable_since_ = ports_.now();
  unstorable_ = unstorable;
  constexpr core::Duration kLately = std::chrono::seconds(2);
  auto& exchanges = ports_.history.exchanges;
  for (std::size_t i = exchanges.size(); i-- > 0;) {
    if (exchanges[i].response && exchanges[i].handed_at + kLately < ports_.now()) break;
    exchanges[i].struck = true;
  }
}

// --- wire rules -------------------------------------------------------------------------------

void ClientWire::set_rules(std::vector<WireRule> rules) {
  rules_ = std::move(rules);
  pages_ = 0;
  for (const WireRule& rule : rules_) fired_.try_emplace(rule.id, 0);
}

bool ClientWire::odd_cursors() const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [](const WireRule& rule) { return rule.what == WireRule::What::kOddCursors; });
}

bool ClientWire::strikes(const WireRule& rule) {
  if (!rule.nth.empty() && std::find(rule.nth.begin(), rule.nth.end(), pages_) == rule.nth.end()) {
    return false;
  }
  return rule.times == 0 || fired_[rule.id] < rule.times;
}

bool ClientWire::apply_rules(Exchange& exchange, core::Outcome& outcome) {
  ++pages_;
  bool changed = false;
  for (const WireRule& rule : rules_) {
    if (!strikes(rule)) continue;
    const std::string before = outcome.response.body;
    const bool was_whole = exchange.whole;
    apply(rule, exchange, outcome);
    if (before == outcome.response.body && was_whole == exchange.whole &&
        rule.what != WireRule::What::kOddCursors) {
      continue;
    }
    ++fired_[rule.id];
    ports_.history.add({.at = ports_.now(),
                        .kind = EventKind::kFault,
                        .stream = exchange.stream,
                        .text = ports_.history.told ? "strikes: " + rule.id : "",
                        .fault = rule.id});
    changed = changed || rule.what != WireRule::What::kOddCursors;
  }
  return changed;
}

void ClientWire::apply(const WireRule& rule, Exchange& exchange, core::Outcome& outcome) {
  std::string& body = outcome.response.body;
  switch (rule.what) {
    case WireRule::What::kEmptyPage:
      return empty_page(exchange, outcome);
    case WireRule::What::kPoison: {
      std::string poisoned = with_poison(body, ports_.dialect, rule.record, rule.lacks);
      if (poisoned == body) return;
      const auto page = read_page(body, ports_.dialect);
      if (!page) return;
      for (const ServedRecord& record : page->records) {
        if (record.id == rule.record) break;
        note_record(exchange, record, true);
      }
      exchange.poisoned = rule.record;
      exchange.next_cursor = page->next_cursor;
      body = std::move(poisoned);
      exchange.whole = false;  // as far as the records after it go
      return;
    }
    case WireRule::What::kOddCursors:
      return;
    case WireRule::What::kBrokenGzip:
      outcome.response.headers.set("Content-Encoding", "gzip");
      body =
          std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56", 12) + body.substr(0, 9);
      exchange.whole = false;
      return;
    case WireRule::What::kTooLong:
      too_long_ = true;  // by the bytes that it has in the end
      exchange.whole = false;
      return;
    case WireRule::What::kExtraFields:
      body = with_extra_fields(body, ports_.dialect);
      return;
  }
}

// As a server with a filter behind its paging answers: nothing here, but go on.
void ClientWire::empty_page(Exchange& exchange, core::Outcome& outcome) {
  const auto page = read_page(outcome.response.body, ports_.dialect);
  if (!page || page->records.empty()) return;
  const auto first = read_cursor(page->records.front().cursor, ports_.dialect);
  if (!first) return;
  const std::string next = write_cursor(just_before(*first), ports_.dialect);
  name_of_.insert_or_assign(exchange.stream + " " + next,
                            "(just before " + page->records.front().id + ")");
  outcome.response.body = R"({"records":[],"next_cursor":)" + json::quoted(next) + "}";
}

std::string ClientWire::spelled(const std::string& cursor) {
  const auto known = real_to_odd_.find(cursor);
  if (known != real_to_odd_.end()) return known->second;
  std::string odd = "a+b/c=&d%25e f?#" + std::to_string(real_to_odd_.size()) + "==";
  real_to_odd_.emplace(cursor, odd);
  odd_to_real_.emplace(odd, cursor);
  return odd;
}

void ClientWire::between_pages(std::uint64_t answers, std::function<void()> change) {
  changes_.emplace_back(answers, std::move(change));
}

// --- webhooks ---------------------------------------------------------------------------------

std::size_t ClientWire::webhook_sent(const core::Request& request, int life) {
  WebhookSight sight;
  const bool authentic =
      hmac_header_verifies(header_text(request.headers, ports_.dialect.hmac_header),
                           {ports_.signing_key()}, request.body);
  sight.life = life;
  sight.sent_at = ports_.now();
  sight.authentic = authentic;
  const auto body = json::Document::parse(request.body);
  std::string text = authentic ? "" : "forged: ";
  if (body && body->root()["model"].is_string()) {
    const json::Value root = body->root();
    sight.stream = stream_name(root["providerConfigKey"].string(), root["connectionId"].string(),
                               root["model"].string(), root["syncVariant"].string());
    const json::Value counts = root["responseResults"];
    if (counts.is_object()) {
      text += std::string(counts["added"].text()) + " added, " +
              std::string(counts["updated"].text()) + " updated, " +
              std::string(counts["deleted"].text()) + " deleted";
    }
    if (root["type"].is_string() && root["type"].string() != "sync") {
      text += "of type " + root["type"].string();
    }
  }
  const std::string attempt = header_text(request.headers, ports_.dialect.attempt_header);
  if (!attempt.empty() && attempt != "1") text += ", attempt " + attempt;
  sight.sent = ports_.history.add({.at = sight.sent_at,
                                   .kind = EventKind::kWebhook,
                                   .life = life,
                                   .stream = sight.stream,
                                   .text = std::move(text)});
  ports_.history.webhooks.push_back(std::move(sight));
  return ports_.history.webhooks.size() - 1;
}

void ClientWire::webhook_answered(std::size_t webhook, const core::Result<core::Response>& answer) {
  WebhookSight& sight = ports_.history.webhooks[webhook];
  sight.answered_at = ports_.now();
  sight.status = answer ? answer->status : 0;
  sight.answered =
      ports_.history.add({.at = sight.answered_at,
                          .kind = EventKind::kWebhookAnswer,
                          .life = sight.life,
                          .pair = sight.sent,
                          .stream = sight.stream,
                          .text = answer ? std::to_string(answer->status) : answer.error().code});
}

// --- what the client was given ----------------------------------------------------------------

void ClientWire::watch(const std::vector<std::string>& streams) {
  watched_ = {streams.begin(), streams.end()};
  missing_.clear();
  versions_seen_.clear();
  model_changed();
}

void ClientWire::model_changed() {
  for (const auto& [name, stream] : ports_.model.streams()) {
    if (!watched_.contains(name)) continue;
    std::vector<std::size_t>& seen = versions_seen_[name];
    seen.resize(stream.records.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const ModelRecord& record = stream.records[i];
      if (std::exchange(seen[i], record.versions.size()) == record.versions.size()) continue;
      missing_.emplace(name, record.id);
    }
  }
}

}  // namespace terapi::conformance
