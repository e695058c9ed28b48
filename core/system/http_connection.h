// HttpConnection: one client's connection to an HttpServer: reads requests, hands them to the
// handler one at a time and in order, and sends the answers. Private to core/system.
//
// A connection that waits for a request holds no buffer. One timer serves all connections: each
// has a deadline, and the server looks through them when the earliest has passed.
//
// Thread rule: the loop's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/system/body_decoder.h"
#include "core/system/http_server_impl.h"
#include "core/system/message_head.h"
#include "core/system/request_head.h"
#include "core/system/response_writer.h"

namespace terapi::core {

class HttpConnection final : public std::enable_shared_from_this<HttpConnection>,
                             private ResponseWriter::Owner {
 public:
  HttpConnection(HttpServer::Impl& server, TcpSocket socket, std::string remote_address);

  void start();
  // Answers 503 without waiting for a request.
  void turn_away();
  // The server stops: an idle connection goes at once, another after its answer.
  void stop();
  void close();
  void answer(Outcome outcome);
  void enforce_deadline(SteadyTime now);

  bool is_idle() const { return phase_ == Phase::kIdle; }
  SteadyTime idle_since() const { return phase_began_; }
  SteadyTime deadline() const { return deadline_; }

  // Where it stands in the server's list; the server's own.
  std::size_t index = 0;

 private:
  enum class Phase : std::uint8_t {
    kIdle,       // between requests
    kHead,       // within a request's header
    kBody,       // within its body
    kHandling,   // the handler has it
    kWriting,    // the answer is on its way
    kLingering,  // all is sent; waiting for the peer to close
    kClosed
  };

  // Reading.
  void watch();
  void on_readable();
  void on_peer_gone(bool orderly);
  void consume(std::string_view bytes);
  std::size_t process(std::string_view bytes);
  bool is_reading() const { return phase_ <= Phase::kBody; }
  void begin_request();
  std::size_t take_head(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  void accept_head(bool body_follows);
  std::optional<RequestFault> judge_length();
  void send_continue();
  void discard(std::size_t bytes);

  // Answering.
  void dispatch();
  // The peer is gone, and the answer that is on its way will not get there.
  void hung_up(bool orderly);
  void reject(RequestFault fault);
  void respond(Outcome outcome);
  ResponseWriter::Rest frame_rest(std::shared_ptr<BodySource> source, const Response& response,
                                  ResponseFraming& framing);
  void finish(ResponseWriter::End end);
  void linger();
  void reset();

  // ResponseWriter::Owner
  std::shared_ptr<ResponseWriter::Owner> keep() override;
  void on_write_blocked() override;
  void on_write_waiting() override;
  void on_write_end(ResponseWriter::End end) override;

  void enter(Phase phase);
  void set_deadline(SteadyTime deadline);
  void release_body();

  HttpServer::Impl* server_;  // null when closed
  TcpSocket socket_;
  std::string remote_address_;
  ResponseWriter writer_;

  Phase phase_ = Phase::kIdle;
  bool watching_ = false;
  bool processing_ = false;
  bool yielding_ = false;  // has input, but lets others have a turn
  bool peer_closed_ = false;
  bool keep_alive_ = false;
  bool is_head_ = false;
  std::function<void(HungUp)> if_hung_up_;  // of the last answer
  bool http_1_1_ = true;

  std::string input_;  // read, but not processed yet
  std::optional<RequestHead> head_;
  Request request_;
  BodyDecoder body_;
  std::size_t held_body_bytes_ = 0;
  std::size_t discarded_ = 0;
  SteadyTime phase_began_{};
  SteadyTime deadline_ = SteadyTime::max();
};

}  // namespace terapi::core
