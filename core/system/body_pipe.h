// BodyPipe: where the body of an answer passes from the connection on which it comes to whoever
// reads it. It holds little: when that is full, the connection reads no further, and so the peer is
// slowed down to the reader's pace. Private to core/system.
//
// Thread rule: the loop's thread. The loop has to outlive it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/body_source.h"
#include "core/clock.h"

namespace terapi::core {

class BodyPipe : public std::enable_shared_from_this<BodyPipe> {
 public:
  struct Ports {
    boost::asio::io_context& io;
    Clock& clock;
    Duration patience;              // of a reader who waits for a piece
    std::function<void()> on_room;  // the connection may read on
    // Nobody reads any more: the reader has gone, or has waited for too long.
    std::function<void()> on_given_up;
  };
  explicit BodyPipe(Ports ports) : ports_(std::move(ports)) {}
  BodyPipe(const BodyPipe&) = delete;
  BodyPipe& operator=(const BodyPipe&) = delete;

  // The reader's end; once.
  std::shared_ptr<BodySource> reader();

  // The connection's end. No errors: the body is complete.
  void put(std::string_view bytes);
  void end(std::optional<Error> error);
  bool is_full() const { return held_.size() >= kRoom; }

 private:
  class Reader;
  static constexpr std::size_t kRoom = std::size_t{64} << 10;

  void read(BodySource::Take take);
  void abandon();
  void give();
  void on_silence();
  void cancel_timer();

  Ports ports_;
  std::string held_;
  bool ended_ = false;
  std::optional<Error> error_;
  BodySource::Take take_;
  TimerId timer_ = 0;
};

}  // namespace terapi::core
