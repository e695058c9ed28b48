// ServerActor: carries out the steps of one server scenario, one after the other, and keeps what it
// noticed. play_server() weighs it.
//
// Thread rule: one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/harness/play/server_play.h"
#include "conformance/harness/play/server_wire.h"
#include "conformance/harness/play/webhook_witness.h"
#include "conformance/laws/announce_policy.h"
#include "conformance/laws/findings.h"
#include "conformance/scenario/step.h"
#include "core/check.h"

namespace terapi::conformance {

class ServerActor {
 public:
  ServerActor(const Scenario& scenario, ServerStage& stage, const ServerPlayOptions& options,
              History& history);

  // Puts the scenario's world and faults, where they can be.
  void begin();
  void play(const Step& step);
  // What has to be looked at when all steps are done: did the faults strike?
  void end();

  std::vector<Finding> take_findings() { return findings_.take(); }
  // Why the judge cannot go on; empty: it can.
  const std::string& broken() const { return broken_; }
  // Why this run proves nothing; empty: it does.
  const std::string& unproven() const { return unproven_; }
  bool own_data() const { return own_data_; }

 private:
  void act(const RunStep& step);
  void act(const AskStep& step);
  void act(const ReadStep& step);
  void act(const LawStep& step);
  void act(const ReceiverStep& step);
  void act(const SettingsStep& step);
  void act(const PassStep& step);
  void act(const IdleStep& step);
  void act(const PruneStep& step);
  void act(const ResendStep& step);
  void act(const FaultsStep& step);
  void act(const WorldStep& step);
  void act(const HostileStep& step);
  void act(const WebhooksStep& step);
  // Steps that only a client's scenario may have: Scenario::parse refuses them here.
  template <typename Other>
  void act(const Other& /*step*/) {
    TERAPI_CHECK(false, "a step of a client's scenario");
  }

  // A control call that has to succeed; the scenario ends where it does not.
  Answer must(const std::string& method, std::string_view path, std::string body = "");
  void put_world(const std::string& world);
  void learn_keys();
  void set_policy(AnnouncePolicy policy);
  // On its clock where that is virtual, else on this machine's.
  core::Time server_time();
  void expect_fired();
  void judge_webhooks(const std::vector<WebhookSeen>& news);
  void judge_announcement(const WebhookSeen& webhook);
  void remember(const std::vector<ServedRecord>& records, const std::optional<std::string>& next);
  LawContext asking(StreamAsked stream);
  StreamAsked where(StreamAsked stream) const;
  core::Request request_of(const AskStep& step);

  // "{receiver}" and "{refusing}" in a text; "@r3" as a whole text.
  std::string filled(std::string text) const;
  std::string resolved(const std::string& text);
  // Every "@r3" in quotes in a JSON text.
  std::string resolved_body(std::string text);

  const Scenario& scenario_;
  ServerStage& stage_;
  const ServerPlayOptions& options_;
  std::string clause_;  // that the step being played is to prove
  Findings findings_;
  ServerWire wire_;
  WebhookWitness witness_;
  std::map<std::string, ServedRecord> sights_;  // by id, as it was read last
  std::string next_cursor_;
  std::map<std::string, Walk> walks_;  // by stream: the last whole reading of it
  std::string faults_;                 // rules in force; they have to strike
  AnnouncePolicy policy_;              // of webhooks, as the judge has asked for
  std::set<std::string> resent_;       // deliveries that were sent again by hand
  std::string uncertain_;              // why nobody can say which webhooks must come when
  std::string broken_;
  std::string unproven_;
  bool own_data_ = false;
};

}  // namespace terapi::conformance
