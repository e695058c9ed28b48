#include "core/system/body_pipe.h"

#include <boost/asio/post.hpp>

namespace terapi::core {

class BodyPipe::Reader final : public BodySource {
 public:
  explicit Reader(std::shared_ptr<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  ~Reader() override { pipe_->abandon(); }
  void read(Take take) override { pipe_->read(std::move(take)); }

 private:
  std::shared_ptr<BodyPipe> pipe_;
};

std::shared_ptr<BodySource> BodyPipe::reader() {
  return std::make_shared<Reader>(shared_from_this());
}

void BodyPipe::put(std::string_view bytes) {
  if (ended_) return;
  held_ += bytes;
  if (take_) give();
}

void BodyPipe::end(std::optional<Error> error) {
  if (std::exchange(ended_, true)) return;
  error_ = std::move(error);
  if (take_) give();
}

void BodyPipe::read(BodySource::Take take) {
  take_ = std::move(take);
  if (!held_.empty() || ended_) {
    // Not within read().
    boost::asio::post(ports_.io, [self = shared_from_this()] { self->give(); });
    return;
  }
  timer_ = ports_.clock.at(ports_.clock.now() + ports_.patience, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_silence();
  });
}

// The last thing is the callback: whatever it does, nothing here is touched afterwards.
void BodyPipe::give() {
  if (!take_ || (held_.empty() && !ended_)) return;
  cancel_timer();
  const BodySource::Take take = std::exchange(take_, nullptr);
  if (held_.empty()) {
    if (error_) return take(*error_);
    return take(std::optional<std::string>());
  }
  const bool made_room = is_full() && !ended_;
  std::optional<std::string> piece = std::exchange(held_, {});
  if (made_room) ports_.on_room();
  take(std::move(piece));
}

void BodyPipe::on_silence() {
  timer_ = 0;
  const auto keep = shared_from_this();
  end(Error{"timeout", "nothing more of the answer's body came within the time-out"});
  ports_.on_given_up();
}

void BodyPipe::abandon() {
  take_ = nullptr;
  cancel_timer();
  if (std::exchange(ended_, true)) return;
  ports_.on_given_up();
}

void BodyPipe::cancel_timer() {
  if (timer_ != 0) ports_.clock.cancel(std::exchange(timer_, 0));
}

}  // namespace terapi::core
