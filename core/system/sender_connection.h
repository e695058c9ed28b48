// SenderConnection: one connection of an HttpSender to a server: connects, then carries one request
// after another. Plain or TLS. Private to core/system.
//
// One read is always under way, so that the peer's closing is noticed while it is idle.
//
// Thread rule: the loop's thread.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/system/body_decoder.h"
#include "core/system/body_pipe.h"
#include "core/system/dialer.h"
#include "core/system/event_loop_impl.h"
#include "core/system/http_sender.h"
#include "core/system/name_lookup.h"
#include "core/system/response_head.h"
#include "core/system/response_writer.h"
#include "core/url.h"

namespace terapi::core {

class SenderConnection;

// One request on its way. Whoever has it last calls HttpSender::Impl::finish.
struct SendJob {
  Url url;
  Request request;  // until its turn comes
  std::string head;
  std::string body;
  SendOptions options;
  Duration connect_delay{0};  // until the next address of the host is tried beside one
  AsyncTransport::Done done;
  // Of a request whose answer is opened, in place of `done`: until its head is there. Then the pipe
  // takes the body.
  AsyncTransport::Opened opened;
  std::shared_ptr<BodyPipe> pipe;
  TimerId timer = 0;
  SenderConnection* connection = nullptr;  // none: waits in its host's queue
  bool is_head = false;
  bool may_repeat = false;  // asking twice is asking once (RFC 9110, 9.2.2), or allowed
  bool is_retry = false;
  bool streams() const { return opened != nullptr || pipe != nullptr; }
};
using SendJobPtr = std::shared_ptr<SendJob>;

// What a connection tells its sender.
class SenderConnectionOwner {
 public:
  virtual void on_finished(const SendJobPtr& job, Result<Response> result) = 0;
  // Of a job that streams: its head is there, or more of its body, which is taken out of
  // `response`. Afterwards the connection may be closed.
  virtual void on_part(const SendJobPtr& job, Response& response) = 0;
  // The connection went stale before it could carry the job.
  virtual void on_stale(const SendJobPtr& job) = 0;
  virtual void on_idle(SenderConnection& connection) = 0;
  virtual void on_gone(SenderConnection& connection) = 0;
  virtual NameLookup& names() = 0;

 protected:
  ~SenderConnectionOwner() = default;
};

class SenderConnection : public std::enable_shared_from_this<SenderConnection> {
 public:
  using Socket = TcpSocket;
  using Code = boost::system::error_code;

  // `tls` is null for plain http.
  static std::shared_ptr<SenderConnection> make(SenderConnectionOwner& owner, EventLoop& loop,
                                                const Url& url, std::size_t max_header_bytes,
                                                asio::ssl::context* tls);
  virtual ~SenderConnection() = default;
  SenderConnection(const SenderConnection&) = delete;
  SenderConnection& operator=(const SenderConnection&) = delete;

  // Connects first if it has to. Only while idle, or new.
  void carry(SendJobPtr job);
  // Gives up whatever it carries; only on_gone is told.
  void close();
  // The time-out has come. True when what is there of the answer was enough: on_finished has been
  // told, and the connection is gone.
  bool settle();
  // There is room again for what its job's body has.
  void resume();
  // While idle: whether the peer has closed already, which no read has told yet.
  bool is_stale();
  bool is_idle() const { return connected_ && !job_; }
  const Url& url() const { return url_; }

  std::chrono::steady_clock::time_point idle_since;

 protected:
  SenderConnection(SenderConnectionOwner& owner, EventLoop& loop, const Url& url,
                   std::size_t max_header_bytes);

  virtual Socket& socket() = 0;
  // Then on_ready or fail.
  virtual void handshake() = 0;
  // Sends head and body of the job.
  virtual void write() = 0;
  // Reads some into buffer(), then on_read.
  virtual void read() = 0;

  asio::mutable_buffer buffer() { return asio::buffer(buffer_); }
  const SendJob& job() const { return *job_; }
  bool closed() const { return closed_; }
  void on_ready();
  void on_written(const Code& code);
  void on_read(const Code& code, std::size_t size, bool orderly_end);
  void fail(std::string code, std::string message);

 private:
  void connect();
  void on_resolved(const std::vector<asio::ip::tcp::endpoint>& endpoints);
  void on_connected(const Code& code);
  void consume(std::string_view bytes);
  std::optional<Error> accept_head();
  void read_on();
  bool status_is_enough() const { return job_->options.needed == AnswerNeeded::kStatus; }
  void end_body(bool nothing_follows);
  void on_peer_closed(const Code& code, bool orderly_end);
  void succeed(bool reusable);
  SendJobPtr release();

  SenderConnectionOwner& owner_;
  const Url url_;
  const std::size_t max_header_bytes_;
  asio::io_context& io_;
  std::shared_ptr<Dialer> dialer_;  // while it connects
  std::array<char, std::size_t{8} << 10> buffer_;

  SendJobPtr job_;
  std::string input_;  // the beginning of a head that is not complete
  std::optional<ResponseHead> head_;
  Response response_;
  BodyDecoder body_;
  int interim_ = 0;
  bool connected_ = false;
  bool closed_ = false;
  bool reused_ = false;
  bool answered_ = false;  // a byte of the answer has come
  bool in_body_ = false;
  bool writing_ = false;
  bool reusable_ = false;
  bool paused_ = false;  // whoever takes the body has enough for now
};

}  // namespace terapi::core
