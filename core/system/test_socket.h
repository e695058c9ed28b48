// For tests: a plain blocking TCP client that sends what it is told, well-formed or not, and a
// listener that answers likewise. Every wait ends after ten seconds, so that a test fails rather
// than hangs.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace terapi::core {

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class TestSocket {
 public:
  explicit TestSocket(int descriptor) : descriptor_(descriptor) { set_limits(); }
  // Connects to this machine.
  static TestSocket connect(std::uint16_t port, int receive_buffer = 0) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
      ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    TestSocket socket(descriptor);
    const sockaddr_in address = loopback(port);
    socket.connected_ =
        ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return socket;
  }
  TestSocket(TestSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        connected_(other.connected_),
        input_(std::move(other.input_)) {}
  TestSocket& operator=(TestSocket&&) = delete;
  ~TestSocket() { close(); }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  bool connected() const { return connected_; }
  int descriptor() const { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  void close_sending() { ::shutdown(descriptor_, SHUT_WR); }
  // With a reset.
  void abort() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  // False when the peer does not take it all.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // As many of the bytes as the system takes without waiting; says how many.
  std::size_t send_what_fits(std::string_view bytes) {
    const ssize_t sent =
        ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  // Sends `piece` again and again until the peer refuses or `limit` bytes are sent; says how many.
  std::size_t send_endlessly(std::string_view piece, std::size_t limit) {
    std::size_t sent = 0;
    while (sent < limit) {
      const ssize_t part = ::send(descriptor_, piece.data(), piece.size(), MSG_NOSIGNAL);
      if (part <= 0) break;
      sent += static_cast<std::size_t>(part);
    }
    return sent;
  }

  // One response with a Content-Length; as much as comes, if the peer closes early.
  std::string read_response(bool has_body = true) {
    std::size_t head = 0;
    while ((head = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::exchange(input_, {});
    }
    const std::size_t end = head + 4 + (has_body ? content_length(input_.substr(0, head)) : 0);
    while (input_.size() < end && receive()) {
    }
    std::string response = input_.substr(0, end);
    input_.erase(0, response.size());
    return response;
  }

  // One request with a Content-Length, or without a body.
  std::string read_request() { return read_response(); }

  // What comes next; nothing at the end.
  std::string read_some() {
    if (input_.empty()) receive();
    return std::exchange(input_, {});
  }

  // Until what came ends so, or no more comes.
  std::string read_until(std::string_view end) {
    std::string text;
    while (!text.ends_with(end)) {
      const std::string more = read_some();
      if (more.empty()) break;
      text += more;
    }
    return text;
  }

  // Everything up to the end, whatever end that is.
  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(input_, {});
  }

  // What ended the last receive: 0 for an orderly close, an errno otherwise (EAGAIN: ten seconds).
  int end() const { return end_; }
  bool was_reset() const { return end_ == ECONNRESET; }

 private:
  void set_limits() {
    const timeval limit{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  bool receive() {
    char bytes[16384];
    const ssize_t size = ::recv(descriptor_, bytes, sizeof bytes, 0);
    end_ = size < 0 ? errno : 0;
    if (size <= 0) return false;
    input_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view kName = "Content-Length: ";
    const std::size_t at = head.find(kName);
    std::size_t length = 0;
    if (at != std::string_view::npos) {
      std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
    }
    return length;
  }

  int descriptor_;
  bool connected_ = true;
  int end_ = 0;
  std::string input_;
};

class TestListener {
 public:
  // At that port; 0: any free one.
  explicit TestListener(std::uint16_t port = 0) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = TestSocket::loopback(port);
    socklen_t size = sizeof address;
    ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(descriptor_, 64);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    const timeval limit{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  TestListener(const TestListener&) = delete;
  TestListener& operator=(const TestListener&) = delete;
  ~TestListener() { close(); }

  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  TestSocket accept() { return TestSocket(::accept(descriptor_, nullptr, nullptr)); }
  std::uint16_t port() const { return port_; }
  std::string url(std::string_view target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace terapi::core
