#include "core/virtual_network.h"

#include <optional>
#include <utility>

#include "core/delivery.h"

namespace terapi::core {

struct VirtualNetwork::Call {
  SendOptions options;
  Done done;
  TimerId timeout = 0;
  std::optional<Response> begun{};  // its head has come, and that is enough
  bool ended = false;
};

void VirtualNetwork::send(Request request, const SendOptions& options, Done done) {
  if (options.on_turn) options.on_turn(request);
  if (on_send) on_send(request);
  ++sent_;
  ++in_flight_;
  const auto call = std::make_shared<Call>(Call{options, std::move(done)});
  const TimerId timeout =
      clock_.at(clock_.now() + options.timeout, [this, alive = std::weak_ptr(alive_), call] {
        if (alive.expired()) return;
        if (call->begun) return end(call, *std::move(call->begun));
        end(call, Error{"timeout", "no complete answer within the time-out"});
      });
  call->timeout = timeout;
  later(latency_,
        [this, call, request = std::move(request)]() mutable { arrive(std::move(request), call); });
}

void VirtualNetwork::arrive(Request request, const std::shared_ptr<Call>& call) {
  const Result<Url> url = to_origin_form(request);
  if (!url || (listens && !listens(*url))) {
    const Error error = url ? Error{"connection_refused", "nothing listens there"} : url.error();
    return later(latency_, [this, call, error] { end(call, error); });
  }
  handler_(std::move(request), [this, alive = std::weak_ptr(alive_), call](Outcome outcome) {
    if (alive.expired()) return;
    Delivery delivery = deliver(std::move(outcome), call->options);
    if (call->options.needed == AnswerNeeded::kStatus && delivery.result) {
      later(latency_ + delivery.head_after,
            [call, begun = *delivery.result]() mutable { call->begun = std::move(begun); });
    }
    later(latency_ + delivery.after, [this, call, result = std::move(delivery.result)]() mutable {
      end(call, std::move(result));
    });
  });
}

void VirtualNetwork::end(const std::shared_ptr<Call>& call, Result<Response> result) {
  if (std::exchange(call->ended, true)) return;
  clock_.cancel(call->timeout);
  --in_flight_;
  if (before_answer) before_answer(result);
  call->done(std::move(result));
}

void VirtualNetwork::later(Duration wait, std::function<void()> action) {
  clock_.at(clock_.now() + wait, [alive = std::weak_ptr(alive_), action = std::move(action)] {
    if (!alive.expired()) action();
  });
}

}  // namespace terapi::core
