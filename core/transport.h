// Transport: how a request reaches whoever answers it. The port that lets client and simulator meet
// over real sockets or inside one process.
//
// Implementations: HandlerTransport below (in-process), HttplibTransport (core/system, blocking)
// and HttpSender (core/system, asynchronous).
//
// Errors of both ports, by code: "connection_refused", "connection_reset", "timeout",
// "truncated_body", "response_too_large", "bad_url", "bad_response", "name_not_resolved".
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "core/http_message.h"
#include "core/result.h"

namespace terapi::core {

struct SendOptions {
  Duration timeout = std::chrono::seconds(20);
  // A larger response body is an error, "response_too_large", not a larger memory.
  std::size_t max_response_bytes = std::size_t{64} << 20;
};

// Sends and waits. Thread rule: one thread at a time for each instance.
class Transport {
 public:
  virtual ~Transport() = default;
  // `request.target` is an absolute http:// or https:// URL. Redirects are never followed.
  virtual Result<Response> send(const Request& request, const SendOptions& options) = 0;
  Result<Response> send(const Request& request) { return send(request, SendOptions{}); }
};

// Sends and calls back, on the driver's thread, exactly once; in-process implementations may call
// back before `send` returns.
class AsyncTransport {
 public:
  using Done = std::function<void(Result<Response>)>;
  virtual ~AsyncTransport() = default;
  virtual void send(Request request, const SendOptions& options, Done done) = 0;
};

// What answers requests: calls `done` exactly once, now or later, on the driver's thread.
using Handler = std::function<void(Request, std::function<void(Outcome)>)>;

// What a caller sees of an outcome: its response, or the error that its wire faults make of it.
// A delay or stall as long as the timeout is a "timeout"; shorter ones are not waited for here.
Result<Response> receive(const Outcome& outcome, const SendOptions& options);

// The in-process transport: hands the request to a handler (with the URL's scheme and host taken
// off the target). The handler has to answer before it returns.
class HandlerTransport final : public Transport, public AsyncTransport {
 public:
  explicit HandlerTransport(Handler handler) : handler_(std::move(handler)) {}
  using Transport::send;
  Result<Response> send(const Request& request, const SendOptions& options) override;
  void send(Request request, const SendOptions& options, Done done) override;

 private:
  Handler handler_;
};

}  // namespace terapi::core
