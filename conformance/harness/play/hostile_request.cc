#include "conformance/harness/play/hostile_request.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <string_view>
#include <utility>

namespace terapi::conformance {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr std::size_t kHostilePiece = std::size_t{64} << 10U;
constexpr std::size_t kMostOfAHead = std::size_t{64} << 10U;
constexpr core::Duration kBetweenSlowBytes = std::chrono::milliseconds(200);
constexpr core::Duration kFlowsWithin = std::chrono::seconds(1);

core::Duration since(Moment moment) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - moment);
}

std::string path_on(const core::Url& server, std::string_view target) {
  std::string prefix = server.target.substr(0, server.target.find('?'));
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix + std::string(target);
}

std::string head_up_to(const HostileRequest& request, std::string_view method,
                       std::string_view target) {
  std::string head = std::string(method) + " " + path_on(request.server, target) +
                     " HTTP/1.1\r\nHost: " + request.server.authority() + "\r\n";
  for (const auto& [name, value] : request.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  return head;
}

// What is sent: `first`, then `piece` again and again; nothing more where that is empty.
struct HostileText {
  std::string first;
  std::string piece;
  core::Duration between{0};
};

HostileText text_of(const HostileRequest& request) {
  const std::string filler(kHostilePiece, 'x');
  const std::string get = head_up_to(request, "GET", "/records?model=Issue");
  const std::string patch =
      head_up_to(request, "PATCH", "/records/prune") + "Content-Type: application/json\r\n";
  const std::string chunked = patch + "Transfer-Encoding: chunked\r\n\r\n";
  switch (request.kind) {
    case Hostility::kEndlessLine:
      return {"GET " + path_on(request.server, "/records?model="), filler};
    case Hostility::kEndlessHeader:
      return {get + "X-Endless: ", filler};
    case Hostility::kManyHeaders: {
      std::string fields;
      for (int i = 0; fields.size() < kHostilePiece; ++i) {
        fields += "X-Many-" + std::to_string(i) + ": x\r\n";
      }
      return {get, fields};
    }
    case Hostility::kEndlessChunk:
      return {chunked + "fffffffffff\r\n", std::string(kHostilePiece, ' ')};
    case Hostility::kEndlessChunks:
      return {chunked, "10000\r\n" + std::string(kHostilePiece, ' ') + "\r\n"};
    case Hostility::kEndlessChunkSize:
      return {chunked, std::string(kHostilePiece, '0')};
    case Hostility::kSlowHeader:
      return {get + "X-Slow: ", "x", kBetweenSlowBytes};
    case Hostility::kHugeLength:
      return {patch + "Content-Length: 99999999999999\r\n\r\n{\"model\":", ""};
  }
  return {};
}

// One connection; never waits.
class HostileLine {
 public:
  HostileLine(const core::Url& server, HostileText text)
      : text_(std::move(text)), began_(std::chrono::steady_clock::now()) {
    connect_to(server);
  }
  ~HostileLine() { hang_up(); }
  HostileLine(const HostileLine&) = delete;
  HostileLine& operator=(const HostileLine&) = delete;

  bool over() const { return over_; }
  const HostileEnd& end() const { return end_; }

  // What to wait for; a socket of -1 when it is over.
  pollfd wish() const {
    const bool sends = rest() > 0 && since(last_sent_) >= text_.between;
    return {over_ ? -1 : socket_, static_cast<short>(POLLIN | (sends ? POLLOUT : 0)), 0};
  }

  // `ready` is what poll(2) said of the wish. At most `most` bytes are sent; says how many were.
  std::uint64_t go_on(short ready, std::uint64_t most) {
    if (over_) return 0;
    if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0) receive();
    if (over_ || (ready & POLLOUT) == 0) return 0;
    return send_some(most);
  }

  void give_up(HostileEnd::How how) {
    if (over_) return;
    end_.flowed = end_.sent > 0 && since(last_sent_) < kFlowsWithin;
    finish(how);
  }

 private:
  void connect_to(const core::Url& server) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &wanted, &found) !=
        0) {
      return finish(HostileEnd::How::kUnreachable);
    }
    for (const addrinfo* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
      try_address(*each);
    }
    ::freeaddrinfo(found);
    if (socket_ < 0) finish(HostileEnd::How::kUnreachable);
  }

  void try_address(const addrinfo& address) {
    socket_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return;
    if (::connect(socket_, address.ai_addr, address.ai_addrlen) == 0) return;
    constexpr int kConnectsWithin = 5000;
    pollfd connected{socket_, POLLOUT, 0};
    int error = errno;
    if (error == EINPROGRESS && ::poll(&connected, 1, kConnectsWithin) == 1) {
      socklen_t size = sizeof error;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error != 0) hang_up();
  }

  void receive() {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return finish(HostileEnd::How::kClosed);
    if (received_.size() < kMostOfAHead) {
      received_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    take_head();
  }

  // Answers of 1xx are none yet.
  void take_head() {
    while (!over_) {
      const std::size_t length = received_.find("\r\n\r\n");
      if (length == std::string::npos || !received_.starts_with("HTTP/1.")) return;
      end_.head = received_.substr(0, length);
      end_.status = 0;
      for (std::size_t i = 9; i < 12 && i < length; ++i) {
        const char digit = end_.head[i];
        if (digit < '0' || digit > '9') return;
        end_.status = end_.status * 10 + (digit - '0');
      }
      received_.erase(0, length + 4);
      if (end_.status >= 200) finish(HostileEnd::How::kAnswered);
    }
  }

  std::size_t rest() const {
    const std::string& now = first_sent_ ? text_.piece : text_.first;
    return now.size() - at_;
  }

  std::uint64_t send_some(std::uint64_t most) {
    const std::string& now = first_sent_ ? text_.piece : text_.first;
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(rest(), most));
    if (size == 0) return 0;
    const ssize_t sent = ::send(socket_, now.data() + at_, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (sent < 0) {
      // It hung up; what it said before may still be there.
      receive();
      if (!over_) finish(HostileEnd::How::kClosed);
      return 0;
    }
    at_ += static_cast<std::size_t>(sent);
    end_.sent += static_cast<std::uint64_t>(sent);
    last_sent_ = std::chrono::steady_clock::now();
    if (rest() == 0 && (!first_sent_ || !text_.piece.empty())) {
      first_sent_ = true;
      at_ = 0;
    }
    return static_cast<std::uint64_t>(sent);
  }

  void finish(HostileEnd::How how) {
    end_.how = how;
    end_.took = since(began_);
    over_ = true;
    hang_up();
  }

  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  HostileText text_;
  Moment began_;
  int socket_ = -1;
  bool first_sent_ = false;
  std::size_t at_ = 0;
  Moment last_sent_{};
  std::string received_;
  HostileEnd end_;
  bool over_ = false;
};

// Lets all of them go on for at most `milliseconds`; says how much was sent.
std::uint64_t turn(std::list<HostileLine>& lines, int milliseconds, std::uint64_t most) {
  std::vector<pollfd> wishes;
  for (const HostileLine& line : lines) wishes.push_back(line.wish());
  ::poll(wishes.data(), wishes.size(), milliseconds);
  std::uint64_t sent = 0;
  std::size_t i = 0;
  for (HostileLine& line : lines) sent += line.go_on(wishes[i++].revents, most - sent);
  return sent;
}

bool all_over(const std::list<HostileLine>& lines) {
  return std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.over(); });
}

}  // namespace

std::vector<HostileEnd> send_hostile(const HostileRequest& request,
                                     const std::function<void()>& meanwhile) {
  const Moment began = std::chrono::steady_clock::now();
  std::list<HostileLine> lines;
  for (std::size_t i = 0; i < request.connections; ++i) {
    lines.emplace_back(request.server, text_of(request));
  }
  bool asked = !meanwhile;
  std::uint64_t sent = 0;
  bool spent = false;
  core::Duration limit = request.limits.time;
  while (!all_over(lines) && since(began) < limit) {
    constexpr int kTurn = 50;  // milliseconds
    sent += turn(lines, kTurn, request.limits.bytes - sent);
    if (!spent && sent >= request.limits.bytes) {
      // One that took all is given a moment for its answer.
      spent = true;
      limit = std::min(limit, since(began) + request.limits.time / 10);
    }
    if (spent) ::poll(nullptr, 0, kTurn);
    if (asked || since(began) < request.limits.time / 4) continue;
    asked = true;
    meanwhile();
  }
  std::vector<HostileEnd> ends;
  for (HostileLine& line : lines) {
    line.give_up(spent ? HostileEnd::How::kTookAll : HostileEnd::How::kHeld);
    ends.push_back(line.end());
  }
  return ends;
}

HostileEnd ask_usually(const HostileRequest& request, const std::string& target) {
  const Moment began = std::chrono::steady_clock::now();
  std::list<HostileLine> lines;
  lines.emplace_back(
      request.server,
      HostileText{head_up_to(request, "GET", target) + "Connection: close\r\n\r\n", ""});
  while (!all_over(lines) && since(began) < request.limits.answer) {
    constexpr int kTurn = 50;  // milliseconds
    turn(lines, kTurn, kHostilePiece);
  }
  lines.front().give_up(HostileEnd::How::kHeld);
  return lines.front().end();
}

}  // namespace terapi::conformance
