// HttpServer: an HTTP/1.1 (and 1.0) server for one Handler, on an EventLoop.
//
// It trusts nobody: every buffer and every wait is bounded, and what is not acceptable HTTP is
// answered by the edge itself, in JSON, without troubling the handler:
//   {"error":{"code":"body_too_large","message":"…"}}
// The codes: invalid_request (400), request_timeout (408), body_too_large (413),
// unsupported_media_type (415), headers_too_large (431), internal_error (500: the handler dropped
// the request or answered with an invalid status), not_implemented (501), too_many_connections and
// too_busy (503), http_version_not_supported (505).
//
// Responses: Content-Length, Date, Connection and Keep-Alive are written here; a handler's own
// Content-Length, Transfer-Encoding and Keep-Alive are left out; its "Connection: close" is obeyed.
// HEAD sends the headers that GET would, and a handler's own Content-Length. Outcome.wire is
// carried out as http_message.h says. What Outcome.rest has yet is sent as it comes: by a
// Content-Length of the handler's, or else in chunks (until the connection closes, to a peer of
// HTTP/1.0).
//
// Thread rule: everything, the handler and its `done` included, on the loop's thread (start() also
// before the loop runs). `done` may be called before the handler returns, or any time later, also
// when the client or the whole server is gone; calling it twice has no effect, and dropping it
// uncalled answers 500. The loop and the fault clock have to outlive the server.
//
//   EventLoop loop;
//   auto server = HttpServer::start(loop, {.port = 3003}, [](Request request, auto done) {
//     done(Outcome{{200, {{"Content-Type", "text/plain"}}, "hello\n"}, {}});
//   });
//   if (!server) return server.error();   // "port_in_use", "bad_host", "cannot_listen"
//   loop.run();
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "core/transport.h"

namespace terapi::core {

class EventLoop;

// What is wrong with an answer's head, as careless servers write it.
struct AnswerManners {
  bool gives_reason = true;      // false: its first line ends with the status (RFC 9112, 4)
  bool announces_close = true;   // false: the connection closes behind it, and nothing says so
  bool bare_line_feeds = false;  // true: the lines of its head end with LF alone (RFC 9112, 2.2)
};

enum class HungUp : std::uint8_t {
  kBefore,         // all of the answer was handed to the system
  kPerhapsBefore,  // or afterwards, by a reset: with bytes in its hands that it had not read
};

struct HttpServerOptions {
  // An address, or a name: then all addresses of it that this machine has, at the same port;
  // "localhost" is both loopbacks.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one

  std::size_t max_header_bytes = std::size_t{128} << 10;  // request line and header fields
  std::size_t max_header_count = 10'000;
  // The largest request body for this method and target; unset means 1 MiB.
  std::function<std::size_t(std::string_view method, std::string_view target)> max_body_bytes{};
  // All request bodies being received, together; what would go over it is answered 503.
  std::size_t max_buffered_body_bytes = std::size_t{96} << 20;
  // Over it the longest idle connection makes room; when none is idle, the new one gets a 503.
  std::size_t max_connections = 1024;

  Duration idle_timeout = std::chrono::seconds(75);    // between requests
  Duration header_timeout = std::chrono::seconds(10);  // from a request's first byte to its body
  // A body has to make progress within each `body_idle_timeout`, and, after the first such span,
  // arrive at this average rate at least.
  Duration body_idle_timeout = std::chrono::seconds(10);
  std::uint64_t min_body_bytes_per_second = 1024;
  Duration write_timeout = std::chrono::seconds(60);  // without progress
  Duration stop_timeout = std::chrono::milliseconds(800);

  // Asked for each answer, which it may change; unset: all have good manners. For trying those who
  // read them.
  std::function<AnswerManners(Response&)> manners{};

  // Asked for the head of each answer, which it may change: what is to be called, once, when the
  // peer hangs up before it has all of the answer, as far as that can be seen. Unset, or null:
  // nothing.
  std::function<std::function<void(HungUp)>(Response&)> if_hung_up{};

  // Faults that wait (delay, stall) are over when this clock, or the real one, has moved far
  // enough, whichever is first. May be a VirtualClock; its timers have to run on the loop's thread.
  Clock* fault_clock = nullptr;
};

struct HttpServerCounters {
  std::size_t open_connections = 0;
  std::uint64_t accepted = 0;  // connections, in total
  std::uint64_t requests = 0;  // handed to the handler
  std::uint64_t bytes_received = 0;
  std::map<std::string, std::uint64_t, std::less<>> rejected;  // by the edge's error code
};

class HttpServer {
 public:
  static Result<std::unique_ptr<HttpServer>> start(EventLoop& loop, HttpServerOptions options,
                                                   Handler handler);
  // Closes everything at once.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  // "http://127.0.0.1:3003"; for a wildcard address, one that reaches it from this machine.
  std::string base_url() const;
  HttpServerCounters counters() const;

  // Accepts no more, closes idle connections, lets answers in flight finish for at most
  // `stop_timeout`, then calls back from the loop, once. Not called when the server is destroyed
  // before.
  void stop(std::function<void()> stopped);

  // For the other files of core/system.
  class Impl;

 private:
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace terapi::core
