#include "conformance/harness/process/client_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

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

}  // namespace

std::uint16_t port_for_client() {
  constexpr std::uint32_t kFirstPort = 10'240;
  constexpr std::uint32_t kPorts = 20'000;
  static std::atomic<std::uint32_t> next{
      static_cast<std::uint32_t>(core::hash64(static_cast<std::uint64_t>(::getpid()), "port"))};
  for (std::uint32_t tries = 0; tries < kPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(kFirstPort + next++ % kPorts);
    if (can_listen(port)) return port;
  }
  return 0;
}

}  // namespace terapi::conformance
