#include "core/system/test_peer.h"

#include <httplib.h>

#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/check.h"

namespace terapi::core {

class TestPeer::Impl {
 public:
  explicit Impl(Answer answer) : answer_(std::move(answer)) {
    // A thread is held by a connection for as long as it is open.
    server_.new_task_queue = [] { return new httplib::ThreadPool(32); };
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1'000'000);
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      reply(request, response);
    };
    server_.Get(".*", handler);  // and HEAD
    server_.Post(".*", handler);
    server_.Put(".*", handler);
    server_.Patch(".*", handler);
    server_.Delete(".*", handler);
    server_.Options(".*", handler);
    port_ = server_.bind_to_any_port("127.0.0.1");
    TERAPI_CHECK(port_ > 0, "a free port can be bound");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  std::size_t requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() {
    const std::lock_guard lock(mutex_);
    return callers_.size();
  }

 private:
  void reply(const httplib::Request& request, httplib::Response& response) {
    {
      const std::lock_guard lock(mutex_);
      ++requests_;
      callers_.insert(request.remote_port);
    }
    Request taken{request.method, request.target, {}, request.body, request.remote_addr};
    for (const auto& [name, value] : request.headers) {
      // What the library adds for its own use.
      if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
          name != "LOCAL_PORT") {
        taken.headers.add(name, value);
      }
    }
    Response answer = answer_(taken);
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.headers.emplace(name, value);
    response.body = std::move(answer.body);
  }

  const Answer answer_;
  std::mutex mutex_;
  std::size_t requests_ = 0;
  std::set<int> callers_;  // their ports
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TestPeer::TestPeer(Answer answer) : impl_(std::make_unique<Impl>(std::move(answer))) {}

TestPeer::~TestPeer() = default;

std::uint16_t TestPeer::port() const { return impl_->port(); }

std::string TestPeer::url(std::string_view target) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(target);
}

std::size_t TestPeer::requests() const { return impl_->requests(); }

std::size_t TestPeer::connections() const { return impl_->connections(); }

}  // namespace terapi::core
