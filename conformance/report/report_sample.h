// A made-up run with every verdict, for the tests of the reports and for looking at them. It holds
// the key kSampleSecret, which no report may show.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/report/run_summary.h"
#include "core/clock.h"

namespace terapi::conformance {

inline constexpr std::string_view kSampleSecret = "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54";

// Builds a timeline in which each call is the next event.
class SampleTimeline {
 public:
  // Returns the event's number.
  std::size_t add(core::Duration at, EventKind kind, int life, std::string text,
                  std::optional<std::size_t> pair = {}, std::string stream = "") {
    Event event;
    event.number = events_.size();
    event.at = core::VirtualClock::start_of_time() + at;
    event.kind = kind;
    event.life = life;
    event.pair = pair;
    event.stream = std::move(stream);
    event.text = std::move(text);
    events_.push_back(std::move(event));
    return events_.back().number;
  }
  // Takes the timeline, with the events that the findings name marked.
  std::vector<Event> take(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
      for (const std::size_t number : finding.events) events_.at(number).bad = true;
    }
    return std::move(events_);
  }

 private:
  std::vector<Event> events_;
};

inline ScenarioResult sample_result(std::string scenario, std::string title, std::string world,
                                    Verdict verdict, std::vector<std::string> clauses) {
  ScenarioResult result;
  result.scenario = std::move(scenario);
  result.title = std::move(title);
  result.world = std::move(world);
  result.verdict = verdict;
  result.clauses = std::move(clauses);
  result.subject = "python3 my_client.py";
  result.seed = 42;
  result.elapsed = std::chrono::milliseconds(result.world == "http" ? 840 : 3);
  result.rerun = "terapi-conformance client --run 'python3 my_client.py' --filter " +
                 result.scenario + " --seed 42";
  return result;
}

// A client that stores its cursor before the records, killed in between: an update is lost.
inline ScenarioResult sample_lost_update() {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  constexpr const char* kIssues = "github/demo/Issue";
  ScenarioResult result =
      sample_result("client/kill-after-fetch", "Killed between the answer and the commit", "http",
                    Verdict::kFail, {"CLIENT-1", "CLIENT-2", "CLIENT-3"});
  result.why = "A deploy or a crash at the wrong moment must not lose what was being stored.";
  SampleTimeline line;
  line.add(milliseconds(0), EventKind::kStep, 0, "given: 3 records, one webhook URL");
  line.add(milliseconds(2), EventKind::kStart, 1, "python3 my_client.py");
  std::size_t ask = line.add(milliseconds(310), EventKind::kRequest, 1,
                             "GET /records?model=Issue&limit=2", {}, kIssues);
  line.add(milliseconds(314), EventKind::kResponse, 1,
           "200 2 records: 1 ADDED v1, 2 ADDED v1; next Y3JlYXRlZF9hdF4…", ask, kIssues);
  ask = line.add(milliseconds(352), EventKind::kRequest, 1,
                 "GET /records?model=Issue&limit=2&cursor=Y3JlYXRlZF9hdF4…", {}, kIssues);
  line.add(milliseconds(355), EventKind::kResponse, 1, "200 1 record: 3 ADDED v1; next null", ask,
           kIssues);
  line.add(milliseconds(900), EventKind::kStep, 0, "record 2 changes; the first webhook is lost");
  line.add(milliseconds(901), EventKind::kRun, 0, "run: 1 updated (2 → v2)", {}, kIssues);
  line.add(milliseconds(902), EventKind::kFault, 0, "drop-first struck: webhook dropped");
  line.add(milliseconds(903), EventKind::kWebhook, 0, "sync, 1 updated, attempt 1", {}, kIssues);
  const std::size_t hook = line.add(milliseconds(1003), EventKind::kWebhook, 1,
                                    "sync, 1 updated, attempt 2", {}, kIssues);
  line.add(milliseconds(1009), EventKind::kWebhookAnswer, 1, "204", hook, kIssues);
  ask = line.add(milliseconds(1015), EventKind::kRequest, 1,
                 "GET /records?model=Issue&limit=2&cursor=Y3JlYXRlZF9hdF5…", {}, kIssues);
  const std::size_t given = line.add(milliseconds(1019), EventKind::kResponse, 1,
                                     "200 1 record: 2 UPDATED v2; next null", ask, kIssues);
  const std::size_t kill =
      line.add(milliseconds(1021), EventKind::kKill, 1, "SIGKILL, 2 ms after the answer");
  line.add(milliseconds(1500), EventKind::kStart, 2, "python3 my_client.py, same state");
  const std::size_t bad_ask = line.add(
      milliseconds(1820), EventKind::kRequest, 2,
      "GET /records?model=Issue&limit=2&cursor=Y3JlYXRlZF9hdF5…WMgcmVjb3JkIDI", {}, kIssues);
  line.add(milliseconds(1823), EventKind::kResponse, 2, "200 0 records; next null", bad_ask,
           kIssues);
  for (int poll = 1; poll <= 3; ++poll) {
    ask = line.add(seconds(1 + 30 * poll), EventKind::kRequest, 2,
                   "GET /records?model=Issue&limit=2&cursor=Y3JlYXRlZF9hdF5…", {}, kIssues);
    line.add(seconds(1 + 30 * poll) + milliseconds(3), EventKind::kResponse, 2,
             "200 0 records; next null", ask, kIssues);
  }
  line.add(seconds(95), EventKind::kExit, 2, "stopped by the judge, exit code 0");
  const std::size_t dump = line.add(seconds(96), EventKind::kDump, 0, "3 records", {}, kIssues);

  result.findings.push_back(
      {Verdict::kFail,
       "CLIENT-2",
       "I5",
       "After the restart the client asks behind a record that it never stored",
       "the cursor of record 3, the last one it had stored",
       "the cursor of record 2 as UPDATED (v2), which it had fetched 2 ms before it was killed",
       {given, kill, bad_ask}});
  result.findings.push_back({Verdict::kFail,
                             "CLIENT-1",
                             "I1",
                             "Record 2 stays at an old version: its update is lost",
                             "github/demo/Issue 2 at version 2",
                             "version 1, after 94 s and 3 polls without a fault",
                             {dump}});
  result.timeline = line.take(result.findings);
  result.subject_output = "INFO starting, state in /tmp/state\nDEBUG Authorization: Bearer " +
                          std::string(kSampleSecret) +
                          "\nINFO stored 2 records\nINFO stored 1 record\nKilled\n" +
                          "INFO starting, state in /tmp/state\nINFO nothing new\n";
  return result;
}

inline ScenarioResult sample_forged_webhook() {
  using std::chrono::milliseconds;
  constexpr const char* kIssues = "github/demo/Issue";
  ScenarioResult result = sample_result("client/forged-webhook", "A webhook with a wrong signature",
                                        "http", Verdict::kFail, {"CLIENT-5"});
  result.why = "Anybody can post to a public URL; without a check they decide what a client does.";
  SampleTimeline line;
  line.add(milliseconds(0), EventKind::kStart, 1, "python3 my_client.py");
  std::size_t ask =
      line.add(milliseconds(300), EventKind::kRequest, 1, "GET /records?model=Issue", {}, kIssues);
  line.add(milliseconds(304), EventKind::kResponse, 1, "200 3 records; next null", ask, kIssues);
  const std::size_t hook = line.add(milliseconds(2000), EventKind::kWebhook, 1,
                                    "sync, forged: signed with another key", {}, kIssues);
  const std::size_t answer =
      line.add(milliseconds(2003), EventKind::kWebhookAnswer, 1, "200", hook, kIssues);
  ask = line.add(milliseconds(2010), EventKind::kRequest, 1,
                 "GET /records?model=Issue&cursor=Y3JlYXRlZF9hdF4…", {}, kIssues);
  line.add(milliseconds(2012), EventKind::kResponse, 1, "200 0 records; next null", ask, kIssues);
  result.findings.push_back({Verdict::kFail,
                             "CLIENT-5",
                             "I9",
                             "A webhook with a wrong signature was taken for a real one",
                             "401, and no request because of it",
                             "200, and a request 7 ms later",
                             {hook, answer, ask}});
  result.timeline = line.take(result.findings);
  result.subject_output = "</script><b>\"quoted\" & \x1b[31mred\x1b[0m</b>\n";
  return result;
}

inline std::vector<ScenarioResult> sample_other_results() {
  std::vector<ScenarioResult> results;
  const auto add = [&results](ScenarioResult result) -> ScenarioResult& {
    results.push_back(std::move(result));
    return results.back();
  };
  for (const char* world : {"virtual", "http"}) {
    add(sample_result("server/cursor-exclusive", "A cursor gives what stands after it", world,
                      Verdict::kPass, {"CUR-3", "CUR-4"}));
    add(sample_result("server/tie-order", "500 records with one timestamp, seven at a time", world,
                      Verdict::kPass, {"CUR-5"}));
  }
  ScenarioResult& late = add(sample_result("server/late-commit", "A commit behind the mark", "http",
                                           Verdict::kWarn, {"CUR-8"}));
  SampleTimeline line;
  const std::size_t ask = line.add(std::chrono::milliseconds(5), EventKind::kRequest, 0,
                                   "GET /records?model=Issue&cursor=Y3J…", {}, "github/demo/Issue");
  line.add(std::chrono::milliseconds(9), EventKind::kResponse, 0, "200 0 records; next null", ask,
           "github/demo/Issue");
  late.findings.push_back({Verdict::kWarn,
                           "CUR-8",
                           "",
                           "A record appeared before a cursor that was given out already",
                           "record 9 after the cursor",
                           "record 9 stands 10 s before it",
                           {ask + 1}});
  late.timeline = line.take(late.findings);
  add(sample_result("webhook/backoff", "The waits between attempts", "virtual", Verdict::kInfo,
                    {"HOOK-6", "HOOK-7"}))
      .reason = "jitter is on: the waits were compared to a range";
  add(sample_result("webhook/breaker", "The circuit breaker opens and closes", "http",
                    Verdict::kSkip, {"HOOK-14"}))
      .reason = "no control URL: the breaker cannot be switched on";
  add(sample_result("client/disk-full", "The disk is full at the n-th write", "http",
                    Verdict::kInconclusive, {"CLIENT-11"}))
      .reason = "the fault disk-full never struck: the client wrote nothing";
  add(sample_result("client/two-workers", "Two workers on one stream", "http", Verdict::kError,
                    {"CLIENT-12"}))
      .reason = "cannot start the client: python3: No such file or directory";
  return results;
}

inline RunSummary sample_run() {
  RunSummary run;
  run.mode = "client";
  run.subject = "python3 my_client.py --key " + std::string(kSampleSecret);
  run.seed = 42;
  run.started_at = core::VirtualClock::start_of_time() + std::chrono::microseconds(1234567);
  run.elapsed = std::chrono::milliseconds(98'400);
  run.clauses = {
      {"CUR-3", "MUST", "cursor=C gives precisely what stands after the place where C was."},
      {"CUR-4", "MUST", "next_cursor equals the last record's cursor when something follows."},
      {"CUR-5", "MUST", "Records of one save MAY share a timestamp."},
      {"CUR-8", "SHOULD", "Order is the order of commits."},
      {"PRUNE-1", "MUST", "The body names model and until_cursor."},
      {"HOOK-6", "MUST", "An answer other than 2xx is retried with exponential backoff."},
      {"HOOK-7", "MUST", "Seven attempts in all; the first delay is 100 ms."},
      {"HOOK-14", "MAY", "Optional circuit breaker."},
      {"CLIENT-1", "MUST", "It keeps one cursor, that of the record it stored last."},
      {"CLIENT-2", "MUST", "Fetch, store the records, then the cursor; both in one transaction."},
      {"CLIENT-3", "MUST", "Without any webhook it still catches up, by polling."},
      {"CLIENT-5", "MUST", "It checks the origin before it acts."},
      {"CLIENT-11", "MUST", "A record that cannot be stored stops its stream."},
      {"CLIENT-12", "MUST", "Two workers on one stream cannot damage it."},
  };
  run.invariants = {
      {"I1", "", "No update is lost."},
      {"I5", "", "The durable cursor is never ahead of the durable records."},
      {"I9", "", "Unauthenticated input has no effect."},
  };
  run.results = sample_other_results();
  ScenarioResult calm =
      sample_result("client/kill-after-fetch", "Killed between the answer and the commit",
                    "virtual", Verdict::kPass, {"CLIENT-1", "CLIENT-2", "CLIENT-3"});
  run.results.insert(run.results.begin(), std::move(calm));
  run.results.insert(run.results.begin() + 1, sample_lost_update());
  run.results.insert(run.results.begin() + 2, sample_forged_webhook());
  return run;
}

}  // namespace terapi::conformance
