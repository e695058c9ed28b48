#include "core/system/http_sender.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/system/event_loop_impl.h"
#include "core/system/message_head.h"
#include "core/system/sender_connection.h"
#include "core/url.h"

namespace terapi::core {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

// RFC 8305's Connection Attempt Delay; less where the time-out leaves no room for it.
constexpr Duration kConnectDelay = 250ms;

// Scheme, host and port.
std::string origin_of(const Url& url) {
  return url.scheme + "://" + url.host + " " + std::to_string(url.port);
}

}  // namespace

class HttpSender::Impl final : public std::enable_shared_from_this<Impl>,
                               private SenderConnectionOwner {
 public:
  Impl(EventLoop& loop, HttpSenderOptions options) : loop_(loop), options_(std::move(options)) {}

  void send(Request request, const SendOptions& options, Done done);
  HttpSenderCounters counters() const;
  void close_all();

 private:
  // One origin: its connections, and what waits for them.
  struct Host {
    std::vector<std::shared_ptr<SenderConnection>> connections;
    std::vector<SenderConnection*> idle;  // the one that was used last is at the end
    std::deque<SendJobPtr> queue;         // may hold jobs that have timed out meanwhile
  };

  void on_finished(const SendJobPtr& job, Result<Response> result) override;
  void on_stale(const SendJobPtr& job) override;
  void on_idle(SenderConnection& connection) override;
  void on_gone(SenderConnection& connection) override;

  void on_timeout(const SendJobPtr& job);
  void place(const SendJobPtr& job);
  bool start(Host& host, const SendJobPtr& job);
  bool open(Host& host, const SendJobPtr& job);
  bool make_room();
  void serve_queue(Host& host);
  void serve_other_queues();
  SendJobPtr next_waiting(Host& host);
  void forget_unused_hosts();
  void expect_idle();
  void close_idle();
  Result<asio::ssl::context*> tls();

  EventLoop& loop_;
  HttpSenderOptions options_;
  std::unordered_map<std::string, Host> hosts_;
  std::unordered_map<SendJob*, SendJobPtr> jobs_;
  std::optional<asio::ssl::context> tls_;
  HttpSenderCounters counters_;
  TimerId idle_timer_ = 0;
  bool is_short_of_connections_ = false;
};

// Sending.

void HttpSender::Impl::send(Request request, const SendOptions& options, Done done) {
  Result<Url> url = parse_url(request.target);
  std::optional<Error> error;
  if (!url) {
    error = url.error();
  } else if (url->scheme == "https") {
    if (const auto context = tls(); !context) error = context.error();
  }
  auto job = std::make_shared<SendJob>();
  job->done = std::move(done);
  jobs_.emplace(job.get(), job);
  if (error) {
    asio::post(loop_.impl().io(), [self = weak_from_this(), job, error = *error] {
      if (const auto impl = self.lock()) impl->on_finished(job, error);
    });
    return;
  }
  // Only here, where nobody holds one of them.
  if (hosts_.size() > options_.max_connections) forget_unused_hosts();
  append_request_head(job->head, request, *url);
  job->body = std::move(request.body);
  job->url = std::move(*url);
  job->is_head = request.method == "HEAD";
  job->may_repeat = job->is_head || request.method == "GET";
  job->max_response_bytes = options.max_response_bytes;
  job->connect_delay = std::min<Duration>(kConnectDelay, options.timeout / 8);
  job->timer = loop_.clock().at(loop_.clock().now() + options.timeout,
                                [this, job = job.get()] { on_timeout(jobs_.at(job)); });
  place(job);
}

void HttpSender::Impl::place(const SendJobPtr& job) {
  Host& host = hosts_[origin_of(job->url)];
  if (start(host, job)) return;
  ++counters_.waiting;
  // A retry has waited once already.
  if (job->is_retry) {
    host.queue.push_front(job);
  } else {
    host.queue.push_back(job);
  }
}

bool HttpSender::Impl::start(Host& host, const SendJobPtr& job) {
  if (host.idle.empty() || job->is_retry) return open(host, job);
  SenderConnection* connection = host.idle.back();
  host.idle.pop_back();
  connection->carry(job);
  return true;
}

bool HttpSender::Impl::open(Host& host, const SendJobPtr& job) {
  if (host.connections.size() >= options_.max_connections_per_host) return false;
  if (counters_.open_connections >= options_.max_connections && !make_room()) {
    is_short_of_connections_ = true;
    return false;
  }
  asio::ssl::context* context = job->url.scheme == "https" ? *tls() : nullptr;
  auto connection =
      SenderConnection::make(*this, loop_, job->url, options_.max_header_bytes, context);
  host.connections.push_back(connection);
  ++counters_.open_connections;
  ++counters_.connected;
  connection->carry(job);
  return true;
}

// Closes an idle connection of any host.
bool HttpSender::Impl::make_room() {
  for (auto& [origin, host] : hosts_) {
    if (host.idle.empty()) continue;
    host.idle.front()->close();
    return true;
  }
  return false;
}

void HttpSender::Impl::serve_queue(Host& host) {
  while (SendJobPtr job = next_waiting(host)) {
    if (start(host, job)) continue;
    host.queue.push_front(std::move(job));
    ++counters_.waiting;
    return;
  }
}

void HttpSender::Impl::serve_other_queues() {
  is_short_of_connections_ = false;
  for (auto& [origin, host] : hosts_) {
    serve_queue(host);
    if (is_short_of_connections_) return;
  }
}

SendJobPtr HttpSender::Impl::next_waiting(Host& host) {
  while (!host.queue.empty()) {
    SendJobPtr job = std::move(host.queue.front());
    host.queue.pop_front();
    if (job->finished) continue;
    --counters_.waiting;
    return job;
  }
  return nullptr;
}

Result<asio::ssl::context*> HttpSender::Impl::tls() {
  if (tls_) return &*tls_;
  asio::ssl::context context(asio::ssl::context::tls_client);
  boost::system::error_code code;
  context.set_verify_mode(asio::ssl::verify_peer, code);
  if (!code) {
    if (options_.trusted_certificates.empty()) {
      context.set_default_verify_paths(code);
    } else {
      context.load_verify_file(options_.trusted_certificates, code);
    }
  }
  if (code) {
    return Error{"bad_url", "https cannot be used: the trusted certificates cannot be read: " +
                                code.message()};
  }
  tls_.emplace(std::move(context));
  return &*tls_;
}

// Ends.

void HttpSender::Impl::on_finished(const SendJobPtr& job, Result<Response> result) {
  job->finished = true;
  if (job->timer != 0) loop_.clock().cancel(std::exchange(job->timer, 0));
  ++counters_.sent;
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): `job` may go with what is erased
  const SendJobPtr keep = job;
  jobs_.erase(job.get());
  // Frees what a job that stays in its queue would hold.
  std::string().swap(keep->head);
  std::string().swap(keep->body);
  const Done done = std::move(keep->done);
  done(std::move(result));
}

void HttpSender::Impl::on_timeout(const SendJobPtr& job) {
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): `job` may go with its connection
  const SendJobPtr keep = job;
  keep->timer = 0;
  if (keep->connection != nullptr) {
    keep->connection->close();
  } else {
    --counters_.waiting;
    std::deque<SendJobPtr>& queue = hosts_.at(origin_of(keep->url)).queue;
    keep->finished = true;
    while (!queue.empty() && queue.front()->finished) queue.pop_front();
  }
  on_finished(keep, Error{"timeout", "no complete answer within the time-out"});
}

void HttpSender::Impl::on_stale(const SendJobPtr& job) {
  ++counters_.retried;
  job->is_retry = true;
  place(job);
}

void HttpSender::Impl::on_idle(SenderConnection& connection) {
  Host& host = hosts_.at(origin_of(connection.url()));
  if (SendJobPtr job = next_waiting(host)) return connection.carry(std::move(job));
  host.idle.push_back(&connection);
  if (is_short_of_connections_) serve_other_queues();
  expect_idle();
}

void HttpSender::Impl::on_gone(SenderConnection& connection) {
  Host& host = hosts_.at(origin_of(connection.url()));
  std::erase(host.idle, &connection);
  // The caller of close() keeps it until it is done with it.
  std::erase_if(host.connections, [&](const auto& other) { return other.get() == &connection; });
  --counters_.open_connections;
  serve_queue(host);
  if (is_short_of_connections_) serve_other_queues();
}

void HttpSender::Impl::forget_unused_hosts() {
  std::erase_if(hosts_, [](const auto& entry) {
    return entry.second.connections.empty() && entry.second.queue.empty();
  });
}

// Idle connections.

void HttpSender::Impl::expect_idle() {
  if (idle_timer_ != 0) return;
  idle_timer_ = loop_.clock().at(loop_.clock().now() + options_.idle_timeout, [this] {
    idle_timer_ = 0;
    close_idle();
  });
}

void HttpSender::Impl::close_idle() {
  const Steady::time_point limit = Steady::now() - options_.idle_timeout;
  std::vector<std::shared_ptr<SenderConnection>> old;
  bool others = false;
  for (const auto& [origin, host] : hosts_) {
    for (SenderConnection* connection : host.idle) {
      if (connection->idle_since <= limit) {
        old.push_back(connection->shared_from_this());
      } else {
        others = true;
      }
    }
  }
  for (const auto& connection : old) connection->close();
  if (others) expect_idle();
}

HttpSenderCounters HttpSender::Impl::counters() const { return counters_; }

void HttpSender::Impl::close_all() {
  for (const auto& [key, job] : jobs_) {
    if (job->timer != 0) loop_.clock().cancel(std::exchange(job->timer, 0));
    job->finished = true;
  }
  if (idle_timer_ != 0) loop_.clock().cancel(std::exchange(idle_timer_, 0));
  std::vector<std::shared_ptr<SenderConnection>> connections;
  for (auto& [origin, host] : hosts_) {
    connections.insert(connections.end(), host.connections.begin(), host.connections.end());
  }
  for (const auto& connection : connections) connection->close();
  jobs_.clear();
}

HttpSender::HttpSender(EventLoop& loop, HttpSenderOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

HttpSender::~HttpSender() { impl_->close_all(); }

void HttpSender::send(Request request, const SendOptions& options, Done done) {
  impl_->send(std::move(request), options, std::move(done));
}

HttpSenderCounters HttpSender::counters() const { return impl_->counters(); }

}  // namespace terapi::core
