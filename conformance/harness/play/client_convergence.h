// ClientConvergence: whether the client under test has come to hold what the server does, and what
// is known of it by then: its dumps, and whether it lives. A part of a play (client_play.h).
//
// First the wire decides: every record's present version was handed over whole. Then, where there
// is a dump, it does. What is wrong when the time is up goes to the play's findings.
//
// Thread rule: the play's thread.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/evidence/client_evidence.h"
#include "conformance/harness/stage/client_stage.h"
#include "conformance/laws/findings.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

class ClientConvergence {
 public:
  // All of them outlive it.
  ClientConvergence(const Plan& plan, ClientStage& stage, Findings& findings)
      : plan_(plan), stage_(stage), findings_(findings) {}

  // Lets time pass until everything is there, for as long as the client gets on: at most so long
  // without any progress (Patience). Says whether it is there; when it is not, and `required`, that
  // is a finding.
  bool wait(core::Duration within, bool required);
  void take_dump(bool dead);
  // A process that ended by itself has failed, unless the scenario lets it.
  void check_alive(int worker);
  // That process was asked to end.
  void excuse(int life) { told_of_death_ = life; }
  bool may_die() const;
  bool all_dead() const;
  std::string last_words(int worker) const;
  void expect_workers(int count) { workers_ = std::max(workers_, count); }

  // Something is so wrong that what follows would only tell the same again.
  bool over() const { return over_; }
  ClientEvidence evidence() const;

 private:
  bool settled() const;
  bool wait_until_given(core::Duration within);
  core::Duration patience(core::Duration within) const;
  bool in_trouble() const;
  bool failed_last() const;
  bool wait_for_dump(core::Duration within, bool required);
  void pass(core::Duration pause);
  void report_wrong(const TakenDump& dump, bool too_slow);
  bool endless();
  void report_endless();
  void report_never_given(core::Duration within);
  bool nothing_since_right_dump() const;
  bool quiet_since(core::Duration span) const;
  bool killed() const;
  void check_all_alive();
  core::Result<std::vector<DumpRecord>> read_dump_of_client();
  // Until the next one.
  const TakenDump& dump_now(bool dead);
  const TakenDump& not_kept(TakenDump taken);
  std::size_t note_dump(std::size_t records);

  const Plan& plan_;
  ClientStage& stage_;
  Findings& findings_;
  std::vector<TakenDump> dumps_;
  TakenDump not_kept_;            // the last one, where it is too large, or none could be taken
  core::Duration waited_for_{0};  // something new that never came
  std::array<std::size_t, 3> right_dump_{};  // requests, runs and life when a dump was right
  std::size_t looked_at_ = 0;                // exchanges, by endless()
  bool endless_ = false;
  // By stream and cursor: when that was asked, the last times.
  std::map<std::pair<std::string, std::string>, std::deque<core::Time>> asked_;
  int told_of_death_ = 0;
  int workers_ = 1;
  bool over_ = false;
};

}  // namespace terapi::conformance
