// The program itself, over real HTTP, killed by SIGKILL at points spread over its run.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "client/storage/sqlite_store.h"
#include "core/random.h"
#include "core/system/event_loop.h"
#include "core/system/http_server.h"
#include "simulator/test_simulator.h"

extern char** environ;

namespace terapi::tests {
namespace {

// A simulator behind a real server, and lives of `terapi-sync run --once`, one after the other.
class KilledProgram {
 public:
  KilledProgram() {
    std::string name = (std::filesystem::temp_directory_path() / "killed-XXXXXX").string();
    TERAPI_CHECK(::mkdtemp(name.data()) != nullptr, name);
    folder_ = name;
    auto server = core::HttpServer::start(
        loop_, {},
        [this](const core::Request& request, const auto& done) { serve(request, done); });
    TERAPI_CHECK(server.has_value(), "no server");
    server_ = std::move(*server);
  }
  ~KilledProgram() { std::filesystem::remove_all(folder_); }
  KilledProgram(const KilledProgram&) = delete;
  KilledProgram& operator=(const KilledProgram&) = delete;

  simulator::InProcessSimulator& simulator() { return simulator_; }
  std::string file() const { return (folder_ / "sync.db").string(); }

  // Runs until it ends by itself, or is killed so long after its n-th request. True: killed.
  bool live(int nth, core::Duration after) {
    kill_at_ = nth;
    kill_after_ = after;
    requests_ = 0;
    child_ = spawn();
    int status = -1;
    loop_.watch_child(child_, [&](int ended) {
      status = ended;
      child_ = 0;
      loop_.stop();
    });
    loop_.run();
    if (WIFSIGNALED(status)) return true;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
    return false;
  }

  // What is stored must be a prefix of what was served, up to the stored cursor at least.
  void expect_cursor_not_ahead() {
    if (!std::filesystem::exists(file())) return;
    auto store = client::SqliteStore::open(file());
    ASSERT_TRUE(store) << store.error().message;
    const client::Stream stream{"github", "demo", "Issue"};
    const auto position = (*store)->position(stream);
    ASSERT_TRUE(position);
    std::vector<std::string> ids;
    ASSERT_TRUE((*store)->read(stream, [&](const client::StoredRecord& record) {
      ids.push_back(record.id);
      return true;
    }));
    EXPECT_EQ(ids.size(), position->records);
    const auto served = simulator::ids_of(simulator_.walk({{"limit", "1000"}}));
    ASSERT_LE(ids.size(), served.size());
    EXPECT_TRUE(std::equal(ids.begin(), ids.end(), served.begin()));
    EXPECT_EQ(position->cursor.has_value(), !ids.empty());
  }
  std::size_t stored() {
    auto store = client::SqliteStore::open(file());
    EXPECT_TRUE(store);
    return (*store)->position({"github", "demo", "Issue"})->records;
  }

 private:
  void serve(const core::Request& request, const std::function<void(core::Outcome)>& done) {
    const bool due = ++requests_ == kill_at_;
    if (due && kill_after_.count() == 0) return kill();  // dies waiting for this answer
    done(simulator_.outcome(request));
    if (due) {
      loop_.clock().at(loop_.clock().now() + kill_after_, [this, child = child_] {
        if (child_ == child) kill();
      });
    }
  }
  void kill() {
    if (child_ != 0) ::kill(child_, SIGKILL);
  }
  pid_t spawn() {
    const std::string program = std::string(TERAPI_BIN_DIR) + "/terapi-sync";
    std::vector<std::string> words = {
        program,      "run",  "--base-url", server_->base_url(), "--once",     "--limit", "20",
        "--database", file(), "--stream",   "github/demo/Issue", "--progress", "never"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::string key = "TERAPI_SECRET_KEY=" + std::string(simulator::kDefaultSecretKey);
    std::vector<char*> variables = {key.data()};
    for (char** variable = environ; *variable != nullptr; ++variable) {
      variables.push_back(*variable);
    }
    variables.push_back(nullptr);
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(),
                                     variables.data());
    TERAPI_CHECK(failed == 0, program);
    return child;
  }

  std::filesystem::path folder_;
  core::EventLoop loop_;
  simulator::InProcessSimulator simulator_;
  std::unique_ptr<core::HttpServer> server_;
  pid_t child_ = 0;
  int requests_ = 0;
  int kill_at_ = 0;
  core::Duration kill_after_{0};
};

TEST(Sigkill, AtPointsSpreadOverARunLosesNothing) {
  constexpr int kRecords = 600;
  std::vector<std::string> ids;
  for (int i = 0; i < kRecords; ++i) ids.push_back("r" + std::to_string(i));
  core::Random random(11);
  int kills = 0;
  for (int round = 0; round < 5; ++round) {
    KilledProgram program;
    program.simulator().save(ids);
    program.simulator().remove({"r17", "r300"});
    while (program.live(1 + static_cast<int>(random.below(9)),
                        core::Duration(static_cast<std::int64_t>(random.below(4)) * 500))) {
      ++kills;
      program.expect_cursor_not_ahead();
    }
    program.expect_cursor_not_ahead();
    EXPECT_EQ(program.stored(), std::size_t{kRecords});
  }
  EXPECT_GE(kills, 10);
}

}  // namespace
}  // namespace terapi::tests
