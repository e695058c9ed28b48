#include "client/program/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <filesystem>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "client/program/dump_output.h"
#include "client/program/fake_records.h"
#include "client/program/ready_file.h"

namespace terapi::client {
namespace {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

Ran ran(const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran result;
  result.code = run_program(arguments);
  result.out = testing::internal::GetCapturedStdout();
  result.err = testing::internal::GetCapturedStderr();
  return result;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A database that holds that many records of the fake server.
class SyncedDatabase : public testing::Test {
 protected:
  void sync(std::size_t records) {
    FakeRecords api(records);
    const Ran once =
        ran({"run", "--base-url", api.url(), "--secret-key", kTestKey, "--database", database_,
             "--stream", "github/demo/Issue", "--once", "--progress", "never"});
    ASSERT_EQ(once.code, 0) << once.err;
  }
  core::TemporaryFolder folder_;
  std::string database_ = folder_.file("sync.db");
};

TEST_F(SyncedDatabase, DumpPrintsWhatWasServed) {
  sync(2500);
  const Ran dump = ran({"dump", "--database", database_});
  EXPECT_EQ(dump.code, 0);
  EXPECT_EQ(dump.err, "");
  EXPECT_TRUE(dump.out == FakeRecords::dump(2500)) << dump.out.substr(0, 400);
}

TEST_F(SyncedDatabase, DumpOfOneStreamOnly) {
  sync(3);
  EXPECT_EQ(ran({"dump", "--database", database_, "--stream", "github/demo/Issue"}).out,
            FakeRecords::dump(3));
}

TEST_F(SyncedDatabase, DumpNamesTheStreamsThatThereAre) {
  sync(1);
  const Ran dump = ran({"dump", "--database", database_, "--stream", "github/demo/User"});
  EXPECT_EQ(dump.code, 2);
  EXPECT_EQ(dump.out, "");
  EXPECT_TRUE(mentions(dump.err, "github/demo/User")) << dump.err;
  EXPECT_TRUE(mentions(dump.err, "it has github/demo/Issue")) << dump.err;
}

TEST_F(SyncedDatabase, StatusForPeopleAndAsJson) {
  sync(1200);
  const Ran table = ran({"status", "--database", database_});
  EXPECT_EQ(table.code, 0);
  EXPECT_TRUE(mentions(table.out, "github/demo/Issue    1,200        0  up_to_date")) << table.out;
  const Ran json = ran({"status", "--database", database_, "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)[0]["cursor"], "c1200");
}

TEST_F(SyncedDatabase, NoDatabaseIsWrongUsageAndNoneIsMade) {
  for (const char* command : {"dump", "status"}) {
    const Ran refused = ran({command, "--database", database_});
    EXPECT_EQ(refused.code, 2);
    EXPECT_TRUE(mentions(refused.err, database_)) << refused.err;
  }
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(SyncedDatabase, AnUnknownKindOfDatabaseIsNoFileName) {
  const Ran refused = ran({"status", "--database", "mysql://h/db"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(mentions(refused.err, "expected a file such as sync.db")) << refused.err;
}

TEST(Program, WrongUsageIsTwoAndNamesTheNearest) {
  EXPECT_EQ(ran({}).code, 2);
  const Ran command = ran({"stauts"});
  EXPECT_EQ(command.code, 2);
  EXPECT_TRUE(mentions(command.err, "did you mean 'status'?")) << command.err;
  const Ran flag = ran({"dump", "--databse", "x"});
  EXPECT_EQ(flag.code, 2);
  EXPECT_TRUE(mentions(flag.err, "did you mean '--database'?")) << flag.err;
  const Ran word = ran({"status", "sync.db"});
  EXPECT_EQ(word.code, 2);
  EXPECT_TRUE(mentions(word.err, "unexpected 'sync.db'")) << word.err;
  const Ran missing = ran({"dump"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(mentions(missing.err, "--database is missing")) << missing.err;
  EXPECT_EQ(ran({"run", "--poll", "soon"}).code, 2);
}

TEST(Program, SaysWhatItIs) {
  const Ran version = ran({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.substr(0, 12), "terapi-sync ");
  for (const char* command : {"run", "dump", "status"}) {
    const Ran help = ran({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_TRUE(mentions(help.out, "--database")) << command;
  }
  EXPECT_TRUE(mentions(ran({"--help"}).out, "TERAPI_SECRET_KEY"));
}

// With stdout on a device that is always full.
int ran_onto_full_device(const std::vector<std::string>& arguments, std::string* said) {
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ::dup2(full, STDOUT_FILENO);
  ::close(full);
  testing::internal::CaptureStderr();
  const int code = run_program(arguments);
  *said = testing::internal::GetCapturedStderr();
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  std::clearerr(stdout);
  return code;
}

TEST_F(SyncedDatabase, OutputThatIsLostIsNoSuccess) {
  sync(3);
  const std::vector<std::vector<std::string>> commands = {
      {"status", "--database", database_},
      {"status", "--database", database_, "--json"},
      {"dump", "--database", database_},
      {"--help"},
      {"run", "--help"},
      {"--version"},
      {"run", "--base-url", "http://127.0.0.1:9", "--secret-key", kTestKey, "--database", database_,
       "--stream", "github/demo/Issue", "--listen", "127.0.0.1:0"}};
  for (const auto& command : commands) {
    std::string said;
    EXPECT_EQ(ran_onto_full_device(command, &said), 2) << command.front();
    EXPECT_TRUE(mentions(said, "the output cannot be written: No space left on device")) << said;
  }
}

TEST(DumpOutput, SaysThatNobodyReadsAnyMore) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  DumpOutput output(ends[1]);
  output.buffer() = "a line\n";
  const auto written = output.write();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "output_closed");
  ::close(ends[1]);
}

TEST(DumpOutput, AFailureIsNoClosedPipe) {
  DumpOutput output(-1);
  output.buffer() = "a line\n";
  const auto written = output.write();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "output_failed");
}

TEST(ReadyFile, SaysWhereItListens) {
  core::TemporaryFolder folder;
  const std::string path = folder.file("ready.json");
  ASSERT_TRUE((ReadyFile{"http://127.0.0.1:1/webhooks", ""}.write(path)));
  const auto ready = nlohmann::json::parse(std::ifstream(path));
  EXPECT_EQ(ready["webhook_url"], "http://127.0.0.1:1/webhooks");
  EXPECT_TRUE(ready["metrics_url"].is_null());
  EXPECT_EQ(ready["pid"], ::getpid());
  ReadyFile{"http://127.0.0.1:2/webhooks", ""}.remove(path);  // not the one that is there
  EXPECT_TRUE(std::filesystem::exists(path));
  ReadyFile{"http://127.0.0.1:1/webhooks", ""}.remove(path);
  EXPECT_FALSE(std::filesystem::exists(path));
  const auto failed = ReadyFile{}.write(folder.file("no/such/folder"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "no_file");
}

}  // namespace
}  // namespace terapi::client
