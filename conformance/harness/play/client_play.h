// ClientPlay: a Play that judges a client. What only such scenarios have: its processes, webhooks
// of the judge's own, what happens to answers on their way, waiting. At the end the faults stop, a
// dead client is started again, and it has to come to hold what the server does.
//
// A kill "at every …" falls at the moment that its step names; play_scenario.h plays it again and
// again, one moment later each time.
//
// Thread rule: one thread.
#pragma once

#include <set>
#include <string>

#include "conformance/harness/play/client_checks.h"
#include "conformance/harness/play/client_convergence.h"
#include "conformance/harness/play/play.h"
#include "conformance/harness/stage/client_stage.h"

namespace terapi::conformance {

class ClientPlay final : public Play {
 public:
  // On a stage that was opened, and is for this play alone.
  ClientPlay(const Scenario& scenario, ClientStage& stage);
  ~ClientPlay() override;

 private:
  void begin() override;
  void finish() override;
  bool act(const Step& step) override;
  bool pass(core::Duration time) override;
  void world_changed(const core::json::Value& world) override;
  bool over() const override;
  bool refused(const Refusal& refusal) override;
  std::string faults_given(const std::string& rules) override;

  bool act(const RunStep& step);
  bool act(const PruneStep& step);
  bool act(const ProcessStep& step);
  bool act(const WaitStep& step);
  bool act(const WireStep& step);
  bool act(const WebhookStep& step);
  bool act(const KillStep& step);
  bool act(const BetweenPagesStep& step);
  bool act(const ClockStep& step);
  bool act(const DiskStep& step);
  bool act(const MarkStep& step);
  bool act(const CheckStep& step);

  bool apply_run(const std::string& body);
  bool start(int worker, bool wait);
  Verdict too_late() const;
  std::string because_too_slow() const;
  bool never_spoke(int worker);
  bool ended_at_once(int worker);
  void wait_for_quiet(const WaitStep& step);
  bool wait_for_requests(const WaitStep& step);
  bool wait_for_fault(const WaitStep& step);
  bool wait_for_death(const WaitStep& step);
  void look_at_wire_rules();
  void set_disk_full(bool full);
  void let_converge();

  ClientStage& stage_;
  const Plan& plan_;
  ClientChecks checks_;
  ClientConvergence convergence_;
  std::set<std::string> wire_rules_;  // ids of those in force
  bool disk_full_ = false;
};

}  // namespace terapi::conformance
