#include "simulator/storage/sqlite_storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <random>

#include "core/breather.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/storage/data_folder_sample.h"
#include "simulator/storage/operation_json.h"
#include "simulator/storage/state_sample.h"

namespace terapi::simulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SqliteStorageTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteStorage> open() {
    auto storage = SqliteStorage::open(folder_.file("x.db"), terapi_dialect());
    EXPECT_TRUE(storage) << storage.error().message;
    return storage ? *std::move(storage) : nullptr;
  }
  // What the file holds when it is opened anew.
  State stored() {
    auto state = open()->load();
    EXPECT_TRUE(state) << state.error().message;
    EXPECT_TRUE(*state);
    return *std::move(*state);
  }
  void store(const State& state) {
    const auto replaced = open()->replace(state);
    ASSERT_TRUE(replaced) << replaced.error().message;
  }
  // Commits to the log of a file that holds the sample.
  void commit_log(const LogChanges& changes) {
    auto storage = open();
    const auto state = storage->load();
    ASSERT_TRUE(state) << state.error().message;
    const auto committed = storage->commit(**state, {}, changes);
    ASSERT_TRUE(committed) << committed.error().message;
  }
  // The error of opening and loading the file after these statements have changed it.
  std::string error_after(const std::string& sql) {
    store(sample_state());
    folder_.run_sql("x.db", sql);
    auto storage = SqliteStorage::open(folder_.file("x.db"), terapi_dialect());
    if (!storage) return storage.error().code + " " + storage.error().message;
    const auto state = (*storage)->load();
    if (!state) return state.error().code + " " + state.error().message;
    const auto snapshots = (*storage)->load_snapshots();
    return snapshots ? "no error" : snapshots.error().code + " " + snapshots.error().message;
  }

  DataFolder folder_;
};

Stream& first_stream(State& state) {
  return state.environments.front().streams.find({"github", "demo", "Issue", "v1"})->second;
}

// Puts a version into the state's first stream and notes it.
void put(State& state, StateChanges& changes, RecordPtr record) {
  first_stream(state).log.put(record);
  state.last_row = std::max(state.last_row, record->row());
  changes.records.emplace_back(first_stream(state).number, std::move(record));
}

// A commit of many pages, and the checkpoint after it, let others in between; so does one statement
// about many rows.
TEST(SqliteFiles, BreatheWithinACommitACheckpointAndAStatement) {
  const DataFolder folder;
  const std::string file = folder.file("x.db");
  core::Result<core::SqliteConnection> opened = core::SqliteConnection::open(file, file);
  ASSERT_TRUE(opened.has_value());
  int breaths = 0;
  const core::Breather breather([&] { ++breaths; });
  const auto breaths_of = [&](const std::string& sql) {
    breaths = 0;
    const core::Result<void> done = opened->run(sql);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
    return breaths;
  };
  breaths_of("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(x);");
  breaths_of("BEGIN");
  EXPECT_GT(breaths_of("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 500) "
                       "INSERT INTO t SELECT randomblob(4000) FROM n"),
            0);
  EXPECT_GT(breaths_of("COMMIT"), 400);
  EXPECT_GT(breaths_of("PRAGMA wal_checkpoint"), 400);
  EXPECT_EQ(*opened->integer("SELECT count(*) FROM t WHERE length(x) = 4000"), 500);
}

TEST_F(SqliteStorageTest, NewFileHoldsNothing) {
  auto storage = open();
  auto state = storage->load();
  ASSERT_TRUE(state);
  EXPECT_FALSE(*state);
  auto snapshots = storage->load_snapshots();
  ASSERT_TRUE(snapshots);
  EXPECT_TRUE(snapshots->empty());
}

TEST_F(SqliteStorageTest, ReplaceKeepsEverything) {
  store(sample_state());
  EXPECT_EQ(StateText::of(stored()), StateText::of(sample_state()));
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"x.db"});
}

TEST_F(SqliteStorageTest, ReplaceLeavesNothingOfWhatWas) {
  store(sample_state());
  State other;
  other.environments.emplace_back();
  store(other);
  EXPECT_EQ(StateText::of(stored()), StateText::of(other));
}

TEST_F(SqliteStorageTest, FirstCommitOnANewFileStoresTheWholeState) {
  const State state = sample_state();
  StateChanges changes;
  changes.deliveries = {2};
  ASSERT_TRUE(open()->commit(state, changes, {}));
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, CommitStoresWhatChanged) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  put(state, changes, sample_record(50, "new", R"({"id":"new"})", 60));
  put(state, changes, sample_record(1, "a", R"({"id":"a","v":2})", 61, Action::kUpdated));
  put(state, changes, sample_record(1, "a", R"({"id":"a","v":3})", 62, Action::kUpdated));
  const RecordPtr pruned =
      sample_record(2, "b", R"({"id":"b"})", 4, Action::kUpdated, sample_time(63));
  first_stream(state).log.exchange(pruned);
  changes.records.emplace_back(1, pruned);
  state.deliveries.erase(5);
  state.deliveries[2].state = DeliveryState::kDelivered;
  state.deliveries[45] = sample_delivery(45);
  changes.deliveries = {45, 2, 5, 2};
  state.environments.front().settings.secret_key = "other";
  state.faults.clear();
  state.staged.clear();
  changes.settings = true;
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, CountersAreStoredWithEveryChange) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  put(state, changes, sample_record(77, "new", R"({"id":"new"})", 60));
  state.last_commit = sample_time(60);
  state.virtual_now = sample_time(61);
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, NewStreamsAreStoredWithTheirFirstRecord) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  Stream& stream = state.environments[1].streams[{"b", "c", "M"}];
  stream.number = ++state.last_stream;
  StateChanges changes;
  changes.records.emplace_back(stream.number, sample_record(50, "n", R"({"id":"n"})", 1));
  stream.log.put(changes.records.back().second);
  state.last_row = 50;
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, RecordsOfARemovedStreamGoWithIt) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  put(state, changes, sample_record(50, "n", R"({"id":"n"})", 1));
  changes.records.emplace_back(51, sample_record(51, "of a stream that came and went", "{}", 2));
  state.environments.front().streams.erase({"github", "demo", "Issue", "v1"});
  changes.settings = true;
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, AStreamThatCameByACommitCanGoByOne) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  auto& streams = state.environments[1].streams;
  Stream& stream = streams[{"b", "c", "M"}];
  stream.number = ++state.last_stream;
  StateChanges changes;
  changes.settings = true;
  changes.records.emplace_back(stream.number, sample_record(++state.last_row, "n", "{}", 1));
  stream.log.put(changes.records.back().second);
  ASSERT_TRUE(storage->commit(state, changes, {}));
  streams.clear();
  changes.records.clear();
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, AChangeThatIsTakenBackIsStored) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  changes.settings = true;
  for (const char* key : {"other", "secret"}) {
    state.environments.front().settings.secret_key = key;
    ASSERT_TRUE(storage->commit(state, changes, {}));
  }
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(sample_state()));
}

// It would write on into the void.
TEST_F(SqliteStorageTest, NoticesThatItsFileIsGone) {
  namespace fs = std::filesystem;
  const std::string file = folder_.file("x.db");
  const std::vector<std::function<void()>> ways = {
      [&] { fs::remove(file); }, [&] { fs::remove(file + "-wal"); },
      [&] { fs::rename(file, folder_.file("moved.db")); }};
  for (const auto& way : ways) {
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(file + end);
    auto storage = open();
    State state = sample_state();
    ASSERT_TRUE(storage->replace(state));
    state.last_row += 1;
    StateChanges changes;
    changes.settings = true;
    ASSERT_TRUE(storage->commit(state, changes, {}));
    way();
    state.last_row += 1;
    const auto committed = storage->commit(state, changes, {});
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, "data_io");
    EXPECT_THAT(committed.error().message,
                AllOf(HasSubstr(file), HasSubstr("deleted, moved or replaced")));
    EXPECT_FALSE(storage->save_snapshot("s", state));
  }
}

TEST_F(SqliteStorageTest, EmptyChangesWriteNothing) {
  auto storage = open();
  ASSERT_TRUE(storage->commit(sample_state(), {}, {}));
  EXPECT_FALSE(storage->load()->has_value());
}

TEST_F(SqliteStorageTest, OddPayloadsAndIdsAreKept) {
  using namespace std::string_literals;
  State state;
  Stream& stream = state.environments.emplace_back().streams[{"github", "demo", "Issue", "v1"}];
  stream.number = state.last_stream = 1;
  const std::vector<std::string> payloads = {R"({"id":"\u0000","a":"\ud800"})",
                                             "{\"a\":\"\xE2\x80\xA8\xE2\x80\xA9\"}",
                                             R"({"a":1e400,"b":0.10,"c":-0})",
                                             R"({"a":9223372036854775808})",
                                             "{\"a\":\"\0\"}"s,
                                             "{\"a\":\"\xF0\x9F\x92\xA9\"}",
                                             "{\"a\":\"" + std::string(10'000'000, 'x') + "\"}",
                                             "{}"};
  for (const std::string& payload : payloads) {
    const std::string id = "\0\xE2\x80\xA8"s + std::to_string(++state.last_row);
    stream.log.put(sample_record(state.last_row, id, payload, 1));
  }
  stream.log.put(sample_record(++state.last_row, std::string(65535, 'i'), "{}", 1));
  store(state);
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, SameInstantIsOrderedByTheStableId) {
  State state;
  Stream& stream = state.environments.emplace_back().streams[{"github", "demo", "Issue", "v1"}];
  stream.number = state.last_stream = 1;
  std::mt19937_64 random(7);
  for (std::uint64_t row = 1; row <= 3000; ++row) {
    const auto micros = static_cast<std::int64_t>(random() % 10) - 5;
    stream.log.put(sample_record(row, "r" + std::to_string(row), "{}", micros));
  }
  state.last_row = 3000;
  store(state);
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, SnapshotsAreSavedReplacedAndRemoved) {
  State empty;
  empty.environments.emplace_back();
  {
    auto storage = open();
    ASSERT_TRUE(storage->replace(empty));
    ASSERT_TRUE(storage->save_snapshot("full", empty));
    ASSERT_TRUE(storage->save_snapshot("full", sample_state()));
    ASSERT_TRUE(storage->save_snapshot("it's \xE2\x80\xA8", empty));
    ASSERT_TRUE(storage->save_snapshot({}, empty));
    ASSERT_TRUE(storage->save_snapshot("gone", sample_state()));
    ASSERT_TRUE(storage->remove_snapshot("gone"));
    ASSERT_TRUE(storage->remove_snapshot("never there"));
  }
  EXPECT_EQ(StateText::of(stored()), StateText::of(empty));
  auto storage = open();
  auto snapshots = storage->load_snapshots();
  ASSERT_TRUE(snapshots) << snapshots.error().message;
  ASSERT_EQ(snapshots->size(), 3U);
  EXPECT_EQ(snapshots->count(""), 1U);
  EXPECT_EQ(StateText::of(snapshots->at("full")), StateText::of(sample_state()));
  EXPECT_EQ(StateText::of(snapshots->at("it's \xE2\x80\xA8")), StateText::of(empty));
}

TEST_F(SqliteStorageTest, SnapshotsOutliveAReplacement) {
  {
    auto storage = open();
    ASSERT_TRUE(storage->save_snapshot("full", sample_state()));
    ASSERT_TRUE(storage->replace(State()));
  }
  auto snapshots = open()->load_snapshots();
  ASSERT_TRUE(snapshots);
  EXPECT_EQ(StateText::of(snapshots->at("full")), StateText::of(sample_state()));
}

// An operation in which every member has a value of its own.
Operation sample_operation(std::uint64_t id) {
  return {id,
          LogKind::kRun,
          LogLevel::kError,
          LogOutcome::kFailure,
          true,
          sample_time(1),
          sample_time(2),
          "dev \x01",
          "github",
          "demo",
          "issues",
          "v1",
          {"Issue", "User"},
          "run-1",
          "message",
          "boom \xC3\xA9",
          RunCounts{1, 2, 3, 4},
          {{"type", "INITIAL"}},
          {{sample_time(3), Duration(4), LogLevel::kWarning, "page", "slow", {{"status", "429"}}}},
          5};
}

TEST_F(SqliteStorageTest, TheLogIsKeptAsItWas) {
  store(sample_state());
  const Operation one = sample_operation(1);
  Operation two = sample_operation(2);
  two.kind = LogKind::kProxy;
  two.ended_at.reset();
  two.counts.reset();
  LogChanges changes;
  changes.written = {&one, &two};
  changes.counted = true;
  changes.counts.last_id = 9;
  changes.counts.dropped = {1, 2, 3, 4, 5, 6};
  commit_log(changes);
  auto log = open()->load_log();
  ASSERT_TRUE(log) << log.error().message;
  ASSERT_EQ(log->operations.size(), 2U);
  EXPECT_EQ(write_operation(log->operations[0]), write_operation(one));
  EXPECT_EQ(operation_with_steps_json(log->operations[0]), operation_with_steps_json(one));
  EXPECT_EQ(write_operation(log->operations[1]), write_operation(two));
  EXPECT_EQ(log->counts.last_id, 9U);
  EXPECT_EQ(log->counts.dropped, changes.counts.dropped);
  changes = {};
  changes.dropped = {1};
  commit_log(changes);
  EXPECT_EQ(open()->load_log()->operations.size(), 1U);
}

TEST_F(SqliteStorageTest, ReplaceBeginsTheLogAnewAndItsIdsGoOn) {
  store(sample_state());
  const Operation operation = sample_operation(7);
  LogChanges changes;
  changes.written = {&operation};
  commit_log(changes);
  store(sample_state());
  store(sample_state());
  const auto log = open()->load_log();
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_TRUE(log->operations.empty());
  EXPECT_EQ(log->counts.last_id, 7U);
}

TEST_F(SqliteStorageTest, SaysWhichOperationIsDamaged) {
  store(sample_state());
  folder_.run_sql("x.db", "INSERT INTO operations VALUES(3, '{\"id\":3}')");
  const auto log = open()->load_log();
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, "data_corrupt");
  EXPECT_THAT(log.error().message, AllOf(HasSubstr("x.db' is damaged"), HasSubstr("operation 3")));
}

TEST_F(SqliteStorageTest, RefusesAnotherDialectAndLeavesTheFile) {
  store(sample_state());
  const std::string before = folder_.read("x.db");
  auto other = SqliteStorage::open(folder_.file("x.db"), nango_dialect());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "data_dialect");
  EXPECT_THAT(other.error().message, AllOf(HasSubstr("\"terapi\""), HasSubstr("\"nango\"")));
  EXPECT_EQ(folder_.read("x.db"), before);
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"x.db"});
}

TEST_F(SqliteStorageTest, AFileWithNothingStoredTakesAnyDialect) {
  open().reset();
  EXPECT_TRUE(SqliteStorage::open(folder_.file("x.db"), nango_dialect()));
}

TEST_F(SqliteStorageTest, SaysWhichRecordIsDamaged) {
  const std::string corrupt = "data_corrupt '" + folder_.file("x.db") + "' is damaged: ";
  const auto record = [&](int row, const std::string& what) {
    return corrupt + "record in row " + std::to_string(row) + " " + what;
  };
  EXPECT_EQ(error_after("UPDATE records SET stream = 9 WHERE row = 2"),
            record(2, "belongs to no stream"));
  EXPECT_EQ(error_after("UPDATE records SET action = 3 WHERE row = 2"),
            record(2, "has an unknown action"));
  EXPECT_EQ(error_after("UPDATE records SET action = -1 WHERE row = 2"),
            record(2, "has an unknown action"));
  EXPECT_EQ(error_after("UPDATE records SET uuid = x'00' WHERE row = 2"),
            record(2, "has no uuid of 16 bytes"));
  EXPECT_EQ(error_after("UPDATE records SET payload = 'x' WHERE row = 2"),
            record(2, "has a payload that is not an object"));
  EXPECT_EQ(error_after("UPDATE records SET id = printf('%.*c', 65536, 'x') WHERE row = 2"),
            record(2, "has too long an id"));
  EXPECT_EQ(error_after("UPDATE records SET row = 50 WHERE row = 2"),
            record(50, "has a number that was not given out"));
  EXPECT_EQ(error_after("UPDATE records SET row = 0 WHERE row = 2"),
            record(0, "has a number that was not given out"));
  EXPECT_EQ(error_after("UPDATE records SET id = 'a' WHERE row = 2"), record(1, "appears twice"));
  EXPECT_EQ(error_after("UPDATE records SET (last_modified, uuid) ="
                        " (SELECT last_modified, uuid FROM records WHERE row = 3) WHERE row = 2"),
            record(3, "appears twice"));
}

TEST_F(SqliteStorageTest, SaysWhichDocumentOrDeliveryIsDamaged) {
  EXPECT_THAT(
      error_after("UPDATE documents SET json = '{' WHERE name = 'counters'"),
      HasSubstr("data_corrupt '" + folder_.file("x.db") + "' is damaged: document counters: "));
  EXPECT_THAT(error_after("DELETE FROM documents WHERE name = 'environments'"),
              HasSubstr("document environments is missing"));
  EXPECT_THAT(error_after("UPDATE deliveries SET json = '[]' WHERE number = 5"),
              HasSubstr("is damaged: delivery 5: "));
  EXPECT_THAT(error_after("UPDATE deliveries SET number = 6 WHERE number = 5"),
              HasSubstr("delivery 6: it says that it is number 5, of 46"));
  EXPECT_THAT(
      error_after("UPDATE deliveries SET number = 47,"
                  " json = replace(json, '\"number\":5', '\"number\":47') WHERE number = 5"),
      HasSubstr("delivery 47: it says that it is number 47, of 46"));
  EXPECT_THAT(error_after("INSERT INTO snapshots(name) VALUES('s')"),
              HasSubstr("snapshot 's': document counters is missing"));
  EXPECT_THAT(error_after("DROP TABLE deliveries"), HasSubstr("no such table: deliveries"));
}

// Damage of any kind, anywhere, is an error or goes unnoticed; it is never a crash.
TEST_F(SqliteStorageTest, SurvivesDamageAnywhere) {
  store(sample_state());
  const std::string sound = folder_.read("x.db");
  std::mt19937_64 random(3);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string damaged = sound;
    const std::size_t at = 100 + random() % (damaged.size() - 100);
    const std::size_t length = std::min<std::size_t>(1 + random() % 300, damaged.size() - at);
    for (std::size_t i = 0; i < length; ++i) damaged[at + i] = static_cast<char>(random());
    folder_.write("x.db", damaged);
    auto storage = SqliteStorage::open(folder_.file("x.db"), terapi_dialect());
    const auto state =
        storage ? (*storage)->load() : core::Result<std::optional<State>>(storage.error());
    if (state) continue;
    ++refused;
    EXPECT_THAT(state.error().code, testing::StartsWith("data_")) << state.error().message;
  }
  EXPECT_GT(refused, 20);
}

TEST_F(SqliteStorageTest, FailedCommitIsRolledBackWhole) {
  store(sample_state());
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  state.environments.front().settings.secret_key = "other";
  changes.settings = true;
  state.deliveries[45] = sample_delivery(45);
  changes.deliveries = {45};
  const std::string payload = "{\"a\":\"" + std::string(1'000'000, 'x') + "\"}";
  for (std::uint64_t row = 50; row < 60; ++row) {
    put(state, changes, sample_record(row, "n" + std::to_string(row), payload, 60));
  }
  {
    const FileSizeLimit limit(5'000'000);
    const auto failed = storage->commit(state, changes, {});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "data_io");
    EXPECT_THAT(failed.error().message, HasSubstr(folder_.file("x.db")));
    EXPECT_FALSE(storage->replace(state));
    EXPECT_FALSE(storage->save_snapshot("s", state));
  }
  EXPECT_EQ(StateText::of(**storage->load()), StateText::of(sample_state()));
  EXPECT_TRUE(storage->load_snapshots()->empty());
  ASSERT_TRUE(storage->commit(state, changes, {}));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(state));
}

TEST_F(SqliteStorageTest, ACommitThatFailsHalfWayIsRolledBackWhole) {
  store(sample_state());
  folder_.run_sql("x.db",
                  "CREATE TRIGGER spoil BEFORE INSERT ON records WHEN new.row = 51"
                  " BEGIN SELECT RAISE(FAIL, 'spoilt'); END");
  auto storage = open();
  State state = **storage->load();
  StateChanges changes;
  put(state, changes, sample_record(50, "m", "{}", 60));
  put(state, changes, sample_record(51, "n", "{}", 60));
  const auto failed = storage->commit(state, changes, {});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("spoilt"));
  EXPECT_EQ(StateText::of(**storage->load()), StateText::of(sample_state()));
  storage.reset();
  EXPECT_EQ(StateText::of(stored()), StateText::of(sample_state()));
}

// It would be lost silently otherwise.
TEST_F(SqliteStorageTest, ARecordInTheRowOfAnotherAborts) {
  State state = sample_state();
  first_stream(state).log.put(sample_record(4, "another in row 4", "{}", 1));
  auto storage = open();
  EXPECT_DEATH(static_cast<void>(storage->replace(state)), "each record has a row of its own");
}

}  // namespace
}  // namespace terapi::simulator
