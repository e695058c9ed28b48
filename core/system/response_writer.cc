#include "core/system/response_writer.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <utility>

namespace terapi::core {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr Duration kDripStep = 50ms;
// Nobody waits longer, and a time can be added to it.
constexpr Duration kLongestWait = 24h * 3650;

}  // namespace

ResponseWriter::End ResponseWriter::begin(std::string head, std::string body,
                                          const WireFaults& faults) {
  head_ = std::move(head);
  body_ = std::move(body);
  faults_ = faults;
  sent_ = 0;
  body_limit_ = std::min(body_.size(), faults_.truncate_after.value_or(body_.size()));
  drip_began_ = {};
  if (faults_.delay > 0us) return wait_for_fault(faults_.delay);
  return proceed();
}

void ResponseWriter::cancel() {
  ++generation_;
  cancel_timers();
  release();
}

ResponseWriter::End ResponseWriter::proceed() {
  if (faults_.reset) return End::kReset;
  const std::size_t end = stage_end();
  const std::size_t allowed = faults_.drip_bytes_per_second > 0 ? dripped(end) : end;
  const End written = write_until(allowed);
  if (written != End::kComplete) return written;
  if (allowed < end) return wait_for_drip();
  if (faults_.stall > 0us) {
    drip_began_ = {};
    return wait_for_fault(std::exchange(faults_.stall, 0us));
  }
  const bool whole = body_limit_ == body_.size();
  release();
  return whole ? End::kComplete : End::kCutShort;
}

std::size_t ResponseWriter::stage_end() const {
  return faults_.stall > 0us ? std::min(body_limit_, body_.size() / 2) : body_limit_;
}

std::size_t ResponseWriter::dripped(std::size_t end) {
  if (drip_began_ == Steady::time_point()) {
    drip_began_ = Steady::now();
    drip_base_ = sent_ > head_.size() ? sent_ - head_.size() : 0;
  }
  const std::chrono::duration<double> elapsed = Steady::now() - drip_began_;
  const double bytes = elapsed.count() * static_cast<double>(faults_.drip_bytes_per_second);
  if (bytes >= static_cast<double>(end - drip_base_)) return end;
  return drip_base_ + static_cast<std::size_t>(bytes);
}

ResponseWriter::End ResponseWriter::write_until(std::size_t body_bytes) {
  const std::size_t end = head_.size() + body_bytes;
  if (sent_ < end) {
    const std::size_t head_sent = std::min(sent_, head_.size());
    const std::size_t body_sent = sent_ - head_sent;
    const std::array<asio::const_buffer, 2> pieces = {
        asio::buffer(head_.data() + head_sent, head_.size() - head_sent),
        asio::buffer(body_.data() + body_sent, body_bytes - body_sent)};
    boost::system::error_code error;
    sent_ += socket_.write_some(pieces, error);
    if (error && error != asio::error::would_block) return End::kFailed;
    // Other connections have their turn now, however fast this peer reads.
    if (sent_ < end) return wait_for_socket();
  }
  return End::kComplete;
}

ResponseWriter::End ResponseWriter::wait_for_socket() {
  owner_.on_write_blocked();
  socket_.async_wait(TcpSocket::wait_write, [this, keep = owner_.keep(), mine = generation_](
                                                const boost::system::error_code& error) {
    if (mine != generation_) return;
    if (error) return owner_.on_write_end(End::kFailed);
    go_on();
  });
  return End::kPending;
}

ResponseWriter::End ResponseWriter::wait_for_fault(Duration duration) {
  faults_.delay = 0us;
  duration = std::min(duration, kLongestWait);
  timer_ = clock_.at(clock_.now() + duration, when_over());
  if (fault_clock_ != nullptr && fault_clock_ != &clock_) {
    fault_timer_ = fault_clock_->at(fault_clock_->now() + duration, when_over());
  }
  owner_.on_write_waiting();
  return End::kPending;
}

ResponseWriter::End ResponseWriter::wait_for_drip() {
  const auto one_byte = Duration(1'000'000 / faults_.drip_bytes_per_second + 1);
  timer_ = clock_.at(clock_.now() + std::max(kDripStep, one_byte), when_over());
  owner_.on_write_waiting();
  return End::kPending;
}

std::function<void()> ResponseWriter::when_over() {
  return [this, keep = owner_.keep()] {
    cancel_timers();
    go_on();
  };
}

void ResponseWriter::go_on() {
  const End end = proceed();
  if (end != End::kPending) owner_.on_write_end(end);
}

// The callback that is running has been taken out already, so that this cancels the other.
void ResponseWriter::cancel_timers() {
  if (timer_ != 0) clock_.cancel(std::exchange(timer_, 0));
  if (fault_timer_ != 0) fault_clock_->cancel(std::exchange(fault_timer_, 0));
}

// An idle connection keeps no response in memory.
void ResponseWriter::release() {
  std::string().swap(head_);
  std::string().swap(body_);
}

}  // namespace terapi::core
