// SyncPrograms: for tests: a simulator behind a real HTTP server, and processes of terapi-sync that
// sync from it, which can be killed at a request.
//
// Thread rule: the test's thread, which is also the server's loop.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/system/event_loop.h"
#include "core/system/http_server.h"
#include "core/temporary_folder.h"
#include "core/test_places.h"
#include "simulator/test_simulator.h"

namespace terapi::tests {

class SyncPrograms {
 public:
  SyncPrograms() {
    auto server = core::HttpServer::start(
        loop_, {},
        [this](const core::Request& request, const auto& done) { serve(request, done); });
    TERAPI_CHECK(server.has_value(), "no server");
    server_ = std::move(*server);
  }
  SyncPrograms(const SyncPrograms&) = delete;
  SyncPrograms& operator=(const SyncPrograms&) = delete;

  simulator::InProcessSimulator& simulator() { return simulator_; }
  std::string file() const { return folder_.file("sync.db"); }
  int requests() const { return requests_; }

  // At the n-th request from now, and that long after it, the process started first is killed.
  void kill_at(int nth, core::Duration after) {
    kill_at_ = nth;
    kill_after_ = after;
    requests_ = 0;
  }

  // Starts that many `terapi-sync run --once` and waits for them; their statuses, as waitpid tells.
  std::vector<int> run(int count, const std::string& database,
                       const std::vector<std::string>& streams) {
    std::vector<int> statuses;
    children_.clear();
    for (int i = 0; i < count; ++i) {
      children_.push_back(spawn(database, streams));
      loop_.watch_child(children_.back(), [&, child = children_.back()](int status) {
        std::erase(children_, child);
        statuses.push_back(status);
        if (children_.empty()) loop_.stop();
      });
    }
    loop_.run();
    return statuses;
  }

 private:
  void serve(const core::Request& request, const std::function<void(core::Outcome)>& done) {
    const bool due = ++requests_ == kill_at_;
    if (due && kill_after_.count() == 0) return kill();  // dies waiting for this answer
    done(simulator_.outcome(request));
    if (!due || children_.empty()) return;
    loop_.clock().at(loop_.clock().now() + kill_after_, [this, child = children_.front()] {
      if (!children_.empty() && children_.front() == child) kill();
    });
  }
  void kill() {
    if (!children_.empty()) ::kill(children_.front(), SIGKILL);
  }
  pid_t spawn(const std::string& database, const std::vector<std::string>& streams) {
    const std::string program = core::bin_folder() + "/terapi-sync";
    std::vector<std::string> words = {program,  "run",        "--base-url", server_->base_url(),
                                      "--once", "--limit",    "20",         "--database",
                                      database, "--progress", "never"};
    for (const std::string& stream : streams) words.insert(words.end(), {"--stream", stream});
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

  core::TemporaryFolder folder_;
  core::EventLoop loop_;
  simulator::InProcessSimulator simulator_;
  std::unique_ptr<core::HttpServer> server_;
  std::vector<pid_t> children_;
  int requests_ = 0;
  int kill_at_ = 0;
  core::Duration kill_after_{0};
};

}  // namespace terapi::tests
