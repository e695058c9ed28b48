#include "conformance/harness/play/kept_connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "conformance/laws/findings.h"
#include "core/parse_number.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostOfALine = std::size_t{64} << 10U;
constexpr std::size_t kMostOfABody = std::size_t{64} << 20U;

// As a reader is shown what nobody expected.
std::string told_bytes(std::string_view bytes) {
  std::string told;
  for (const char c : bytes.substr(0, 60)) {
    if (c == '\r') {
      told += "\\r";
    } else if (c == '\n') {
      told += "\\n";
    } else {
      told += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return "\"" + told + (bytes.size() > 60 ? "…\"" : "\"");
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view path_of(const core::Url& server) {
  std::string_view path = server.target;
  path = path.substr(0, path.find('?'));
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// "HTTP/1.1 200", and what may follow on it; 0 for anything else.
int status_in(std::string_view line) {
  constexpr std::size_t kWithout = 12;  // a reason
  const bool shaped = line.size() >= kWithout &&
                      (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) &&
                      (line.size() == kWithout || line[kWithout] == ' ');
  if (!shaped) return 0;
  const auto status = core::parse_number<std::uint64_t>(line.substr(9, 3));
  return status && *status >= 100 ? static_cast<int>(*status) : 0;
}

}  // namespace

KeptConnection::KeptConnection(core::Url server, core::Headers headers, core::Duration patience)
    : server_(std::move(server)), headers_(std::move(headers)), patience_(patience) {}

KeptAnswer KeptConnection::ask(const std::string& method, const std::string& target, Kept kept) {
  return ask_with(headers_, method, target, kept);
}

KeptAnswer KeptConnection::ask_without_key(const std::string& method, const std::string& target) {
  core::Headers headers = headers_;
  headers.erase("Authorization");
  return ask_with(headers, method, target, Kept::kGoesOn);
}

KeptAnswer KeptConnection::ask_with(const core::Headers& headers, const std::string& method,
                                    const std::string& target, Kept kept) {
  std::string question = method + " " + std::string(path_of(server_)) + target +
                         " HTTP/1.1\r\nHost: " + server_.authority() + "\r\n";
  for (const auto& [name, value] : headers)
    question.append(name).append(": ").append(value).append("\r\n");
  if (kept == Kept::kLast) question += "Connection: close\r\n";
  question += "\r\n";
  deadline_ = std::chrono::steady_clock::now() + patience_;
  if (std::string wrong = left_over(); !wrong.empty()) {
    hang_up();
    return {0, std::move(wrong)};
  }
  // A server may close a connection between two questions at any time.
  for (const bool fresh : {socket_ < 0, true}) {
    if (fresh) hang_up();
    if (socket_ < 0 && !connect()) return {0, "the server takes no connection"};
    if (!send(question)) continue;
    KeptAnswer answer = read_answer(method, kept);
    const bool went_away = answer.status == 0 && ended_ && input_.empty();
    if (went_away && !fresh) continue;
    last_question_ = method;
    last_question_.append(" ").append(target);
    if (!answer.wrong.empty() || kept == Kept::kLast) hang_up();
    return answer;
  }
  return {0, "the server hangs up without an answer"};
}

// What the last answer has left behind it.
std::string KeptConnection::left_over() {
  pollfd wish{socket_, POLLIN, 0};
  if (socket_ >= 0 && input_.empty() && ::poll(&wish, 1, 0) == 1) receive();
  if (input_.empty()) return "";
  return "bytes follow on the answer to " + last_question_ + ": " + told_bytes(input_);
}

KeptAnswer KeptConnection::read_answer(const std::string& method, Kept kept) {
  Head head;
  KeptAnswer answer;
  do {
    head = {};
    answer.wrong = read_head(head);
  } while (answer.wrong.empty() && head.status < 200);  // 1xx: none yet
  answer.status = head.status;
  if (answer.wrong.empty()) answer.wrong = read_body(method, head);
  if (!answer.wrong.empty()) return answer;
  if (kept == Kept::kLast) {
    while (input_.empty() && receive()) {
    }
  }
  if (!input_.empty() && kept == Kept::kLast) {
    answer.wrong = "bytes follow on the last answer: " + told_bytes(input_);
  }
  if (head.closes && kept == Kept::kGoesOn) hang_up();
  return answer;
}

// Up to CRLF, which is not part of it.
std::string KeptConnection::read_line(std::string& line) {
  std::size_t end = 0;
  while ((end = input_.find('\n')) == std::string::npos) {
    if (input_.size() > kMostOfALine) return "a line of its head has no end";
    if (!receive()) {
      return input_.empty() ? "no answer comes" : "its head breaks off: " + told_bytes(input_);
    }
  }
  line = input_.substr(0, end);
  input_.erase(0, end + 1);
  if (!line.ends_with('\r')) return "a line of its head ends with LF alone: " + told_bytes(line);
  line.pop_back();
  return "";
}

std::string KeptConnection::read_head(Head& head) {
  std::string line;
  if (std::string wrong = read_line(line); !wrong.empty() && (line.empty() || status_in(line))) {
    return wrong;
  }
  head.status = status_in(line);
  if (head.status == 0) {
    const std::string where =
        last_question_.empty() ? "" : ", on the connection of " + last_question_;
    return "no status line is where the answer has to begin" + where + ": " + told_bytes(line);
  }
  while (true) {
    if (std::string wrong = read_line(line); !wrong.empty()) return wrong;
    if (line.empty()) break;
    if (std::string wrong = read_field(line, head); !wrong.empty()) return wrong;
  }
  if (head.chunked && head.has_length) {
    return "it has both Content-Length and Transfer-Encoding";
  }
  return "";
}

std::string KeptConnection::read_field(const std::string& line, Head& head) {
  const std::size_t colon = line.find(':');
  const std::string name = lower(std::string_view(line).substr(0, colon));
  if (colon == std::string::npos || name.empty() ||
      name.find_first_of(" \t") != std::string::npos) {
    return "a line of its head is no field: " + told_bytes(line);
  }
  const std::string value(trimmed(std::string_view(line).substr(colon + 1)));
  if (name == "transfer-encoding") head.chunked = lower(value) == "chunked";
  if (name == "connection")
    head.closes = head.closes || lower(value).find("close") != std::string::npos;
  if (name != "content-length") return "";
  const auto length = core::parse_number<std::uint64_t>(value);
  if (!length) return "its Content-Length is no number: " + told_bytes(value);
  if (head.has_length && head.length != *length) return "it has two values of Content-Length";
  head.has_length = true;
  head.length = static_cast<std::size_t>(*length);
  return "";
}

std::string KeptConnection::read_body(const std::string& method, Head& head) {
  if (method == "HEAD" || head.status == 204 || head.status == 304) return "";
  if (head.chunked) return read_chunks();
  if (head.has_length) return read_bytes(head.length, "Content-Length says");
  head.closes = true;  // its end is the connection's
  while (input_.size() < kMostOfABody && receive()) {
  }
  input_.clear();
  return ended_ ? "" : "its body has no length, and the connection does not close";
}

std::string KeptConnection::read_chunks() {
  std::string line;
  while (true) {
    if (!read_line(line).empty()) return "a chunk's size is missing: " + told_bytes(line);
    const auto end = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    if (end == 0 || end > 8) return "a chunk's size is none: " + told_bytes(line);
    const auto size = static_cast<std::size_t>(std::stoull(line.substr(0, end), nullptr, 16));
    if (size == 0) break;
    if (std::string wrong = read_bytes(size, "a chunk's size says"); !wrong.empty()) return wrong;
    if (!read_line(line).empty() || !line.empty()) {
      return "no CRLF is where a chunk ends: " + told_bytes(line);
    }
  }
  do {  // trailers
    if (std::string wrong = read_line(line); !wrong.empty()) return wrong;
  } while (!line.empty());
  return "";
}

std::string KeptConnection::read_bytes(std::size_t count, std::string_view announced) {
  if (count > kMostOfABody) return "its body is too large to be looked at";
  while (input_.size() < count) {
    if (receive()) continue;
    return std::string(announced) + " " + std::to_string(count) + " bytes, and " +
           std::to_string(input_.size()) + " come";
  }
  input_.erase(0, count);
  return "";
}

// --- the socket ---

bool KeptConnection::connect() {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(server_.host.c_str(), std::to_string(server_.port).c_str(), &wanted, &found) !=
      0) {
    return false;
  }
  for (const addrinfo* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
    socket_ = ::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) continue;
    if (::connect(socket_, each->ai_addr, each->ai_addrlen) != 0) hang_up();
  }
  ::freeaddrinfo(found);
  return socket_ >= 0;
}

bool KeptConnection::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool KeptConnection::receive() {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  pollfd wish{socket_, POLLIN, 0};
  if (left.count() <= 0 || ::poll(&wish, 1, static_cast<int>(left.count())) != 1) return false;
  std::array<char, 16384> buffer{};
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (size <= 0) {
    ended_ = true;
    return false;
  }
  input_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

void KeptConnection::hang_up() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  input_.clear();
  last_question_.clear();
  ended_ = false;
}

}  // namespace terapi::conformance
