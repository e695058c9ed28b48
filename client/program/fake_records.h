// For tests: a server of GET /records over real sockets that knows one stream and no more of the
// API than a client needs, and a terapi-sync that runs against it in a thread of its own.
//
//   FakeRecords api(1000);
//   SyncUnderTest sync(api, {"--listen", "127.0.0.1:0"});
//   sync.wait_until([](const StreamProgress& stream) { return stream.counts.records == 1000; });
//
// Every wait ends after ten seconds, so that a test fails rather than hangs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/program/sync_flags.h"
#include "client/program/sync_process.h"
#include "core/hex.h"
#include "core/hmac.h"
#include "core/rfc3339.h"
#include "core/system/test_httplib_transport.h"
#include "core/system/test_server.h"
#include "core/temporary_folder.h"
#include "core/url.h"

namespace terapi::client {

inline constexpr const char* kTestKey = "secret-key-of-the-test";

class FakeRecords {
 public:
  explicit FakeRecords(std::size_t records)
      : server_({}, [this](const core::Request& request, std::function<void(core::Outcome)> done) {
          const std::lock_guard lock(mutex_);
          asked_.push_back(request.target);
          asked_more_.notify_all();
          if (!held_) return done({answer(request), {}});
          waiting_ = {request, std::move(done)};
        }) {
    add(records);
  }
  std::string url() const { return server_.url(""); }

  void add(std::size_t records) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < records; ++i) {
      const std::size_t number = records_.size() + 1;
      records_.push_back(record(std::to_string(number), number));
    }
  }
  // A record without an id, which cannot be stored.
  void add_poison() {
    const std::lock_guard lock(mutex_);
    records_.push_back(R"({"name":"nobody"})");
  }
  // Answers every request like this from now on.
  void always(core::Response response) {
    const std::lock_guard lock(mutex_);
    always_ = std::move(response);
  }
  // Answers 400 to whoever asks for what was modified after some time, as `overlap` does.
  void refuse_windows() {
    const std::lock_guard lock(mutex_);
    refuses_windows_ = true;
  }
  // Leaves the next request without an answer, until answer_held().
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void answer_held() {
    server_.on_loop([this] {
      const std::lock_guard lock(mutex_);
      held_ = false;
      waiting_.second({answer(waiting_.first), {}});
    });
  }
  // The targets of the requests so far.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  bool wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    return asked_more_.wait_for(lock, std::chrono::seconds(10),
                                [&] { return asked_.size() >= count; });
  }
  // What a dump has to print of the first `count` records.
  static std::string dump(std::size_t count) {
    std::string text;
    for (std::size_t number = 1; number <= count; ++number) {
      const std::string id = std::to_string(number);
      text += R"({"integration":"github","connection":"demo","model":"Issue","variant":"base",)"
              R"("id":")" +
              id + R"(","deleted":false,"payload":)" + payload(id) + R"(,"last_modified_at":")" +
              modified(number) + R"(","cursor":"c)" + id + "\"}\n";
    }
    return text;
  }

 private:
  static std::string modified(std::size_t number) {
    return core::format_rfc3339(core::Time(std::chrono::seconds(1704067200 + number)));
  }
  static std::string payload(const std::string& id) {
    return R"({"id":")" + id + R"(","n":1e400,"text":"a b"})";
  }
  static std::string record(const std::string& id, std::size_t number) {
    std::string text = payload(id);
    text.pop_back();
    return text +
           R"(,"_terapi_metadata":{"deleted_at":null,"last_action":"ADDED",)"
           R"("first_seen_at":")" +
           modified(number) + R"(","last_modified_at":")" + modified(number) +
           R"(","pruned_at":null,"cursor":"c)" + id + "\"}}";
  }
  static std::size_t number_in(const std::string& text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  core::Response answer(const core::Request& request) const {
    if (always_) return *always_;
    if (request.headers.get("Authorization") != std::string("Bearer ") + kTestKey) {
      return {401, {}, R"({"error":{"code":"unauthorized","message":"no"}})"};
    }
    std::size_t begin = 0;
    std::size_t limit = 100;
    const auto target = core::parse_target(request.target);
    if (!target) return {400, {}, ""};
    for (const auto& [name, value] : target->query) {
      if (name == "modified_after" && refuses_windows_) return {400, {}, "no windows"};
      if (name == "cursor") begin = number_in(value.substr(1));
      if (name == "limit") limit = number_in(value);
    }
    const std::size_t end = std::min(records_.size(), begin + limit);
    std::string body = "{\"records\":[";
    for (std::size_t i = begin; i < end; ++i) body += (i > begin ? "," : "") + records_[i];
    body += "],\"next_cursor\":";
    body += end < records_.size() ? "\"c" + std::to_string(end) + "\"" : "null";
    return {200, {{"Content-Type", "application/json"}}, body + "}"};
  }

  std::mutex mutex_;
  std::condition_variable asked_more_;
  std::vector<std::string> records_;
  std::vector<std::string> asked_;
  std::optional<core::Response> always_;
  bool refuses_windows_ = false;
  bool held_ = false;
  std::pair<core::Request, std::function<void(core::Outcome)>> waiting_;
  core::TestServer server_;
};

class SyncUnderTest {
 public:
  // With the flags that are required, and these. Nothing is polled unless --poll says so.
  SyncUnderTest(FakeRecords& api, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "--base-url", api.url(),  "--secret-key",      kTestKey, "--database",
        database(),   "--stream", "github/demo/Issue", "--poll", "1h"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    SyncFlags values;
    core::Flags flags;
    values.add_to(flags);
    const auto parsed = flags.parse(arguments);
    TERAPI_CHECK(parsed.has_value(), parsed ? "" : parsed.error().message);
    auto settings = settings_from(values, {});
    TERAPI_CHECK(settings.has_value(), settings ? "" : settings.error().message);
    Console console(
        [this](std::string_view text) {
          const std::lock_guard lock(mutex_);
          stderr_text_ += text;
        },
        [] { return std::size_t{200}; });
    auto process = SyncProcess::start(*std::move(settings), std::move(console), false);
    TERAPI_CHECK(process.has_value(), process ? "" : process.error().message);
    process_ = *std::move(process);
    exit_code_ = std::async(std::launch::async, [this] { return process_->run(); });
  }
  ~SyncUnderTest() {
    if (exit_code_.valid()) stop();
  }
  SyncUnderTest(const SyncUnderTest&) = delete;
  SyncUnderTest& operator=(const SyncUnderTest&) = delete;

  std::string database() const { return folder_.file("sync.db"); }
  std::string webhook_url() const { return process_->webhook_url(); }
  std::string metrics_url() const { return process_->metrics_url(); }
  // What was written on stderr.
  std::string stderr_text() {
    const std::lock_guard lock(mutex_);
    return stderr_text_;
  }

  // The exit code, once the process has ended by itself.
  int wait() {
    if (exit_code_.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
      ADD_FAILURE() << "did not end";
      return stop();
    }
    return exit_code_.get();
  }
  int stop() {
    process_->loop().post([this] { process_->stop(); });
    return exit_code_.get();
  }
  // For as long as the process runs.
  template <typename Condition>
  bool wait_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      auto asked = std::make_shared<std::promise<StreamProgress>>();
      auto answer = asked->get_future();
      process_->loop().post([this, asked] { asked->set_value(process_->progress().front()); });
      if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready) return false;
      if (condition(answer.get())) return true;
      std::this_thread::yield();
    }
    return false;
  }
  bool wait_until_up_to_date_with(std::uint64_t records) {
    return wait_until([records](const StreamProgress& stream) {
      return stream.health == Health::kUpToDate && !stream.running &&
             stream.counts.records == records;
    });
  }

 private:
  core::TemporaryFolder folder_;
  std::mutex mutex_;
  std::string stderr_text_;
  std::unique_ptr<SyncProcess> process_;
  std::future<int> exit_code_;
};

// A webhook of the stream, signed with the key (HOOK-9).
inline core::Request signed_webhook(const std::string& url, const std::string& key) {
  core::Request request;
  request.method = "POST";
  request.target = url;
  request.body =
      R"({"type":"sync","providerConfigKey":"github","connectionId":"demo","model":"Issue",)"
      R"("syncName":"issues","success":true,"modifiedAfter":"2024-01-01T00:00:00Z"})";
  request.headers = {{"Content-Type", "application/json"},
                     {"X-Terapi-Hmac-Sha256", core::hex(core::hmac_sha256(key, request.body))}};
  return request;
}

// The answer, 0 for none.
inline core::Response send_over_socket(const core::Request& request) {
  core::HttplibTransport transport;
  auto response = transport.send(request);
  if (response) return *std::move(response);
  ADD_FAILURE() << request.target << ": " << response.error().message;
  return {0, {}, ""};
}

inline core::Response get_over_socket(const std::string& url) {
  core::Request request;
  request.target = url;
  return send_over_socket(request);
}

}  // namespace terapi::client
