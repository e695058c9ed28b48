#include "core/system/name_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace terapi::core {

using Tcp = asio::ip::tcp;

// What a thread holds on to, which may outlive the loop.
struct NameLookup::Shared {
  std::mutex mutex;
  NameLookup* owner = nullptr;  // null: gone
  asio::io_context* io = nullptr;
};

NameLookup::Endpoints NameLookup::ask_system(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  Endpoints endpoints;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return endpoints;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    Tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    endpoint.port(port);
    endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(found);
  return endpoints;
}

NameLookup::NameLookup(asio::io_context& io, Ask ask, std::size_t at_once)
    : ask_(std::move(ask)), at_once_(at_once), shared_(std::make_shared<Shared>()) {
  shared_->owner = this;
  shared_->io = &io;
}

NameLookup::~NameLookup() {
  const std::lock_guard lock(shared_->mutex);
  shared_->owner = nullptr;
  shared_->io = nullptr;
}

void NameLookup::look_up(const std::string& host, std::uint16_t port, Done done) {
  Question question{host, port, std::move(done)};
  if (under_way_.size() < at_once_) return start(std::move(question));
  waiting_.push_back(std::move(question));
}

void NameLookup::start(Question question) {
  const std::uint64_t number = ++asked_;
  under_way_.emplace(number, std::move(question.done));
  // Nobody joins it: it ends when the system has answered, or with the process.
  std::thread([ask = ask_, shared = shared_, number, host = std::move(question.host),
               port = question.port] {
    Endpoints endpoints = ask(host, port);
    const std::lock_guard lock(shared->mutex);
    if (shared->io == nullptr) return;
    asio::post(*shared->io, [shared, number, endpoints = std::move(endpoints)] {
      if (shared->owner != nullptr) shared->owner->on_answer(number, endpoints);
    });
  }).detach();
}

void NameLookup::on_answer(std::uint64_t number, const Endpoints& endpoints) {
  const auto found = under_way_.find(number);
  const Done done = std::move(found->second);
  under_way_.erase(found);
  if (!waiting_.empty()) {
    Question next = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(next));
  }
  done(endpoints);  // may be the end of this
}

}  // namespace terapi::core
