// Operation: something that the simulator did, as the log keeps it (LOG-1): a run, a delivery, an
// action, a call of the proxy, each with its steps; or an event that belongs to none of them, which
// has no steps. It never holds a key (AUTH-5). Values.
//
// Times are the simulator's clock's; how long something took is told in them, too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words.h"
#include "simulator/observation/log_entry.h"
#include "simulator/records/timestamp.h"
#include "simulator/world/run_facts.h"

namespace terapi::simulator {

inline constexpr auto kLogLevelWords = std::to_array<core::Word<LogLevel>>({
    {LogLevel::kDebug, "debug"},
    {LogLevel::kInfo, "info"},
    {LogLevel::kWarning, "warning"},
    {LogLevel::kError, "error"},
});

enum class LogKind : std::uint8_t { kRun, kDelivery, kAction, kProxy, kEvent };
inline constexpr auto kLogKindWords = std::to_array<core::Word<LogKind>>({
    {LogKind::kRun, "run"},
    {LogKind::kDelivery, "delivery"},
    {LogKind::kAction, "action"},
    {LogKind::kProxy, "proxy"},
    {LogKind::kEvent, "event"},
});

enum class LogOutcome : std::uint8_t { kRunning, kSuccess, kFailure, kDropped, kCutOff };
inline constexpr auto kLogOutcomeWords = std::to_array<core::Word<LogOutcome>>({
    {LogOutcome::kRunning, "running"},
    {LogOutcome::kSuccess, "success"},
    {LogOutcome::kFailure, "failure"},
    {LogOutcome::kDropped, "dropped"},  // a delivery that a fault lost
    {LogOutcome::kCutOff, "cut_off"},   // the simulator was stopped, or the connection went
});

using LogFields = std::vector<std::pair<std::string, std::string>>;

struct LogStep {
  Time at;
  Duration duration{0};
  LogLevel level = LogLevel::kInfo;
  std::string event;    // stable, for programs: "page", "attempt"
  std::string message;  // for whoever reads the log
  LogFields fields{};
};

struct Operation {
  // Of more steps the first half and the last half are kept: how it began, and how it ended.
  static constexpr std::size_t kMostSteps = 50;

  std::uint64_t id = 0;  // in the order in which they began; never given out twice
  LogKind kind = LogKind::kEvent;
  LogLevel level = LogLevel::kInfo;  // the worst of its steps
  LogOutcome outcome = LogOutcome::kRunning;
  bool idle = false;  // a run that found nothing new, and read nothing
  Time at;
  std::optional<Time> ended_at{};
  // What it is about; empty where that does not apply.
  std::string environment{};
  std::string integration{};
  std::string connection{};
  std::string sync{};
  std::string variant{};
  std::vector<std::string> models{};
  // A run's or a delivery's id, an action's name, a request's method and path, an event's word.
  std::string name{};
  std::string message{};  // of an event; the others' follows from what they are
  std::string error{};
  std::optional<RunCounts> counts{};  // of a run
  LogFields fields{};
  std::vector<LogStep> steps{};
  std::size_t steps_left_out = 0;

  bool is_over() const { return outcome != LogOutcome::kRunning; }
  void add(LogStep step);
};

// "run", "run.failed": for programs.
std::string event_of(const Operation& operation);
// "a run failed: GET /issues answered 502"
std::string message_of(const Operation& operation);
// "github/demo/Issue", of each model; "github/demo" where there is none.
std::vector<std::string> streams_of(const Operation& operation);

// As JSON: without its steps, whose number it tells; and with them.
std::string operation_json(const Operation& operation);
std::string operation_with_steps_json(const Operation& operation);
// What the program's own log says when it is over.
LogEntry line_of(const Operation& operation);

}  // namespace terapi::simulator
