// HttpSender: the asynchronous HTTP/1.1 client, on an EventLoop: many requests at once, kept-alive
// connections, http and https. Meant for webhooks, where one slow receiver must not hold up others.
//
// Each scheme, host and port has connections of its own. What is beyond their number waits, each
// path in a queue of its own, and the paths go by turns; one that has nothing under way does not
// wait for the others (up to four times the number), so that a slow path does not hold up a fast
// one. A request's time-out counts from when its turn has come. Of a host with several
// addresses, the next one is tried beside one that has not answered for 250 ms (or an eighth of the
// time-out; RFC 8305).
//
// An idle connection that the peer has closed is not used again. Where one dies just when it is
// used, before any byte of an answer came, a GET or HEAD is sent once more, on a fresh connection,
// and so is what SendOptions::may_repeat allows. Nothing else is retried, since the peer may have
// acted on it (RFC 9110, 9.2.2); redirects are never followed; HTTPS certificates are verified
// against the system's store and the URL's host.
//
// Errors, by code, are those of core/transport.h; a TLS handshake that fails is a "bad_response".
// `done` is called exactly once, on the loop's thread, never inside send(), unless the sender is
// destroyed first: then it is dropped without being called.
//
// Thread rule: the loop's thread (or before it runs). The loop has to outlive the sender.
//
//   HttpSender sender(loop, {});
//   Request request;
//   request.method = "POST";
//   request.target = "http://127.0.0.1:9000/hook";
//   sender.send(std::move(request), {.timeout = 20s}, [](Result<Response> response) { … });
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/transport.h"

namespace terapi::core {

class EventLoop;

struct HttpSenderOptions {
  std::size_t max_connections_per_host = 32;
  std::size_t max_connections = 1024;
  std::size_t max_header_bytes = std::size_t{256} << 10;
  Duration idle_timeout = std::chrono::seconds(30);  // of a connection that is not in use
  // A PEM file of the certificates to trust, in place of the system's store.
  std::string trusted_certificates{};
};

struct HttpSenderCounters {
  std::size_t open_connections = 0;
  std::size_t waiting = 0;      // requests whose turn has not come
  std::uint64_t sent = 0;       // ended, with an answer or an error
  std::uint64_t connected = 0;  // connections opened, in total
  std::uint64_t retried = 0;
};

class HttpSender final : public AsyncTransport {
 public:
  HttpSender(EventLoop& loop, HttpSenderOptions options);
  ~HttpSender() override;
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;

  void send(Request request, const SendOptions& options, Done done) override;
  // `opened` is called as `done` is.
  void open(Request request, const SendOptions& options, Opened opened) override;
  // Begins no request until go_on(): no on_turn is called, while what is under way goes on. For an
  // owner in the middle of something, which on_turn would ask.
  void hold();
  void go_on();
  HttpSenderCounters counters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace terapi::core
