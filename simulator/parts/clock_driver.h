// ClockDriver: moves virtual time on request. Time stands still while a webhook attempt is on the
// wire, so whatever is due happens at its exact instant, and a day of backoff takes milliseconds.
//
// Thread rule: the simulator's thread.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "core/clock.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/turns.h"
#include "simulator/runs/actions.h"
#include "simulator/runs/sync_runner.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {

class ClockDriver {
 public:
  // `clock` is null on the system clock, where only until_idle may be called.
  ClockDriver(core::VirtualClock* clock, const Engine& engine, const WebhookQueue& webhooks,
              const SyncRunner& runner, const Actions& actions)
      : clock_(clock), engine_(engine), webhooks_(webhooks), runner_(runner), actions_(actions) {}

  bool is_virtual() const { return clock_ != nullptr; }
  // Lets others have their turn when much is due. Without it, all of it is done at once.
  void set_turns(Turns turns) { turns_ = std::move(turns); }
  // Does everything that is due up to `to`, then stands there and calls back.
  void advance_to(Time to, std::function<void()> done);
  // Does everything that is due, however far away, until nothing is or `limit` is reached; what
  // only comes again and again, as the next run of a sync does, is not waited for. On the system
  // clock: calls back when no run is due or under way, no action, and no webhook.
  void run_until_idle(Time limit, std::function<void()> done);
  // Goes on as far as it can; called after each event and each ended attempt.
  void step();

 private:
  struct Job {
    Time to;
    bool until_idle = false;
    std::function<void()> done;
  };
  bool finish_idle_on_system_clock();
  bool gives_way();

  core::VirtualClock* clock_;
  const Engine& engine_;
  const WebhookQueue& webhooks_;
  const SyncRunner& runner_;
  const Actions& actions_;
  std::deque<Job> jobs_;
  Turns turns_;
  bool stepping_ = false;
  bool waits_for_turn_ = false;
};

}  // namespace terapi::simulator
