// For tests: an HttpServer on an EventLoop in a thread of its own.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

#include "core/check.h"
#include "core/system/event_loop.h"
#include "core/system/http_server.h"
#include "core/system/test_socket.h"

namespace terapi::core {

// Answers with the request that it got.
inline void answer_with_request(Request request, const std::function<void(Outcome)>& done) {
  done(Outcome{{200,
                {{"Content-Type", "text/plain"}},
                request.method + " " + request.target + "\n" + request.body},
               {}});
}

class TestServer {
 public:
  explicit TestServer(HttpServerOptions options = {}, Handler handler = answer_with_request) {
    auto server = HttpServer::start(loop_, std::move(options), std::move(handler));
    TERAPI_CHECK(server.has_value(), server ? "" : server.error().message);
    server_ = std::move(*server);
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    loop_.post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
  }

  // Runs it on the loop's thread, and waits.
  template <typename F>
  auto on_loop(F action) {
    using T = std::invoke_result_t<F>;
    auto result = std::make_shared<std::packaged_task<T()>>(std::move(action));
    auto future = result->get_future();
    loop_.post([result] { (*result)(); });
    return future.get();
  }
  HttpServerCounters counters() {
    return on_loop([this] { return server_->counters(); });
  }
  // Looks, on the loop's thread, every millisecond until it is so; for what happens without a sign
  // to wait for. After a minute the test fails rather than hangs.
  void wait_until(std::function<bool()> condition) {
    const auto came = std::make_shared<std::promise<bool>>();
    auto future = came->get_future();
    loop_.post([this, came, condition = std::move(condition)] {
      look(came, condition, std::chrono::steady_clock::now() + std::chrono::minutes(1));
    });
    EXPECT_TRUE(future.get()) << "what was waited for did not happen within a minute";
  }

  EventLoop& loop() { return loop_; }
  HttpServer& server() { return *server_; }
  std::uint16_t port() const { return port_; }
  std::string url(std::string_view target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }
  TestSocket connect() const { return TestSocket::connect(port_); }
  // Sends it on a new connection, and reads until the server closes.
  std::string exchange(std::string_view request) const {
    TestSocket socket = connect();
    socket.send(request);
    return socket.read_all();
  }
  bool answers() const {
    return exchange("GET /alive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .ends_with("\r\n\r\nGET /alive\n");
  }

 private:
  void look(const std::shared_ptr<std::promise<bool>>& came, const std::function<bool()>& condition,
            std::chrono::steady_clock::time_point deadline) {
    if (condition()) return came->set_value(true);
    if (std::chrono::steady_clock::now() > deadline) return came->set_value(false);
    loop_.clock().at(loop_.clock().now() + std::chrono::milliseconds(1),
                     [=, this] { look(came, condition, deadline); });
  }

  EventLoop loop_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace terapi::core
