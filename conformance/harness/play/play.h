// Play: one scenario, played once on a stage, to a verdict. What is done to records, faults and
// worlds is the same whoever is judged; ClientPlay and ServerPlay have the steps that only one of
// them knows, what they expect of the others, and the checks at the end.
//
//   ClientPlay play(scenario, stage);
//   const Played played = play.run();
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/harness/play/caller.h"
#include "conformance/harness/play/sync_acts.h"
#include "conformance/harness/stage/stage.h"
#include "conformance/laws/findings.h"
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
  // Of findings of one sentence that many are kept.
  Play(const Scenario& scenario, Stage& stage, CallerOptions options, std::size_t findings);

  // --- what only one subject has ----------------------------------------------------------------
  // Before the first step, and after the last.
  virtual void begin() {}
  virtual void finish() = 0;
  // A step; false: what follows is left out.
  virtual bool act(const Step& step) = 0;
  virtual bool pass(core::Duration time) = 0;
  // The server is about to be given another world.
  virtual void world_changes() {}
  // The server has this world now.
  virtual void world_changed(const core::json::Value& world) = 0;
  // Nothing more is worth doing.
  virtual bool over() const { return over_; }
  // Syncs may run in the background because of a step that comes, or of what was done: time passed,
  // or, where it is named, that one was triggered.
  virtual void before_background() {}
  virtual void after_background(const std::optional<SyncKey>& /*triggered*/) {}
  // The server did something else than a step about syncs asked for. Always false: for steps.
  virtual bool refused(const Refusal& refusal) = 0;
  // Fault rules as the server is given them.
  virtual std::string faults_given(const std::string& rules) { return rules; }
  // On the clock that the SyncModel counts by.
  virtual core::Time sync_time() { return {}; }

  // --- what steps do ----------------------------------------------------------------------------
  // Each: false, or a bad answer, ends the play.
  // Writes the step down and plays it.
  bool play(const Step& step);
  bool put_world(const std::string& world);
  bool put_faults(const std::string& rules);
  // Each fault in force should have struck by now.
  void look_at_faults();
  void note_never_struck(const std::string& rule) { never_struck_.push_back(rule); }
  bool faults_were_put() const { return faults_were_put_; }
  // Records change. 202 is a good answer where `later` is: a fault may hold the commit back.
  bool good_run(const Answer& answer, bool later);
  // PATCH /records/prune.
  Answer prune(const StreamAsked& stream, const std::string& cursor,
               std::optional<std::int64_t> limit);
  // The same in the model, of the records as they were read before; how many.
  std::int64_t prune_model(const StreamAsked& stream, const std::vector<ServedRecord>& records,
                           const std::string& cursor, std::int64_t limit);
  // A control call that has to succeed.
  Answer must(const std::string& method, std::string_view path, std::string body = "");

  // --- the verdict ------------------------------------------------------------------------------
  // What follows would only tell the same again.
  void stop() { over_ = true; }
  // For what makes it pointless to go on. Always false: for steps.
  bool stop_short(Verdict verdict, std::string reason);
  // This play shows nothing, unless something is found wrong.
  void unproven(std::string why);
  void set_unproven_verdict(Verdict verdict) { unproven_verdict_ = verdict; }

  const Scenario& scenario_;
  Stage& stage_;
  Findings findings_;
  Caller caller_;
  SyncActs sync_acts_;
  std::string clause_;  // that the step being played is to prove
  bool kill_reached_ = false;

 private:
  template <typename SyncAct>
  bool act_on_syncs(const SyncAct& step);
  void check_sometimes();
  Played conclude();

  std::vector<std::string> faults_;        // ids of the rules in force
  std::vector<std::string> never_struck_;  // ids of those that never did
  bool faults_were_put_ = false;
  std::string reason_;
  Verdict reason_verdict_ = Verdict::kError;
  std::string unproven_;
  Verdict unproven_verdict_ = Verdict::kInconclusive;
  bool over_ = false;
};

}  // namespace terapi::conformance
