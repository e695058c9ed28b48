// For tests: a PostgreSQL server of the test process's own, and databases on it.
//
//   if (!TestPostgres::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
//   std::string url = TestPostgres::instance().new_schema();   // empty, of this test alone
//   url = TestPostgres::instance().pooled(TestPostgres::instance().new_database("UTF8"));
//
// The server starts at the first use (about a second), listens on a socket in a folder of its own
// and on no port, and ends with the process, also when that is killed. It does not run as root:
// root gives it to the user "postgres", or "nobody".
//
// Errors: exceptions, which fail the test. Thread rule: the main thread.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/postgres/postgres_connection.h"
#include "client/postgres/postgres_url.h"
#include "core/temporary_folder.h"

namespace terapi::client {

class TestPostgres {
 public:
  static bool installed() { return !programs().empty(); }
  static bool has_pooler() { return !pooler().empty(); }
  static TestPostgres& instance() {
    static TestPostgres server;
    return server;
  }
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // The URL of a schema that nobody else has.
  std::string new_schema() {
    const std::string name = "test" + std::to_string(++made_);
    run(url("postgres"), "CREATE SCHEMA " + name);
    return url("postgres") + "&options=-csearch_path%3D" + name;
  }
  // The URL of a database that nobody else has, in the encoding.
  std::string new_database(const std::string& encoding) {
    const std::string name = "test" + std::to_string(++made_);
    run(url("postgres"),
        "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING '" + encoding + "'");
    return url(name);
  }
  // The same database, through a pgbouncer that gives each transaction another session.
  std::string pooled(const std::string& url) {
    if (pooler_ <= 0) start_pooler();
    std::string pooled = url;
    return pooled.replace(pooled.find(folder_.path()), folder_.path().size(),
                          folder_.path() + "&port=" + std::to_string(kPoolerPort));
  }
  // Runs a statement; the first column of its first row, as text.
  static std::string run(const std::string& url, const std::string& sql) {
    const auto parsed = PostgresUrl::parse(url);
    if (!parsed) throw std::runtime_error(parsed.error().message);
    const auto connection = PostgresConnection::open(*parsed);
    if (!connection) throw std::runtime_error(connection.error().message);
    const auto rows = (*connection)->run(sql);
    if (!rows) throw std::runtime_error(sql + ": " + rows.error().message);
    return rows->size() == 0 ? "" : std::string(rows->text(0, 0));
  }

 private:
  TestPostgres() {
    try {
      choose_user();
      const pid_t maker = spawn({programs() / "initdb", "-D", data(), "-U", "terapi", "-A", "trust",
                                 "-E", "UTF8", "--locale=C", "-N"});
      const std::string said = output_until("");
      if (finish(maker) != 0) throw std::runtime_error("initdb failed: " + said);
      server_ = spawn({programs() / "postgres", "-D", data(), "-k", folder_.path(), "-F", "-c",
                       "listen_addresses=", "-c", "log_min_messages=log", "-c",
                       "log_checkpoints=off", "-c", "max_connections=50"});
      const std::string told = output_until("ready to accept connections");
      if (told.find("ready to accept") == std::string::npos) {
        throw std::runtime_error("postgres did not start: " + told);
      }
    } catch (...) {
      stop();
      throw;
    }
  }
  ~TestPostgres() { stop(); }

  // Its port is but a part of its socket's name.
  static constexpr int kPoolerPort = 6432;

  void start_pooler() {
    const std::string settings = folder_.file("pgbouncer.ini");
    std::ofstream(settings) << "[databases]\n* = host=" << folder_.path() << " user=terapi\n"
                            << "[pgbouncer]\nunix_socket_dir = " << folder_.path()
                            << "\nlisten_port = " << kPoolerPort
                            << "\nauth_type = any\npool_mode = transaction\n"
                            << "default_pool_size = 3\n";
    pooler_ = spawn({pooler(), settings});
    const std::string told = output_until("process up");
    if (told.find("process up") == std::string::npos) {
      throw std::runtime_error("pgbouncer did not start: " + told);
    }
  }

  void stop() {
    if (pooler_ > 0) {
      ::kill(pooler_, SIGKILL);
      finish(pooler_);
    }
    if (server_ > 0) {
      ::kill(server_, SIGQUIT);  // at once; nothing here has to last
      finish(server_);
    }
    if (output_ >= 0) ::close(output_);
  }

  static std::vector<std::filesystem::path> path() {
    std::vector<std::filesystem::path> folders;
    const char* path = ::getenv("PATH");
    for (std::string rest = path == nullptr ? "" : path; !rest.empty();) {
      const std::size_t colon = rest.find(':');
      folders.emplace_back(rest.substr(0, colon));
      rest.erase(0, colon == std::string::npos ? colon : colon + 1);
    }
    return folders;
  }
  // Empty where there is none.
  static std::filesystem::path pooler() {
    std::vector<std::filesystem::path> folders = path();
    folders.emplace_back("/usr/sbin");  // Debian's, which is not on everybody's path
    for (const std::filesystem::path& folder : folders) {
      if (::access((folder / "pgbouncer").c_str(), X_OK) == 0) return folder / "pgbouncer";
    }
    return {};
  }

  // The folder that has both initdb and postgres; empty where there is none.
  static std::filesystem::path programs() {
    std::vector<std::filesystem::path> folders = path();
    std::error_code none;
    std::vector<std::filesystem::path> versions;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      versions.push_back(entry.path() / "bin");
    }
    std::sort(versions.rbegin(), versions.rend());
    folders.insert(folders.end(), versions.begin(), versions.end());
    for (const std::filesystem::path& folder : folders) {
      if (::access((folder / "initdb").c_str(), X_OK) == 0 &&
          ::access((folder / "postgres").c_str(), X_OK) == 0) {
        return folder;
      }
    }
    return {};
  }

  void choose_user() {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr) user = ::getpwnam("nobody");
    if (user == nullptr) throw std::runtime_error("root, and neither user postgres nor nobody");
    user_ = user->pw_uid;
    group_ = user->pw_gid;
    if (::chown(folder_.path().c_str(), user_, group_) != 0)
      throw std::runtime_error("chown failed");
  }

  // Starts a program whose output goes to output_, and which dies when this process does.
  pid_t spawn(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    if (output_ >= 0) ::close(output_);
    output_ = ends[0];
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) become(arguments.data(), ends[1], parent);
    ::close(ends[1]);
    if (child < 0) throw std::runtime_error("no process");
    return child;
  }

  // In the child: system calls only.
  [[noreturn]] void become(char** arguments, int output, pid_t parent) const {
    ::dup2(output, 1);
    ::dup2(output, 2);
    const bool right_user = user_ == 0 || (::setgroups(1, &group_) == 0 && ::setgid(group_) == 0 &&
                                           ::setuid(user_) == 0);
    if (right_user && ::chdir(folder_.path().c_str()) == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
      if (::getppid() == parent) ::execv(arguments[0], arguments);
    }
    ::_exit(127);
  }

  // What the program says until it says `text`, or ends.
  std::string output_until(const std::string& text) const {
    std::string said;
    char buffer[4096];
    while (text.empty() || said.find(text) == std::string::npos) {
      const ssize_t size = ::read(output_, buffer, sizeof buffer);
      if (size <= 0) break;
      said.append(buffer, static_cast<std::size_t>(size));
    }
    return said;
  }

  static int finish(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  std::string data() const { return folder_.file("data"); }
  std::string url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.path() + "&user=terapi";
  }

  // Not in TMPDIR: the path of a socket has 107 bytes at most, and the server's user must get in.
  core::TemporaryFolder folder_{"terapi-pg", "/tmp"};
  uid_t user_ = 0;  // of the server, when we are root
  gid_t group_ = 0;
  pid_t server_ = -1;
  pid_t pooler_ = -1;
  int output_ = -1;
  int made_ = 0;
};

}  // namespace terapi::client
