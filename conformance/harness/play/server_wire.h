// ServerWire: the judge's line to the server under test. Every request and answer becomes a pair of
// events, keys left out; a run is told to the model as well; and where only reading is allowed,
// nothing else is ever sent.
//
// Thread rule: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/laws/server_caller.h"
#include "conformance/laws/webhook_laws.h"

namespace terapi::conformance {

class ServerWire final : public ServerCaller {
 public:
  ServerWire(ServerStage& stage, History& history, bool read_only)
      : stage_(stage), history_(history), read_only_(read_only) {}

  const Dialect& dialect() const override { return stage_.dialect(); }
  std::string secret_key() const override { return secret_key_; }
  Answer call(core::Request request) override;
  // Tells the model first: a webhook may come before the answer does.
  Answer run(std::string body) override;
  // A call of the control API.
  Answer control(std::string method, std::string_view path, std::string body = "");

  void set_secret_key(std::string key) { secret_key_ = std::move(key); }
  Model& model() { return model_; }
  // Worlds of several environments have no model: it does not know them apart.
  void forget_model() { has_model_ = false; }
  bool has_model() const { return has_model_; }
  // All runs so far, in order.
  std::vector<RunSeen>& runs() { return runs_; }
  std::size_t note(EventKind kind, std::string text);
  // What is noted of each run from now on: RunSeen::policy and RunSeen::waits.
  void count_policy() { ++policy_; }
  void count_wait() { ++waits_; }
  std::size_t policy() const { return policy_; }
  std::size_t waits() const { return waits_; }

 private:
  ServerStage& stage_;
  History& history_;
  bool read_only_;
  std::string secret_key_;
  Model model_;
  bool has_model_ = true;
  std::vector<RunSeen> runs_;
  std::size_t policy_ = 0;
  std::size_t waits_ = 0;
};

}  // namespace terapi::conformance
