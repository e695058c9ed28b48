#include "core/system/test_httplib_transport.h"

#include <httplib.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/url.h"

namespace terapi::core {
namespace {
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
}  // namespace

// What the library reads from and writes to, in place of its own stream. That one waits anew for
// each piece, so that no time-out holds for a request. And the library (0.11) reads a header line
// of any length, any number of them, percent-decodes their values and takes an interim answer for
// the final one. So here all waiting ends at a deadline, and heads are read here: bounded, kept as
// they came, interim ones dropped.
class BoundedStream final : public httplib::Stream {
 public:
  enum class End { kNone, kClosed, kReset, kTimeout, kLargeHead };

  BoundedStream(int socket, SteadyClock::time_point deadline)
      : socket_(socket), deadline_(deadline) {}

  // What ended the reading.
  End end() const { return end_; }
  // Whether the final answer's head has come.
  bool has_head() const { return has_head_; }
  // The status line and the header lines, as they came.
  std::string_view head() const { return head_; }
  // Whether the connection can carry another request: all was sent, and no more came than was read.
  bool reusable() const { return all_sent_ && end_ == End::kNone && next_ == input_.size(); }

  ssize_t read(char* data, std::size_t size) final {
    if (!has_head_ && !read_head()) return end_ == End::kClosed ? 0 : -1;
    // The library waits for a body behind a 304, which never has one (RFC 9110, 15.4.5).
    if (next_ == input_.size() && head_.starts_with("HTTP/1.1 304")) return 0;
    if (next_ == input_.size()) return receive(data, size);
    const std::size_t taken = std::min(size, input_.size() - next_);
    std::memcpy(data, input_.data() + next_, taken);
    next_ += taken;
    return static_cast<ssize_t>(taken);
  }

  // A peer may answer before it has read everything, and then read no more. So when it cannot be
  // written to, the remainder is dropped, and reading tells what has happened.
  ssize_t write(const char* data, std::size_t size) final {
    while (all_sent_) {
      if ((wait(POLLIN | POLLOUT) & POLLOUT) != 0) {
        const ssize_t sent = ::send(socket_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) return sent;
        if (errno == EINTR || errno == EAGAIN) continue;
      }
      all_sent_ = false;
    }
    return static_cast<ssize_t>(size);
  }

  // Without `override`: which of these the library has depends on its version.
  // NOLINTBEGIN(modernize-use-override)
  virtual bool is_readable() const { return true; }
  virtual bool is_writable() const { return true; }
  virtual bool wait_readable() const { return true; }
  virtual bool wait_writable() const { return true; }
  virtual time_t duration() const { return 0; }
  // NOLINTEND(modernize-use-override)
  void get_remote_ip_and_port(std::string&, int&) const final {}
  void get_local_ip_and_port(std::string&, int&) const final {}
  int socket() const final { return socket_; }

 private:
  // Which of the events came before the deadline; none: it has passed.
  short wait(short events) const {
    while (true) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline_ - SteadyClock::now());
      if (left.count() <= 0) return 0;
      pollfd waiting{socket_, events, 0};
      const int ready =
          ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000)));
      if (ready > 0) return waiting.revents;
      if (ready < 0 && errno != EINTR) return events;  // reading says why
    }
  }

  ssize_t receive(char* data, std::size_t size) {
    while (wait(POLLIN) != 0) {
      const ssize_t count = ::recv(socket_, data, size, MSG_DONTWAIT);
      if (count > 0) return count;
      if (count == 0) return ends(End::kClosed);
      if (errno != EINTR && errno != EAGAIN) return ends(End::kReset);
    }
    return ends(End::kTimeout);
  }

  ssize_t ends(End how) {
    end_ = how;
    return how == End::kClosed ? 0 : -1;
  }

  // Reads until `input_` begins with the head of the final answer.
  bool read_head() {
    std::size_t dropped = 0;
    std::size_t searched = 0;
    while (true) {
      const std::size_t end = input_.find("\r\n\r\n", searched);
      if (dropped + std::min(end, input_.size()) > kMaxHeaderBytes) {
        ends(End::kLargeHead);
        return false;
      }
      if (end == std::string::npos) {
        searched = input_.size() < 3 ? 0 : input_.size() - 3;
        char piece[16 << 10];
        const ssize_t count = receive(piece, sizeof piece);
        if (count <= 0) return false;
        input_.append(piece, static_cast<std::size_t>(count));
        continue;
      }
      head_ = input_.substr(0, end);
      const bool interim = head_.starts_with("HTTP/1.1 1") && !head_.starts_with("HTTP/1.1 101");
      if (!interim) return has_head_ = true;
      dropped += end + 4;
      searched = 0;
      input_.erase(0, end + 4);
    }
  }

  const int socket_;
  const SteadyClock::time_point deadline_;
  std::string input_;     // what has come before a head was whole, and behind it
  std::size_t next_ = 0;  // the first byte of it that the library has not read
  std::string head_;
  bool has_head_ = false;
  bool all_sent_ = true;
  End end_ = End::kNone;
};

// The library's client, talking through a BoundedStream.
class BoundedClient final : public httplib::ClientImpl {
 public:
  using ClientImpl::ClientImpl;

  void set_deadline(SteadyClock::time_point deadline) {
    deadline_ = deadline;
    stream_.reset();
  }
  // Of the last request; none where it was not connected.
  const std::optional<BoundedStream>& stream() const { return stream_; }

 private:
  using Callback = std::function<bool(httplib::Stream&)>;

  // Two, without `override`: versions from 0.19 on hand over the time at which the request began.
  // NOLINTBEGIN(modernize-use-override,performance-unnecessary-value-param)
  virtual bool process_socket(const Socket& socket, Callback callback) {
    return callback(stream_.emplace(socket.sock, deadline_));
  }
  virtual bool process_socket(const Socket& socket, SteadyClock::time_point, Callback callback) {
    return callback(stream_.emplace(socket.sock, deadline_));
  }
  // NOLINTEND(modernize-use-override,performance-unnecessary-value-param)

  SteadyClock::time_point deadline_;
  std::optional<BoundedStream> stream_;
};

namespace {

// A header line cannot be two.
std::string safe(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Headers headers_of(std::string_view head) {
  Headers headers;
  while (true) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return headers;
    head.remove_prefix(end + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
  }
}

// The target goes out as it is.
template <typename Client>
void keep_target(Client& client) {
  if constexpr (requires { client.set_path_encode(false); }) {
    client.set_path_encode(false);  // its name in versions from 0.20 on
  } else {
    client.set_url_encode(false);
  }
}

bool resolves(const std::string& host) {
  addrinfo* found = nullptr;
  const bool known = ::getaddrinfo(host.c_str(), nullptr, nullptr, &found) == 0;
  if (found != nullptr) ::freeaddrinfo(found);
  return known;
}

}  // namespace

class HttplibTransport::Impl {
 public:
  Result<Response> send(const Request& request, const SendOptions& options) {
    const Result<Url> url = parse_url(request.target);
    if (!url) return url.error();
    if (url->scheme != "http")
      return Error{"bad_url", "'" + request.target + "' does not begin with http://"};
    connect(*url, options.timeout);
    std::optional<Error> refusal;
    Response response;
    const httplib::Result result =
        client_->send(request_for(request, *url, options.max_response_bytes, response, refusal));
    std::unique_ptr<BoundedClient> used = std::move(client_);
    if (refusal) return *refusal;
    if (!result) {
      const Error error = error_of(result.error(), *url, used->stream());
      return Error{error.code, request.method + " " + request.target + ": " + error.message};
    }
    if (result->status < 200) return Error{"bad_response", "a 1xx answer is not a final one"};
    response.status = result->status;
    response.headers = headers_of(used->stream()->head());
    if (used->stream()->reusable()) client_ = std::move(used);
    return response;
  }

 private:
  // With the client of the last request, where this one goes to the same place.
  void connect(const Url& url, Duration timeout) {
    if (!client_ || url.authority() != authority_) {
      client_ = std::make_unique<BoundedClient>(url.host, url.port);
      authority_ = url.authority();
      client_->set_keep_alive(true);
      client_->set_tcp_nodelay(true);
      client_->set_follow_location(false);
      client_->set_decompress(false);
      keep_target(*client_);
    }
    client_->set_connection_timeout(timeout);
    client_->set_deadline(SteadyClock::now() + std::chrono::ceil<SteadyClock::duration>(timeout));
  }

  static httplib::Request request_for(const Request& request, const Url& url, std::size_t max_bytes,
                                      Response& response, std::optional<Error>& refusal) {
    httplib::Request made;
    made.method = safe(request.method);
    made.path = url.target;
    made.body = request.body;
    for (const auto& [name, value] : request.headers) {
      if (name.empty() || equals_ignoring_case(name, "Content-Length")) continue;
      made.headers.emplace(safe(name), safe(value));
    }
    const auto too_large = [max_bytes, &refusal] {
      refusal = Error{"response_too_large",
                      "the answer has more than " + std::to_string(max_bytes) + " bytes"};
      return false;
    };
    made.response_handler = [max_bytes, too_large](const httplib::Response& head) {
      const std::string announced = head.get_header_value("Content-Length");
      return std::strtoull(announced.c_str(), nullptr, 10) <= max_bytes || too_large();
    };
    made.content_receiver = [max_bytes, too_large, &response](const char* data, std::size_t size,
                                                              auto, auto) {
      if (size > max_bytes - response.body.size()) return too_large();
      response.body.append(data, size);
      return true;
    };
    return made;
  }

  static Error error_of(httplib::Error error, const Url& url,
                        const std::optional<BoundedStream>& stream) {
    if (!stream) {
      if (error == httplib::Error::ConnectionTimeout) {
        return {"timeout", "the connection was not made within the time-out"};
      }
      // The library has one error for both.
      if (!resolves(url.host)) return {"name_not_resolved", "the host's name is unknown"};
      return {"connection_refused", "the connection was refused"};
    }
    switch (stream->end()) {
      case BoundedStream::End::kTimeout:
        return {"timeout", "no complete answer within the time-out"};
      case BoundedStream::End::kReset:
        return {"connection_reset", "the peer reset the connection"};
      case BoundedStream::End::kClosed:
        if (stream->has_head())
          return {"truncated_body", "the connection closed within the answer's body"};
        return {"connection_reset", "the connection closed without an answer"};
      case BoundedStream::End::kLargeHead:
        return {"bad_response",
                "the answer's header has more than " + std::to_string(kMaxHeaderBytes) + " bytes"};
      case BoundedStream::End::kNone:
        break;
    }
    return {"bad_response", "the answer is not HTTP/1.1"};
  }

  std::string authority_;
  std::unique_ptr<BoundedClient> client_;  // where its connection can be used again
};

HttplibTransport::HttplibTransport() : impl_(std::make_unique<Impl>()) {}

HttplibTransport::~HttplibTransport() = default;

Result<Response> HttplibTransport::send(const Request& request, const SendOptions& options) {
  return impl_->send(request, options);
}

}  // namespace terapi::core
