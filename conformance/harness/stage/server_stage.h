// ServerStage: where a scenario is played: the server, the judge's webhook receiver, and time. Two
// worlds, one interface: everything in this process in virtual time, or over real HTTP.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "conformance/contract/dialect.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/result.h"

namespace terapi::conformance {

class ServerStage {
 public:
  // What the judge's receiver answers to a webhook. `at` is when it came, on the server's clock
  // where that is virtual, else on this machine's.
  using Receiver = std::function<core::Outcome(const core::Request&, core::Time at)>;

  virtual ~ServerStage() = default;
  virtual std::string_view world() const = 0;  // "virtual" or "http"
  virtual const Dialect& dialect() const = 0;

  virtual core::Time now() const = 0;
  // True where the server's clock is virtual: times can be compared exactly, and waiting is free.
  virtual bool exact_time() const = 0;
  // Lets things happen until `done` is true, or `limit` has passed; says which.
  virtual bool run_until(const std::function<bool()>& done, core::Duration limit) = 0;

  // Sends to the server under test and waits for the answer, while webhooks may come in.
  // `target` is in origin form: "/records?model=Issue", "/_simulator/runs". A control call goes to
  // the control URL. Nothing is added to the request, nor taken from it.
  virtual core::Result<core::Response> call(core::Request request) = 0;
  // "http://127.0.0.1:3003", for what `call` cannot send; empty where there are no sockets.
  virtual std::string base_url() const { return ""; }
  virtual bool has_control() const = 0;
  virtual std::string secret_key() const = 0;

  // The judge's own receiver of webhooks, and a URL at which nobody listens.
  virtual void set_receiver(Receiver receiver) = 0;
  virtual std::string receiver_url(std::string_view path) const = 0;
  virtual std::string refusing_url() const = 0;
};

}  // namespace terapi::conformance
