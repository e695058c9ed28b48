// What a server's connections see of it: its options, its handler, and what they share. Private to
// core/system.
//
// Thread rule: the loop's thread.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/system/event_loop_impl.h"
#include "core/system/http_server.h"
#include "core/system/response_writer.h"

namespace terapi::core {

class HttpConnection;

using SteadyTime = std::chrono::steady_clock::time_point;

class HttpServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, HttpServerOptions options, Handler handler);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> listen();
  std::uint16_t port() const { return port_; }
  std::string base_url() const;
  HttpServerCounters counters() const;
  void stop(std::function<void()> stopped);
  void close_all();

  // For connections.
  const HttpServerOptions& options() const { return options_; }
  const Handler& handler() const { return handler_; }
  asio::io_context& io() { return loop_.impl().io(); }
  Clock& clock() { return loop_.clock(); }
  EventLoop::Impl::Scratch& scratch() { return loop_.impl().scratch(); }
  HttpServerCounters& count() { return counters_; }
  bool stopping() const { return stopping_; }
  std::size_t max_body_bytes(const Request& request) const;
  // The Date header's value, formatted once a second.
  std::string_view date();
  // Makes sure that the connections are looked through when `deadline` has passed.
  void expect(SteadyTime deadline);
  // Accounts for request bodies in memory.
  bool fits(std::uint64_t more_body_bytes) const;
  void hold(std::size_t body_bytes) { held_body_bytes_ += body_bytes; }
  void release(std::size_t body_bytes) { held_body_bytes_ -= body_bytes; }
  void remove(HttpConnection& connection);

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

  // One address that it listens at.
  struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io), incoming(io) {}
    Acceptor acceptor;
    TcpSocket incoming;  // the connection that is accepted next
    TimerId accept_timer = 0;
  };

  Result<std::vector<asio::ip::address>> resolve();
  Result<void> listen_at_all(const std::vector<asio::ip::address>& addresses);
  boost::system::error_code listen_at(const asio::ip::address& address);
  void close_listeners();
  void accept(Listener& listener);
  void accept_later(Listener& listener);
  void admit(Listener& listener);
  bool make_room();
  void enforce_deadlines();
  void check_stopped();

  EventLoop& loop_;
  HttpServerOptions options_;
  Handler handler_;
  std::list<Listener> listeners_;
  std::uint16_t port_ = 0;
  std::vector<std::shared_ptr<HttpConnection>> connections_;
  HttpServerCounters counters_;
  std::size_t held_body_bytes_ = 0;

  SteadyTime looks_at_ = SteadyTime::max();
  TimerId look_timer_ = 0;
  TimerId stop_timer_ = 0;
  bool accepting_ = false;  // from the first one on
  bool stopping_ = false;
  std::vector<std::function<void()>> stopped_;

  std::time_t date_second_ = -1;
  std::string date_;
};

}  // namespace terapi::core
