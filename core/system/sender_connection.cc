#include "core/system/sender_connection.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <limits>
#include <utility>

namespace terapi::core {
namespace {

using Tcp = asio::ip::tcp;
using Code = boost::system::error_code;

// 1xx answers before the real one.
constexpr int kMaxInterim = 16;

std::array<asio::const_buffer, 2> pieces(const SendJob& job) {
  return {asio::buffer(job.head), asio::buffer(job.body)};
}

class PlainConnection final : public SenderConnection {
 public:
  PlainConnection(SenderConnectionOwner& owner, EventLoop& loop, const Url& url,
                  std::size_t max_header_bytes)
      : SenderConnection(owner, loop, url, max_header_bytes), socket_(loop.impl().io()) {}

 private:
  Socket& socket() override { return socket_; }
  void handshake() override { on_ready(); }

  void write() override {
    // Most requests fit into the socket's buffer, and need no operation of their own.
    Code code;
    const auto whole = pieces(job());
    const std::size_t sent = socket_.write_some(whole, code);
    if (code == asio::error::would_block) code = {};
    if (code || sent == asio::buffer_size(whole)) return on_written(code);
    const std::size_t from_body = sent - std::min(sent, job().head.size());
    const std::array<asio::const_buffer, 2> rest = {whole[0] + std::min(sent, job().head.size()),
                                                    whole[1] + from_body};
    asio::async_write(
        socket_, rest,
        [this, self = shared_from_this()](const Code& error, std::size_t) { on_written(error); });
  }

  void read() override {
    socket_.async_read_some(buffer(),
                            [this, self = shared_from_this()](const Code& code, std::size_t size) {
                              on_read(code, size, code == asio::error::eof);
                            });
  }

  Socket socket_;
};

class TlsConnection final : public SenderConnection {
 public:
  TlsConnection(SenderConnectionOwner& owner, EventLoop& loop, const Url& url,
                std::size_t max_header_bytes, asio::ssl::context& context)
      : SenderConnection(owner, loop, url, max_header_bytes), stream_(loop.impl().io(), context) {}

 private:
  Socket& socket() override { return stream_.next_layer(); }

  void handshake() override {
    stream_.set_verify_callback(asio::ssl::host_name_verification(url().host));
    Code not_an_address;
    asio::ip::make_address(url().host, not_an_address);
    if (not_an_address && !announce_name()) {
      return fail("bad_url", "'" + url().host + "' is not a valid name for a TLS server");
    }
    stream_.async_handshake(
        asio::ssl::stream_base::client, [this, self = shared_from_this()](const Code& code) {
          if (closed()) return;
          if (!code) return on_ready();
          fail("bad_response",
               "the TLS handshake with " + url().authority() + " failed: " + code.message());
        });
  }

  void write() override {
    asio::async_write(
        stream_, pieces(job()),
        [this, self = shared_from_this()](const Code& code, std::size_t) { on_written(code); });
  }

  void read() override {
    // Without a TLS close the end may be anybody's; it is not orderly then.
    stream_.async_read_some(buffer(),
                            [this, self = shared_from_this()](const Code& code, std::size_t size) {
                              on_read(code, size, code == asio::error::eof);
                            });
  }

  // What the macro SSL_set_tlsext_host_name does, without its casts.
  bool announce_name() {
    std::string host = url().host;  // OpenSSL takes a pointer to what it only reads
    return SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    TLSEXT_NAMETYPE_host_name, host.data()) == 1;
  }

  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::shared_ptr<SenderConnection> SenderConnection::make(SenderConnectionOwner& owner,
                                                         EventLoop& loop, const Url& url,
                                                         std::size_t max_header_bytes,
                                                         asio::ssl::context* tls) {
  if (tls == nullptr) return std::make_shared<PlainConnection>(owner, loop, url, max_header_bytes);
  return std::make_shared<TlsConnection>(owner, loop, url, max_header_bytes, *tls);
}

SenderConnection::SenderConnection(SenderConnectionOwner& owner, EventLoop& loop, const Url& url,
                                   std::size_t max_header_bytes)
    : owner_(owner), url_(url), max_header_bytes_(max_header_bytes), io_(loop.impl().io()) {}

void SenderConnection::carry(SendJobPtr job) {
  job->connection = this;
  job_ = std::move(job);
  reused_ = connected_;
  answered_ = false;
  in_body_ = false;
  interim_ = 0;
  response_ = Response();
  head_.emplace(max_header_bytes_, job_->is_head);
  if (!connected_) return connect();
  writing_ = true;
  write();
}

bool SenderConnection::settle() {
  if (!job_ || !in_body_ || !status_is_enough()) return false;
  succeed(false);
  return true;
}

// The read that waits sees it too, but only when the loop comes to it.
bool SenderConnection::is_stale() {
  char byte = 0;
  const ssize_t size =
      ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT | MSG_NOSIGNAL);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void SenderConnection::close() {
  if (std::exchange(closed_, true)) return;
  if (dialer_) dialer_->cancel();
  Code ignored;
  socket().close(ignored);
  if (job_) job_->connection = nullptr;
  job_.reset();
  owner_.on_gone(*this);
}

// Connecting.

void SenderConnection::connect() {
  Code code;
  const auto address = asio::ip::make_address(url_.host, code);
  if (!code) return on_resolved({Tcp::endpoint(address, url_.port)});
  owner_.names().look_up(url_.host, url_.port,
                         [gone = weak_from_this()](const NameLookup::Endpoints& endpoints) {
                           if (const auto self = gone.lock()) self->on_resolved(endpoints);
                         });
}

void SenderConnection::on_resolved(const std::vector<Tcp::endpoint>& endpoints) {
  if (closed_) return;
  if (endpoints.empty()) {
    return fail("name_not_resolved", "the host '" + url_.host + "' is not known");
  }
  dialer_ = Dialer::start(io_, endpoints, job_->connect_delay,
                          [this, self = shared_from_this()](const Code& error, Socket connected) {
                            socket() = std::move(connected);
                            on_connected(error);
                          });
}

void SenderConnection::on_connected(const Code& code) {
  dialer_.reset();
  if (closed_) return;
  if (code) {
    return fail("connection_refused",
                "cannot connect to " + url_.authority() + ": " + code.message());
  }
  ::fcntl(socket().native_handle(), F_SETFD, FD_CLOEXEC);
  Code ignored;
  socket().set_option(Tcp::no_delay(true), ignored);
  socket().non_blocking(true, ignored);
  handshake();
}

void SenderConnection::on_ready() {
  connected_ = true;
  writing_ = true;
  read();
  write();
}

// Sending and receiving.

void SenderConnection::on_written(const Code& code) {
  if (closed_) return;
  // A peer that will not take it all may still have answered: the read tells.
  if (!code) writing_ = false;
}

void SenderConnection::on_read(const Code& code, std::size_t size, bool orderly_end) {
  if (closed_) return;
  if (code) return on_peer_closed(code, orderly_end);
  // An answer to no request.
  if (!job_) return close();
  answered_ = true;
  consume({buffer_.data(), size});
  if (!closed_ && in_body_ && job_ && job_->streams()) owner_.on_part(job_, response_);
  read_on();
}

void SenderConnection::read_on() {
  if (closed_) return;
  paused_ = job_ && job_->pipe && job_->pipe->is_full();
  if (!paused_) read();
}

void SenderConnection::resume() {
  if (paused_) read_on();
}

void SenderConnection::consume(std::string_view bytes) {
  std::string held;
  if (!input_.empty()) {
    held = std::exchange(input_, {});
    held += bytes;
    bytes = held;
  }
  while (!bytes.empty()) {
    if (in_body_) {
      bytes.remove_prefix(body_.take(bytes, response_.body));
      if (status_is_enough() && response_.body.size() > job_->options.max_response_bytes) {
        response_.body.resize(job_->options.max_response_bytes);
        return succeed(false);
      }
    } else {
      bytes.remove_prefix(head_->take(bytes));
      if (head_->error()) return fail(head_->error()->code, head_->error()->message);
      if (!head_->complete()) {
        input_ = bytes.size() == held.size() ? std::move(held) : std::string(bytes);
        return;
      }
      if (const auto error = accept_head()) return fail(error->code, error->message);
    }
    if (in_body_ && body_.state() != BodyDecoder::State::kMore) return end_body(bytes.empty());
  }
}

std::optional<Error> SenderConnection::accept_head() {
  if (head_->is_interim()) {
    if (++interim_ > kMaxInterim || head_->response().status == 101) {
      return Error{"bad_response", "the server keeps sending 1xx answers instead of a final one"};
    }
    head_.emplace(max_header_bytes_, job_->is_head);
    return std::nullopt;
  }
  constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
  const bool any_size = status_is_enough() || job_->streams();
  Result<BodyDecoder> body = head_->body(any_size ? kUnlimited : job_->options.max_response_bytes);
  if (!body && !status_is_enough()) return body.error();
  body_ = body ? *body : BodyDecoder::until_close(kUnlimited);
  response_ = std::move(head_->response());
  reusable_ = head_->allows_reuse();
  in_body_ = true;
  return std::nullopt;
}

void SenderConnection::end_body(bool nothing_follows) {
  const bool is_whole = body_.state() == BodyDecoder::State::kDone;
  if (is_whole || status_is_enough()) {
    return succeed(is_whole && reusable_ && nothing_follows && !writing_);
  }
  switch (body_.state()) {
    case BodyDecoder::State::kTooLarge:
      return fail("response_too_large", "the answer has more than " +
                                            std::to_string(job_->options.max_response_bytes) +
                                            " bytes");
    case BodyDecoder::State::kMalformed:
      return fail("bad_response", "the answer's body is not in chunked coding");
    case BodyDecoder::State::kDone:
    case BodyDecoder::State::kMore:
      return;
  }
}

void SenderConnection::on_peer_closed(const Code& code, bool orderly_end) {
  if (!job_) return close();
  const bool is_stale = reused_ && !answered_ && job_->may_repeat && !job_->is_retry;
  if (is_stale) {
    const SendJobPtr job = release();
    close();
    return owner_.on_stale(job);
  }
  if (in_body_) {
    if (orderly_end) body_.close();
    if (body_.state() == BodyDecoder::State::kDone || status_is_enough()) return succeed(false);
    if (orderly_end || code == asio::ssl::error::stream_truncated) {
      return fail("truncated_body", "the connection closed within the answer's body");
    }
  }
  fail("connection_reset", orderly_end ? "the connection closed before the answer was complete"
                                       : "the connection broke: " + code.message());
}

// The last thing in both is the callback: whatever it does, nothing here is touched afterwards.
void SenderConnection::succeed(bool reusable) {
  const SendJobPtr job = release();
  Response response = std::exchange(response_, {});
  if (reusable) {
    idle_since = std::chrono::steady_clock::now();
    owner_.on_idle(*this);
  } else {
    close();
  }
  owner_.on_finished(job, std::move(response));
}

void SenderConnection::fail(std::string code, std::string message) {
  const auto self = shared_from_this();
  const SendJobPtr job = release();
  close();
  owner_.on_finished(job, Error{std::move(code), std::move(message)});
}

SendJobPtr SenderConnection::release() {
  job_->connection = nullptr;
  return std::exchange(job_, nullptr);
}

}  // namespace terapi::core
