#include "core/system/dialer.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <utility>

namespace terapi::core {
namespace {

// By turns, beginning with the family of the first, and within each in the order given.
std::vector<Dialer::Endpoint> by_turns(const std::vector<Dialer::Endpoint>& endpoints) {
  std::vector<Dialer::Endpoint> first;
  std::vector<Dialer::Endpoint> other;
  for (const Dialer::Endpoint& endpoint : endpoints) {
    (endpoint.protocol() == endpoints.front().protocol() ? first : other).push_back(endpoint);
  }
  std::vector<Dialer::Endpoint> all;
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < other.size()) all.push_back(other[i]);
  }
  return all;
}

}  // namespace

std::shared_ptr<Dialer> Dialer::start(asio::io_context& io, const std::vector<Endpoint>& endpoints,
                                      Duration delay, Done done) {
  std::shared_ptr<Dialer> dialer(new Dialer(io, by_turns(endpoints), delay, std::move(done)));
  dialer->try_next();
  return dialer;
}

Dialer::Dialer(asio::io_context& io, std::vector<Endpoint> endpoints, Duration delay, Done done)
    : io_(io),
      endpoints_(std::move(endpoints)),
      delay_(delay),
      done_(std::move(done)),
      timer_(io) {}

void Dialer::try_next() {
  const Endpoint& endpoint = endpoints_[next_++];
  const auto attempt = attempts_.emplace(attempts_.end(), io_);
  attempt->async_connect(endpoint, [self = shared_from_this(), attempt](const Code& code) {
    self->on_attempt(attempt, code);
  });
  if (next_ == endpoints_.size()) return;
  timer_.expires_after(delay_);
  timer_.async_wait([self = shared_from_this()](const Code& code) {
    if (!code && self->done_ && self->next_ < self->endpoints_.size()) self->try_next();
  });
}

void Dialer::on_attempt(std::list<TcpSocket>::iterator attempt, const Code& code) {
  if (!done_) return;
  TcpSocket socket = std::move(*attempt);
  attempts_.erase(attempt);
  if (!code) return finish(code, std::move(socket));
  if (next_ < endpoints_.size()) {
    timer_.cancel();
    return try_next();
  }
  if (attempts_.empty()) finish(code, std::move(socket));
}

void Dialer::finish(const Code& code, TcpSocket socket) {
  const Done done = std::move(done_);
  cancel();
  done(code, std::move(socket));
}

void Dialer::cancel() {
  done_ = nullptr;
  timer_.cancel();
  Code ignored;
  // What is under way ends, and finds that nobody waits for it.
  for (TcpSocket& attempt : attempts_) attempt.close(ignored);
}

}  // namespace terapi::core
