// ResponseWriter: sends one response over a server's connection, without blocking, and does to it
// on the way what its WireFaults say. Private to core/system.
//
// A response that the socket takes whole is sent within begin(), by one gathered write, without a
// callback; anything else goes on by itself and ends in Owner::on_write_end. Of a body that is not
// all there yet, the next piece is asked for when the socket has taken the last: a slow peer slows
// down whoever it comes from.
//
// Thread rule: its connection's.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/body_source.h"
#include "core/clock.h"
#include "core/http_message.h"

namespace terapi::core {

// The loop's own executor type: no type erasure for each operation.
using TcpSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class ResponseWriter {
 public:
  enum class End : std::uint8_t {
    kPending,   // not ended yet
    kComplete,  // all is sent
    kCutShort,  // as much is sent as was to be; the connection is to be closed
    kReset,     // the connection is to be reset
    kFailed     // the peer is gone
  };

  class Owner {
   public:
    // Keeps the writer, and the socket, while an operation is under way.
    virtual std::shared_ptr<Owner> keep() = 0;
    // The peer takes nothing more at present.
    virtual void on_write_blocked() = 0;
    // A fault, or the body's source, makes the response wait.
    virtual void on_write_waiting() = 0;
    virtual void on_write_end(End end) = 0;

   protected:
    ~Owner() = default;
  };

  // `fault_clock` may be null.
  ResponseWriter(Owner& owner, TcpSocket& socket, Clock& clock, Clock* fault_clock)
      : owner_(owner), socket_(socket), clock_(clock), fault_clock_(fault_clock) {}
  ~ResponseWriter() { cancel(); }
  ResponseWriter(const ResponseWriter&) = delete;
  ResponseWriter& operator=(const ResponseWriter&) = delete;

  // What follows on a body's first bytes.
  struct Rest {
    std::shared_ptr<BodySource> source;   // null: nothing
    std::optional<std::uint64_t> length;  // of the whole body, if that was announced
    bool chunked = false;
  };
  // `head` as it goes on the wire. Calls back only after it has returned kPending. Of a body in
  // pieces, a stall strikes the first one, and a drip each.
  End begin(std::string head, std::string body, const WireFaults& faults, Rest rest);
  // True while something else than the peer makes the response wait: its leaving is worth noticing
  // then.
  bool waits() const { return timer_ != 0 || awaits_piece_; }
  // Drops the response; nothing is called back any more.
  void cancel();

 private:
  using Steady = std::chrono::steady_clock;

  End proceed();
  End send_piece();
  void go_on();
  End fetch();
  void on_piece(BodySource::Piece piece);
  void put(std::string framing, std::string piece);
  // How much of the body may be sent before the next wait, and how much of that by now.
  std::size_t stage_end() const;
  std::size_t dripped(std::size_t end);
  End write_until(std::size_t body_bytes);
  End wait_for_socket();
  End wait_for_fault(Duration duration);
  End wait_for_drip();
  std::function<void()> when_over();
  void cancel_timers();
  void release();

  Owner& owner_;
  TcpSocket& socket_;
  Clock& clock_;
  Clock* fault_clock_;

  std::string head_;  // or the framing between two pieces
  std::string body_;  // or a piece of it
  WireFaults faults_;
  std::size_t sent_ = 0;        // bytes of head and body
  std::size_t body_limit_ = 0;  // bytes of the body that are to be sent at all
  Rest rest_;
  std::uint64_t body_bytes_ = 0;  // of all pieces so far
  bool awaits_piece_ = false;
  Steady::time_point drip_began_{};
  std::size_t drip_base_ = 0;  // bytes of the body that were sent then
  TimerId timer_ = 0;
  TimerId fault_timer_ = 0;
  std::uint64_t generation_ = 0;  // callbacks of a response that was cancelled are stale
};

}  // namespace terapi::core
