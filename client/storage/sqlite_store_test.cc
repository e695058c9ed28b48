// What a SqliteStore does about the file under it; what all stores promise is in store_contract.h.
#include "client/storage/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "client/storage/store_contract.h"
#include "core/sqlite/sqlite_connection.h"
#include "core/temporary_folder.h"

namespace terapi::client {
namespace {

namespace fs = std::filesystem;

class SqliteFile : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() { return must(SqliteStore::open(file_)); }

  core::TemporaryFolder folder_;
  std::string file_ = folder_.file("sync.db");
};

TEST_F(SqliteFile, IsMissedWhenItIsTakenAway) {
  const std::vector<std::function<void()>> ways = {
      [&] { fs::remove(file_); }, [&] { fs::remove(file_ + "-wal"); },
      [&] { fs::rename(file_, folder_.file("moved.db")); },
      [&] {
        fs::remove(file_);
        fs::remove(file_ + "-wal");
        fs::remove(file_ + "-shm");
        put(*open(), {test_record("other", 1)});
      }};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    file_ = folder_.file("sync" + std::to_string(way) + ".db");
    auto store = open();
    put(*store, {test_record("1", 1)});
    put(*store, {test_record("2", 2)});
    ways[way]();
    const auto committed = store->commit(TestBatch(kTestStream).add(test_record("3", 3)).get());
    ASSERT_FALSE(committed) << way;
    EXPECT_EQ(committed.error().code, kStoreGone);
    EXPECT_NE(committed.error().message.find(file_), std::string::npos);
    EXPECT_EQ(store->position(kTestStream).error().code, kStoreGone);  // also with nothing to store
  }
}

// Runs `check` as somebody who can write nothing into the folder; its text is "" when all is well.
std::string unprivileged(const std::string& folder, const std::function<std::string()>& check) {
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::group_read |
                              fs::perms::group_exec | fs::perms::others_read |
                              fs::perms::others_exec);
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    std::string wrong;
    if (::getuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) wrong = "no setuid";
    if (wrong.empty()) wrong = check();
    const ssize_t written = ::write(ends[1], wrong.data(), wrong.size());
    ::_exit(written == static_cast<ssize_t>(wrong.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string wrong;
  char bytes[4096];
  for (ssize_t size; (size = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
    wrong.append(bytes, static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  fs::permissions(folder, fs::perms::owner_all);
  return wrong;
}

// A backup on a read-only medium: SQLite could not make its own files beside it.
TEST_F(SqliteFile, IsReadWhereNothingCanBeWritten) {
  file_ = folder_.file("a %?# b.db");
  put(*open(), {test_record("1", 1)});
  fs::permissions(file_, fs::perms::others_read, fs::perm_options::add);
  ASSERT_EQ(unprivileged(folder_.path(),
                         [&]() -> std::string {
                           const auto store =
                               SqliteStore::open(file_, SqliteStore::Open::kOnlyExisting);
                           if (!store) return store.error().message;
                           const auto status = (*store)->status();
                           if (!status) return status.error().message;
                           return status->size() == 1 && (*status)[0].position.records == 1
                                      ? ""
                                      : "other content";
                         }),
            "");
}

TEST_F(SqliteFile, SaysThatItsWalCannotBeReadThere) {
  const auto writer = open();
  put(*writer, {test_record("1", 1)});
  const std::string copy = folder_.file("copy.db");
  fs::copy_file(file_, copy);
  fs::copy_file(file_ + "-wal", copy + "-wal");
  fs::permissions(copy, fs::perms::others_read, fs::perm_options::add);
  fs::permissions(copy + "-wal", fs::perms::others_read, fs::perm_options::add);
  const std::string told = unprivileged(folder_.path(), [&]() -> std::string {
    const auto store = SqliteStore::open(copy, SqliteStore::Open::kOnlyExisting);
    return store ? "opened" : store.error().message;
  });
  EXPECT_NE(told.find("what its WAL ('" + copy + "-wal') holds cannot be read there"),
            std::string::npos)
      << told;
}

TEST_F(SqliteFile, IsNotMissedInMemoryNorUnderTwoConnections) {
  auto in_memory = must(SqliteStore::open(":memory:"));
  put(*in_memory, {test_record("1", 1)});
  EXPECT_TRUE(in_memory->position(kTestStream));
  auto store = open();
  for (int i = 0; i < 3; ++i) {
    put(*open(), {test_record("b" + std::to_string(i), 2 * i + 1)});
    put(*store, {test_record("a" + std::to_string(i), 2 * i + 2)});
  }
  EXPECT_TRUE(store->position(kTestStream));
}

TEST_F(SqliteFile, HasAWalThatIsCutBackWhenALongReadEnds) {
  auto store = open();
  put(*store, {test_record("0", 1)});
  auto reader = must(core::SqliteConnection::open(file_, file_));
  must(reader.run("BEGIN"));
  EXPECT_EQ(must(reader.integer("SELECT count(*) FROM records")), 1);
  const std::string payload = R"({"id":"1","text":")" + std::string(1 << 20, 'x') + R"("})";
  int version = 1;
  const auto write = [&](int megabytes) {
    for (int i = 0; i < megabytes; ++i) {
      ++version;
      put(*store, {test_record(std::to_string(version), version).with_payload(payload)});
    }
  };
  write(120);
  EXPECT_GT(fs::file_size(file_ + "-wal"), std::uintmax_t{110} << 20);
  EXPECT_NE(must(open()->notes()).busy.find("MB wait in"), std::string::npos);
  must(reader.run("COMMIT"));
  write(3);
  EXPECT_LE(fs::file_size(file_ + "-wal"), std::uintmax_t{64} << 20);
  EXPECT_EQ(must(open()->notes()).busy, "");
}

}  // namespace
}  // namespace terapi::client
