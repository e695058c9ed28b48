#include "conformance/harness/play/client_checks.h"

#include <algorithm>
#include <utility>

#include "conformance/contract/cursor.h"
#include "conformance/harness/stage/patience.h"
#include "core/duration.h"

namespace terapi::conformance {

namespace {

// A process may be a little early by its own clock.
constexpr core::Duration kClockSlack = std::chrono::milliseconds(60);

bool of_stream(const Exchange& exchange, const std::string& stream) {
  return !exchange.stream.empty() && (stream.empty() || exchange.stream == stream);
}

// The next one of its stream; null: there is none.
const Exchange* next_of_stream(const std::vector<Exchange>& exchanges, std::size_t place) {
  for (std::size_t i = place + 1; i < exchanges.size(); ++i) {
    if (exchanges[i].stream == exchanges[place].stream) return &exchanges[i];
  }
  return nullptr;
}

const Exchange* last_of_stream(const std::vector<Exchange>& exchanges, std::size_t place) {
  for (std::size_t i = place; i-- > 0;) {
    if (exchanges[i].stream == exchanges[place].stream) return &exchanges[i];
  }
  return nullptr;
}

// Whoever looks by HEAD before the read does not read what was refused.
bool was_refused_at_first_look(const std::vector<Exchange>& exchanges, std::size_t place) {
  const Exchange& look = exchanges[place];
  return !look.for_records && look.response && look.status != 200 &&
         !is_one_look_with(look, next_of_stream(exchanges, place));
}

std::string bounds_of(const ClientCheck& check) {
  std::string text;
  if (check.least) text = "at least " + std::to_string(*check.least);
  if (check.most)
    text += (text.empty() ? "at most " : " and at most ") + std::to_string(*check.most);
  if (check.most && check.time > core::Duration(0)) {
    text += ", and one more for each " + core::format_duration(check.time);
  }
  return text;
}

}  // namespace

void ClientChecks::mark() {
  marked_at_ = stage_.now();
  mark_ = stage_.history().exchanges.size();
  webhook_mark_ = stage_.history().webhooks.size();
  starved_mark_ = stage_.starved();
  memory_mark_ = stage_.peak_bytes(1);
}

std::uint64_t ClientChecks::requests_since_mark() const {
  std::uint64_t count = 0;
  const auto& exchanges = stage_.history().exchanges;
  for (std::size_t i = mark_; i < exchanges.size(); ++i) {
    if (!of_stream(exchanges[i], "")) continue;
    if (exchanges[i].for_records || was_refused_at_first_look(exchanges, i)) ++count;
  }
  return count;
}

void ClientChecks::fail(const ClientCheck& check, const char* clause, std::string what,
                        std::string expected, std::string actual, std::vector<std::size_t> events,
                        Verdict verdict) {
  if (!check.because.empty()) what += ": " + check.because;
  findings_.add({verdict, check.clause.empty() ? clause : check.clause, "", std::move(what),
                 std::move(expected), std::move(actual), std::move(events)});
}

void ClientChecks::check(const ClientCheck& check) {
  switch (check.what) {
    case ClientCheck::What::kRequests:
      return check_requests(check, false);
    case ClientCheck::What::kWithoutCursor:
      return check_requests(check, true);
    case ClientCheck::What::kWaitsAfter:
      return check_waits(check);
    case ClientCheck::What::kResumed:
      return check_resumed(check);
    case ClientCheck::What::kResumedWithinPages:
      return check_resumed_within(check);
    case ClientCheck::What::kSurfaced:
      return check_surfaced(check);
    case ClientCheck::What::kMemory:
      return check_memory(check);
    case ClientCheck::What::kAlive:
      if (const ClientState state = stage_.client(1); !state.alive) {
        fail(check, "CLIENT-9", "the client's process is gone", "a process that goes on",
             state.exit_status ? "it ended with status " + std::to_string(*state.exit_status)
                               : "it was killed");
      }
      return;
    case ClientCheck::What::kWebhooksAnswered:
      return check_webhooks(check);
    case ClientCheck::What::kNothingElsewhere:
      if (stage_.requests_elsewhere() > 0) {
        fail(check, "CLIENT-9", "the client followed a redirect to another host, with its key",
             "no request to " + stage_.elsewhere(),
             std::to_string(stage_.requests_elsewhere()) + " requests there");
      }
      return;
    case ClientCheck::What::kResumedAtLast:
      return check_resumed_at_last(check);
    case ClientCheck::What::kKeysKept:
      return check_keys_kept(check);
    case ClientCheck::What::kBacksOff:
      return check_backs_off(check);
    case ClientCheck::What::kConverged:
      return;  // the play's own
  }
}

void ClientChecks::check_requests(const ClientCheck& check, bool without_cursor) {
  std::uint64_t count = 0;
  std::uint64_t in_doubt = 0;  // asked again, perhaps, for want of the answer before
  std::vector<std::size_t> events;
  const auto& exchanges = stage_.history().exchanges;
  for (std::size_t i = mark_; i < exchanges.size(); ++i) {
    const Exchange& exchange = exchanges[i];
    if (!of_stream(exchange, check.stream) ||
        (check.status != 0 && exchange.status != check.status))
      continue;
    if (without_cursor && (exchange.cursor || exchange.restricted)) continue;
    if (is_one_look_with(exchange, next_of_stream(exchanges, i))) continue;
    ++count;
    const Exchange* before = last_of_stream(exchanges, i);
    if (before != nullptr && (before->in_doubt || before->hung_up)) ++in_doubt;
    if (events.size() < 20) events.push_back(exchange.request);
  }
  std::optional<std::uint64_t> most = check.most;
  if (most && check.time > core::Duration(0)) {
    *most += static_cast<std::uint64_t>((stage_.now() - marked_at_) / check.time);
  }
  if ((!check.least || count >= *check.least) && (!most || count <= *most)) return;
  const bool too_many = most && count > *most;
  fail(check, "CLIENT-9",
       without_cursor ? "the number of reads from the beginning is wrong"
                      : "the number of requests for records is wrong",
       bounds_of(check), std::to_string(count), events,
       (too_many && count - in_doubt <= *most) || (!(too_many && *most == 0) && was_stretched())
           ? Verdict::kInconclusive
           : Verdict::kFail);
}

// The machine withheld a good part of the time since the mark: the judge waited longer than the
// scenario says, in which whoever looks now and then looks more often; or whoever was waited for
// had less.
bool ClientChecks::was_stretched() const {
  constexpr int kWorthCounting = 4;
  const core::Duration starved = stage_.starved() - starved_mark_;
  return starved > core::Duration(0) && starved * kWorthCounting >= stage_.now() - marked_at_;
}

// Not asking again is a pause, too: of a client that had the time to ask, or that ended by itself.
bool ClientChecks::kept_quiet(const Exchange& answered, core::Duration time) const {
  const ClientState state = stage_.client(1);
  if (state.life != answered.life) return false;
  return state.alive ? stage_.now() - answered.answered_at >= time : state.exit_status.has_value();
}

void ClientChecks::check_waits(const ClientCheck& check) {
  const auto& exchanges = stage_.history().exchanges;
  bool seen = false;
  for (std::size_t i = mark_; i < exchanges.size(); ++i) {
    const Exchange& answered = exchanges[i];
    if (answered.status != check.status || !answered.response) continue;
    seen = seen || kept_quiet(answered, check.time);
    for (std::size_t j = i + 1; j < exchanges.size(); ++j) {
      const Exchange& next = exchanges[j];
      if (next.stream != answered.stream || next.life != answered.life) continue;
      const core::Duration waited = next.asked_at - answered.answered_at;
      const bool early = waited + kClockSlack < check.time;
      if (early && answered.in_doubt) break;  // it may never have had that answer
      seen = true;
      if (early) {
        fail(check, "CLIENT-9",
             "the client asked again too early after a " + std::to_string(check.status),
             "a pause of at least " + core::format_duration(check.time),
             core::format_duration(waited), {*answered.response, next.request});
        return;
      }
      break;
    }
  }
  if (!seen) {
    fail(check, "CLIENT-9",
         "nothing was seen of the pause after an answer of status " + std::to_string(check.status),
         "a request after it, or a client that lives that long without one", "neither", {},
         Verdict::kInconclusive);
  }
}

// CLIENT-9: exponentially, with whatever jitter and up to whatever bound. A machine that makes each
// pause longer makes them more alike.
void ClientChecks::check_backs_off(const ClientCheck& check) {
  const auto& exchanges = stage_.history().exchanges;
  std::vector<core::Duration> pauses;
  std::vector<std::size_t> events;
  for (std::size_t i = mark_; i < exchanges.size(); ++i) {
    const Exchange* next = next_of_stream(exchanges, i);
    if (next == nullptr || exchanges[i].status != check.status || !exchanges[i].response) continue;
    pauses.push_back(next->asked_at - exchanges[i].answered_at);
    if (events.size() < 20) events.push_back(next->request);
  }
  if (pauses.size() < check.least.value_or(2)) return;
  const auto [shortest, longest] = std::minmax_element(pauses.begin(), pauses.end());
  if (*longest >= 2 * *shortest) return;
  fail(check, "CLIENT-9", "the client's pauses do not grow", "longer and longer ones",
       std::to_string(pauses.size()) + " pauses, the shortest of " +
           core::format_duration(*shortest) + ", the longest of " + core::format_duration(*longest),
       events, was_stretched() ? Verdict::kInconclusive : Verdict::kFail);
}

const Exchange* ClientChecks::first_of_last_life(const std::string& stream) const {
  const int life = stage_.client(1).life;
  for (const Exchange& exchange : stage_.history().exchanges) {
    if (exchange.life == life && of_stream(exchange, stream) && !exchange.restricted) {
      return &exchange;
    }
  }
  return nullptr;
}

void ClientChecks::check_resumed(const ClientCheck& check) {
  const Exchange* first = first_of_last_life(check.stream);
  if (first == nullptr) {
    fail(check, "CLIENT-1", "the client that was started again never asked for records",
         "a request that resumes", "none");
  } else if (!first->cursor) {
    fail(check, "CLIENT-1", "the client that was started again began from the beginning",
         "the cursor of the last record that it had stored", "no cursor", {first->request});
  }
}

// How many pages that were answered before the process began have to be read again.
void ClientChecks::check_resumed_within(const ClientCheck& check) {
  const Exchange* first = first_of_last_life(check.stream);
  if (first == nullptr) return check_resumed(check);
  std::uint64_t behind = 0;
  const auto& exchanges = stage_.history().exchanges;
  const auto begin = first->cursor ? read_cursor(*first->cursor, stage_.dialect())
                                   : core::Result<Position>(Position{});
  if (!begin) return;
  for (const Exchange& exchange : exchanges) {
    if (&exchange == first) break;
    // What was read before a full read began has to be read again, wherever that was broken off.
    if (exchange.stream == first->stream && !exchange.cursor && !exchange.restricted) behind = 0;
    if (exchange.stream != first->stream || exchange.records.empty() || !exchange.whole) continue;
    const auto end = read_cursor(exchange.records.back().cursor, stage_.dialect());
    if (end && *begin < *end) ++behind;
  }
  if (behind <= check.most.value_or(3)) return;
  fail(check, "CLIENT-2",
       "the client had stored next to nothing of what it was given: it resumes " +
           std::to_string(behind) + " pages back",
       "at most " + std::to_string(check.most.value_or(3)) + " pages to be read again",
       std::to_string(behind), {first->request});
}

// V4: the stream stops before the record, and says so.
void ClientChecks::check_surfaced(const ClientCheck& check) {
  const auto& exchanges = stage_.history().exchanges;
  const Exchange* poisoned = nullptr;
  std::optional<std::uint64_t> said_before{};  // a word of welcome, say
  for (std::size_t i = mark_; i < exchanges.size(); ++i) {
    const Exchange& exchange = exchanges[i];
    if (exchange.poisoned == check.record) poisoned = &exchange;
    if (poisoned != nullptr && !said_before) said_before = poisoned->said;
    if (poisoned == nullptr || exchange.stream != poisoned->stream || exchange.restricted) continue;
    const bool held = &exchange == poisoned || exchange.cursor == poisoned->cursor ||
                      exchange.poisoned == check.record ||
                      std::any_of(poisoned->records.begin(), poisoned->records.end(),
                                  [&](const Sight& s) { return exchange.cursor == s.cursor; });
    if (held) continue;
    const bool behind = !exchange.cursor;
    if (behind) continue;
    fail(check, "CLIENT-11",
         "the client went on past record \"" + check.record + "\", which it cannot have stored",
         "the stream stops there", "a request with a later cursor",
         {*poisoned->response, exchange.request});
    return;
  }
  if (poisoned == nullptr) {
    fail(check, "CLIENT-11", "the spoilt record was never served", "once", "never", {},
         Verdict::kInconclusive);
    return;
  }
  const ClientState state = stage_.client(1);
  const bool told =
      stage_.output_bytes(1) > *said_before || (state.exit_status && *state.exit_status != 0);
  if (!told) {
    fail(check, "CLIENT-11", "the client said nothing of a record that it could not store",
         "an error on standard output or error, or an exit status", "silence",
         {*poisoned->response}, Verdict::kFail);
  } else if (poisoned->poison_has_id && !stage_.tells_of(1, check.record)) {
    // Only a warning: it may have told it where the judge does not look.
    fail(check, "CLIENT-11", "the client does not name the record that it could not store",
         "an error with \"" + check.record + "\", in its output or its folder", "none",
         {*poisoned->response}, Verdict::kWarn);
  }
}

void ClientChecks::check_memory(const ClientCheck& check) {
  const std::uint64_t now = stage_.peak_bytes(1);
  if (now == 0 || memory_mark_ == 0) return;  // not known in this world
  const std::uint64_t grown = now > memory_mark_ ? now - memory_mark_ : 0;
  if (grown <= check.most.value_or(0)) return;
  fail(check, "CLIENT-10", "the client's memory grew with the backlog",
       "at most " + std::to_string(check.most.value_or(0) >> 20U) + " MiB more",
       std::to_string(grown >> 20U) + " MiB more");
}

void ClientChecks::check_webhooks(const ClientCheck& check) {
  const auto& webhooks = stage_.history().webhooks;
  const auto starved = std::max(stage_.starved() - starved_mark_, core::Duration(0));
  bool seen = false;
  bool doubted = false;
  for (std::size_t i = webhook_mark_; i < webhooks.size(); ++i) {
    const WebhookSight& webhook = webhooks[i];
    if (webhook.life == 0) continue;
    seen = true;
    const core::Time answered = webhook.answered ? webhook.answered_at : stage_.now();
    const core::Duration took = answered - webhook.sent_at;
    const Verdict verdict = verdict_on_time(took, check.time, starved);
    if (verdict == Verdict::kPass || (verdict == Verdict::kInconclusive && doubted)) continue;
    doubted = true;
    std::string actual = webhook.answered ? core::format_duration(took) : "no answer yet";
    if (verdict == Verdict::kInconclusive) {
      actual += ", of which it may have had no processor for " + core::format_duration(starved);
    }
    fail(
        check, "CLIENT-6", "a webhook was answered late",
        "an answer within " + core::format_duration(check.time) + ", whatever else goes on",
        std::move(actual),
        webhook.answered ? std::vector{webhook.sent, *webhook.answered} : std::vector{webhook.sent},
        verdict);
    if (verdict == Verdict::kFail) return;
  }
  if (!seen) {
    fail(check, "CLIENT-6", "no webhook was sent to the client", "one", "none", {},
         Verdict::kInconclusive);
  }
}

void ClientChecks::check_keys_kept(const ClientCheck& check) {
  const std::string said = stage_.output(1);
  for (const std::string& key : {stage_.secret_key(), stage_.signing_key()}) {
    if (said.find(key) == std::string::npos) continue;
    fail(check, "AUTH-5", "the client's output holds a key", "no key in anything that it says",
         "one, in its last " + std::to_string(said.size()) + " bytes");
    return;
  }
}

void ClientChecks::check_resumed_at_last(const ClientCheck& check) {
  const auto& exchanges = stage_.history().exchanges;
  const Exchange* last = nullptr;
  const Exchange* asked = nullptr;
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    if (!of_stream(exchanges[i], check.stream) || exchanges[i].restricted) continue;
    if (i < mark_ && exchanges[i].whole && !exchanges[i].records.empty()) last = &exchanges[i];
    if (i >= mark_ && asked == nullptr) asked = &exchanges[i];
  }
  const bool seen = last != nullptr && asked != nullptr;
  if (seen && asked->cursor == last->records.back().cursor) return;
  if (!seen || last->in_doubt) {
    fail(check, "CLIENT-1", "no page was seen to arrive, and a request after it", "both",
         "not both", {}, Verdict::kInconclusive);
    return;
  }
  fail(check, "CLIENT-1", "the client does not go on from the last record that it was given",
       "the cursor of record \"" + last->records.back().id + "\"",
       asked->cursor ? "another cursor" : "no cursor", {*last->response, asked->request});
}

}  // namespace terapi::conformance
