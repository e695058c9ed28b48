// Transport: how a request reaches whoever answers it. The port that lets client and simulator meet
// over real sockets or inside one process.
//
// Implementations: HandlerTransport below (in-process, at once), VirtualNetwork (in-process, in the
// time of a clock), HttplibTransport (core/system, blocking) and HttpSender (core/system,
// asynchronous).
//
// Errors of both ports, by code: "connection_refused", "connection_reset", "timeout",
// "truncated_body", "response_too_large", "bad_url", "bad_response", "name_not_resolved".
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "core/http_message.h"
#include "core/result.h"
#include "core/url.h"

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
  // `request.target` is an absolute http:// or https:// URL; HttplibTransport refuses https with
  // "bad_url". Redirects are never followed.
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

// Makes of a transport's request what a server gets: its target is a path, its host a header. Gives
// back the URL that it was; code "bad_url".
Result<Url> to_origin_form(Request& request);

// The in-process transport: hands the request to a handler, and its answer back, without letting
// time pass: what its wire faults make of it (delivery.h) is known at once. When a blocking send is
// used, the handler has to answer before it returns.
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
