#include "simulator/webhooks/webhook_queue.h"

#include <algorithm>
#include <utility>

#include "simulator/webhooks/retry_policy.h"
#include "simulator/webhooks/webhook_signature.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kMostFinished = 10'000;
constexpr std::size_t kMostAttempts = 100;
constexpr std::size_t kMostAnswerBytes = std::size_t{4} << 20;  // nobody needs what it says
constexpr std::size_t kKeptAnswerBytes = 1024;
constexpr Duration kLongestReorder = std::chrono::minutes(1);
constexpr std::string_view kHeldForCommit = "commit";
constexpr std::string_view kHeldByBreaker = "breaker";
constexpr std::string_view kHeldByFault = "fault:";

FaultEvent event_for(const Delivery& delivery, int attempt) {
  FaultEvent event;
  event.on = FaultOn::kWebhook;
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
    : engine_(engine), transport_(transport) {}

bool WebhookQueue::may_send_before_commit() const {
  const auto& rules = engine_.state().faults.rules();
  return std::any_of(rules.begin(), rules.end(), [](const FaultRule& rule) {
    if (rule.on != FaultOn::kWebhook) return false;
    WebhookEffect effect;
    for (const FaultPtr& fault : rule.faults) fault->strike(effect);
    return effect.before_commit > Duration(0);
  });
}

const Delivery* WebhookQueue::find(std::string_view id) const {
  const auto number = number_of_.find(id);
  if (number == number_of_.end()) return nullptr;
  const auto found = engine_.state().deliveries.find(number->second);
  return found == engine_.state().deliveries.end() ? nullptr : &found->second;
}

Delivery* WebhookQueue::find(std::string_view id) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): it is this queue that is not const here
  return const_cast<Delivery*>(std::as_const(*this).find(id));
}

const Settings* WebhookQueue::settings_of(const Delivery& delivery) const {
  const Environment* environment = engine_.state().find_environment(delivery.environment);
  return environment == nullptr ? nullptr : &environment->settings;
}

Delivery& WebhookQueue::create(const Environment& environment, const WebhookFacts& facts,
                               std::string_view run_id, const std::string& url,
                               const std::string& body) {
  Delivery delivery;
  delivery.number = ++engine_.state().last_delivery;
  delivery.id = engine_.make_id("delivery", delivery.number);
  delivery.environment = environment.settings.name;
  delivery.url = url;
  delivery.stream = facts.stream;
  delivery.run_id = run_id;
  delivery.body = body;
  delivery.created_at = engine_.now();
  delivery.headers = signature_headers(environment.settings, engine_.dialect(), delivery.id, body,
                                       delivery.created_at);
  number_of_.emplace(delivery.id, delivery.number);
  engine_.note_settings();
  const std::uint64_t number = delivery.number;
  Delivery& stored = engine_.state().deliveries.emplace(number, std::move(delivery)).first->second;
  engine_.note_delivery(stored);
  return stored;
}

// Asks the fault rules about the next attempt and notes what they decide in its plan.
WebhookEffect WebhookQueue::strike(Delivery& delivery) {
  WebhookEffect effect;
  delivery.plan = {};
  delivery.plan.decided = true;
  if (engine_.state().faults.empty()) return effect;
  delivery.plan.fault = engine_.state().faults.strike(event_for(delivery, next_number(delivery)),
                                                      engine_.seed(), effect);
  delivery.plan.copies = effect.copies;
  delivery.plan.forge_body = effect.forge_body;
  delivery.plan.forge_signature = effect.forge_signature;
  if (!delivery.plan.fault.empty()) {
    engine_.log(LogLevel::kInfo, "fault", "a fault strikes a webhook",
                {{"rule", delivery.plan.fault}, {"delivery", delivery.id}});
  }
  return effect;
}

std::vector<WebhookQueue::Announced> WebhookQueue::announce(const Environment& environment,
                                                            const WebhookFacts& facts,
                                                            std::string_view run_id,
                                                            bool hold_for_commit) {
  std::vector<Announced> announced;
  const std::string body = webhook_body(facts, engine_.dialect());
  for (const std::string& url : urls_for(environment, facts.stream)) {
    Delivery& delivery = create(environment, facts, run_id, url, body);
    const WebhookEffect effect = strike(delivery);
    announced.push_back({delivery.id, effect.before_commit});
    const Time first = engine_.now() + effect.delay;
    if (effect.drop) {
      delivery.settled_by_fault = delivery.plan.fault;
      finish(delivery, DeliveryState::kDropped);
    } else if (hold_for_commit && effect.before_commit == Duration(0)) {
      delivery.next_attempt_at = first;
      hold(delivery, std::string(kHeldForCommit), std::nullopt);
    } else if (effect.reorder) {
      hold(delivery, std::string(kHeldByFault) + delivery.plan.fault, first + kLongestReorder);
    } else {
      schedule(delivery, first);
    }
  }
  return announced;
}

void WebhookQueue::release(std::string_view id) {
  Delivery* delivery = find(id);
  if (delivery == nullptr || delivery->state != DeliveryState::kHeld) return;
  schedule(*delivery, std::max(engine_.now(), delivery->next_attempt_at.value_or(Time::min())));
}

core::Result<void> WebhookQueue::resend(std::string_view id) {
  Delivery* delivery = find(id);
  if (delivery == nullptr) {
    return core::Error{"unknown_delivery", "there is no delivery '" + std::string(id) + "'"};
  }
  if (delivery->state == DeliveryState::kPending || delivery->state == DeliveryState::kInFlight) {
    return core::Error{"delivery_in_progress",
                       "the delivery is still being attempted; it can be sent again when it is "
                       "delivered, failed, dropped or held"};
  }
  finished_.erase(delivery->number);
  delivery->attempts_made = 0;
  delivery->settled_by_fault.clear();
  delivery->plan = {};
  schedule(*delivery, engine_.now());
  return {};
}

void WebhookQueue::schedule(Delivery& delivery, Time at) {
  if (const auto held = held_.find(delivery.url); held != held_.end()) {
    held->second.erase(delivery.number);
  }
  delivery.state = DeliveryState::kPending;
  delivery.held_by.clear();
  delivery.next_attempt_at = at;
  engine_.note_delivery(delivery);
  if (const auto old = timers_.find(delivery.number); old != timers_.end()) {
    engine_.cancel(old->second);
    timers_.erase(old);
  }
  timers_[delivery.number] = engine_.at(at, [this, number = delivery.number] { due(number); });
}

void WebhookQueue::hold(Delivery& delivery, std::string by, std::optional<Time> until) {
  if (until) schedule(delivery, *until);
  delivery.state = DeliveryState::kHeld;
  delivery.held_by = std::move(by);
  held_[delivery.url].insert(delivery.number);
  engine_.note_delivery(delivery);
}

void WebhookQueue::due(std::uint64_t number) {
  timers_.erase(number);
  const auto found = engine_.state().deliveries.find(number);
  if (found == engine_.state().deliveries.end()) return;
  Delivery& delivery = found->second;
  const Settings* settings = settings_of(delivery);
  if (settings == nullptr) return finish(delivery, DeliveryState::kFailed);
  // Faults come first: a probe that they keep from leaving would never tell the breaker how it
  // ended.
  if (!delivery.plan.decided) {
    const WebhookEffect effect = strike(delivery);
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
      return hold(delivery, std::string(kHeldByBreaker), in_future ? until : std::optional<Time>());
    }
  }
  attempt(delivery);
}

void WebhookQueue::attempt(Delivery& delivery) {
  Attempt attempt;
  attempt.number = next_number(delivery);
  attempt.at = engine_.now();
  attempt.fault = delivery.plan.fault;
  if (const auto held = held_.find(delivery.url); held != held_.end()) {
    held->second.erase(delivery.number);
  }
  delivery.state = DeliveryState::kInFlight;
  delivery.held_by.clear();
  delivery.next_attempt_at.reset();
  engine_.note_delivery(delivery);
  if (observer_) observer_(delivery, true);
  // A transport may answer at once and change the delivery: read it before the first send.
  const std::uint64_t number = delivery.number;
  const int copies = delivery.plan.copies;
  for (int copy = copies - 1; copy >= 0; --copy) {
    const auto found = engine_.state().deliveries.find(number);
    if (found != engine_.state().deliveries.end()) send(found->second, attempt, copy > 0);
  }
}

core::Request WebhookQueue::request_for(const Delivery& delivery, int number) const {
  const Dialect& dialect = engine_.dialect();
  core::Request request;
  request.method = "POST";
  request.target = delivery.url;
  request.body = delivery.plan.forge_body ? forged(delivery.body) : delivery.body;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("User-Agent", std::string(dialect.product) + "-simulator/1");
  for (const auto& [name, value] : delivery.headers) {
    const bool signature = name != "webhook-id" && name != "webhook-timestamp";
    request.headers.add(
        name, delivery.plan.forge_signature && signature ? broken_signature(value) : value);
  }
  request.headers.add(std::string(dialect.delivery_header), delivery.id);
  request.headers.add(std::string(dialect.attempt_header), std::to_string(number));
  return request;
}

void WebhookQueue::send(const Delivery& delivery, Attempt attempt, bool copy) {
  const Settings* settings = settings_of(delivery);
  core::SendOptions options;
  options.timeout = settings == nullptr ? RetryPolicy().timeout : settings->retry.timeout;
  options.max_response_bytes = kMostAnswerBytes;
  ++in_flight_;
  ++attempts_made_;
  core::Request request = request_for(delivery, attempt.number);
  transport_.send(std::move(request), options,
                  [this, epoch = epoch_, number = delivery.number, copy,
                   attempt = std::move(attempt)](const core::Result<core::Response>& answer) {
                    if (epoch != epoch_) return;
                    --in_flight_;
                    ended(number, attempt, copy, answer);
                    engine_.settle();
                    if (on_attempt_end_) on_attempt_end_();
                  });
}

void WebhookQueue::ended(std::uint64_t number, Attempt attempt, bool copy,
                         const core::Result<core::Response>& answer) {
  if (answer) {
    attempt.status = answer->status;
    attempt.response_body = answer->body.substr(0, kKeptAnswerBytes);
  } else {
    attempt.error = answer.error().code;
  }
  if (!answer && attempt.error == "timeout" && virtual_time_) {
    const auto found = engine_.state().deliveries.find(number);
    const Settings* settings =
        found == engine_.state().deliveries.end() ? nullptr : settings_of(found->second);
    if (settings != nullptr) {
      engine_.at(attempt.at + settings->retry.timeout,
                 [this, epoch = epoch_, number, attempt, copy] {
                   if (epoch == epoch_) record(number, attempt, copy);
                 });
      return;
    }
  }
  record(number, std::move(attempt), copy);
}

void WebhookQueue::record(std::uint64_t number, Attempt attempt, bool copy) {
  const auto found = engine_.state().deliveries.find(number);
  if (found == engine_.state().deliveries.end()) return;
  Delivery& delivery = found->second;
  attempt.duration = engine_.now() - attempt.at;
  if (copy) {
    delivery.attempts.push_back(std::move(attempt));
    engine_.note_delivery(delivery);
    return;
  }
  const bool ok = attempt.succeeded();
  if (!ok) after_failure(delivery, attempt);
  engine_.log(ok ? LogLevel::kInfo : LogLevel::kWarning, "webhook.attempt",
              ok ? "a webhook was delivered" : "a webhook attempt failed",
              {{"delivery", delivery.id},
               {"attempt", std::to_string(attempt.number)},
               {"url", delivery.url},
               {"result", attempt.error.empty() ? std::to_string(attempt.status) : attempt.error},
               {"next", attempt.next_attempt_at ? format_timestamp(*attempt.next_attempt_at)
                                                : std::string("none")}});
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
  release_all(url, kHeldByFault);  // what a reorder fault held back may go now
  forget_oldest();
}

bool WebhookQueue::is_final(const Attempt& attempt) const {
  return engine_.dialect().retries_only_server_errors && attempt.status >= 300 &&
         attempt.status < 500;
}

void WebhookQueue::after_failure(Delivery& delivery, Attempt& attempt) {
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
  delivery.state = state;
  delivery.next_attempt_at.reset();
  delivery.held_by.clear();
  finished_.insert(delivery.number);
  engine_.note_delivery(delivery);
  if (state == DeliveryState::kFailed) {
    engine_.log(LogLevel::kError, "webhook.failed",
                "a webhook was given up; it can be sent again by hand",
                {{"delivery", delivery.id}, {"url", delivery.url}});
  }
}

void WebhookQueue::tell_breaker(const Delivery& delivery, bool succeeded) {
  const Settings* settings = settings_of(delivery);
  if (settings == nullptr) return;
  if (!settings->breaker) {
    // Taken away meanwhile: what it held has nothing more to wait for.
    if (breakers_.erase(delivery.url) > 0) release_all(delivery.url, kHeldByBreaker);
    return;
  }
  CircuitBreaker& breaker = breakers_[delivery.url];
  const bool turned =
      succeeded ? breaker.succeeded() : breaker.failed(*settings->breaker, engine_.now());
  if (!turned) return;
  engine_.log(LogLevel::kWarning, "webhook.breaker",
              breaker.open() ? "the breaker opened: deliveries wait" : "the breaker closed",
              {{"url", delivery.url}});
  release_all(delivery.url, kHeldByBreaker);
}

void WebhookQueue::release_all(std::string_view url, std::string_view held_by_prefix) {
  const auto held = held_.find(url);
  if (held == held_.end()) return;
  const std::set<std::uint64_t> numbers = held->second;
  for (const std::uint64_t number : numbers) {
    const auto found = engine_.state().deliveries.find(number);
    if (found == engine_.state().deliveries.end()) continue;
    if (found->second.held_by.starts_with(held_by_prefix)) {
      schedule(found->second, engine_.now());
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

void WebhookQueue::resume() {
  ++epoch_;
  in_flight_ = 0;
  for (const auto& [number, timer] : timers_) engine_.cancel(timer);
  timers_.clear();
  number_of_.clear();
  breakers_.clear();
  held_.clear();
  finished_.clear();
  for (auto& [number, delivery] : engine_.state().deliveries) {
    number_of_.emplace(delivery.id, number);
    const Time at = std::max(engine_.now(), delivery.next_attempt_at.value_or(Time::min()));
    if (delivery.finished()) {
      finished_.insert(number);
    } else if (delivery.held_by == kHeldForCommit) {
      held_[delivery.url].insert(number);
    } else if (delivery.held_by.starts_with(kHeldByFault)) {
      hold(delivery, delivery.held_by, at);
    } else {
      schedule(delivery, at);  // what a breaker held asks it again
    }
  }
}

}  // namespace terapi::simulator
