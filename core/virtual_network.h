// VirtualNetwork: carries requests to a handler in this process, and answers back, in the time of a
// clock: each takes `latency` one way, an answer as much longer as its wire faults say
// (delivery.h), and whoever asked waits for its time-out and no longer, whatever kept the answer.
//
// Thread rule: the clock's thread. What is under way when the network is destroyed is dropped.
//
//   VirtualClock clock;
//   VirtualNetwork network(clock, handler);
//   network.send(request, {.timeout = 20s}, [](Result<Response> response) { … });
//   clock.advance_by(1s);
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "core/clock.h"
#include "core/transport.h"
#include "core/url.h"

namespace terapi::core {

class VirtualNetwork final : public AsyncTransport {
 public:
  static constexpr Duration kLatency = std::chrono::milliseconds(1);

  VirtualNetwork(Clock& clock, Handler handler, Duration latency = kLatency)
      : clock_(clock), handler_(std::move(handler)), latency_(latency) {}

  // Never calls back before it returns.
  void send(Request request, const SendOptions& options, Done done) override;

  std::size_t sent() const { return sent_; }
  // Sent, and neither answered nor given up.
  std::size_t in_flight() const { return in_flight_; }

  // Each may be empty, and may throw: such an exception, a sender's crash, escapes the clock, too.
  std::function<bool(const Url&)>
      listens;  // whether anything does, there; else the connection is refused
  std::function<void(const Request&)> on_send;           // a request leaves
  std::function<void(Result<Response>&)> before_answer;  // an answer is handed over

 private:
  struct Call;
  void later(Duration wait, std::function<void()> action);
  void arrive(Request request, const std::shared_ptr<Call>& call);
  void end(const std::shared_ptr<Call>& call, Result<Response> result);

  Clock& clock_;
  Handler handler_;
  Duration latency_;
  std::size_t sent_ = 0;
  std::size_t in_flight_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace terapi::core
