// Stage: where a scenario is played: a server, time, and what the judge has seen of both. Two kinds
// by whom the scenario judges: ServerStage (the server is put to the test, and the judge is its
// caller) and ClientStage (the server is our own, and a client stands in front of it); each in two
// worlds, in this process in virtual time and over real HTTP.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "conformance/evidence/sync_model.h"
#include "conformance/harness/stage/wire.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/result.h"

namespace terapi::conformance {

class Stage {
 public:
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  virtual std::string_view world() const = 0;  // "virtual" or "http"
  const Dialect& dialect() const { return dialect_; }

  virtual core::Time now() const = 0;
  // Lets things happen until `done` is true, or `limit` has passed; says which.
  virtual bool run_until(const std::function<bool()>& done, core::Duration limit) = 0;

  // Sends to the server and waits for the answer. `target` is in origin form:
  // "/records?model=Issue", "/_simulator/runs". Nothing is added to the request, nor taken from it,
  // and nothing is written down.
  virtual core::Result<core::Response> call(core::Request request) = 0;
  // Sends all of them before the first is answered, where it can; the answers in that order.
  virtual std::vector<core::Result<core::Response>> call_together(
      std::vector<core::Request> requests);
  virtual bool has_control() const = 0;
  virtual std::string secret_key() const = 0;
  // How often the fault rule of that id has struck since it was set. Code "no_answer" where the
  // control API does not say.
  virtual core::Result<std::uint64_t> fired(const std::string& fault);
  // A text of a scenario, in which names stand for what is not known before it is played:
  // "{receiver}", "{refusing}" (ServerStage), "{elsewhere}" (ClientStage).
  virtual std::string filled(std::string text) const = 0;

  History& history() { return history_; }
  const History& history() const { return history_; }
  Model& model() { return model_; }
  SyncModel& syncs() { return syncs_; }
  Wire& wire() { return wire_; }
  // The model was told of a change, which the server is about to be told, too.
  virtual void model_changed() {}

 protected:
  Stage(const Dialect& dialect, SyncModel::Runs runs)
      : dialect_(dialect),
        model_(dialect.habits),
        syncs_(model_, runs),
        wire_([this] { return now(); }, dialect, model_, history_) {}

  const Dialect& dialect_;
  History history_;
  Model model_;
  SyncModel syncs_;
  Wire wire_;
};

// A call of the control API: ("POST", "/runs", body).
core::Request control_request(std::string method, std::string_view path, std::string body = "");

// `text` with each `what` replaced.
std::string replaced(std::string text, std::string_view what, std::string_view by);

}  // namespace terapi::conformance
