// Play: one scenario, played once on a stage that was made for it, to a verdict. What is done to
// records, faults and worlds is the same whoever is judged; ClientPlay and ServerPlay have the
// steps that only one of them knows, and the checks at the end.
//
//   ClientPlay play(scenario, stage);
//   const Played played = play.run();
//
// Thread rule: one thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/harness/play/caller.h"
#include "conformance/harness/play/read_so_far.h"
#include "conformance/harness/stage/stage.h"
#include "conformance/laws/findings.h"
#include "conformance/laws/record_reader.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/step.h"
#include "core/json.h"

namespace terapi::conformance {

// What came of one play; the stage's history shows how.
struct Played {
  Verdict verdict = Verdict::kError;
  std::string reason;  // of an error, a skip or an inconclusive run
  std::vector<Finding> findings;
  bool kill_reached = false;  // of a client that was to be killed at a certain moment
};

class Play {
 public:
  virtual ~Play() = default;
  Play(const Play&) = delete;
  Play& operator=(const Play&) = delete;

  Played run();

 protected:
  Play(const Scenario& scenario, Stage& stage, CallerOptions options);

  // --- what only one subject has ----------------------------------------------------------------
  // Before the first step, and after the last.
  virtual void begin() {}
  virtual void finish() = 0;
  // A step that only this subject's scenarios have; false: what follows is left out.
  virtual bool act(const Step& step) = 0;
  virtual bool pass(core::Duration time) = 0;
  // The server has this world now.
  virtual void world_changed(const core::json::Value& /*world*/) {}
  // Nothing more is worth doing.
  virtual bool over() const { return over_; }

  // --- steps ------------------------------------------------------------------------------------
  // Writes it down and plays it; false: what follows is left out.
  bool play(const Step& step);
  bool put_world(const std::string& world);
  bool apply_run(const std::string& body, const RunStep::Expected& expect = {});
  bool put_faults(const std::string& rules);
  // Each fault in force should have struck by now.
  void look_at_faults();
  // A rule that never did, whose id this is.
  void never_struck(const std::string& id) { not_struck_.push_back(id); }
  bool faults_were_put() const { return faults_were_put_; }

  // --- calls and texts --------------------------------------------------------------------------
  // A control call that has to succeed; the play ends where it does not.
  Answer must(const std::string& method, std::string_view path, std::string body = "");
  // A text with every name in it replaced; the play ends where there is nothing to put there.
  std::string resolved(const std::string& text);
  std::string resolved_body(const std::string& text);
  LawContext asking(StreamAsked stream);
  // Whose records a step is about.
  virtual StreamAsked where(StreamAsked stream) const { return stream; }

  // --- findings ---------------------------------------------------------------------------------
  // What follows would only tell the same again.
  void stop() { over_ = true; }
  // For what makes it pointless to go on. Always false: for steps.
  bool stop_short(Verdict verdict, std::string reason);
  // This play shows nothing, unless something is found wrong.
  void unproven(std::string why);
  void unproven_is(Verdict verdict) { unproven_verdict_ = verdict; }

  const Scenario& scenario_;
  Stage& stage_;
  Findings findings_;
  Caller caller_;
  ReadSoFar read_;
  std::string clause_;  // that the step being played is to prove
  bool kill_reached_ = false;

 private:
  bool play(const RunStep& step);
  bool play(const PassStep& step) { return pass(step.by); }
  bool play(const FaultsStep& step) { return put_faults(step.rules); }
  bool play(const PruneStep& step);
  bool play(const WorldStep& step) { return put_world(step.world); }
  void check_run_counts(const Answer& answer, const RunStep::Expected& expect);
  std::size_t empty_payloads(const std::vector<ServedRecord>& records, const std::string& stream,
                             const std::string& cursor, std::size_t most);
  std::string resolved_by(core::Result<std::string> text);
  void check_sometimes();
  Played conclude();

  Findings not_held_;                    // against anybody
  std::vector<std::string> faults_;      // ids of the rules in force
  std::vector<std::string> not_struck_;  // ids of those that never did
  bool faults_were_put_ = false;
  std::string reason_;
  Verdict reason_verdict_ = Verdict::kError;
  std::string unproven_;
  Verdict unproven_verdict_ = Verdict::kInconclusive;
  bool over_ = false;
};

}  // namespace terapi::conformance
