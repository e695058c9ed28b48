// Caller: the judge as a caller of the stage's server. Each request and its answer are written down
// (Wire), a run is told to the model as well; and where only reading is allowed, nothing else is
// ever sent.
//
// In a client's scenario the calls are not written down: its history is the client's.
//
// Thread rule: one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/harness/stage/stage.h"
#include "conformance/laws/server_caller.h"
#include "conformance/laws/webhook_laws.h"

namespace terapi::conformance {

struct CallerOptions {
  bool read_only = false;  // nothing but GET and HEAD is ever sent
  bool noted = true;       // what is sent is written down
  bool pages = true;       // the records of pages, too
};

class Caller final : public ServerCaller {
 public:
  Caller(Stage& stage, CallerOptions options) : stage_(stage), options_(options) {}

  const Dialect& dialect() const override { return stage_.dialect(); }
  std::string secret_key() const override { return key_ ? *key_ : stage_.secret_key(); }
  Answer call(core::Request request) override;
  // Tells the model first: a webhook may come before the answer does.
  Answer run(std::string body) override;
  std::vector<Answer> run_side_by_side(std::vector<std::string> bodies,
                                       core::Request read) override;
  // A call of the control API.
  Answer control(std::string method, std::string_view path, std::string body = "");

  std::size_t note(EventKind kind, std::string text, std::string stream = "");

  // In place of the one that the stage began with.
  void set_secret_key(std::string key) { key_ = std::move(key); }
  Model& model() { return stage_.model(); }
  // Worlds of several environments have no model: it does not know them apart.
  void forget_model() { has_model_ = false; }
  bool has_model() const { return has_model_; }
  // All runs so far, in order.
  const std::vector<RunSeen>& runs() const { return runs_; }
  // The run whose answer named this delivery. Null: none has, or not yet: a webhook may come before
  // the answer does, and what is under way besides may be anybody's.
  const RunSeen* run_of(const std::string& delivery) const;
  // How many of the model's runs were made by the last one that the server has answered: whoever
  // asks now has to be told of them. What is under way is in an answer, or is not.
  std::size_t acknowledged() const;
  // What is noted of each run from now on: RunSeen::policy and RunSeen::waits.
  void count_policy() { ++policy_; }
  void count_wait() { ++waits_; }
  std::size_t policy() const { return policy_; }
  std::size_t waits() const { return waits_; }

 private:
  // Its place in runs().
  std::size_t begin_run(const std::string& body);
  void end_run(std::size_t place, const Answer& answer);
  Answer note_answer(std::size_t place, core::Result<core::Response> response);
  void note_run(const RunSeen& run);

  Stage& stage_;
  CallerOptions options_;
  std::optional<std::string> key_;
  bool has_model_ = true;
  std::vector<RunSeen> runs_;
  std::size_t policy_ = 0;
  std::size_t waits_ = 0;
};

}  // namespace terapi::conformance
