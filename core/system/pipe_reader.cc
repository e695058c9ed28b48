#include "core/system/pipe_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

#include "core/system/event_loop_impl.h"

namespace terapi::core {

class PipeReader::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(EventLoop& loop, int descriptor, std::function<void(std::string_view)> on_bytes,
       std::function<void()> on_end)
      : pipe_(loop.impl().io(), descriptor),
        on_bytes_(std::move(on_bytes)),
        on_end_(std::move(on_end)) {
    pipe_.non_blocking(true);
  }

  void wait() {
    pipe_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (error || !self->pipe_.is_open()) return;
                       if (self->take() != Took::kEnd) return self->wait();
                       if (self->on_end_) self->on_end_();
                     });
  }

  void drain(std::size_t most) {
    for (std::size_t taken = 0; taken < most && pipe_.is_open(); taken += last_) {
      if (take() != Took::kBytes) return;
    }
  }

  void close() { pipe_.close(ignored_); }

 private:
  enum class Took { kBytes, kNothing, kEnd };

  Took take() {
    boost::system::error_code error;
    last_ = pipe_.read_some(asio::buffer(buffer_), error);
    if (error == asio::error::would_block || error == asio::error::interrupted) {
      return Took::kNothing;
    }
    if (error) return Took::kEnd;
    on_bytes_({buffer_.data(), last_});
    return Took::kBytes;
  }

  asio::posix::stream_descriptor pipe_;
  std::function<void(std::string_view)> on_bytes_;
  std::function<void()> on_end_;
  std::array<char, std::size_t{64} << 10> buffer_;
  std::size_t last_ = 0;
  boost::system::error_code ignored_;
};

PipeReader::PipeReader(EventLoop& loop, int descriptor,
                       std::function<void(std::string_view)> on_bytes, std::function<void()> on_end)
    : impl_(std::make_shared<Impl>(loop, descriptor, std::move(on_bytes), std::move(on_end))) {
  impl_->wait();
}

PipeReader::~PipeReader() { impl_->close(); }

void PipeReader::drain(std::size_t most) { impl_->drain(most); }

}  // namespace terapi::core
