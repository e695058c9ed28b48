#include "simulator/observation/log_book.h"

#include <gmock/gmock.h>

#include "simulator/observation/log_filter.h"

namespace terapi::simulator {
namespace {

const Secrets kNoSecrets;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Time second(int n) { return core::VirtualClock::start_of_time() + std::chrono::seconds(n); }

Operation operation_of(LogKind kind, int at = 0) {
  Operation operation;
  operation.kind = kind;
  operation.at = second(at);
  operation.ended_at = second(at);
  operation.outcome = LogOutcome::kSuccess;
  return operation;
}

std::uint64_t begin(LogBook& logs, LogKind kind) {
  Operation operation = operation_of(kind);
  operation.outcome = LogOutcome::kRunning;
  return logs.begin(std::move(operation));
}

std::vector<std::uint64_t> ids(const LogPage& page) {
  std::vector<std::uint64_t> all;
  for (const Operation* operation : page.operations) all.push_back(operation->id);
  return all;
}

std::vector<std::uint64_t> all_ids(const LogBook& logs) {
  return ids(read_log(logs, {}, {.limit = 10'000}));
}

LogBook::Retention retention_of(const LogBook& logs, LogShelf shelf) {
  return logs.retention()[static_cast<std::size_t>(shelf)];
}

TEST(LogBook, ManyOfOneKindPushNoOthersOut) {
  LogBook logs(kNoSecrets, 3);
  logs.add(operation_of(LogKind::kRun, 1));
  for (int i = 0; i < 100; ++i) logs.add(operation_of(LogKind::kDelivery, 2 + i));
  EXPECT_THAT(all_ids(logs), ElementsAre(1, 99, 100, 101));
  const LogBook::Retention runs = retention_of(logs, LogShelf::kRun);
  EXPECT_EQ(runs.kept, 1U);
  EXPECT_EQ(runs.dropped, 0U);
  EXPECT_EQ(runs.oldest, second(1));
  const LogBook::Retention deliveries = retention_of(logs, LogShelf::kDelivery);
  EXPECT_EQ(deliveries.kept, 3U);
  EXPECT_EQ(deliveries.dropped, 97U);
  EXPECT_EQ(deliveries.oldest, second(99));
  EXPECT_EQ(logs.dropped(), 97U);
  EXPECT_EQ(logs.find(1)->kind, LogKind::kRun);
  EXPECT_EQ(logs.find(50), nullptr);
}

TEST(LogBook, RunsThatFoundNothingNewPushNoOthersOut) {
  LogBook logs(kNoSecrets, 2);
  logs.add(operation_of(LogKind::kRun));
  for (int i = 0; i < 10; ++i) {
    Operation idle = operation_of(LogKind::kRun);
    idle.idle = true;
    logs.add(std::move(idle));
  }
  EXPECT_THAT(all_ids(logs), ElementsAre(1, 10, 11));
  EXPECT_EQ(retention_of(logs, LogShelf::kIdleRun).dropped, 8U);
}

TEST(LogBook, WhatIsUnderWayIsKeptAndTakesItsPlaceWhenItIsOver) {
  LogBook logs(kNoSecrets, 2);
  const std::uint64_t first = begin(logs, LogKind::kRun);
  const std::uint64_t second_one = begin(logs, LogKind::kRun);
  for (int i = 0; i < 5; ++i) logs.add(operation_of(LogKind::kRun));
  EXPECT_THAT(all_ids(logs), ElementsAre(1, 2, 6, 7));
  EXPECT_EQ(retention_of(logs, LogShelf::kRun).kept, 4U);
  logs.end(second_one, {LogOutcome::kFailure, second(9), "why"});
  EXPECT_THAT(all_ids(logs), ElementsAre(1, 6, 7)) << "over, it is the oldest";
  logs.note_step(first, {second(3), Duration(0), LogLevel::kWarning, "page", "slow"});
  EXPECT_EQ(logs.find(first)->level, LogLevel::kWarning);
  EXPECT_EQ(logs.under_way(second_one), nullptr);
}

TEST(LogBook, SaysHowItEndedInItsLevel) {
  LogBook logs(kNoSecrets);
  const auto level_after = [&](LogOutcome outcome) {
    const std::uint64_t id = begin(logs, LogKind::kDelivery);
    logs.end(id, {outcome, second(1)});
    return logs.find(id)->level;
  };
  EXPECT_EQ(level_after(LogOutcome::kSuccess), LogLevel::kInfo);
  EXPECT_EQ(level_after(LogOutcome::kDropped), LogLevel::kWarning);
  EXPECT_EQ(level_after(LogOutcome::kCutOff), LogLevel::kWarning);
  EXPECT_EQ(level_after(LogOutcome::kFailure), LogLevel::kError);
}

TEST(LogBook, GoesOnWithWhatIsOver) {
  LogBook logs(kNoSecrets);
  const std::uint64_t id = begin(logs, LogKind::kDelivery);
  logs.add(operation_of(LogKind::kDelivery));
  logs.end(id, {LogOutcome::kFailure, second(1), "given up"});
  ASSERT_TRUE(logs.go_on_with(id));
  EXPECT_FALSE(logs.find(id)->is_over());
  EXPECT_EQ(logs.find(id)->error, "");
  logs.end(id, {LogOutcome::kSuccess, second(2)});
  EXPECT_EQ(logs.find(id)->ended_at, second(2));
  EXPECT_THAT(all_ids(logs), ElementsAre(1, 2));
  EXPECT_FALSE(logs.go_on_with(77));
}

TEST(LogBook, ShowsTheSinkEventsAndWhatIsTold) {
  LogBook logs(kNoSecrets);
  std::vector<std::string> lines;
  logs.set_sink([&](const LogEntry& entry) { lines.push_back(entry.event); });
  logs.add(LogEntry{second(1), LogLevel::kInfo, "sync.enabled", "a sync was enabled", {}});
  logs.add(operation_of(LogKind::kRun));
  logs.tell({second(1), LogLevel::kInfo, "run", "a run ended", {}});
  EXPECT_THAT(lines, ElementsAre("sync.enabled", "run"));
  EXPECT_EQ(event_of(*logs.find(1)), "sync.enabled");
}

// --- pages --------------------------------------------------------------------------------------

TEST(LogPage, StaysAsItIsWhileMoreIsLogged) {
  LogBook logs(kNoSecrets);
  for (int i = 0; i < 7; ++i) logs.add(operation_of(LogKind::kRun));
  LogPage page = read_log(logs, {}, {.limit = 3});
  EXPECT_THAT(ids(page), ElementsAre(5, 6, 7));
  ASSERT_EQ(page.next, 5U);
  logs.add(operation_of(LogKind::kProxy));
  begin(logs, LogKind::kRun);
  page = read_log(logs, {}, {.before = page.next, .limit = 3});
  EXPECT_THAT(ids(page), ElementsAre(2, 3, 4));
  page = read_log(logs, {}, {.before = page.next, .limit = 3});
  EXPECT_THAT(ids(page), ElementsAre(1));
  EXPECT_EQ(page.next, std::nullopt);
}

TEST(LogPage, GoesUpFromAnId) {
  LogBook logs(kNoSecrets);
  for (const LogKind kind : {LogKind::kRun, LogKind::kDelivery, LogKind::kProxy, LogKind::kRun,
                             LogKind::kEvent, LogKind::kRun}) {
    logs.add(operation_of(kind));
  }
  LogPage page = read_log(logs, {}, {.after = 2, .limit = 2});
  EXPECT_THAT(ids(page), ElementsAre(3, 4));
  ASSERT_EQ(page.next, 4U);
  page = read_log(logs, {}, {.after = page.next, .limit = 2});
  EXPECT_THAT(ids(page), ElementsAre(5, 6));
  EXPECT_EQ(page.next, std::nullopt) << "exactly the rest";
  EXPECT_THAT(ids(read_log(logs, {}, {.after = 6})), IsEmpty());
  EXPECT_THAT(ids(read_log(logs, {.kind = LogKind::kRun}, {.after = 0, .limit = 2})),
              ElementsAre(1, 4));
  EXPECT_THAT(ids(read_log(logs, {.kind = LogKind::kRun}, {.limit = 2})), ElementsAre(4, 6));
}

// --- steps --------------------------------------------------------------------------------------

TEST(Operation, KeepsHowItBeganAndHowItEnded) {
  Operation run = operation_of(LogKind::kRun);
  for (int i = 0; i < 120; ++i) {
    run.add({second(i), Duration(0), LogLevel::kInfo, "page", std::to_string(i)});
  }
  ASSERT_EQ(run.steps.size(), Operation::kMostSteps);
  EXPECT_EQ(run.steps_left_out, 70U);
  EXPECT_EQ(run.steps[24].message, "24");
  EXPECT_EQ(run.steps[25].message, "95");
  EXPECT_EQ(run.steps.back().message, "119");
  EXPECT_THAT(operation_with_steps_json(run), HasSubstr(R"("steps_left_out":70)"));
  EXPECT_THAT(operation_json(run), HasSubstr(R"("steps_made":120)"));
}

TEST(Operation, NamesTheStreamsOfAllItsModels) {
  Operation run = operation_of(LogKind::kRun);
  run.integration = "github";
  run.connection = "demo";
  EXPECT_THAT(streams_of(run), ElementsAre("github/demo"));
  run.variant = "v1";
  run.models = {"Issue", "User"};
  EXPECT_THAT(streams_of(run), ElementsAre("github/demo/Issue/v1", "github/demo/User/v1"));
}

// --- what is stored -----------------------------------------------------------------------------

TEST(LogChanges, AreWhatWasWrittenSinceTheLastTime) {
  LogBook logs(kNoSecrets, 2);
  const std::uint64_t open = begin(logs, LogKind::kRun);
  logs.add(operation_of(LogKind::kProxy));
  EXPECT_EQ(logs.changes().written.size(), 2U);
  logs.forget_changes();
  EXPECT_TRUE(logs.changes().empty());
  logs.note_step(open, {second(1), Duration(0), LogLevel::kInfo, "page", "one"});
  ASSERT_EQ(logs.changes().written.size(), 1U);
  EXPECT_EQ(logs.changes().written[0]->id, open);
  logs.forget_changes();
  for (int i = 0; i < 3; ++i) logs.add(operation_of(LogKind::kProxy));
  const LogChanges changes = logs.changes();
  EXPECT_EQ(changes.written.size(), 2U);
  EXPECT_THAT(changes.dropped, ElementsAre(2, 3));
  EXPECT_TRUE(changes.counted);
  EXPECT_EQ(changes.counts.last_id, 5U);
}

TEST(LogBook, GoesOnFromAStoredLog) {
  LogHistory history;
  history.counts.last_id = 9;
  history.counts.dropped[static_cast<std::size_t>(LogShelf::kProxy)] = 4;
  for (const LogKind kind : {LogKind::kRun, LogKind::kDelivery, LogKind::kProxy}) {
    Operation operation = operation_of(kind);
    operation.id = history.operations.size() + 1;
    operation.outcome = LogOutcome::kRunning;
    history.operations.push_back(operation);
  }
  LogBook logs(kNoSecrets);
  logs.restore(std::move(history));
  EXPECT_EQ(logs.find(1)->outcome, LogOutcome::kCutOff);
  EXPECT_EQ(logs.find(2)->outcome, LogOutcome::kRunning) << "webhooks go out after a restart";
  EXPECT_EQ(logs.find(3)->outcome, LogOutcome::kCutOff);
  EXPECT_EQ(logs.changes().written.size(), 2U) << "that is stored";
  EXPECT_EQ(retention_of(logs, LogShelf::kProxy).dropped, 4U);
  EXPECT_EQ(logs.add(operation_of(LogKind::kRun)), 10U);
}

TEST(LogBook, BeginsAnewWithoutGivingAnIdOutTwice) {
  LogBook logs(kNoSecrets, 1);
  begin(logs, LogKind::kRun);
  logs.add(operation_of(LogKind::kProxy));
  logs.add(operation_of(LogKind::kProxy));
  logs.clear();
  EXPECT_EQ(logs.size(), 0U);
  EXPECT_EQ(logs.dropped(), 0U);
  EXPECT_EQ(logs.add(operation_of(LogKind::kRun)), 4U);
}

}  // namespace
}  // namespace terapi::simulator
