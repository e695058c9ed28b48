#include "simulator/webhooks/webhook_queue.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/check.h"
#include "simulator/webhooks/redirect.h"
#include "simulator/webhooks/retry_policy.h"
#include "simulator/webhooks/webhook_signature.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kMostFinished = 10'000;
constexpr std::size_t kMostAttempts = 100;
constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 10;  // only the status counts
constexpr std::size_t kKeptAnswerBytes = 1024;
constexpr std::size_t kKeptHeaders = 64;
constexpr std::size_t kKeptHeaderBytes = 4096;
constexpr Duration kLongestReorder = std::chrono::minutes(1);

FaultEvent event_for(const Delivery& delivery, int attempt) {
  FaultEvent event;
  event.attributes = {{"delivery", delivery.id},
                      {"attempt", std::to_string(attempt)},
                      {"url", delivery.url},
                      {"path", delivery.url},
                      {"type", delivery.type},
                      {"integration", delivery.stream.integration},
                      {"connection", delivery.stream.connection},
                      {"model", delivery.stream.model},
                      {"variant", delivery.stream.variant}};
  event.id = delivery.id + "#" + std::to_string(attempt);
  return event;
}

int next_number(const Delivery& delivery) {
  return delivery.attempts.empty() ? 1 : delivery.attempts.back().number + 1;
}

std::vector<std::string> urls_for(const Environment& environment, const StreamKey& stream) {
  const Connection* connection = environment.find_connection(stream.integration, stream.connection);
  if (connection != nullptr && connection->webhook_url) return {*connection->webhook_url};
  return environment.settings.webhook_urls;
}

// The first ones, whole.
core::Headers kept_headers(const core::Headers& headers, const Secrets& secrets) {
  core::Headers kept;
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    bytes += name.size() + value.size();
    if (kept.size() == kKeptHeaders || bytes > kKeptHeaderBytes) break;
    kept.add(name, secrets.hide_keys(value));
  }
  return kept;
}

// A body that still is JSON but is not what was signed.
std::string forged(std::string body) {
  if (body.starts_with("{")) body.insert(1, "\"forged\":true,");
  return body;
}

std::string broken_signature(std::string_view signature) {
  std::string broken(signature);
  for (char& c : broken) c = c == '0' ? 'f' : c == 'f' ? '0' : c;
  if (broken == signature && !broken.empty()) broken[0] = broken[0] == '1' ? '2' : '1';
  return broken;
}

}  // namespace

WebhookQueue::WebhookQueue(Engine& engine, core::AsyncTransport& transport)
    : engine_(engine), transport_(transport), log_(engine) {}

bool WebhookQueue::may_send_before_commit() const {
  const auto& rules = engine_.state().faults.rules();
  return std::any_of(rules.begin(), rules.end(), [](const FaultRule& rule) {
    const auto* effect = std::get_if<WebhookEffect>(&rule.effect);
    return effect != nullptr && effect->before_commit > Duration(0);
  });
}

Delivery* WebhookQueue::numbered(std::uint64_t number) const {
  const auto found = engine_.state().deliveries.find(number);
  return found == engine_.state().deliveries.end() ? nullptr : &found->second;
}

Delivery* WebhookQueue::named(std::string_view id) const {
  const auto found = number_of_.find(id);
  return found == number_of_.end() ? nullptr : numbered(found->second);
}

const Settings* WebhookQueue::settings_of(const Delivery& delivery) const {
  const Environment* environment = engine_.state().find_environment(delivery.environment);
  return environment == nullptr ? nullptr : &environment->settings;
}

Delivery& WebhookQueue::create(const Environment& environment, const Notice& notice,
                               std::string_view run_id, const std::string& url) {
  Delivery delivery;
  delivery.number = ++engine_.state().last_delivery;
  delivery.id = engine_.make_id("delivery", delivery.number);
  delivery.environment = environment.settings.name;
  delivery.url = url;
  delivery.type = notice.type;
  delivery.stream = notice.about;
  delivery.run_id = run_id;
  delivery.body = notice.body;
  delivery.created_at = engine_.now();
  delivery.headers = signature_headers(environment.settings, engine_.dialect(), delivery.body,
                                       delivery.created_at);
  log_.begin(delivery);
  number_of_.emplace(delivery.id, delivery.number);
  engine_.note_settings();
  const std::uint64_t number = delivery.number;
  Delivery& stored = engine_.state().deliveries.emplace(number, std::move(delivery)).first->second;
  engine_.note_delivery(stored);
  return stored;
}

// Asks the fault rules about the next attempt; its plan is what they decide.
const WebhookEffect& WebhookQueue::strike(Delivery& delivery) {
  AttemptPlan& plan = delivery.plan = {};
  plan.decided = true;
  FaultPlan& faults = engine_.state().faults;
  if (faults.empty()) return plan.effect;
  plan.fault =
      faults.strike(event_for(delivery, next_number(delivery)), engine_.seed(), plan.effect);
  if (!plan.fault.empty()) log_.struck(delivery);
  return plan.effect;
}

std::vector<WebhookQueue::Announced> WebhookQueue::announce(const Environment& environment,
                                                            const WebhookFacts& facts,
                                                            std::string_view run_id,
                                                            bool hold_for_commit) {
  std::vector<Announced> announced;
  const Notice notice{"sync", facts.stream, webhook_body(facts, engine_.dialect())};
  const Delivery* before = nullptr;
  for (const std::string& url : urls_for(environment, facts.stream)) {
    Delivery& made = create(environment, notice, run_id, url);
    if (waits_for(before)) {
      wait_for(made, *before);
      announced.push_back({made.id});
    } else {
      announced.push_back(send_first(made, hold_for_commit));
    }
    before = &made;
  }
  core::check_invariants(*this);
  return announced;
}

std::vector<std::string> WebhookQueue::notify(const Environment& environment,
                                              const Notice& notice) {
  std::vector<std::string> ids;
  const Delivery* before = nullptr;
  for (const std::string& url : urls_for(environment, notice.about)) {
    Delivery& made = create(environment, notice, "", url);
    if (waits_for(before)) {
      wait_for(made, *before);
    } else {
      send_first(made, false);
    }
    ids.push_back(made.id);
    before = &made;
  }
  core::check_invariants(*this);
  return ids;
}

// Sets a new delivery's first attempt, as the fault rules have it.
WebhookQueue::Announced WebhookQueue::send_first(Delivery& delivery, bool hold_for_commit) {
  const WebhookEffect& effect = strike(delivery);
  Announced announced{delivery.id, effect.before_commit};
  const Time first = engine_.now() + effect.delay;
  if (effect.drop) {
    delivery.settled_by_fault = delivery.plan.fault;
    finish(delivery, DeliveryState::kDropped);
  } else if (hold_for_commit && effect.before_commit == Duration(0)) {
    delivery.next_attempt_at = first;
    hold(delivery, {HeldFor::kCommit, {}}, std::nullopt);
    log_.held(delivery);
  } else if (effect.reorder) {
    hold(delivery, {HeldFor::kFault, delivery.plan.fault}, first + kLongestReorder);
    log_.held(delivery);
  } else {
    schedule(delivery, first);
  }
  return announced;
}

void WebhookQueue::release(std::string_view id) {
  Delivery* const delivery = named(id);
  if (delivery == nullptr || delivery->state != DeliveryState::kHeld) return;
  if (delivery->held.reason == HeldFor::kTurn) return;  // the one before it was let go
  schedule(*delivery, std::max(engine_.now(), delivery->next_attempt_at.value_or(Time::min())));
  core::check_invariants(*this);
}

core::Result<void> WebhookQueue::resend(std::string_view id) {
  Delivery* const delivery = named(id);
  if (delivery == nullptr) {
    return core::Error{"unknown_delivery", "there is no delivery '" + std::string(id) + "'"};
  }
  if (delivery->state == DeliveryState::kPending || delivery->state == DeliveryState::kInFlight) {
    return core::Error{"delivery_in_progress",
                       "the delivery is still being attempted; it can be sent again when it is "
                       "delivered, failed, dropped or held"};
  }
  finished_.erase(delivery->number);
  log_.sent_again(*delivery);
  delivery->attempts_made = 0;
  delivery->settled_by_fault.clear();
  delivery->plan = {};
  schedule(*delivery, engine_.now());
  core::check_invariants(*this);
  return {};
}

// It is neither held nor has a timer any more.
void WebhookQueue::stop_waiting(Delivery& delivery) {
  if (const auto held = held_.find(delivery.url); held != held_.end()) {
    held->second.erase(delivery.number);
  }
  delivery.held = {};
  if (const auto timer = timers_.find(delivery.number); timer != timers_.end()) {
    engine_.cancel(timer->second);
    timers_.erase(timer);
  }
}

void WebhookQueue::schedule(Delivery& delivery, Time at) {
  stop_waiting(delivery);
  delivery.state = DeliveryState::kPending;
  delivery.next_attempt_at = at;
  engine_.note_delivery(delivery);
  timers_[delivery.number] = engine_.at(at, [this, number = delivery.number] { on_due(number); });
}

void WebhookQueue::hold(Delivery& delivery, Hold why, std::optional<Time> until) {
  if (until) schedule(delivery, *until);
  delivery.state = DeliveryState::kHeld;
  delivery.held = std::move(why);
  held_[delivery.url].insert(delivery.number);
  engine_.note_delivery(delivery);
}

bool WebhookQueue::waits_for(const Delivery* before) const {
  return before != nullptr && engine_.dialect().urls_in_turn && !before->finished();
}

void WebhookQueue::wait_for(Delivery& delivery, const Delivery& before) {
  next_[before.id] = delivery.number;
  hold(delivery, {HeldFor::kTurn, before.id}, std::nullopt);
  log_.held(delivery);
}

void WebhookQueue::let_next_go(const Delivery& ended) {
  const auto found = next_.find(ended.id);
  if (found == next_.end()) return;
  Delivery* const next = numbered(found->second);
  next_.erase(found);
  if (next != nullptr && next->held.reason == HeldFor::kTurn) send_first(*next, false);
}

void WebhookQueue::on_due(std::uint64_t number) {
  timers_.erase(number);
  if (Delivery* const delivery = numbered(number)) take_turn(*delivery);
  core::check_invariants(*this);
}

void WebhookQueue::take_turn(Delivery& delivery) {
  const Settings* settings = settings_of(delivery);
  if (settings == nullptr) return finish(delivery, DeliveryState::kFailed);
  // Faults come first: a probe that they keep from leaving would never tell the breaker how it
  // ended.
  if (!delivery.plan.decided) {
    const WebhookEffect& effect = strike(delivery);
    if (effect.drop) {
      delivery.settled_by_fault = delivery.plan.fault;
      return finish(delivery, DeliveryState::kDropped);
    }
    if (effect.delay > Duration(0)) return schedule(delivery, engine_.now() + effect.delay);
  }
  if (settings->breaker) {
    CircuitBreaker& breaker = breakers_[delivery.url];
    if (breaker.ask(engine_.now()) == CircuitBreaker::Decision::kWait) {
      const std::optional<Time> until = breaker.open_until();
      const bool in_future = until && *until > engine_.now();
      hold(delivery, {HeldFor::kBreaker, {}}, in_future ? until : std::optional<Time>());
      return log_.held(delivery);
    }
  }
  attempt(delivery);
}

void WebhookQueue::attempt(Delivery& delivery) {
  Attempt attempt;
  attempt.number = next_number(delivery);
  attempt.at = engine_.now();
  attempt.fault = delivery.plan.fault;
  stop_waiting(delivery);
  delivery.state = DeliveryState::kInFlight;
  delivery.next_attempt_at.reset();
  under_way_.insert(delivery.number);
  engine_.note_delivery(delivery);
  if (observer_) observer_(delivery, true);
  // A transport may answer at once and change the delivery: read it before the first send.
  const std::uint64_t number = delivery.number;
  const int copies = delivery.plan.effect.copies;
  const std::uint64_t epoch = epoch_;
  for (int copy = copies - 1; copy >= 0 && epoch == epoch_; --copy) {
    if (const Delivery* const still = numbered(number)) send(*still, attempt, copy > 0);
  }
}

core::Request WebhookQueue::request_for(const Delivery& delivery, int number) const {
  const Dialect& dialect = engine_.dialect();
  core::Request request;
  request.method = "POST";
  request.target = delivery.url;
  request.body = delivery.plan.effect.forge_body ? forged(delivery.body) : delivery.body;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("User-Agent", std::string(dialect.user_agent));
  const bool forge = delivery.plan.effect.forge_signature;
  for (const auto& [name, value] : delivery.headers) {
    if (is_standard_header(name)) continue;  // of a data file from before they were the attempt's
    request.headers.add(name, forge ? broken_signature(value) : value);
  }
  request.headers.add(std::string(dialect.delivery_header), delivery.id);
  request.headers.add(std::string(dialect.attempt_header), std::to_string(number));
  return request;
}

// What only the attempt itself can say: when it leaves, and what is signed with that.
void WebhookQueue::complete(core::Request& request, const Delivery& delivery, Attempt& attempt,
                            bool forge) const {
  attempt.at = engine_.now();
  const Settings* settings = settings_of(delivery);
  if (settings == nullptr) return;
  attempt.headers =
      standard_headers(*settings, engine_.dialect(), delivery.id, delivery.body, attempt.at);
  for (const auto& [name, value] : attempt.headers) {
    request.headers.add(name,
                        forge && name == "webhook-signature" ? broken_signature(value) : value);
  }
}

// One attempt on its way, through redirects if the dialect follows them.
struct WebhookQueue::Sending {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;  // the delivery's
  bool copy = false;
  bool forge = false;
  Duration timeout{};
  Attempt attempt;
  std::string url;     // where it goes now
  core::Request left;  // the request as it left, to there
  int redirects = 0;   // that may still be followed
};

void WebhookQueue::send(const Delivery& delivery, const Attempt& attempt, bool copy) {
  const Settings* settings = settings_of(delivery);
  const auto sending = std::make_shared<Sending>();
  sending->epoch = epoch_;
  sending->number = delivery.number;
  sending->copy = copy;
  sending->forge = delivery.plan.effect.forge_signature;
  sending->timeout = settings == nullptr ? RetryPolicy().timeout : settings->retry.timeout;
  sending->attempt = attempt;
  sending->redirects = engine_.dialect().redirects;
  ++in_flight_;
  ++attempts_made_;
  send_on(request_for(delivery, attempt.number), sending);
}

void WebhookQueue::send_on(core::Request request, const std::shared_ptr<Sending>& sending) {
  core::SendOptions options;
  options.timeout = sending->timeout;
  options.max_response_bytes = kMostAnswerBytes;
  options.needed = core::AnswerNeeded::kStatus;
  options.may_repeat = true;  // a receiver recognises it by its id
  const bool is_first = sending->url.empty();
  sending->url = request.target;
  options.on_turn = [this, sending, is_first](core::Request& leaving) {
    const Delivery* const about = sending->epoch == epoch_ ? numbered(sending->number) : nullptr;
    if (about != nullptr && is_first) complete(leaving, *about, sending->attempt, sending->forge);
    if (sending->redirects == 0) return;
    sending->left = leaving;
    sending->left.target = sending->url;  // transports have only its path here
  };
  transport_.send(std::move(request), options,
                  [this, sending](const core::Result<core::Response>& answer) {
                    if (sending->epoch == epoch_) on_answer(sending, answer);
                  });
}

void WebhookQueue::on_answer(const std::shared_ptr<Sending>& sending,
                             const core::Result<core::Response>& answer) {
  if (answer && sending->redirects > 0) {
    if (auto next = redirected(sending->left, *answer)) {
      --sending->redirects;
      return send_on(*std::move(next), sending);
    }
  }
  --in_flight_;
  on_attempt_ended(sending->number, std::move(sending->attempt), sending->copy, answer);
  core::check_invariants(*this);
  engine_.settle();
  if (on_attempt_end_) on_attempt_end_();
}

void WebhookQueue::on_attempt_ended(std::uint64_t number, Attempt attempt, bool copy,
                                    const core::Result<core::Response>& answer) {
  if (answer) {
    attempt.status = answer->status;
    // A key that the cut goes through is to be seen as one.
    attempt.response_body = engine_.secrets()
                                .hide_keys(answer->body.substr(0, 2 * kKeptAnswerBytes))
                                .substr(0, kKeptAnswerBytes);
    attempt.response_headers = kept_headers(answer->headers, engine_.secrets());
  } else {
    attempt.error = answer.error().code;
  }
  // In virtual time it takes the time-out there, too.
  if (!answer && attempt.error == "timeout" && engine_.virtual_clock() != nullptr) {
    const Delivery* const delivery = numbered(number);
    const Settings* settings = delivery == nullptr ? nullptr : settings_of(*delivery);
    if (settings != nullptr) {
      engine_.at(attempt.at + settings->retry.timeout,
                 [this, epoch = epoch_, number, attempt, copy] {
                   if (epoch != epoch_) return;
                   record(number, attempt, copy);
                   core::check_invariants(*this);
                 });
      return;
    }
  }
  record(number, std::move(attempt), copy);
}

void WebhookQueue::record(std::uint64_t number, Attempt attempt, bool copy) {
  Delivery* const found = numbered(number);
  if (found == nullptr) return;
  Delivery& delivery = *found;
  attempt.duration = engine_.now() - attempt.at;
  if (copy) {
    log_.attempted(delivery, attempt, true);
    delivery.attempts.push_back(std::move(attempt));
    engine_.note_delivery(delivery);
    return;
  }
  under_way_.erase(number);
  const bool ok = attempt.succeeded();
  if (!ok) on_failure(delivery, attempt);
  log_.attempted(delivery, attempt, false);
  delivery.attempts.push_back(std::move(attempt));
  if (delivery.attempts.size() > kMostAttempts) delivery.attempts.erase(delivery.attempts.begin());
  delivery.plan = {};
  const std::string url = delivery.url;
  if (observer_) observer_(delivery, false);
  if (ok) {
    finish(delivery, DeliveryState::kDelivered);
  } else if (delivery.attempts.back().next_attempt_at) {
    schedule(delivery, *delivery.attempts.back().next_attempt_at);
  } else {
    finish(delivery, DeliveryState::kFailed);
  }
  tell_breaker(delivery, ok);
  release_all(url, HeldFor::kFault);  // what a reorder fault held back may go now
  forget_oldest();
}

bool WebhookQueue::is_final(const Attempt& attempt) const {
  constexpr int kTooManyRequests = 429;
  const Dialect& dialect = engine_.dialect();
  if (attempt.status == kTooManyRequests) return dialect.has(Quirk::kRateLimitedWebhookFinal);
  if (!dialect.retries_only_server_errors) return false;
  // Of failures it retries those of the network only: what is no HTTP, or has no such name, stays
  // so.
  return (attempt.status >= 300 && attempt.status < 500) || attempt.error == "bad_response" ||
         attempt.error == "name_not_resolved";
}

void WebhookQueue::on_failure(Delivery& delivery, Attempt& attempt) {
  const Settings* settings = settings_of(delivery);
  ++delivery.attempts_made;
  if (settings == nullptr || delivery.attempts_made >= settings->retry.attempts ||
      is_final(attempt)) {
    return;
  }
  attempt.next_attempt_at = engine_.now() + retry_delay(settings->retry, delivery.attempts_made,
                                                        engine_.seed(), delivery.id);
}

void WebhookQueue::finish(Delivery& delivery, DeliveryState state) {
  stop_waiting(delivery);
  delivery.state = state;
  delivery.next_attempt_at.reset();
  finished_.insert(delivery.number);
  engine_.note_delivery(delivery);
  log_.ended(delivery);
  let_next_go(delivery);
}

void WebhookQueue::tell_breaker(const Delivery& delivery, bool succeeded) {
  const Settings* settings = settings_of(delivery);
  if (settings == nullptr) return;
  if (!settings->breaker) {
    // Taken away meanwhile: what it held has nothing more to wait for.
    if (breakers_.erase(delivery.url) > 0) release_all(delivery.url, HeldFor::kBreaker);
    return;
  }
  CircuitBreaker& breaker = breakers_[delivery.url];
  const bool turned =
      succeeded ? breaker.succeeded() : breaker.failed(*settings->breaker, engine_.now());
  if (!turned) return;
  engine_.log(LogLevel::kWarning, "webhook.breaker",
              breaker.open() ? "the breaker opened: deliveries wait" : "the breaker closed",
              {{"url", delivery.url}});
  release_all(delivery.url, HeldFor::kBreaker);
}

void WebhookQueue::release_all(std::string_view url, HeldFor reason) {
  const auto held = held_.find(url);
  if (held == held_.end()) return;
  const std::set<std::uint64_t> numbers = held->second;
  for (const std::uint64_t number : numbers) {
    Delivery* const delivery = numbered(number);
    if (delivery != nullptr && delivery->held.reason == reason) {
      schedule(*delivery, engine_.now());
    }
  }
}

void WebhookQueue::forget_oldest() {
  State& state = engine_.state();
  while (finished_.size() > kMostFinished) {
    const std::uint64_t number = *finished_.begin();
    finished_.erase(finished_.begin());
    const auto found = state.deliveries.find(number);
    if (found == state.deliveries.end()) continue;
    engine_.note_delivery(found->second);
    number_of_.erase(found->second.id);
    state.deliveries.erase(found);
    ++state.deliveries_forgotten;
    engine_.note_settings();
  }
}

// The one that it waits for, unless that is done or forgotten. Numbers tell which came first, so
// that it is known by its id already.
const Delivery* WebhookQueue::before_in_turn(const Delivery& delivery) const {
  if (delivery.held.reason != HeldFor::kTurn) return nullptr;
  const Delivery* const before = named(delivery.held.by);
  return before != nullptr && !before->finished() ? before : nullptr;
}

void WebhookQueue::resume() {
  ++epoch_;
  in_flight_ = 0;
  for (const auto& [number, timer] : timers_) engine_.cancel(timer);
  timers_.clear();
  number_of_.clear();
  breakers_.clear();
  held_.clear();
  next_.clear();
  under_way_.clear();
  finished_.clear();
  for (auto& [number, delivery] : engine_.state().deliveries) {
    number_of_.emplace(delivery.id, number);
    const Time at = std::max(engine_.now(), delivery.next_attempt_at.value_or(Time::min()));
    if (delivery.finished()) {
      finished_.insert(number);
    } else if (delivery.held.reason == HeldFor::kCommit) {
      held_[delivery.url].insert(number);
    } else if (delivery.held.reason == HeldFor::kFault) {
      hold(delivery, Hold(delivery.held), at);
    } else if (const Delivery* before = before_in_turn(delivery)) {
      held_[delivery.url].insert(number);
      next_[before->id] = number;
    } else {
      schedule(delivery, at);  // what a breaker held asks it again
    }
  }
  core::check_invariants(*this);
}

void WebhookQueue::check_invariants() const {
  const auto& all = engine_.state().deliveries;
  // All of it is looked at, so not after each event where that would be much: as often as costs
  // each event the same.
  constexpr std::size_t kLookedAtForAnEvent = 64;
  unchecked_ += kLookedAtForAnEvent;
  if (unchecked_ < all.size()) return;
  unchecked_ = 0;
  std::size_t waiting = timers_.size();
  for (const auto& [number, timer] : timers_) {
    const Delivery* const delivery = numbered(number);
    TERAPI_CHECK(delivery != nullptr, "a timer belongs to a delivery");
    check_waiting(*delivery);
  }
  for (const auto& [url, numbers] : held_) {
    for (const std::uint64_t number : numbers) {
      const Delivery* const delivery = numbered(number);
      TERAPI_CHECK(delivery != nullptr && delivery->url == url,
                   "what is held is a delivery to that URL");
      TERAPI_CHECK(delivery->state == DeliveryState::kHeld,
                   "what is in the list of held deliveries is held");
      if (timers_.contains(number)) continue;
      ++waiting;
      check_waiting(*delivery);
    }
  }
  for (const std::uint64_t number : under_way_) {
    const Delivery* const delivery = numbered(number);
    TERAPI_CHECK(delivery != nullptr && delivery->state == DeliveryState::kInFlight,
                 "what is under way is in flight");
  }
  TERAPI_CHECK(all.size() == waiting + under_way_.size() + finished_.size(),
               "each delivery waits, is under way or has ended");
  check_breakers();
}

// One with a timer, held or both.
void WebhookQueue::check_waiting(const Delivery& delivery) const {
  const bool timed = timers_.contains(delivery.number);
  const bool pending = delivery.state == DeliveryState::kPending;
  TERAPI_CHECK(pending || delivery.state == DeliveryState::kHeld, "what waits is pending or held");
  TERAPI_CHECK(pending == (delivery.held.reason == HeldFor::kNothing),
               "a delivery is held for a reason, and for no other");
  const auto held = held_.find(delivery.url);
  TERAPI_CHECK(pending || (held != held_.end() && held->second.contains(delivery.number)),
               "a held delivery is found by its URL");
  TERAPI_CHECK(!timed || delivery.next_attempt_at, "what has a timer says when it is due");
  TERAPI_CHECK(timed || delivery.held.reason != HeldFor::kFault,
               "a fault holds a delivery for a minute at most");
  const auto breaker = breakers_.find(delivery.url);
  TERAPI_CHECK(timed || delivery.held.reason != HeldFor::kBreaker ||
                   (breaker != breakers_.end() && breaker->second.probing()),
               "what the breaker holds without a timer waits for a probe");
  const int attempted = delivery.attempts.empty() ? 0 : delivery.attempts.back().number;
  TERAPI_CHECK(delivery.attempts_made <= attempted, "failures are attempts that were made");
}

void WebhookQueue::check_breakers() const {
  for (const auto& [url, breaker] : breakers_) {
    core::check_invariants(breaker);
    const auto leads_to = [&url = url, this](std::uint64_t number) {
      return numbered(number)->url == url;
    };
    TERAPI_CHECK(!breaker.probing() || std::any_of(under_way_.begin(), under_way_.end(), leads_to),
                 "a breaker that waits for a probe has one under way");
  }
}

}  // namespace terapi::simulator
