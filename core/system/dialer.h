// Dialer: connects to the first of several addresses that takes a connection (RFC 8305). They are
// tried one after the other, both families by turns: the next one when one has failed, or when it
// has not answered for `delay`, while those before it go on. So an address behind which nobody is
// costs `delay` and not the whole time-out. Private to core/system.
//
// `done` is called once, on the loop's thread and never within start(): with the socket, or with
// the error of the attempt that failed last. After cancel() it is not.
//
// Thread rule: the loop's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "core/clock.h"
#include "core/system/event_loop_impl.h"
#include "core/system/response_writer.h"

namespace terapi::core {

class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  using Code = boost::system::error_code;
  using Endpoint = asio::ip::tcp::endpoint;
  using Done = std::function<void(const Code&, TcpSocket)>;

  // `endpoints` has at least one.
  static std::shared_ptr<Dialer> start(asio::io_context& io, const std::vector<Endpoint>& endpoints,
                                       Duration delay, Done done);
  void cancel();

 private:
  Dialer(asio::io_context& io, std::vector<Endpoint> endpoints, Duration delay, Done done);
  void try_next();
  void on_attempt(std::list<TcpSocket>::iterator attempt, const Code& code);
  void finish(const Code& code, TcpSocket socket);

  asio::io_context& io_;
  std::vector<Endpoint> endpoints_;
  Duration delay_;
  Done done_;
  asio::steady_timer timer_;
  std::size_t next_ = 0;
  std::list<TcpSocket> attempts_;  // under way
};

}  // namespace terapi::core
