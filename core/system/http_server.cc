#include "core/system/http_server.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <utility>

#include "core/system/http_connection.h"
#include "core/system/http_server_impl.h"
#include "core/system/message_head.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Tcp = asio::ip::tcp;
using Code = boost::system::error_code;

constexpr int kBacklog = 1024;
// For a free port at all addresses of a name.
constexpr int kPortTries = 20;
constexpr std::size_t kDefaultMaxBody = std::size_t{1} << 20;
// Connections beyond the limit that are answered with an error; more are closed without one.
constexpr std::size_t kTurnedAway = 64;
// What else the process has open: an HttpSender's connections, databases, children's pipes.
constexpr rlim_t kOtherFiles = 2048;
constexpr Duration kAcceptRetry = 50ms;
// How often, at most, the connections are looked through.
constexpr auto kLookInterval = 10ms;

void raise_open_files(rlim_t needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? needed : std::min(needed, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// A child process that inherits a listening socket keeps its port in use.
void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

std::string text_of(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

Error listen_error(const HttpServerOptions& options, const Code& code) {
  const std::string place = bracketed(options.host) + ":" + std::to_string(options.port);
  if (code == asio::error::address_in_use) {
    return {"port_in_use", place + " is in use; stop what listens there, or choose another port"};
  }
  if (code == boost::system::errc::address_not_available) {
    return {"bad_host", "'" + options.host + "' is not an address of this machine"};
  }
  return {"cannot_listen", "cannot listen at " + place + ": " + code.message()};
}

}  // namespace

HttpServer::Impl::Impl(EventLoop& loop, HttpServerOptions options, Handler handler)
    : loop_(loop), options_(std::move(options)), handler_(std::move(handler)) {}

// A name stands for all its addresses, and "localhost" for both loopbacks (RFC 6761): a caller
// takes whichever it likes.
Result<std::vector<asio::ip::address>> HttpServer::Impl::resolve() {
  Code code;
  const asio::ip::address address = asio::ip::make_address(options_.host, code);
  if (!code) return std::vector{address};
  std::vector<asio::ip::address> addresses;
  const auto add = [&](const asio::ip::address& one) {
    if (std::find(addresses.begin(), addresses.end(), one) == addresses.end()) {
      addresses.push_back(one);
    }
  };
  std::string_view name = options_.host;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (equals_ignoring_case(name, "localhost")) {
    add(asio::ip::address_v4::loopback());
    add(asio::ip::address_v6::loopback());
  }
  Tcp::resolver resolver(io());
  for (const auto& entry : resolver.resolve(options_.host, "", Tcp::resolver::passive, code)) {
    add(entry.endpoint().address());
  }
  if (addresses.empty()) {
    return Error{"bad_host", "'" + options_.host + "' is neither an address nor a known name"};
  }
  return addresses;
}

Result<void> HttpServer::Impl::listen() {
  raise_open_files(static_cast<rlim_t>(options_.max_connections + kTurnedAway) + kOtherFiles);
  const Result<std::vector<asio::ip::address>> addresses = resolve();
  if (!addresses) return addresses.error();
  Result<void> listening = listen_at_all(*addresses);
  // A port that is free at the first address may be taken at another.
  for (int tries = 1; !listening && options_.port == 0 && tries < kPortTries; ++tries) {
    listening = listen_at_all(*addresses);
  }
  if (!listening) return listening;
  for (Listener& listener : listeners_) accept(listener);
  return {};
}

// All at the same port. Those that this machine does not have are left out, unless none is left.
Result<void> HttpServer::Impl::listen_at_all(const std::vector<asio::ip::address>& addresses) {
  close_listeners();
  port_ = options_.port;
  Code missing;
  for (const asio::ip::address& address : addresses) {
    const Code code = listen_at(address);
    if (!code) continue;
    if (code != boost::system::errc::address_not_available &&
        code != boost::system::errc::address_family_not_supported) {
      close_listeners();
      return listen_error(options_, code);
    }
    missing = code;
  }
  if (listeners_.empty()) return listen_error(options_, missing);
  return {};
}

Code HttpServer::Impl::listen_at(const asio::ip::address& address) {
  Listener& listener = listeners_.emplace_back(io());
  Acceptor& acceptor = listener.acceptor;
  const Tcp::endpoint endpoint(address, port_);
  Code code;
  acceptor.open(endpoint.protocol(), code);
  if (!code) {
    close_on_exec(acceptor.native_handle());
    // Not SO_REUSEPORT, with which two servers would share the port without noticing.
    acceptor.set_option(asio::socket_base::reuse_address(true), code);
  }
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(kBacklog, code);
  if (code) {
    listeners_.pop_back();
  } else {
    port_ = acceptor.local_endpoint(code).port();
  }
  return code;
}

void HttpServer::Impl::close_listeners() {
  Code ignored;
  for (Listener& listener : listeners_) {
    if (listener.accept_timer != 0) clock().cancel(std::exchange(listener.accept_timer, 0));
    listener.acceptor.close(ignored);
  }
  // What waits at one of them still refers to it.
  if (!accepting_) listeners_.clear();
}

std::string HttpServer::Impl::base_url() const {
  std::string host = options_.host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return "http://" + bracketed(host) + ":" + std::to_string(port_);
}

HttpServerCounters HttpServer::Impl::counters() const {
  HttpServerCounters counters = counters_;
  counters.open_connections = connections_.size();
  return counters;
}

// Accepting.

void HttpServer::Impl::accept(Listener& listener) {
  accepting_ = true;
  listener.acceptor.async_accept(listener.incoming,
                                 [this, &listener, self = shared_from_this()](const Code& error) {
                                   if (!listener.acceptor.is_open()) return;
                                   if (error && error != asio::error::connection_aborted)
                                     return accept_later(listener);
                                   if (!error) admit(listener);
                                   // Unless a connection took it.
                                   Code ignored;
                                   listener.incoming.close(ignored);
                                   accept(listener);
                                 });
}

// Out of file descriptors or memory: trying again at once would only burn the processor.
void HttpServer::Impl::accept_later(Listener& listener) {
  make_room();
  listener.accept_timer = clock().at(clock().now() + kAcceptRetry, [this, &listener] {
    listener.accept_timer = 0;
    accept(listener);
  });
}

void HttpServer::Impl::admit(Listener& listener) {
  TcpSocket& incoming = listener.incoming;
  ++counters_.accepted;
  Code code;
  const Tcp::endpoint peer = incoming.remote_endpoint(code);
  if (code) return;  // gone already
  close_on_exec(incoming.native_handle());
  // Without it, an answer in two segments waits 40 ms for the peer's acknowledgement.
  incoming.set_option(Tcp::no_delay(true), code);
  incoming.non_blocking(true, code);
  if (code) return;
  const bool has_room = connections_.size() < options_.max_connections || make_room();
  if (!has_room && connections_.size() >= options_.max_connections + kTurnedAway) return;
  auto connection =
      std::make_shared<HttpConnection>(*this, std::move(incoming), text_of(peer.address()));
  connection->index = connections_.size();
  connections_.push_back(connection);
  if (has_room) {
    connection->start();
  } else {
    connection->turn_away();
  }
}

bool HttpServer::Impl::make_room() {
  std::shared_ptr<HttpConnection> longest;
  for (const auto& connection : connections_) {
    if (!connection->is_idle()) continue;
    if (!longest || connection->idle_since() < longest->idle_since()) longest = connection;
  }
  if (!longest) return false;
  longest->close();
  return true;
}

// For connections.

std::size_t HttpServer::Impl::max_body_bytes(const Request& request) const {
  if (!options_.max_body_bytes) return kDefaultMaxBody;
  return options_.max_body_bytes(request.method, request.target);
}

std::string_view HttpServer::Impl::date() {
  const std::time_t second = std::time(nullptr);
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

void HttpServer::Impl::expect(SteadyTime deadline) {
  if (deadline >= looks_at_) return;
  looks_at_ = deadline;
  if (look_timer_ != 0) clock().cancel(look_timer_);
  const auto wait = std::max<Steady::duration>(deadline - Steady::now(), kLookInterval);
  look_timer_ = clock().at(clock().now() + std::chrono::ceil<Duration>(wait), [this] {
    look_timer_ = 0;
    looks_at_ = SteadyTime::max();
    enforce_deadlines();
  });
}

void HttpServer::Impl::enforce_deadlines() {
  const SteadyTime now = Steady::now();
  SteadyTime next = SteadyTime::max();
  std::vector<std::shared_ptr<HttpConnection>> late;
  for (const auto& connection : connections_) {
    if (connection->deadline() <= now) {
      late.push_back(connection);
    } else {
      next = std::min(next, connection->deadline());
    }
  }
  for (const auto& connection : late) connection->enforce_deadline(now);
  expect(next);
}

bool HttpServer::Impl::fits(std::uint64_t more_body_bytes) const {
  const std::size_t limit = options_.max_buffered_body_bytes;
  return more_body_bytes <= limit - std::min(held_body_bytes_, limit);
}

void HttpServer::Impl::remove(HttpConnection& connection) {
  const std::size_t index = connection.index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  connections_.pop_back();
  check_stopped();
}

// Stopping.

void HttpServer::Impl::stop(std::function<void()> stopped) {
  stopped_.push_back(std::move(stopped));
  if (!std::exchange(stopping_, true)) {
    close_listeners();
    const auto connections = connections_;
    for (const auto& connection : connections) connection->stop();
    stop_timer_ = clock().at(clock().now() + options_.stop_timeout, [this] {
      stop_timer_ = 0;
      const auto late = connections_;
      for (const auto& connection : late) connection->close();
    });
  }
  check_stopped();
}

void HttpServer::Impl::check_stopped() {
  if (!stopping_ || !connections_.empty()) return;
  for (auto& stopped : std::exchange(stopped_, {})) {
    if (stopped) asio::post(io(), std::move(stopped));
  }
}

void HttpServer::Impl::close_all() {
  stopped_.clear();
  close_listeners();
  const auto connections = connections_;
  for (const auto& connection : connections) connection->close();
  for (TimerId* timer : {&look_timer_, &stop_timer_}) {
    if (*timer != 0) clock().cancel(std::exchange(*timer, 0));
  }
}

// HttpServer

Result<std::unique_ptr<HttpServer>> HttpServer::start(EventLoop& loop, HttpServerOptions options,
                                                      Handler handler) {
  auto impl = std::make_shared<Impl>(loop, std::move(options), std::move(handler));
  const Result<void> listening = impl->listen();
  if (!listening) return listening.error();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { impl_->close_all(); }

std::uint16_t HttpServer::port() const { return impl_->port(); }

std::string HttpServer::base_url() const { return impl_->base_url(); }

HttpServerCounters HttpServer::counters() const { return impl_->counters(); }

void HttpServer::stop(std::function<void()> stopped) { impl_->stop(std::move(stopped)); }

}  // namespace terapi::core
