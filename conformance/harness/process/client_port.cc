#include "conformance/harness/process/client_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

#include "core/random.h"

namespace terapi::conformance {
namespace {

bool can_listen(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free =
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return free;
}

// A Unix socket with an abstract name: one holder for each network namespace, as of a port, no
// file, and let go with the process however that ends. -1: somebody has it.
int claim(std::uint16_t port) {
  const std::string name = "terapi-conformance/port/" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(&address.sun_path[1], sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return socket;
  ::close(socket);
  return -1;
}

}  // namespace

ClientPort ClientPort::take() {
  constexpr std::uint32_t kFirstPort = 10'240;
  constexpr std::uint32_t kPorts = 20'000;
  static std::atomic<std::uint32_t> next{
      static_cast<std::uint32_t>(core::hash64(static_cast<std::uint64_t>(::getpid()), "port"))};
  for (std::uint32_t tries = 0; tries < kPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(kFirstPort + next++ % kPorts);
    ClientPort taken(port, claim(port));
    if (taken.claim_ >= 0 && can_listen(port)) return taken;
  }
  return {};
}

ClientPort::ClientPort(ClientPort&& other) noexcept
    : number_(std::exchange(other.number_, 0)), claim_(std::exchange(other.claim_, -1)) {}

ClientPort& ClientPort::operator=(ClientPort&& other) noexcept {
  std::swap(number_, other.number_);
  std::swap(claim_, other.claim_);
  return *this;
}

ClientPort::~ClientPort() {
  if (claim_ >= 0) ::close(claim_);
}

}  // namespace terapi::conformance
