#include "conformance/harness/stage/slow_post.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace terapi::conformance {
namespace {

constexpr int kBetweenBytes = 100;  // milliseconds
constexpr std::size_t kChunk = std::size_t{64} << 10U;
constexpr std::uint64_t kMostSent = std::uint64_t{1} << 30U;  // a bound for our own sake
constexpr std::uint64_t kHugeTold = std::uint64_t{8} << 30U;
constexpr std::uint64_t kHugeSent = std::uint64_t{256} << 20U;

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

std::string head_of(const core::Request& request, JudgeWebhook::Comes comes, std::uint16_t port) {
  std::string head = "POST /webhooks HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
  for (const auto& [name, value] : request.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (comes == JudgeWebhook::Comes::kWithoutEnd) return head + "Transfer-Encoding: chunked\r\n\r\n";
  const std::uint64_t length =
      comes == JudgeWebhook::Comes::kHuge ? kHugeTold : request.body.size();
  return head + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

SlowPost::SlowPost(std::uint16_t port, const core::Request& request, JudgeWebhook::Comes comes)
    : socket_(connect_to(port)) {
  if (socket_ < 0) return;
  thread_ = std::thread([this, head = head_of(request, comes, port), body = request.body, comes] {
    send_all(head, body, comes);
  });
}

SlowPost::~SlowPost() {
  stop_ = true;
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  if (socket_ >= 0) ::close(socket_);
}

void SlowPost::send_all(const std::string& head, const std::string& body,
                        JudgeWebhook::Comes comes) {
  if (!send_text(head)) return;
  if (comes == JudgeWebhook::Comes::kWithoutEnd) {
    const std::string chunk = "10000\r\n" + std::string(kChunk, ' ') + "\r\n";
    while (sent_ < kMostSent && send_text(chunk)) {
    }
    return;
  }
  if (comes == JudgeWebhook::Comes::kHuge) {
    const std::string some(kChunk, ' ');
    while (sent_ < kHugeSent && send_text(some)) {
    }
    while (wait(kBetweenBytes)) {
    }
    return;
  }
  for (const char byte : body) {
    if (!wait(kBetweenBytes) || !send_text(std::string(1, byte))) return;
  }
}

// False: nobody takes it any more.
bool SlowPost::send_text(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    pollfd writable{socket_, POLLOUT, 0};
    if (stop_) return false;
    if (::poll(&writable, 1, kBetweenBytes) <= 0) continue;
    const ssize_t sent =
        ::send(socket_, text.data() + at, text.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
    sent_ += static_cast<std::uint64_t>(sent);
  }
  return true;
}

bool SlowPost::wait(int milliseconds) const {
  pollfd closed{socket_, POLLRDHUP, 0};
  ::poll(&closed, 1, milliseconds);
  return !stop_ && (closed.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

}  // namespace terapi::conformance
