// What SqliteStorage does with files that are not its own, not whole, or not free.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "simulator/observation/log_book.h"
#include "simulator/storage/data_folder_sample.h"
#include "simulator/storage/forked_process_sample.h"
#include "simulator/storage/sqlite_storage.h"
#include "simulator/storage/state_sample.h"

namespace terapi::simulator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Names = std::vector<std::string>;

class SqliteStorageOpeningTest : public ::testing::Test {
 protected:
  core::Result<std::unique_ptr<SqliteStorage>> open(const std::string& name = "x.db") {
    return SqliteStorage::open(folder_.file(name), terapi_dialect());
  }
  core::Error error(const std::string& name = "x.db") {
    auto storage = open(name);
    return storage ? core::Error{"", "no error"} : storage.error();
  }
  // Makes x.db, with the sample in it.
  void store() { ASSERT_TRUE((*open())->replace(sample_state())); }
  // The error for x.db with these bytes; neither they nor the folder change.
  core::Error error_for(const std::string& bytes) {
    folder_.write("x.db", bytes);
    const Names names = folder_.names();
    core::Error error = this->error();
    EXPECT_TRUE(folder_.read("x.db") == bytes) << "the file was changed";
    EXPECT_EQ(folder_.names(), names);
    EXPECT_THAT(error.message, HasSubstr("'" + folder_.file("x.db") + "'"));
    return error;
  }

  DataFolder folder_;
};

TEST_F(SqliteStorageOpeningTest, RefusesAForeignFileAndLeavesIt) {
  for (const std::string& bytes :
       {std::string("hello\n"), std::string(5000, '\0'), std::string("SQLite format 4\0", 16),
        "SQLite format 3\n" + std::string(5000, 'x')}) {
    const core::Error error = error_for(bytes);
    EXPECT_EQ(error.code, "data_foreign");
    EXPECT_THAT(error.message, HasSubstr("is not a database of this simulator: it is not a SQLite "
                                         "file; it was left as it is"));
  }
}

TEST_F(SqliteStorageOpeningTest, RefusesADatabaseOfAnotherProgramAndLeavesIt) {
  for (const char* sql : {"CREATE TABLE t(x)", "PRAGMA application_id=7; CREATE TABLE t(x)",
                          "PRAGMA journal_mode=WAL; CREATE TABLE t(x)"}) {
    std::filesystem::remove(folder_.file("x.db"));
    folder_.run_sql("x.db", sql);
    const core::Error error = error_for(folder_.read("x.db"));
    EXPECT_EQ(error.code, "data_foreign");
    EXPECT_THAT(error.message, HasSubstr("it is a SQLite file of another program"));
  }
}

TEST_F(SqliteStorageOpeningTest, RefusesANewerVersionAndLeavesIt) {
  store();
  folder_.run_sql("x.db", "PRAGMA user_version=5");
  const core::Error error = error_for(folder_.read("x.db"));
  EXPECT_EQ(error.code, "data_too_new");
  EXPECT_THAT(error.message, AllOf(HasSubstr("is version 5"), HasSubstr("up to version 4")));
}

TEST_F(SqliteStorageOpeningTest, RefusesANewerVersionThatIsInTheLogOnly) {
  store();
  folder_.run_sql("x.db", "PRAGMA user_version=5", false);
  const std::string log = folder_.read("x.db-wal");
  ASSERT_FALSE(log.empty());
  EXPECT_EQ(error_for(folder_.read("x.db")).code, "data_too_new");
  EXPECT_TRUE(folder_.read("x.db-wal") == log);
}

// What records have since version 4.
const std::string kWithoutVersion4 =
    "ALTER TABLE records DROP COLUMN deleted_at; ALTER TABLE records DROP COLUMN input_hash;"
    "ALTER TABLE records DROP COLUMN metadata_at;"
    "ALTER TABLE snapshot_records DROP COLUMN deleted_at;"
    "ALTER TABLE snapshot_records DROP COLUMN input_hash;"
    "ALTER TABLE snapshot_records DROP COLUMN metadata_at;"
    "UPDATE documents SET json = json_remove(json, '$.quirks') WHERE name = 'world';";

TEST_F(SqliteStorageOpeningTest, TakesAFileOfVersion3) {
  store();
  folder_.run_sql("x.db", kWithoutVersion4 + "PRAGMA user_version=3");
  for (int i = 0; i < 2; ++i) {
    auto storage = open();
    ASSERT_TRUE(storage) << storage.error().message;
    auto state = (*storage)->load();
    ASSERT_TRUE(state) << state.error().message;
    const RecordLog& log = (*state)->environments.front().streams.begin()->second.log;
    ASSERT_EQ(log.size(), 3U);
    log.walk(Position::start(), [&](const Record& record) {
      EXPECT_EQ(record.deleted_at(), record.last_modified());
      EXPECT_EQ(record.input_hash(), 0U);
      EXPECT_EQ(record.metadata_at(), 0U);
      return true;
    });
    ASSERT_TRUE((*storage)->replace(**state));
  }
}

// What version 2 has beside it is missing in a file of version 1.
TEST_F(SqliteStorageOpeningTest, TakesAFileOfVersion1) {
  store();
  folder_.run_sql(
      "x.db", kWithoutVersion4 +
                  "DROP TABLE objects; DROP TABLE schedules; DROP TABLE operations;"
                  "DELETE FROM documents WHERE name IN ('actions', 'world');"
                  "UPDATE documents SET json = json_remove(json, '$[0].collections',"
                  " '$[1].collections', '$[0].connections[0].metadata',"
                  " '$[0].connections[0].number', '$[0].integrations[0].provider',"
                  " '$[0].integrations[0].syncs[0].collections') WHERE name = 'environments';"
                  "UPDATE documents SET json = json_remove(json_set(json, '$.records_text', '[7]'),"
                  " '$.last_schedule') WHERE name = 'counters';"
                  "PRAGMA user_version=1");
  for (int i = 0; i < 2; ++i) {
    auto storage = SqliteStorage::open(folder_.file("x.db"), terapi_dialect());
    ASSERT_TRUE(storage) << storage.error().message;
    auto state = (*storage)->load();
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ((*state)->records_text.text(), "[7]");
    const Environment& environment = (*state)->environments.front();
    EXPECT_EQ(environment.connections[0].metadata, "{}");
    EXPECT_THAT(environment.collections, testing::IsEmpty());
    EXPECT_EQ(environment.streams.begin()->second.log.size(), 3U);
    // It is one of this version now, and can hold what that has.
    Collection& collection = (*state)->environments.front().collections[{"i", "c", "n"}];
    collection.number = 1;
    collection.put("o", "{}", Time());
    ASSERT_TRUE((*storage)->replace(**state));
    const auto again = (*storage)->load();
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->environments.front().find_collection({"i", "c", "n"})->size(), 1U);
    (*state)->environments.front().collections.clear();
    ASSERT_TRUE((*storage)->replace(**state));
  }
}

// …and what version 3 has, the log, in one of version 2.
TEST_F(SqliteStorageOpeningTest, TakesAFileOfVersion2) {
  store();
  folder_.run_sql("x.db",
                  kWithoutVersion4 +
                      "DROP TABLE operations;"
                      "UPDATE deliveries SET json = json_remove(json, '$.operation');"
                      "UPDATE documents SET json = json_remove(json, '$[0][1].operation')"
                      " WHERE name = 'actions';"
                      "UPDATE documents SET json = json_set(json, '$.records_text', '[7]')"
                      " WHERE name = 'counters'; DELETE FROM documents WHERE name = 'world';"
                      "PRAGMA user_version=2");
  for (int i = 0; i < 2; ++i) {
    auto storage = open();
    ASSERT_TRUE(storage) << storage.error().message;
    auto state = (*storage)->load();
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_EQ((*state)->deliveries.begin()->second.operation, 0U);
    EXPECT_EQ((*state)->records_text.text(), "[7]") << "it has a document of its own now";
    const auto log = (*storage)->load_log();
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->operations.size(), static_cast<std::size_t>(i));
    Operation operation;
    operation.id = 1;
    LogChanges changes;
    changes.written = {&operation};
    (*state)->last_run += 1;
    ASSERT_TRUE((*storage)->commit(**state, {}, changes));
  }
}

TEST_F(SqliteStorageOpeningTest, RefusesATruncatedFileAndLeavesIt) {
  store();
  const std::string whole = folder_.read("x.db");
  ASSERT_GT(whole.size(), 20'000U);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{99}, std::size_t{100},
        std::size_t{4096}, whole.size() - 4096, whole.size() - 1}) {
    const core::Error error = error_for(whole.substr(0, size));
    EXPECT_EQ(error.code, "data_truncated") << size;
    EXPECT_THAT(error.message, HasSubstr("it has " + std::to_string(size) + " bytes of "));
  }
}

TEST_F(SqliteStorageOpeningTest, RefusesADamagedHeaderAndLeavesIt) {
  store();
  std::string bytes = folder_.read("x.db");
  bytes[16] = 3;  // the page size
  EXPECT_EQ(error_for(bytes).code, "data_corrupt");
  bytes = folder_.read("x.db");
  bytes[16] = 16;
  std::memset(bytes.data() + 60, 0, 4);  // the version
  EXPECT_EQ(error_for(bytes).code, "data_corrupt");
}

TEST_F(SqliteStorageOpeningTest, AnEmptyFileIsNew) {
  folder_.write("x.db", "");
  auto storage = open();
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_FALSE((*storage)->load()->has_value());
  ASSERT_TRUE((*storage)->replace(sample_state()));
}

TEST_F(SqliteStorageOpeningTest, ANewFileTakesNothingFromALogThatWasLeftBeside) {
  store();
  {
    ForkedProcess process([this](int) {
      auto storage = open();
      State state = **(*storage)->load();
      state.environments.front().settings.secret_key = "left";
      StateChanges changes;
      changes.settings = true;
      if (!(*storage)->commit(state, changes, {})) ::_exit(1);
      ::_exit(0);
    });
    EXPECT_EQ(process.wait(), 0);
  }
  ASSERT_FALSE(folder_.read("x.db-wal").empty());
  std::filesystem::remove(folder_.file("x.db"));
  auto storage = open();
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_FALSE((*storage)->load()->has_value());
}

TEST_F(SqliteStorageOpeningTest, NothingIsLeftOfAnAttemptThatWasKilled) {
  folder_.write("x.db-making", "half");
  folder_.write("x.db-making-journal", "half");
  ASSERT_TRUE(open());
  EXPECT_EQ(folder_.names(), Names{"x.db"});
}

TEST_F(SqliteStorageOpeningTest, AFailedMakingLeavesNothing) {
  {
    const FileSizeLimit limit(5000);
    EXPECT_EQ(error().code, "data_io");
  }
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(SqliteStorageOpeningTest, SaysWhyAPathCannotBeUsed) {
  std::filesystem::create_directory(folder_.file("folder"));
  EXPECT_EQ(error("folder"), (core::Error{"data_io", "'" + folder_.file("folder") +
                                                         "' is a directory; expected a file"}));
  EXPECT_EQ(error("no/x.db"), (core::Error{"data_io", "'" + folder_.file("no/x.db") +
                                                          "' cannot be made: there is no folder '" +
                                                          folder_.file("no") + "'"}));
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(error("pipe").code, "data_io");
  EXPECT_THAT(error("pipe").message, HasSubstr("is not a regular file"));
  folder_.write("plain", "");
  EXPECT_THAT(error("plain/x.db").message, HasSubstr("Not a directory"));
  const auto nowhere = SqliteStorage::open("", terapi_dialect());
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, "data_io");
}

TEST_F(SqliteStorageOpeningTest, SaysThatAFileIsReadOnly) {
  store();
  ASSERT_EQ(::chmod(folder_.file("x.db").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ForkedProcess process([this](int) {
    // Root may write anything.
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    const core::Error error = this->error();
    const bool right =
        error.code == "data_io" &&
        error.message.find("cannot be opened for writing: Permission denied") != std::string::npos;
    ::_exit(right ? 0 : 1);
  });
  EXPECT_EQ(process.wait(), 0);
}

TEST_F(SqliteStorageOpeningTest, ASecondOpenerInTheSameProcessIsToldAndHarmsNothing) {
  store();
  auto first = open();
  const std::string pid = std::to_string(::getpid());
  const core::Error second = error();
  EXPECT_EQ(second.code, "data_in_use");
  EXPECT_THAT(second.message, HasSubstr("is in use by another simulator (pid " + pid + ")"));
  std::filesystem::create_symlink("x.db", folder_.file("link.db"));
  EXPECT_EQ(error("link.db").code, "data_in_use");
  // SQLite's locks, which keep other programs out, are still there (a forked SQLite would believe
  // so in any case).
  ForkedProcess other([this](int) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    const int file = ::open(folder_.file("x.db").c_str(), O_RDWR);
    const bool locked = ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::_exit(locked ? 0 : 1);
  });
  EXPECT_EQ(other.wait(), 0);
  EXPECT_EQ(StateText::of(**(*first)->load()), StateText::of(sample_state()));
  first = core::Error{};
  EXPECT_TRUE(open());
}

TEST_F(SqliteStorageOpeningTest, ASecondProcessIsToldWhoHasIt) {
  store();
  ForkedProcess owner([this](int ready) {
    auto storage = open();
    const char answer = storage ? 'y' : 'n';
    if (::write(ready, &answer, 1) != 1) ::_exit(1);
    ::pause();
  });
  ASSERT_EQ(owner.read_byte(), 'y');
  const core::Error second = error();
  EXPECT_EQ(second.code, "data_in_use");
  EXPECT_THAT(second.message, HasSubstr("(pid " + std::to_string(owner.pid()) + ")"));
  owner.kill();
  auto storage = open();
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_EQ(StateText::of(**(*storage)->load()), StateText::of(sample_state()));
}

TEST_F(SqliteStorageOpeningTest, SaysThatAnotherProgramHasIt) {
  store();
  sqlite3* handle = nullptr;
  ForkedProcess other([&](int ready) {
    sqlite3_open(folder_.file("x.db").c_str(), &handle);
    sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (::write(ready, "y", 1) != 1) ::_exit(1);
    ::pause();
  });
  ASSERT_EQ(other.read_byte(), 'y');
  const core::Error error = this->error();
  EXPECT_EQ(error.code, "data_in_use");
  EXPECT_THAT(error.message, HasSubstr("another program"));
}

}  // namespace
}  // namespace terapi::simulator
