#include "core/system/response_writer.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstdio>
#include <utility>

namespace terapi::core {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr Duration kDripStep = 50ms;
// Nobody waits longer, and a time can be added to it.
constexpr Duration kLongestWait = 24h * 3650;

// In front of a chunk; `first`: none was sent before it.
std::string chunk_framing(std::size_t size, bool first) {
  std::array<char, 24> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%s%zx\r\n", first ? "" : "\r\n", size);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

ResponseWriter::End ResponseWriter::begin(std::string head, std::string body,
                                          const WireFaults& faults, Rest rest) {
  rest_ = std::move(rest);
  faults_ = faults;
  body_bytes_ = 0;
  if (rest_.chunked && !body.empty()) head += chunk_framing(body.size(), true);
  put(std::move(head), std::move(body));
  if (faults_.delay > 0us) return wait_for_fault(faults_.delay);
  return proceed();
}

// What is sent next.
void ResponseWriter::put(std::string framing, std::string piece) {
  if (faults_.truncate_after) *faults_.truncate_after -= body_.size();
  head_ = std::move(framing);
  body_ = std::move(piece);
  sent_ = 0;
  body_bytes_ += body_.size();
  body_limit_ = std::min(body_.size(), faults_.truncate_after.value_or(body_.size()));
  drip_began_ = {};
}

void ResponseWriter::cancel() {
  ++generation_;
  cancel_timers();
  release();
}

ResponseWriter::End ResponseWriter::proceed() {
  const End end = send_piece();
  if (end == End::kComplete && rest_.source) return fetch();
  if (end == End::kComplete || end == End::kCutShort) release();
  return end;
}

// kComplete: all of the body's first bytes, or of its piece, is sent.
ResponseWriter::End ResponseWriter::send_piece() {
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
  return body_limit_ == body_.size() ? End::kComplete : End::kCutShort;
}

// A source holds no connection: it may outlive this one.
ResponseWriter::End ResponseWriter::fetch() {
  awaits_piece_ = true;
  rest_.source->read([this, owner = std::weak_ptr<Owner>(owner_.keep()),
                      mine = generation_](BodySource::Piece piece) {
    const auto keep = owner.lock();
    if (keep && mine == generation_) on_piece(std::move(piece));
  });
  owner_.on_write_waiting();
  return End::kPending;
}

void ResponseWriter::on_piece(BodySource::Piece piece) {
  awaits_piece_ = false;
  const bool is_whole = rest_.length.value_or(body_bytes_) == body_bytes_;
  if (!piece || (!*piece && !is_whole)) {
    // Whoever reads until the end would take this for it.
    const End end = rest_.chunked || rest_.length ? End::kCutShort : End::kReset;
    release();
    return owner_.on_write_end(end);
  }
  const bool is_last = !*piece;
  std::string bytes = is_last ? std::string() : **std::move(piece);
  std::string framing;
  if (rest_.chunked) framing = chunk_framing(bytes.size(), body_bytes_ == 0);
  if (is_last) {
    rest_.source.reset();
    if (rest_.chunked) framing += "\r\n";  // no trailers
  }
  put(std::move(framing), std::move(bytes));
  go_on();
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
  rest_ = {};
  awaits_piece_ = false;
}

}  // namespace terapi::core
