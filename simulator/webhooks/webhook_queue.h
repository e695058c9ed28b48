// WebhookQueue: gets every webhook to its receiver, or records why not (HOOK-6 to HOOK-8, HOOK-11,
// HOOK-12, HOOK-14).
//
// One queue on the clock: each delivery that waits has one timer; attempts go out side by side, so
// no receiver waits for another. What it knows is in State::deliveries; after a state was loaded,
// `resume` sets the timers again, and an attempt that was cut off is made once more.
//
// Each delivery is in one of three places: it waits (a timer, a reason to be held, or both), its
// attempt is under way, or it has ended. check_invariants() says so after each event.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/transport.h"
#include "simulator/engine/engine.h"
#include "simulator/webhooks/circuit_breaker.h"
#include "simulator/webhooks/delivery_log.h"
#include "simulator/webhooks/webhook_payload.h"

namespace terapi::simulator {

class WebhookQueue {
 public:
  WebhookQueue(Engine& engine, core::AsyncTransport& transport);

  struct Announced {
    std::string id;
    Duration before_commit{0};  // how long before its data a fault sends it
  };
  // Makes the deliveries that announce a run, one for each URL (HOOK-1). With `hold`, those without
  // a before_commit fault wait for release().
  std::vector<Announced> announce(const Environment& environment, const WebhookFacts& facts,
                                  std::string_view run_id, bool hold);
  // Sends a webhook of another type (HOOK-13); the ids of its deliveries.
  struct Notice {
    std::string type;
    StreamKey about;  // integration and connection
    std::string body;
  };
  std::vector<std::string> notify(const Environment& environment, const Notice& notice);
  // Lets a delivery go that announce() held.
  void release(std::string_view id);
  // HOOK-12: sends a finished or held delivery again, with all attempts of the policy before it.
  // Codes "unknown_delivery", "delivery_in_progress".
  core::Result<void> resend(std::string_view id);

  // True when a rule may send a webhook before its data can be read.
  bool may_send_before_commit() const;

  // Forgets timers and attempts under way, and starts from State::deliveries.
  void resume();

  const Delivery* find(std::string_view id) const { return named(id); }
  // Attempts on the wire.
  std::size_t in_flight() const { return in_flight_; }
  std::uint64_t attempts_made() const { return attempts_made_; }
  std::size_t waiting() const { return timers_.size(); }
  // Told whenever an attempt starts (before it is sent) or has ended.
  using Observer = std::function<void(const Delivery&, bool started)>;
  void set_observer(Observer observer) { observer_ = std::move(observer); }
  // Told whenever an attempt has ended and the state is settled.
  void set_on_attempt_end(std::function<void()> callback) { on_attempt_end_ = std::move(callback); }

  // What holds between two events (core/check.h).
  void check_invariants() const;

 private:
  Delivery* named(std::string_view id) const;
  Delivery* numbered(std::uint64_t number) const;
  const Settings* settings_of(const Delivery& delivery) const;
  Delivery& create(const Environment& environment, const Notice& notice, std::string_view run_id,
                   const std::string& url);
  Announced send_first(Delivery& delivery, bool hold_for_commit);
  const WebhookEffect& strike(Delivery& delivery);
  // The delivery to another URL of what `before` announces, where that has to be done first.
  bool waits_for(const Delivery* before) const;
  void wait_for(Delivery& delivery, const Delivery& before);
  void let_next_go(const Delivery& ended);
  const Delivery* before_in_turn(const Delivery& delivery) const;
  void schedule(Delivery& delivery, Time at);
  void hold(Delivery& delivery, Hold why, std::optional<Time> until);
  void stop_waiting(Delivery& delivery);
  void on_due(std::uint64_t number);
  void take_turn(Delivery& delivery);
  void attempt(Delivery& delivery);
  core::Request request_for(const Delivery& delivery, int number) const;
  void complete(core::Request& request, const Delivery& delivery, Attempt& attempt,
                bool forge) const;
  void send(const Delivery& delivery, const Attempt& attempt, bool copy);
  struct Sending;
  void send_on(core::Request request, const std::shared_ptr<Sending>& sending);
  void on_answer(const std::shared_ptr<Sending>& sending,
                 const core::Result<core::Response>& answer);
  void on_attempt_ended(std::uint64_t number, Attempt attempt, bool copy,
                        const core::Result<core::Response>& answer);
  void record(std::uint64_t number, Attempt attempt, bool copy);
  void finish(Delivery& delivery, DeliveryState state);
  void on_failure(Delivery& delivery, Attempt& attempt);
  bool is_final(const Attempt& attempt) const;
  void tell_breaker(const Delivery& delivery, bool succeeded);
  void release_all(std::string_view url, HeldFor reason);
  void forget_oldest();
  void check_waiting(const Delivery& delivery) const;
  void check_breakers() const;

  Engine& engine_;
  core::AsyncTransport& transport_;
  DeliveryLog log_;
  std::map<std::string, std::uint64_t, std::less<>> number_of_;  // by delivery id
  std::map<std::uint64_t, core::TimerId> timers_;
  std::map<std::string, CircuitBreaker> breakers_;                    // by URL
  std::map<std::string, std::set<std::uint64_t>, std::less<>> held_;  // by URL
  std::map<std::string, std::uint64_t, std::less<>> next_;  // by the id of the one before it
  std::set<std::uint64_t> under_way_;                       // their attempt is not recorded yet
  std::set<std::uint64_t> finished_;
  std::size_t in_flight_ = 0;
  std::uint64_t attempts_made_ = 0;
  mutable std::size_t unchecked_ = 0;  // deliveries that check_invariants() has passed over
  std::uint64_t epoch_ = 0;            // answers to attempts of an earlier one are ignored
  Observer observer_;
  std::function<void()> on_attempt_end_;
};

}  // namespace terapi::simulator
