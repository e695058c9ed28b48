// WebhookWitness: the judge's receiver. It keeps what came, answers as the scenario says, and,
// where asked, reads the announced records before it answers (HOOK-4).
//
// A receiver that reads calls the stage from within the stage's own call: a ServerStage has to
// allow that.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/harness/play/caller.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/laws/webhook_laws.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

class WebhookWitness {
 public:
  // All of them outlive it.
  WebhookWitness(ServerStage& stage, Caller& caller, Findings& findings);
  ~WebhookWitness();
  WebhookWitness(const WebhookWitness&) = delete;
  WebhookWitness& operator=(const WebhookWitness&) = delete;

  void answer_so(Receiver receiver);
  // A world is put, whose keys are not known before it is there; webhooks that come by then are
  // checked afterwards.
  void await_keys() { keys_known_ = false; }
  void set_keys(std::string secret_key, std::string signing_key);

  // All that came, and what came since the last call of take_news().
  const std::vector<WebhookSeen>& seen() const { return seen_; }
  std::vector<WebhookSeen> take_news();
  // HOOK-4, of each reading that a webhook caused: once it is known which run it announces. To be
  // called before the model forgets what it knows.
  void check_readings();
  // Ids in the order in which they were first seen.
  std::vector<std::string> deliveries() const;

 private:
  core::Outcome receive(const core::Request& request, core::Time at);
  core::Outcome next_answer(const std::string& path, std::string& line);
  bool comes_again(const WebhookSeen& webhook);
  void read_announced(std::size_t place);
  void check_form(WebhookSeen& webhook);

  // What a webhook made the judge read, before it was answered.
  struct Reading {
    std::size_t webhook = 0;       // its place among those seen
    std::size_t acknowledged = 0;  // runs, when the server was asked
    std::string stream;
    Walk walk;
  };
  struct Script {
    Receiver receiver;
    std::size_t used = 0;
  };

  ServerStage& stage_;
  Caller& caller_;
  Findings& findings_;
  std::vector<Script> scripts_;
  std::vector<WebhookSeen> seen_;
  std::size_t told_ = 0;
  std::string secret_key_;
  std::string signing_key_;
  bool keys_known_ = true;
  std::vector<std::size_t> unchecked_;  // places of those that came before the keys were known
  std::vector<Reading> readings_;
  bool reads_ = false;
  bool reading_ = false;
};

}  // namespace terapi::conformance
