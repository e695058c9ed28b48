// kill -9: what a commit answered for is there afterwards, and nothing of one that had not ended.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "simulator/observation/log_book.h"
#include "simulator/storage/data_folder_sample.h"
#include "simulator/storage/forked_process_sample.h"
#include "simulator/storage/sqlite_storage.h"
#include "simulator/storage/state_sample.h"

namespace terapi::simulator {
namespace {

constexpr std::uint64_t kBatch = 20;

State initial_state() {
  State state;
  Stream& stream = state.environments.emplace_back().streams[{"github", "demo", "Issue", "v1"}];
  stream.number = state.last_stream = 1;
  stream.tag = 77;
  return state;
}

Stream& stream_of(State& state) { return state.environments.front().streams.begin()->second; }

// Commits without end: each commit is kBatch new records and a delivery. Writes a byte after each.
[[noreturn]] void commit_forever(const std::string& path, int pipe) {
  auto storage = SqliteStorage::open(path, terapi_dialect());
  if (!storage) ::_exit(1);
  auto loaded = (*storage)->load();
  if (!loaded || !*loaded) ::_exit(2);
  State state = *std::move(*loaded);
  const std::string payload = "{\"a\":\"" + std::string(20'000, 'x') + "\"}";
  while (true) {
    StateChanges changes;
    const auto micros = static_cast<std::int64_t>(++state.last_delivery);
    for (std::uint64_t i = 0; i < kBatch; ++i) {
      const std::string id = "r" + std::to_string(++state.last_row);
      changes.records.emplace_back(1, sample_record(state.last_row, id, payload, micros));
      stream_of(state).log.put(changes.records.back().second);
    }
    state.deliveries[state.last_delivery].number = state.last_delivery;
    changes.deliveries = {state.last_delivery};
    Operation operation;
    operation.id = state.last_delivery;
    LogChanges log;
    log.written = {&operation};
    if (!(*storage)->commit(state, changes, log)) ::_exit(3);
    if (::write(pipe, "c", 1) != 1) ::_exit(4);
  }
}

// The state is that after some whole number of commits; says how many.
std::uint64_t commits_in(State& state) {
  const std::uint64_t commits = state.last_delivery;
  EXPECT_EQ(state.last_row, commits * kBatch);
  EXPECT_EQ(state.deliveries.size(), commits);
  EXPECT_EQ(stream_of(state).log.size(), commits * kBatch);
  std::uint64_t seen = 0;
  stream_of(state).log.walk(Position::start(), [&](const Record& record) {
    EXPECT_EQ((record.row() - 1) / kBatch, seen++ / kBatch);
    return true;
  });
  return commits;
}

TEST(SqliteStorageKill, KeepsWhatWasCommittedAndNothingElse) {
  const DataFolder folder;
  const std::string path = folder.file("x.db");
  ASSERT_TRUE((*SqliteStorage::open(path, terapi_dialect()))->replace(initial_state()));
  std::mt19937_64 random(11);
  std::uint64_t answered = 0;
  for (int round = 0; round < 10; ++round) {
    {
      ForkedProcess process([&](int pipe) { commit_forever(path, pipe); });
      for (std::uint64_t wait = 1 + random() % 30; wait > 0; --wait) {
        ASSERT_EQ(process.read_byte(), 'c');
        ++answered;
      }
      process.kill();
      while (process.read_byte() == 'c') ++answered;
    }
    auto storage = SqliteStorage::open(path, terapi_dialect());
    ASSERT_TRUE(storage) << storage.error().message;
    auto state = (*storage)->load();
    ASSERT_TRUE(state) << state.error().message;
    const std::uint64_t commits = commits_in(**state);
    const auto log = (*storage)->load_log();
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->operations.size(), commits) << "the log goes with the state";
    EXPECT_EQ(log->counts.last_id, commits);
    EXPECT_GE(commits, answered);
    EXPECT_LE(commits, answered + 1) << "a commit ended of which nothing was heard";
    answered = commits;
  }
}

TEST(SqliteStorageKill, KilledWhileMakingTheFileItIsNew) {
  const DataFolder folder;
  const std::string path = folder.file("x.db");
  for (int round = 0; round < 20; ++round) {
    {
      ForkedProcess process([&](int pipe) {
        if (::write(pipe, "g", 1) != 1) ::_exit(1);
        auto storage = SqliteStorage::open(path, terapi_dialect());
        ::_exit(storage ? 0 : 1);
      });
      EXPECT_EQ(process.read_byte(), 'g');
      process.kill();
    }
    auto storage = SqliteStorage::open(path, terapi_dialect());
    ASSERT_TRUE(storage) << storage.error().message;
    EXPECT_FALSE((*storage)->load()->has_value());
    storage = core::Error{};
    std::filesystem::remove(path);
  }
}

// A kill in the middle of a checkpoint: the first page, which says how long the file is, has
// reached it, and the last pages have not.
TEST(SqliteStorageKill, AFileWhoseEndIsStillInTheLogIsWhole) {
  const DataFolder folder;
  const std::string path = folder.file("x.db");
  ASSERT_TRUE((*SqliteStorage::open(path, terapi_dialect()))->replace(initial_state()));
  {
    ForkedProcess process([&](int pipe) { commit_forever(path, pipe); });
    for (int i = 0; i < 5; ++i) ASSERT_EQ(process.read_byte(), 'c');
  }
  std::string file = folder.read("x.db");
  const std::string log = folder.read("x.db-wal");
  const std::size_t page = 4096;
  const std::size_t size_before = file.size();
  // Only what a transaction has ended on: its last frame says how many pages there are.
  std::string first = file.substr(0, page);
  for (std::size_t at = 32; at + 24 + page <= log.size(); at += 24 + page) {
    if (log.substr(at, 4) == std::string("\0\0\0\1", 4)) first = log.substr(at + 24, page);
    if (log.substr(at + 4, 4) != std::string(4, '\0')) file.replace(0, page, first);
  }
  const auto pages = static_cast<std::size_t>(static_cast<unsigned char>(file[30])) * 256 +
                     static_cast<unsigned char>(file[31]);
  ASSERT_GT(pages * page, size_before);
  folder.write("x.db", file);
  {
    auto storage = SqliteStorage::open(path, terapi_dialect());
    ASSERT_TRUE(storage) << storage.error().message;
    auto state = (*storage)->load();
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_GE(commits_in(**state), 5U);
  }
  // The same file without its log is cut off; with a log that lacks the last page too.
  folder.write("x.db", file);
  auto without = SqliteStorage::open(path, terapi_dialect());
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, "data_truncated");
  folder.write("x.db-wal", log.substr(0, 32 + 24 + page));
  without = SqliteStorage::open(path, terapi_dialect());
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, "data_truncated");
}

}  // namespace
}  // namespace terapi::simulator
