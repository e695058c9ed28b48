// Hostile requests against this project's own server, and against servers that are as bad as can
// be: the judge has to see that, and never wait with them.
#include "conformance/harness/play/hostile_request.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "conformance/harness/play/judge_hostile.h"
#include "conformance/harness/stage/test_server_stage.h"
#include "core/system/test_server.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::array kAllHostilities = {Hostility::kEndlessLine,   Hostility::kEndlessHeader,
                                        Hostility::kManyHeaders,   Hostility::kEndlessChunk,
                                        Hostility::kEndlessChunks, Hostility::kEndlessChunkSize,
                                        Hostility::kSlowHeader,    Hostility::kHugeLength};

// Takes connections, all of them at the same time or one after the other, and does with each what
// it is told, when something comes, until the other end goes.
class BadServer {
 public:
  // False: hang up.
  using Does = std::function<bool(int socket, const std::string& received)>;

  explicit BadServer(Does does, std::size_t at_once = 16)
      : does_(std::move(does)), at_once_(at_once) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(listener_, 64);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~BadServer() {
    stop_ = true;
    thread_.join();
    for (const pollfd& each : open_) ::close(each.fd);
    ::close(listener_);
  }
  BadServer(const BadServer&) = delete;
  BadServer& operator=(const BadServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    while (!stop_) {
      std::vector<pollfd> wishes = open_;
      if (open_.size() < at_once_) wishes.push_back({listener_, POLLIN, 0});
      ::poll(wishes.data(), wishes.size(), 10);
      for (const pollfd& wish : wishes) {
        if ((wish.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
        if (wish.fd == listener_) {
          open_.push_back({::accept(listener_, nullptr, nullptr), POLLIN, 0});
        } else if (!serve_one(wish.fd)) {
          std::erase_if(open_, [&](const pollfd& each) { return each.fd == wish.fd; });
          ::close(wish.fd);
        }
      }
    }
  }

  bool serve_one(int socket) {
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size > 0 && does_(socket, std::string(buffer.data(), static_cast<std::size_t>(size)));
  }

  Does does_;
  std::size_t at_once_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<pollfd> open_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

bool says(int socket, std::string_view text) {
  return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) > 0;
}

constexpr std::string_view kFine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// The usual question is answered; all else is taken without an end.
bool takes_all(int socket, const std::string& received) {
  if (received.find("Connection: close\r\n\r\n") != std::string::npos) says(socket, kFine);
  return true;
}

HostileRequest request_to(std::uint16_t port, Hostility kind) {
  HostileRequest request;
  request.server = *core::parse_url("http://127.0.0.1:" + std::to_string(port));
  request.headers.add("Authorization", "Bearer key");
  request.kind = kind;
  request.limits = {.bytes = std::uint64_t{1} << 20U, .time = 1s, .answer = 500ms};
  return request;
}

struct Judged {
  HostileJudgement judgement;
  std::vector<Finding> findings;
  core::Duration took{0};
};

Judged judged(const HostileRequest& request, std::optional<std::int64_t> status = {}) {
  TestServerStage stage;
  Caller caller(stage, {});
  Findings findings;
  const auto began = std::chrono::steady_clock::now();
  Judged result;
  result.judgement = judge_hostile(request, status, "ERR-2", caller, findings);
  result.took =
      std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - began);
  result.findings = findings.take();
  return result;
}

TEST(HostileRequests, AreRefusedByOurServer) {
  core::HttpServerOptions options;
  options.header_timeout = 300ms;
  core::TestServer server(std::move(options));
  for (const Hostility kind : kAllHostilities) {
    SCOPED_TRACE(core::word_of(kHostilities, kind));
    HostileRequest request = request_to(server.port(), kind);
    request.limits = HostileLimits{};
    request.connections = 4;
    for (const HostileEnd& end : send_hostile(request)) {
      EXPECT_EQ(end.how, HostileEnd::How::kAnswered);
      EXPECT_EQ(end.status / 100, 4) << end.head;
    }
    const Judged result = judged(request);
    EXPECT_TRUE(result.judgement.answers);
    EXPECT_EQ(result.judgement.unproven, "");
    EXPECT_TRUE(result.findings.empty()) << result.findings.at(0).what;
  }
}

TEST(HostileRequests, AreAnswered413WhereTheLengthIsHuge) {
  core::TestServer server;
  const auto request = request_to(server.port(), Hostility::kHugeLength);
  EXPECT_TRUE(judged(request, 413).findings.empty());
  EXPECT_EQ(judged(request, 414).findings.size(), 1U);
}

TEST(HostileRequests, AreFoundToBeTakenWithoutEnd) {
  BadServer server(takes_all);
  for (const Hostility kind : kAllHostilities) {
    SCOPED_TRACE(core::word_of(kHostilities, kind));
    Judged result = judged(request_to(server.port(), kind));
    // Where this process was not let run for a while, the judge cannot tell, and accuses nobody.
    for (int more = 4; more > 0 && result.findings.empty(); --more) {
      result = judged(request_to(server.port(), kind));
    }
    EXPECT_TRUE(result.judgement.answers);
    ASSERT_EQ(result.findings.size(), 1U);
    EXPECT_EQ(result.findings[0].clause, "ERR-2");
    // Nobody says how long a slow one may take.
    EXPECT_EQ(result.findings[0].verdict,
              kind == Hostility::kSlowHeader ? Verdict::kWarn : Verdict::kFail);
    EXPECT_LT(result.took, 3s);
  }
}

TEST(HostileRequests, ThatAreHeldForATimeNeedNotBeEnded) {
  BadServer server(takes_all);
  HostileRequest request = request_to(server.port(), Hostility::kSlowHeader);
  request.wants_end = false;
  const Judged result = judged(request);
  EXPECT_TRUE(result.judgement.answers);
  EXPECT_TRUE(result.findings.empty());
}

// It serves one after the other, and is well again as soon as the slow ones have gone.
TEST(HostileRequests, AreFoundToKeepOthersOut) {
  BadServer server(takes_all, 1);
  HostileRequest request = request_to(server.port(), Hostility::kSlowHeader);
  request.connections = 3;
  const Judged result = judged(request);
  EXPECT_FALSE(result.judgement.answers);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].what, "the server no longer answers");
  EXPECT_EQ(result.findings[0].verdict, Verdict::kFail);
  EXPECT_THAT(result.findings[0].expected, HasSubstr("while there is slow header × 3"));
  EXPECT_LT(result.took, 4s);
}

TEST(HostileRequests, AreFoundToHaveBroughtTheServerDown) {
  bool dead = false;
  BadServer server([&](int socket, const std::string& received) {
    dead = dead || received.find("X-Many") != std::string::npos;
    return dead || takes_all(socket, received);
  });
  const Judged result = judged(request_to(server.port(), Hostility::kManyHeaders));
  EXPECT_FALSE(result.judgement.answers);
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_EQ(result.findings[1].what, "the server no longer answers");
  EXPECT_THAT(result.findings[1].expected, HasSubstr("after many headers"));
  EXPECT_LT(result.took, 4s);
}

TEST(HostileRequests, AreNotTakenAnswersOf5xx) {
  BadServer server([](int socket, const std::string&) {
    says(socket, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
    return false;
  });
  const Judged result = judged(request_to(server.port(), Hostility::kHugeLength));
  ASSERT_EQ(result.findings.size(), 2U);
  EXPECT_THAT(result.findings[0].actual, HasSubstr("500"));
}

TEST(HostileRequests, MayBeHungUpOnUnlessAnAnswerIsDue) {
  BadServer server([](int socket, const std::string& received) {
    if (received.find("Connection: close\r\n\r\n") != std::string::npos) says(socket, kFine);
    return false;
  });
  const auto request = request_to(server.port(), Hostility::kHugeLength);
  EXPECT_TRUE(judged(request).findings.empty());
  ASSERT_EQ(judged(request, 413).findings.size(), 1U);
}

TEST(HostileRequests, SaySoWhenTheServerIsGone) {
  std::uint16_t port = 0;
  { port = BadServer(takes_all).port(); }
  const Judged result = judged(request_to(port, Hostility::kEndlessLine));
  EXPECT_FALSE(result.judgement.answers);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].what, "the server takes no connection");
}

TEST(HostileRequests, PassOverAnInterimAnswer) {
  BadServer server([](int socket, const std::string& received) {
    if (received.find("Connection: close\r\n\r\n") != std::string::npos) return says(socket, kFine);
    return says(socket, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Too Large\r\n\r\n");
  });
  EXPECT_TRUE(judged(request_to(server.port(), Hostility::kHugeLength), 413).findings.empty());
}

}  // namespace
}  // namespace terapi::conformance
