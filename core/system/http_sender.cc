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
#include "core/system/name_lookup.h"
#include "core/system/sender_connection.h"
#include "core/system/system_certificates.h"
#include "core/url.h"

namespace terapi::core {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

// RFC 8305's Connection Attempt Delay; less where the time-out leaves no room for it.
constexpr Duration kConnectDelay = 250ms;

// So many times its number of connections a host may have, where each path has one.
constexpr std::size_t kFirstsFactor = 4;

// Scheme, host and port.
std::string origin_of(const Url& url) {
  return url.scheme + "://" + url.host + " " + std::to_string(url.port);
}

std::string path_of(const Url& url) { return url.target.substr(0, url.target.find('?')); }

}  // namespace

class HttpSender::Impl final : public std::enable_shared_from_this<Impl>,
                               private SenderConnectionOwner {
 public:
  Impl(EventLoop& loop, HttpSenderOptions options)
      : loop_(loop), options_(std::move(options)), names_(loop.impl().io()) {}

  void send(Request request, const SendOptions& options, Done done);
  void open(Request request, const SendOptions& options, Opened opened);
  void hold() { is_held_ = true; }
  void go_on();
  HttpSenderCounters counters() const;
  void close_all();

 private:
  // One path of an origin: what is under way, and what waits.
  struct Lane {
    std::size_t under_way = 0;
    std::deque<SendJobPtr> queue;
  };
  // One origin: its connections, and who shares them.
  struct Host {
    std::vector<std::shared_ptr<SenderConnection>> connections;
    std::vector<SenderConnection*> idle;  // the one that was used last is at the end
    std::unordered_map<std::string, Lane> lanes;
    std::deque<Lane*> turns;  // those in which somebody waits
    std::size_t under_way = 0;
  };

  void on_finished(const SendJobPtr& job, Result<Response> result) override;
  void on_part(const SendJobPtr& job, Response& response) override;
  void on_stale(const SendJobPtr& job) override;
  void on_idle(SenderConnection& connection) override;
  void on_gone(SenderConnection& connection) override;
  NameLookup& names() override { return names_; }

  void accept(const SendJobPtr& job, Request request, const SendOptions& options);
  void on_timeout(const SendJobPtr& job);
  void give_up(const SendJobPtr& job);
  static void end_pipe(BodyPipe& pipe, Result<Response> result);
  Host& host_of(const SendJob& job) { return hosts_.at(origin_of(job.url)); }
  void place(const SendJobPtr& job);
  bool may_start(const Host& host, const Lane& lane) const;
  void leave(Host& host, const SendJob& job);
  bool start(Host& host, const SendJobPtr& job);
  void begin(const SendJobPtr& job, SenderConnection& connection);
  SenderConnection* open(Host& host, const SendJobPtr& job);
  SenderConnection* reuse(Host& host);
  bool make_room();
  void serve(Host& host);
  void serve_others();
  void forget_unused_hosts();
  void expect_idle();
  void close_idle();
  Result<asio::ssl::context*> tls();

  EventLoop& loop_;
  HttpSenderOptions options_;
  NameLookup names_;
  std::unordered_map<std::string, Host> hosts_;
  std::unordered_map<SendJob*, SendJobPtr> jobs_;
  std::optional<asio::ssl::context> tls_;
  HttpSenderCounters counters_;
  TimerId idle_timer_ = 0;
  bool is_short_of_connections_ = false;
  bool is_serving_ = false;
  bool is_held_ = false;
};

// Sending.

void HttpSender::Impl::send(Request request, const SendOptions& options, Done done) {
  auto job = std::make_shared<SendJob>();
  job->done = std::move(done);
  accept(job, std::move(request), options);
}

void HttpSender::Impl::open(Request request, const SendOptions& options, Opened opened) {
  auto job = std::make_shared<SendJob>();
  job->opened = std::move(opened);
  accept(job, std::move(request), options);
}

void HttpSender::Impl::accept(const SendJobPtr& job, Request request, const SendOptions& options) {
  Result<Url> url = parse_url(request.target);
  std::optional<Error> error;
  if (!url) {
    error = url.error();
  } else if (url->scheme == "https") {
    if (const auto context = tls(); !context) error = context.error();
  }
  jobs_.emplace(job.get(), job);
  if (error) {
    asio::post(loop_.impl().io(), [self = weak_from_this(), job, error = *error] {
      if (const auto impl = self.lock()) impl->on_finished(job, error);
    });
    return;
  }
  // Only here, where nobody holds one of them.
  if (hosts_.size() > options_.max_connections) forget_unused_hosts();
  job->url = *std::move(url);
  job->is_head = request.method == "HEAD";
  job->may_repeat = job->is_head || request.method == "GET" || options.may_repeat;
  job->request = std::move(request);
  job->options = options;
  job->connect_delay = std::min<Duration>(kConnectDelay, options.timeout / 8);
  place(job);
}

void HttpSender::Impl::place(const SendJobPtr& job) {
  Host& host = hosts_[origin_of(job->url)];
  Lane& lane = host.lanes[path_of(job->url)];
  if (lane.queue.empty()) host.turns.push_back(&lane);
  // One that is sent once more has waited already.
  lane.queue.insert(job->is_retry ? lane.queue.begin() : lane.queue.end(), job);
  ++counters_.waiting;
  serve(host);
  // Connections that it found closed have made room.
  if (is_short_of_connections_ && counters_.open_connections < options_.max_connections) {
    serve_others();
  }
}

bool HttpSender::Impl::may_start(const Host& host, const Lane& lane) const {
  const std::size_t most = options_.max_connections_per_host;
  return host.under_way < most || (lane.under_way == 0 && host.under_way < kFirstsFactor * most);
}

// It is not under way any more.
void HttpSender::Impl::leave(Host& host, const SendJob& job) {
  const auto lane = host.lanes.find(path_of(job.url));
  --lane->second.under_way;
  --host.under_way;
  if (lane->second.under_way == 0 && lane->second.queue.empty()) host.lanes.erase(lane);
}

// Paths by turns, and each in the order of its queue.
void HttpSender::Impl::serve(Host& host) {
  if (is_held_) return;
  // What is closed in here makes room for what is started in here.
  if (std::exchange(is_serving_, true)) return;
  std::size_t passed_over = 0;  // each of them has something under way, so they are few
  while (passed_over < host.turns.size()) {
    if (host.under_way >= kFirstsFactor * options_.max_connections_per_host) break;
    Lane& lane = *host.turns.front();
    const bool starts = may_start(host, lane);
    if (starts) {
      const SendJobPtr job = lane.queue.front();
      if (!start(host, job)) break;
      lane.queue.pop_front();
      ++lane.under_way;
      ++host.under_way;
      --counters_.waiting;
    } else {
      ++passed_over;
    }
    host.turns.pop_front();
    if (!lane.queue.empty()) host.turns.push_back(&lane);
  }
  is_serving_ = false;
}

bool HttpSender::Impl::start(Host& host, const SendJobPtr& job) {
  SenderConnection* connection = job->is_retry ? nullptr : reuse(host);
  if (connection == nullptr) connection = open(host, job);
  if (connection == nullptr) return false;
  begin(job, *connection);
  return true;
}

void HttpSender::Impl::begin(const SendJobPtr& job, SenderConnection& connection) {
  if (job->head.empty()) {
    if (job->options.on_turn) job->options.on_turn(job->request);
    append_request_head(job->head, job->request, job->url);
    job->body = std::move(job->request.body);
    job->request = {};
  }
  job->timer = loop_.clock().at(loop_.clock().now() + job->options.timeout,
                                [this, job = job.get()] { on_timeout(jobs_.at(job)); });
  connection.carry(job);
}

// An idle connection that the peer has not closed, if there is one.
SenderConnection* HttpSender::Impl::reuse(Host& host) {
  std::vector<std::shared_ptr<SenderConnection>> stale;
  SenderConnection* found = nullptr;
  while (found == nullptr && !host.idle.empty()) {
    SenderConnection* const connection = host.idle.back();
    host.idle.pop_back();
    if (connection->is_stale()) {
      stale.push_back(connection->shared_from_this());
    } else {
      found = connection;
    }
  }
  for (const auto& connection : stale) connection->close();
  return found;
}

SenderConnection* HttpSender::Impl::open(Host& host, const SendJobPtr& job) {
  if (counters_.open_connections >= options_.max_connections && !make_room()) {
    is_short_of_connections_ = true;
    return nullptr;
  }
  asio::ssl::context* context = job->url.scheme == "https" ? *tls() : nullptr;
  host.connections.push_back(
      SenderConnection::make(*this, loop_, job->url, options_.max_header_bytes, context));
  ++counters_.open_connections;
  ++counters_.connected;
  return host.connections.back().get();
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

void HttpSender::Impl::serve_others() {
  if (is_serving_) return;  // whoever serves comes to them afterwards
  is_short_of_connections_ = false;
  for (auto& [origin, host] : hosts_) {
    serve(host);
    if (is_short_of_connections_) return;
  }
}

void HttpSender::Impl::go_on() {
  if (std::exchange(is_held_, false)) serve_others();
}

Result<asio::ssl::context*> HttpSender::Impl::tls() {
  if (tls_) return &*tls_;
  asio::ssl::context context(asio::ssl::context::tls_client);
  boost::system::error_code code;
  context.set_verify_mode(asio::ssl::verify_peer, code);
  if (!code) {
    std::string trusted = options_.trusted_certificates;
    if (trusted.empty()) trusted = system_certificates();
    if (trusted.empty()) {
      context.set_default_verify_paths(code);
    } else {
      context.load_verify_file(trusted, code);
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
  if (job->timer != 0) loop_.clock().cancel(std::exchange(job->timer, 0));
  ++counters_.sent;
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): `job` may go with what is erased
  const SendJobPtr keep = job;
  jobs_.erase(job.get());
  if (!keep->head.empty()) {
    Host& host = host_of(*keep);
    if (!keep->pipe) leave(host, *keep);  // else it has left when its head was there
    serve(host);
  }
  if (keep->pipe) return end_pipe(*keep->pipe, std::move(result));
  if (const Done done = std::move(keep->done)) return done(std::move(result));
  const Opened opened = std::move(keep->opened);
  if (!result) return opened(result.error());
  opened(OpenedAnswer{*std::move(result), nullptr});
}

void HttpSender::Impl::end_pipe(BodyPipe& pipe, Result<Response> result) {
  if (!result) return pipe.end(result.error());
  pipe.put(result->body);
  pipe.end(std::nullopt);
}

void HttpSender::Impl::on_part(const SendJobPtr& job, Response& response) {
  if (job->pipe) return job->pipe->put(std::exchange(response.body, {}));
  // Its head is in time; for the rest of it the pipe is patient.
  loop_.clock().cancel(std::exchange(job->timer, 0));
  const std::weak_ptr<SendJob> weak = job;
  job->pipe = std::make_shared<BodyPipe>(
      BodyPipe::Ports{loop_.impl().io(), loop_.clock(), job->options.piece_timeout,
                      [weak] {
                        const SendJobPtr room_for = weak.lock();
                        if (room_for && room_for->connection != nullptr)
                          room_for->connection->resume();
                      },
                      [weak, self = weak_from_this()] {
                        const auto impl = self.lock();
                        const SendJobPtr given_up = weak.lock();
                        if (impl && given_up && given_up->connection != nullptr)
                          impl->give_up(given_up);
                      }});
  // A body may take for ever; whoever waits for a turn does not wait for that.
  Host& host = host_of(*job);
  leave(host, *job);
  serve(host);
  const Opened opened = std::exchange(job->opened, nullptr);
  opened(OpenedAnswer{std::exchange(response, {}), job->pipe->reader()});
}

void HttpSender::Impl::give_up(const SendJobPtr& job) {
  job->connection->close();
  on_finished(job, Error{"timeout", "nobody reads the answer's body any more"});
}

void HttpSender::Impl::on_timeout(const SendJobPtr& job) {
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): `job` may go with its connection
  const SendJobPtr keep = job;
  keep->timer = 0;
  if (keep->connection->settle()) return;
  keep->connection->close();
  on_finished(keep, Error{"timeout", "no complete answer within the time-out"});
}

void HttpSender::Impl::on_stale(const SendJobPtr& job) {
  ++counters_.retried;
  loop_.clock().cancel(std::exchange(job->timer, 0));
  job->is_retry = true;
  leave(host_of(*job), *job);
  place(job);
}

void HttpSender::Impl::on_idle(SenderConnection& connection) {
  Host& host = hosts_.at(origin_of(connection.url()));
  host.idle.push_back(&connection);
  serve(host);
  if (is_short_of_connections_) serve_others();
  expect_idle();
}

void HttpSender::Impl::on_gone(SenderConnection& connection) {
  Host& host = hosts_.at(origin_of(connection.url()));
  std::erase(host.idle, &connection);
  // The caller of close() keeps it until it is done with it.
  std::erase_if(host.connections, [&](const auto& other) { return other.get() == &connection; });
  --counters_.open_connections;
  serve(host);
  if (is_short_of_connections_) serve_others();
}

void HttpSender::Impl::forget_unused_hosts() {
  std::erase_if(hosts_, [](const auto& entry) {
    return entry.second.connections.empty() && entry.second.lanes.empty();
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
  is_serving_ = true;  // nothing is started any more
  for (const auto& [key, job] : jobs_) {
    if (job->timer != 0) loop_.clock().cancel(std::exchange(job->timer, 0));
  }
  if (idle_timer_ != 0) loop_.clock().cancel(std::exchange(idle_timer_, 0));
  std::vector<std::shared_ptr<SenderConnection>> connections;
  for (auto& [origin, host] : hosts_) {
    connections.insert(connections.end(), host.connections.begin(), host.connections.end());
  }
  for (const auto& connection : connections) connection->close();
  // Later, because this may be anybody's destructor.
  for (const auto& [key, job] : jobs_) {
    if (!job->pipe) continue;
    asio::post(loop_.impl().io(), [pipe = job->pipe] {
      pipe->end(Error{"connection_reset", "its sender has gone"});
    });
  }
  jobs_.clear();
}

HttpSender::HttpSender(EventLoop& loop, HttpSenderOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

HttpSender::~HttpSender() { impl_->close_all(); }

void HttpSender::send(Request request, const SendOptions& options, Done done) {
  impl_->send(std::move(request), options, std::move(done));
}

void HttpSender::open(Request request, const SendOptions& options, Opened opened) {
  impl_->open(std::move(request), options, std::move(opened));
}

void HttpSender::hold() { impl_->hold(); }

void HttpSender::go_on() { impl_->go_on(); }

HttpSenderCounters HttpSender::counters() const { return impl_->counters(); }

}  // namespace terapi::core
