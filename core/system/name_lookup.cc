#include "core/system/name_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace terapi::core {

namespace {
using Tcp = asio::ip::tcp;
}  // namespace

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
  std::vector<Asker>& askers = askers_[host];
  askers.push_back({port, std::move(done)});
  if (askers.size() > 1) return;
  if (under_way_ < at_once_) return start(host);
  waiting_.push_back(host);
}

void NameLookup::start(const std::string& host) {
  ++under_way_;
  // Nobody joins it: it ends when the system has answered, or with the process.
  std::thread([ask = ask_, shared = shared_, host] {
    Endpoints endpoints = ask(host, 0);
    const std::lock_guard lock(shared->mutex);
    if (shared->io == nullptr) return;
    asio::post(*shared->io, [shared, host, endpoints = std::move(endpoints)] {
      if (shared->owner != nullptr) shared->owner->on_answer(host, endpoints);
    });
  }).detach();
}

void NameLookup::on_answer(const std::string& host, const Endpoints& endpoints) {
  --under_way_;
  const std::vector<Asker> askers = std::move(askers_.extract(host).mapped());
  if (!waiting_.empty()) {
    const std::string next = std::move(waiting_.front());
    waiting_.pop_front();
    start(next);
  }
  const auto shared = shared_;
  for (const Asker& asker : askers) {
    if (shared->owner == nullptr) return;  // the one before was the end of this
    Endpoints own = endpoints;
    for (Tcp::endpoint& endpoint : own) endpoint.port(asker.port);
    asker.done(own);
  }
}

}  // namespace terapi::core
