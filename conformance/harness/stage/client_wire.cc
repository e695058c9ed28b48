#include "conformance/harness/stage/client_wire.h"

#include <algorithm>
#include <optional>

#include "conformance/contract/cursor.h"
#include "conformance/contract/page_edit.h"
#include "conformance/contract/stored_gzip.h"
#include "conformance/contract/webhook_signature.h"
#include "core/delivery.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::uint64_t kLargestLimit = 10'000;  // REC-5

bool is_of_the_head(WireRule::What what) {
  return what == WireRule::What::kNoReason || what == WireRule::What::kBareLineFeeds ||
         what == WireRule::What::kOffersHttp2;
}

// These change no text of the page, or do so when everything else is done.
bool is_done_later(WireRule::What what) {
  return what == WireRule::What::kOddCursors || what == WireRule::What::kByteOrderMark ||
         what == WireRule::What::kPadded || what == WireRule::What::kGzip ||
         what == WireRule::What::kNumericIds || is_of_the_head(what);
}

// Digits that are a number's, and no more than a double keeps.
bool spells_a_number(std::string_view id) {
  return !id.empty() && id.size() < 16 && (id.front() != '0' || id == "0") &&
         id.find_first_not_of("0123456789") == std::string_view::npos;
}

// An id's JSON text.
std::string as_number(const std::string& id) {
  const std::string digits = id.size() > 2 ? id.substr(1, id.size() - 2) : "";
  return spells_a_number(digits) ? digits : id;
}

// By the place of its rule: each gives another half.
std::string half_a_pair(std::size_t rule) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return std::string(R"("half\ud8)") + kDigits[rule / 16 % 16] + kDigits[rule % 16] + '"';
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

}  // namespace

void ClientWire::serve(core::Request request, int life,
                       const std::function<void(core::Outcome)>& done) {
  if (closed_) return done({{}, {.reset = true}});
  restore_cursor(request);
  const std::size_t place = ports_.wire.asked_by_client(request, life);
  Exchange& exchange = ports_.history.exchanges[place];
  last_request_at_ = exchange.asked_at;
  if (ports_.said) exchange.said = ports_.said();
  if (exchange.for_records && on_request && !on_request()) return;
  if (exchange.for_records) cut_page(exchange, request);
  if (exchange.for_records) forget_cursor(exchange, request);
  ++in_flight_;
  if (exchange.for_records && refuse_nameless(request, place, done)) return;
  ports_.server(std::move(request), [this, place, done](core::Outcome outcome) {
    answered(place, std::move(outcome), done);
  });
}

bool ClientWire::refuse_nameless(const core::Request& request, std::size_t place,
                                 const std::function<void(core::Outcome)>& done) {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [](const WireRule& each) {
    return each.what == WireRule::What::kWantsUserAgent;
  });
  if (rule == rules_.end()) return false;
  if (!request.headers.get("User-Agent").value_or("").empty()) {
    ++fired_[rule->id];  // it looked, and let it pass
    return false;
  }
  note_strike(*rule, ports_.history.exchanges[place].stream);
  constexpr const char* kRefusal =
      R"({"error":{"code":"forbidden","message":"a User-Agent is wanted"}})";
  answered(place, {{403, {{"Content-Type", "application/json"}}, kRefusal}, {}}, done);
  return true;
}

// What a scenario does to the second page has to happen to a client, too, whose pages are as large
// as it likes. What is no limit is the server's to answer.
void ClientWire::cut_page(const Exchange& exchange, core::Request& request) {
  const std::uint64_t most = ports_.most_of_a_page;
  if (exchange.limit <= most || exchange.limit > kLargestLimit) return;
  auto target = core::parse_target(request.target);
  if (!target) return;
  const auto is_limit = [](const auto& parameter) { return parameter.first == "limit"; };
  const auto asked = std::find_if(target->query.begin(), target->query.end(), is_limit);
  if (asked == target->query.end()) {
    target->query.emplace_back("limit", "");
  } else if (asked->second.find_first_not_of("0123456789") != std::string::npos ||
             std::find_if(asked + 1, target->query.end(), is_limit) != target->query.end()) {
    return;
  }
  std::find_if(target->query.begin(), target->query.end(), is_limit)->second = std::to_string(most);
  request.target =
      request.target.substr(0, request.target.find('?') + 1) + core::encode_query(target->query);
  if (ports_.history.told) {
    ports_.history.event(exchange.request).text += ", cut to " + std::to_string(most);
  }
}

void ClientWire::forget_cursor(Exchange& exchange, core::Request& request) {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [](const WireRule& each) {
    return each.what == WireRule::What::kForgottenCursors;
  });
  if (rule == rules_.end() || begun_anew_.contains(exchange.stream)) return;
  if (!exchange.cursor) {
    begun_anew_.insert(exchange.stream);
    return;
  }
  auto target = core::parse_target(request.target);
  if (!target) return;
  for (auto& [name, value] : target->query) {
    if (name == "cursor") value = "of-another-server";
  }
  request.target =
      request.target.substr(0, request.target.find('?') + 1) + core::encode_query(target->query);
  exchange.struck = true;
  note_strike(*rule, exchange.stream);
}

void ClientWire::close() {
  closed_ = true;
  changes_.clear();
}

// One that was given out stays good, also when others look usual again (CUR-3).
void ClientWire::restore_cursor(core::Request& request) const {
  const std::size_t query = request.target.find('?');
  if (odd_to_real_.empty() || query == std::string::npos) return;
  auto target = core::parse_target(request.target);
  if (!target) return;
  for (auto& [name, value] : target->query) {
    const auto real = name == "cursor" ? odd_to_real_.find(value) : odd_to_real_.end();
    if (real == odd_to_real_.end()) continue;
    value = real->second;
    request.target = request.target.substr(0, query + 1) + core::encode_query(target->query);
    return;
  }
}

void ClientWire::answered(std::size_t place, core::Outcome outcome,
                          const std::function<void(core::Outcome)>& done) {
  if (closed_) return done(std::move(outcome));
  --in_flight_;
  std::vector<std::function<void()>> due;
  {
    Exchange& exchange = ports_.history.exchanges[place];
    ports_.wire.note_head(exchange, outcome);
    exchange.struck = exchange.struck || is_unstorable(exchange);
    last_handed_at_ = std::max(last_handed_at_, exchange.handed_at);
    if (exchange.status == 200 && exchange.for_records) {
      pass_page(exchange, outcome);
      for (auto& [left, change] : changes_) {
        if (--left == 0) due.push_back(std::move(change));
      }
      std::erase_if(changes_, [](const auto& change) { return change.first == 0; });
    }
    ports_.wire.note_answer(exchange, outcome);
  }
  for (const auto& change : due) change();
  done(std::move(outcome));
}

void ClientWire::hung_up(std::size_t place) {
  if (closed_) return;
  Exchange& exchange = ports_.history.exchanges[place];
  exchange.hung_up = true;
  exchange.whole = false;
  exchange.struck = true;
  ports_.history.add(
      {.at = ports_.now(),
       .life = exchange.life,
       .pair = exchange.request,
       .stream = exchange.stream,
       .text = ports_.history.told ? "hung up before it had all of the answer" : ""});
}

void ClientWire::doubt(std::size_t place) {
  if (closed_) return;
  Exchange& exchange = ports_.history.exchanges[place];
  exchange.in_doubt = true;
  exchange.struck = true;
}

void ClientWire::pass_page(Exchange& exchange, core::Outcome& outcome) {
  if (apply_rules(exchange, outcome)) exchange.struck = true;
  core::Response& response = outcome.response;
  if (!exchange.poisoned) {  // else it was noted before it was spoilt
    ports_.wire.note_page(exchange, response.body);
    if (exchange.whole) {
      for (const Sight& sight : exchange.records) note_given(exchange.stream, sight);
    }
  }
  if (odd_cursors()) {
    response.body = with_cursors(response.body, ports_.dialect,
                                 [this](const std::string& c) { return spelled(c); });
  }
  response.body.append(std::exchange(padding_, 0), ' ');
  if (std::exchange(numeric_ids_, false)) response.body = with_ids(response.body, as_number);
  if (std::exchange(byte_order_mark_, false)) response.body.insert(0, "\xEF\xBB\xBF");
  if (std::exchange(gzip_, false)) {
    response.headers.set("Content-Encoding", "gzip");
    response.body = stored_gzip(response.body);
  }
  if (std::exchange(too_long_, false)) {
    outcome.wire.truncate_after = response.body.size();
    response.body += std::string(64, ' ');
  }
}

void ClientWire::note_given(const std::string& stream, const Sight& sight) {
  if (missing_.empty() || sight.version == kNoVersion) return;
  const ModelStream* known = ports_.model.stream(stream);
  const ModelRecord* record = known == nullptr ? nullptr : known->find(sight.id);
  if (record != nullptr && sight.version + 1 == record->versions.size()) {
    given_ += missing_.erase({stream, sight.id});
  }
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
  circles_.clear();
  begun_anew_.clear();
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

void ClientWire::note_strike(const WireRule& rule, const std::string& stream) {
  ++fired_[rule.id];
  ports_.history.add({.at = ports_.now(),
                      .kind = EventKind::kFault,
                      .stream = stream,
                      .text = ports_.history.told ? "strikes: " + rule.id : "",
                      .fault = rule.id});
}

bool ClientWire::apply_rules(Exchange& exchange, core::Outcome& outcome) {
  ++pages_;
  bool changed = false;
  for (const WireRule& rule : rules_) {
    if (!strikes(rule)) continue;
    const std::string before = outcome.response.body;
    const bool was_whole = exchange.whole;
    apply(rule, exchange, outcome);
    const bool same = before == outcome.response.body && was_whole == exchange.whole;
    if (same && !is_done_later(rule.what)) continue;
    note_strike(rule, exchange.stream);
    changed = changed || rule.what != WireRule::What::kOddCursors;
  }
  return changed;
}

void ClientWire::apply(const WireRule& rule, Exchange& exchange, core::Outcome& outcome) {
  std::string& body = outcome.response.body;
  switch (rule.what) {
    case WireRule::What::kEmptyPage:
      return empty_page(exchange, outcome);
    case WireRule::What::kPoison:
      return poison(rule, exchange, body);
    case WireRule::What::kOddCursors:
    case WireRule::What::kForgottenCursors:  // that is done to requests
    case WireRule::What::kWantsUserAgent:
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
    case WireRule::What::kCircle:
      return lead_back(rule, exchange, body);
    case WireRule::What::kByteOrderMark:
      byte_order_mark_ = true;
      return;
    case WireRule::What::kGzip:
      gzip_ = true;
      return;
    case WireRule::What::kOffersHttp2:
      outcome.response.headers.set("Upgrade", "h2c");
      return;
    case WireRule::What::kNoReason:
    case WireRule::What::kBareLineFeeds:
      outcome.response.headers.set(std::string(WireRule::kOnTheWire),
                                   std::string(core::word_of(WireRule::kWhats, rule.what)));
      return;
    case WireRule::What::kHalfAPair: {
      const auto place = static_cast<std::size_t>(&rule - rules_.data());
      body = with_ids(body, [&](const std::string& id) {
        return id == json::quoted(rule.record) ? half_a_pair(place) : id;
      });
      return;
    }
    case WireRule::What::kNumericIds:
      numeric_ids_ = true;
      return;
    case WireRule::What::kPadded:
      padding_ = rule.bytes;
      return;
  }
}

void ClientWire::poison(const WireRule& rule, Exchange& exchange, std::string& body) {
  std::string poisoned = with_poison(body, ports_.dialect, rule.record, rule.lacks);
  if (poisoned == body) return;
  const auto page = read_page(body, ports_.dialect);
  if (!page) return;
  for (const ServedRecord& record : page->records) {
    if (record.id == rule.record) break;
    ports_.wire.note_record(exchange, record);
    note_given(exchange.stream, exchange.records.back());
  }
  exchange.poisoned = rule.record;
  exchange.poison_has_id = rule.lacks != "id" && rule.lacks != "object";
  exchange.next_cursor = page->next_cursor;
  body = std::move(poisoned);
  exchange.whole = false;  // as far as the records after it go
}

// As a server with a filter behind its paging answers: nothing here, but go on.
void ClientWire::empty_page(Exchange& exchange, core::Outcome& outcome) {
  const auto page = read_page(outcome.response.body, ports_.dialect);
  if (!page || page->records.empty()) return;
  const auto first = read_cursor(page->records.front().cursor, ports_.dialect);
  if (!first) return;
  const std::string next = write_cursor(just_before(*first), ports_.dialect);
  ports_.wire.name_cursor(exchange.stream, next, "(just before " + page->records.front().id + ")");
  outcome.response.body = R"({"records":[],"next_cursor":)" + json::quoted(next) + "}";
}

// As a server whose cursors do not move on: the pages between two of them come again and again.
void ClientWire::lead_back(const WireRule& rule, const Exchange& exchange, std::string& body) {
  const auto page = read_page(body, ports_.dialect);
  if (!page || page->records.empty() || !page->next_cursor) return;
  Circle& circle = circles_[rule.id];
  const std::string& first = page->records.front().id;
  if (circle.pages++ % rule.pages == 0) {
    const auto cursor = read_cursor(page->records.front().cursor, ports_.dialect);
    if (!cursor) return;
    circle.beginning = write_cursor(just_before(*cursor), ports_.dialect);
    ports_.wire.name_cursor(exchange.stream, circle.beginning, "(just before " + first + ")");
  }
  if (circle.pages % rule.pages == 0) body = with_next_cursor(body, circle.beginning);
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
  if (closed_) return 0;
  const bool authentic =
      hmac_header_verifies(request.headers.get(ports_.dialect.hmac_header).value_or(""),
                           {ports_.signing_key()}, request.body);
  const std::size_t place = ports_.wire.webhook_sent(
      request, life, ports_.now(), ports_.history.told ? webhook_text(request, authentic) : "");
  ports_.history.webhooks[place].authentic = authentic;
  return place;
}

std::string ClientWire::webhook_text(const core::Request& request, bool authentic) const {
  std::string text = authentic ? "" : "forged: ";
  const auto body = read_webhook(request);
  if (body && body->root()["model"].is_string()) {
    const json::Value root = body->root();
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
  const auto attempt = request.headers.get(ports_.dialect.attempt_header).value_or("");
  if (!attempt.empty() && attempt != "1") text += ", attempt " + std::string(attempt);
  return text;
}

void ClientWire::webhook_answered(std::size_t webhook, const core::Result<core::Response>& answer,
                                  core::Duration starved) {
  if (closed_) return;
  ports_.history.webhooks[webhook].starved = starved;
  ports_.wire.webhook_answered(webhook, answer ? answer->status : 0, ports_.now(),
                               answer ? std::to_string(answer->status) : answer.error().code);
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
      if (record.erased) missing_.erase({name, record.id});
      if (std::exchange(seen[i], record.versions.size()) == record.versions.size()) continue;
      missing_.emplace(name, record.id);
    }
  }
}

}  // namespace terapi::conformance
