// ProxyCalls: requests of the proxy on their way (WRITE-2): to the connection's simulated external
// API, or to another host, if the owner of the machine has allowed that one. A request that fails
// is sent again as often as its caller asked; between attempts time passes on the clock, and nobody
// else waits.
//
// To another host goes what the caller means for it, and nothing else: neither the environment's
// key nor the connection's credentials. Redirects are handed back, not followed. The time that its
// answer takes to begin is bounded; the body streams through, piece by piece, as fast as the caller
// takes it.
//
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/delivery.h"
#include "core/transport.h"
#include "core/url.h"
#include "simulator/api/public_call.h"

namespace terapi::simulator {

class ProxyCalls {
 public:
  ProxyCalls(Engine& engine, Upstream& upstream, core::AsyncTransport& transport)
      : engine_(engine), upstream_(upstream), transport_(transport) {}

  // What Base-Url-Override may name: schemes, hosts and ports. None, unless this was called.
  void allow(std::vector<core::Url> origins) { allowed_ = std::move(origins); }
  bool allows(const core::Url& base) const;

  struct Order {
    std::string environment;
    StreamKey connection;             // its integration and id
    std::string asked;                // for the log: method and path, without the query
    core::Request request;            // its target: a path, or another host's URL
    std::optional<std::string> host;  // which one, if it goes to another
    int retries = 0;
    std::set<int> retry_on;  // statuses, beside 429 and 5xx
  };
  using Done = std::function<void(PublicResult)>;
  // Calls back exactly once: at once where the simulated API answers the first attempt.
  void start(Order order, Done done);
  // Answers all that are under way with 503: before another state takes the place of this one, and
  // before a stop.
  void end_all();

 private:
  struct Call {
    Order order;
    Done done;
    std::uint64_t operation = 0;  // in the log
    int attempts = 0;
    Time sent_at{};
  };
  using Number = std::uint64_t;
  void attempt(Number number);
  void send_to_host(Number number);
  void on_answer(Number number, core::Outcome outcome);
  std::shared_ptr<core::BodySource> watch(core::Outcome& outcome, std::uint64_t operation,
                                          const LogEnd& end);
  void on_error(Number number, const core::Error& error);
  void note_step(const Call& call, core::Delivery delivery);
  void try_again(Number number, Duration wait);
  void finish(Number number, const core::Delivery& last, PublicResult result);
  static LogEnd end_of(const core::Delivery& last, Time now);

  Engine& engine_;
  Upstream& upstream_;
  core::AsyncTransport& transport_;
  std::vector<core::Url> allowed_;
  std::map<Number, Call> calls_;  // under way; what is not here any more has been answered
  Number last_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // bodies may outlive this
};

}  // namespace terapi::simulator
