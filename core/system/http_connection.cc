#include "core/system/http_connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <utility>

#include "core/json.h"
#include "core/parse_number.h"
#include "core/system/message_head.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// Requests of one connection that are served in a row before others have a turn.
constexpr int kRequestsPerTurn = 16;
// A connection that reads ahead while its request is being answered stops at this.
constexpr std::size_t kMaxReadAhead = std::size_t{64} << 10;
// A peer that is still sending when its answer has been sent is listened to for this long, so that
// it sees the answer rather than a reset.
constexpr auto kLingerTime = 1s;
constexpr auto kLingerTimeStopping = 100ms;
constexpr std::size_t kLingerBytes = std::size_t{4} << 20;
// What an idle connection may keep of its buffer.
constexpr std::size_t kIdleBuffer = 1024;

Response error_response(const RequestFault& fault) {
  Response response{fault.status,
                    {{"Content-Type", "application/json"}},
                    "{\"error\":{\"code\":" + json::quoted(fault.code) +
                        ",\"message\":" + json::quoted(fault.message) + "}}"};
  if (fault.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

// The handler's way back. Has no hold on the connection, which may be gone by then.
class Reply {
 public:
  Reply(std::weak_ptr<HttpConnection> connection, asio::io_context& io)
      : connection_(std::move(connection)), io_(io) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  ~Reply() {
    if (answered_) return;
    // Later, because this may be anybody's destructor. The loop is there if the connection is.
    if (auto connection = connection_.lock()) {
      asio::post(io_, [connection = std::move(connection)] {
        connection->answer(
            {error_response({500, "internal_error", "the request was dropped without an answer"}),
             {}});
      });
    }
  }

  void send(Outcome outcome) {
    if (std::exchange(answered_, true)) return;
    if (const auto connection = connection_.lock()) connection->answer(std::move(outcome));
  }

 private:
  std::weak_ptr<HttpConnection> connection_;
  asio::io_context& io_;
  bool answered_ = false;
};

}  // namespace

HttpConnection::HttpConnection(HttpServer::Impl& server, TcpSocket socket,
                               std::string remote_address)
    : server_(&server),
      socket_(std::move(socket)),
      remote_address_(std::move(remote_address)),
      writer_(*this, socket_, server.clock(), server.options().fault_clock) {}

void HttpConnection::start() {
  enter(Phase::kIdle);
  watch();
}

void HttpConnection::turn_away() {
  enter(Phase::kHead);
  reject({503, "too_many_connections", "too many connections are open"});
}

void HttpConnection::stop() {
  if (phase_ == Phase::kIdle || phase_ == Phase::kLingering) close();
}

void HttpConnection::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  writer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  release_body();
  std::exchange(server_, nullptr)->remove(*this);
}

void HttpConnection::enter(Phase phase) {
  const HttpServerOptions& options = server_->options();
  phase_ = phase;
  phase_began_ = Steady::now();
  switch (phase) {
    case Phase::kIdle:
      return set_deadline(phase_began_ + options.idle_timeout);
    case Phase::kHead:
      return set_deadline(phase_began_ + options.header_timeout);
    case Phase::kBody:
      return set_deadline(phase_began_ + options.body_idle_timeout);
    case Phase::kLingering:
      return set_deadline(phase_began_ + (server_->stopping()
                                              ? Steady::duration(kLingerTimeStopping)
                                              : Steady::duration(kLingerTime)));
    case Phase::kHandling:
    case Phase::kWriting:
    case Phase::kClosed:
      return set_deadline(SteadyTime::max());
  }
}

void HttpConnection::set_deadline(SteadyTime deadline) {
  deadline_ = deadline;
  server_->expect(deadline);
}

void HttpConnection::enforce_deadline(SteadyTime now) {
  if (phase_ == Phase::kClosed || now < deadline_) return;
  if (phase_ == Phase::kHead || phase_ == Phase::kBody) {
    reject({408, "request_timeout",
            phase_ == Phase::kHead ? "the request's header took too long to arrive"
                                   : "the request's body took too long to arrive"});
  } else {
    close();
  }
}

// Reading.

void HttpConnection::watch() {
  if (std::exchange(watching_, true)) return;
  socket_.async_wait(TcpSocket::wait_read,
                     [this, self = shared_from_this()](const boost::system::error_code& error) {
                       watching_ = false;
                       if (phase_ == Phase::kClosed) return;
                       if (error) return close();
                       on_readable();
                     });
}

void HttpConnection::on_readable() {
  EventLoop::Impl::Scratch& scratch = server_->scratch();
  boost::system::error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(scratch), error);
  if (error == asio::error::would_block) return watch();
  if (error) return on_peer_gone(error == asio::error::eof);
  server_->count().bytes_received += size;
  if (phase_ == Phase::kLingering) return discard(size);
  const std::string_view bytes(scratch.data(), size);
  if (is_reading() && !yielding_) return consume(bytes);
  // Read only to notice that the peer goes; enough of that when it sends on.
  input_ += bytes;
  if (input_.size() < kMaxReadAhead && !is_reading()) watch();
}

// A peer that has closed its sending side may still listen for the answer that it is owed, but
// none is made to wait for its sake.
void HttpConnection::on_peer_gone(bool orderly) {
  if (orderly && phase_ == Phase::kHandling) {
    peer_closed_ = true;
  } else if (orderly && phase_ == Phase::kWriting && !writer_.waits()) {
    peer_closed_ = true;
  } else {
    hung_up(orderly);
  }
}

void HttpConnection::hung_up(bool orderly) {
  const bool writing = phase_ == Phase::kWriting;
  const bool may_be_unread = phase_ == Phase::kIdle && !orderly;
  const auto tell = std::exchange(if_hung_up_, nullptr);
  close();
  if (tell && writing) tell(HungUp::kBefore);
  if (tell && may_be_unread) tell(HungUp::kPerhapsBefore);
}

void HttpConnection::consume(std::string_view bytes) {
  processing_ = true;
  if (input_.empty()) {
    const std::size_t used = process(bytes);
    input_.assign(bytes.substr(used));
  } else {
    input_ += bytes;
    input_.erase(0, process(input_));
  }
  processing_ = false;
  if (phase_ == Phase::kClosed || yielding_) return;
  if (phase_ == Phase::kLingering) input_.clear();
  if (input_.empty() && input_.capacity() > kIdleBuffer) std::string().swap(input_);
  // While a request is being answered, the peer's leaving is worth noticing.
  if (is_reading() || phase_ == Phase::kHandling || phase_ == Phase::kLingering ||
      (phase_ == Phase::kWriting && writer_.waits())) {
    watch();
  }
}

std::size_t HttpConnection::process(std::string_view bytes) {
  std::size_t used = 0;
  int requests = 0;
  while (used < bytes.size() && is_reading()) {
    if (phase_ == Phase::kIdle) {
      // RFC 9112, 2.2: empty lines before a request are to be ignored.
      const std::string_view next = bytes.substr(used);
      if (next == "\r") break;
      if (next.starts_with("\r\n")) {
        used += 2;
        continue;
      }
      if (++requests > kRequestsPerTurn) {
        yielding_ = true;
        asio::post(server_->io(), [this, self = shared_from_this()] {
          yielding_ = false;
          if (phase_ != Phase::kClosed) consume({});
        });
        break;
      }
      begin_request();
    }
    const std::string_view rest = bytes.substr(used);
    used += phase_ == Phase::kHead ? take_head(rest) : take_body(rest);
    // Waits for more of a header.
    if (phase_ == Phase::kHead) break;
  }
  return used;
}

void HttpConnection::begin_request() {
  head_.emplace(server_->options().max_header_bytes, server_->options().max_header_count);
  enter(Phase::kHead);
}

std::size_t HttpConnection::take_head(std::string_view bytes) {
  const std::size_t used = head_->take(bytes);
  if (head_->fault()) {
    is_head_ = head_->complete() && head_->request().method == "HEAD";
    reject(*head_->fault());
  } else if (head_->complete()) {
    accept_head(used < bytes.size());
  }
  return used;
}

void HttpConnection::accept_head(bool body_follows) {
  keep_alive_ = head_->wants_keep_alive();
  http_1_1_ = head_->http_1_1();
  is_head_ = head_->request().method == "HEAD";
  if (const auto fault = judge_length()) return reject(*fault);
  body_ = head_->has_chunked_body()
              ? BodyDecoder::chunked(server_->max_body_bytes(head_->request()))
              : BodyDecoder::of_length(head_->announced_length());
  const bool expects_continue = head_->expects_continue();
  request_ = std::move(head_->request());
  request_.remote_address = remote_address_;
  head_.reset();
  if (body_.state() == BodyDecoder::State::kDone) return dispatch();
  enter(Phase::kBody);
  if (expects_continue && !body_follows) send_continue();
}

std::optional<RequestFault> HttpConnection::judge_length() {
  const std::uint64_t length = head_->announced_length();
  const std::size_t limit = server_->max_body_bytes(head_->request());
  if (length > limit) {
    return RequestFault{413, "body_too_large",
                        "the request announces a body of " + std::to_string(length) +
                            " bytes; at most " + std::to_string(limit) + " are accepted"};
  }
  if (!server_->fits(length)) {
    return RequestFault{503, "too_busy", "too many request bodies are being received"};
  }
  return std::nullopt;
}

void HttpConnection::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  boost::system::error_code error;
  // Nothing else is on its way to the peer, so that this has room.
  const std::size_t sent = socket_.write_some(asio::buffer(kContinue), error);
  if (error || sent < kContinue.size()) close();
}

std::size_t HttpConnection::take_body(std::string_view bytes) {
  const HttpServerOptions& options = server_->options();
  const std::size_t used = body_.take(bytes, request_.body);
  const std::size_t arrived = request_.body.size() - held_body_bytes_;
  const bool fits = server_->fits(arrived);
  server_->hold(arrived);
  held_body_bytes_ += arrived;
  switch (body_.state()) {
    case BodyDecoder::State::kDone:
      dispatch();
      return used;
    case BodyDecoder::State::kTooLarge:
      reject({413, "body_too_large", "the request's body is larger than is accepted"});
      return used;
    case BodyDecoder::State::kMalformed:
      reject({400, "invalid_request", "the request's body is not in chunked coding"});
      return used;
    case BodyDecoder::State::kMore:
      break;
  }
  if (!fits) {
    reject({503, "too_busy", "too many request bodies are being received"});
    return used;
  }
  const auto earned = std::chrono::microseconds(
      held_body_bytes_ * 1'000'000 / std::max<std::uint64_t>(1, options.min_body_bytes_per_second));
  set_deadline(std::min(Steady::now() + options.body_idle_timeout,
                        phase_began_ + options.body_idle_timeout + earned));
  return used;
}

void HttpConnection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > kLingerBytes) return close();
  watch();
}

// Answering.

void HttpConnection::dispatch() {
  enter(Phase::kHandling);
  ++server_->count().requests;
  auto reply = std::make_shared<Reply>(weak_from_this(), server_->io());
  server_->handler()(std::move(request_), [reply = std::move(reply)](Outcome outcome) {
    reply->send(std::move(outcome));
  });
  request_ = Request();
}

// By value, because it may come from the head that goes here.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void HttpConnection::reject(RequestFault fault) {
  ++server_->count().rejected[fault.code];
  head_.reset();
  request_ = Request();
  release_body();
  keep_alive_ = false;
  respond({error_response(fault), {}});
}

void HttpConnection::answer(Outcome outcome) {
  if (phase_ != Phase::kHandling) return;
  if (outcome.response.status < 200 || outcome.response.status > 999) {
    outcome.response = error_response(
        {500, "internal_error",
         "the handler answered with status " + std::to_string(outcome.response.status)});
  }
  const WireFaults& wire = outcome.wire;
  const bool waits = wire.delay > 0us || wire.stall > 0us || wire.drip_bytes_per_second > 0;
  if (peer_closed_ && waits) {
    const auto& ask = server_->options().if_hung_up;
    const std::function<void(HungUp)> tell = ask ? ask(outcome.response) : nullptr;
    close();
    if (tell) tell(HungUp::kBefore);
    return;
  }
  respond(std::move(outcome));
}

void HttpConnection::respond(Outcome outcome) {
  release_body();  // whoever handles a request may hold its body until now
  Response& response = outcome.response;
  const auto& ask = server_->options().manners;
  const AnswerManners manners = ask ? ask(response) : AnswerManners();
  const auto& ask_further = server_->options().if_hung_up;
  if_hung_up_ = ask_further ? ask_further(response) : nullptr;
  const auto wish = response.headers.get("Connection");
  if (server_->stopping() || (wish && equals_ignoring_case(*wish, "close"))) {
    keep_alive_ = false;
  }
  ResponseFraming framing;
  ResponseWriter::Rest rest;
  if (outcome.rest) {
    rest = frame_rest(std::move(outcome.rest), response, framing);
  } else if (!is_bodyless_status(response.status)) {
    framing.content_length = response.body.size();
  }
  // Whose body was never asked for may say how long it would be.
  const auto announced = response.headers.get("Content-Length");
  if (is_head_ && announced && framing.content_length) {
    framing.content_length = parse_number<std::uint64_t>(*announced);
  } else if (is_head_ && framing.content_length == 0U) {
    framing.content_length.reset();  // nobody knows it: RFC 9110, 8.6
  }
  framing.date = server_->date();
  if (!keep_alive_) {
    framing.connection = "close";
  } else {
    if (!http_1_1_) framing.connection = "keep-alive";
    framing.keep_alive_seconds =
        std::chrono::floor<std::chrono::seconds>(server_->options().idle_timeout).count();
  }
  framing.gives_reason = manners.gives_reason;
  if (!manners.announces_close) keep_alive_ = false;
  std::string head;
  head.reserve(512);
  append_response_head(head, response, framing);
  if (manners.bare_line_feeds) std::erase(head, '\r');
  if (is_head_ || is_bodyless_status(response.status)) {
    response.body.clear();
    rest = {};
  }
  enter(Phase::kWriting);
  const ResponseWriter::End end =
      writer_.begin(std::move(head), std::move(response.body), outcome.wire, std::move(rest));
  if (end != ResponseWriter::End::kPending) on_write_end(end);
}

// How a body that is not all there yet is sent: by its length, if that is known; in chunks, to whom
// understands them; else until the connection closes.
ResponseWriter::Rest HttpConnection::frame_rest(std::shared_ptr<BodySource> source,
                                                const Response& response,
                                                ResponseFraming& framing) {
  ResponseWriter::Rest rest{std::move(source), {}, false};
  if (is_bodyless_status(response.status)) return rest;
  if (const auto announced = response.headers.get("Content-Length")) {
    rest.length = parse_number<std::uint64_t>(*announced);
  }
  framing.content_length = rest.length;
  if (!rest.length && !is_head_) {
    rest.chunked = framing.chunked = http_1_1_;
    if (!http_1_1_) keep_alive_ = false;
  }
  return rest;
}

std::shared_ptr<ResponseWriter::Owner> HttpConnection::keep() {
  return {shared_from_this(), static_cast<ResponseWriter::Owner*>(this)};
}

void HttpConnection::on_write_blocked() {
  set_deadline(Steady::now() + server_->options().write_timeout);
}

void HttpConnection::on_write_waiting() {
  set_deadline(SteadyTime::max());
  if (input_.size() < kMaxReadAhead && !peer_closed_) watch();
}

void HttpConnection::on_write_end(ResponseWriter::End end) {
  finish(end);
  // Pipelined requests may have come meanwhile.
  if (!processing_ && phase_ != Phase::kClosed) consume({});
}

void HttpConnection::finish(ResponseWriter::End end) {
  switch (end) {
    case ResponseWriter::End::kPending:
      return;
    case ResponseWriter::End::kComplete:
      if (!keep_alive_ || server_->stopping()) return linger();
      return enter(Phase::kIdle);
    case ResponseWriter::End::kCutShort:
      return linger();
    case ResponseWriter::End::kReset:
      return reset();
    case ResponseWriter::End::kFailed:
      return hung_up(false);
  }
}

void HttpConnection::linger() {
  if (peer_closed_) return close();
  boost::system::error_code error;
  socket_.shutdown(TcpSocket::shutdown_send, error);
  if (error) return close();
  enter(Phase::kLingering);
}

void HttpConnection::reset() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void HttpConnection::release_body() {
  if (server_ != nullptr) server_->release(held_body_bytes_);
  held_body_bytes_ = 0;
}

}  // namespace terapi::core
