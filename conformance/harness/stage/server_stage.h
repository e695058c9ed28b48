// ServerStage: where a scenario that judges a server is played: the server under test, and the
// judge's own receiver of webhooks. Two kinds: VirtualServerStage (a simulator in this process, in
// virtual time) and HttpServerStage (any server, by its URL).
//
// While a call waits for its answer webhooks may come in, and their receiver may make calls of its
// own.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "conformance/harness/stage/stage.h"
#include "core/transport.h"

namespace terapi::conformance {

class ServerStage : public Stage {
 public:
  // What the judge's receiver answers to a webhook. `at` is when it came, on the server's clock
  // where that is virtual, else on this machine's.
  using Receiver = std::function<core::Outcome(const core::Request&, core::Time at)>;

  // True where the server's clock is virtual: times can be compared exactly, and waiting is free.
  virtual bool exact_time() const = 0;
  // So long may a request, a webhook or an answer be under way, by what was measured in this play:
  // nothing that is later by that came too late.
  virtual core::Duration slack() const { return {}; }
  // Why this machine is too slow to say of anything that it came too late; empty: it is not.
  virtual std::string too_slow() const { return ""; }
  // "http://127.0.0.1:3003", for what `call` cannot send; empty where there are no sockets.
  virtual std::string base_url() const { return ""; }

  // Why nothing more is asked of the server in this run; empty: it may be asked.
  virtual std::string out_of_budget() const { return ""; }

  // The judge's own receiver of webhooks, and a URL at which nobody listens.
  virtual void set_receiver(Receiver receiver) = 0;
  virtual std::string receiver_url(std::string_view path) const = 0;
  virtual std::string refusing_url() const = 0;

  std::string filled(std::string text) const override;
  // Another play begins: nothing has been seen. `told`: History::told.
  void begin(bool told);

 protected:
  explicit ServerStage(const Dialect& dialect) : Stage(dialect, SyncModel::Runs::kScheduled) {}
};

}  // namespace terapi::conformance
