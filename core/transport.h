// Transport: how a request reaches whoever answers it. The port that lets client and simulator meet
// over real sockets or inside one process.
//
// Implementations: HandlerTransport below (in-process, at once), VirtualNetwork (in-process, in the
// time of a clock), HttpSender (core/system, asynchronous) and, for tests, HttplibTransport
// (core/system, blocking).
//
// Errors of both ports, by code: "connection_refused", "connection_reset", "timeout",
// "truncated_body", "response_too_large", "bad_url", "bad_response", "name_not_resolved".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/body_source.h"
#include "core/http_message.h"
#include "core/result.h"
#include "core/url.h"

namespace terapi::core {

// How much of an answer its sender needs.
enum class AnswerNeeded : std::uint8_t {
  // All of it: a body that is too large, breaks off or does not end in time is an error.
  kWhole,
  // Its status: the answer is there when its head is. Of the body comes what came within the limit
  // and the time-out; how it ends is nobody's business. HttplibTransport has kWhole alone.
  kStatus,
};

struct SendOptions {
  // The receiver's own time: from the request's turn until the answer is there. Waiting for a
  // connection, while others have all that there may be, does not count.
  Duration timeout = std::chrono::seconds(20);
  // A larger response body is an error, "response_too_large", not a larger memory.
  std::size_t max_response_bytes = std::size_t{64} << 20;
  AnswerNeeded needed = AnswerNeeded::kWhole;
  // A receiver may be asked twice though the method is not idempotent: when a connection that had
  // been used before dies without a byte of the answer, the request is sent once more (HttpSender).
  bool may_repeat = false;
  // Called when the request's turn has come, once at most: the last moment to complete its headers.
  // Often within send(). It must not send or destroy anything.
  std::function<void(Request&)> on_turn{};
  // open(): how long each further piece of the body may take, while somebody waits for it.
  Duration piece_timeout = std::chrono::minutes(5);
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

// An answer whose body may still be on its way.
struct OpenedAnswer {
  Response response;                   // with as much of the body as is there
  std::shared_ptr<BodySource> rest{};  // null: that is all
};

// Sends and calls back, on the driver's thread, exactly once; in-process implementations may call
// back before `send` returns.
class AsyncTransport {
 public:
  using Done = std::function<void(Result<Response>)>;
  using Opened = std::function<void(Result<OpenedAnswer>)>;
  virtual ~AsyncTransport() = default;
  virtual void send(Request request, const SendOptions& options, Done done) = 0;
  // Calls back when the answer's head is there, and leaves the body to be read: of any size, for as
  // long as it takes, and never more of it in memory than a little. The time-out is that of the
  // head. Here, and so in process: send(), and all of it at once.
  virtual void open(Request request, const SendOptions& options, Opened opened);
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
