#include "core/system/dialer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using Endpoint = Dialer::Endpoint;

Endpoint at(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

// Takes no connection and refuses none: its queue is full, so that what comes is dropped.
class BlackHole {
 public:
  BlackHole() {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = TestSocket::loopback(0);
    socklen_t size = sizeof address;
    ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(descriptor_, 0);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 8; ++i) {
      const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      ::connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
      fillers_.push_back(filler);
    }
  }
  ~BlackHole() {
    for (const int filler : fillers_) ::close(filler);
    ::close(descriptor_);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
};

std::uint16_t refusing_port() {
  TestListener listener;
  return listener.port();  // closed again
}

struct Dialed {
  std::string error;       // "" when it is connected
  std::uint16_t port = 0;  // to whom
  Duration took{0};
};

// Within ten seconds.
Dialed dial(const std::vector<Endpoint>& endpoints, Duration delay) {
  EventLoop loop;
  std::optional<Dialed> dialed;
  const auto begin = std::chrono::steady_clock::now();
  const auto dialer = Dialer::start(loop.impl().io(), endpoints, delay,
                                    [&](const Dialer::Code& code, const TcpSocket& socket) {
                                      dialed.emplace();
                                      dialed->error = code ? code.message() : "";
                                      if (!code) dialed->port = socket.remote_endpoint().port();
                                      loop.stop();
                                    });
  loop.clock().at(loop.clock().now() + 10s, [&] { loop.stop(); });
  loop.run();
  dialer->cancel();
  if (!dialed) return {"nothing came of it", 0, 10s};
  dialed->took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
  return *dialed;
}

TEST(Dialer, LeavesAnAddressThatDoesNotAnswerForTheNextOne) {
  const BlackHole hole;
  TestListener good;
  const Dialed dialed = dial({at(hole.port()), at(hole.port()), at(good.port())}, 20ms);
  EXPECT_EQ(dialed.error, "");
  EXPECT_EQ(dialed.port, good.port());
  EXPECT_GE(dialed.took, 40ms);
  EXPECT_LT(dialed.took, 5s);
}

TEST(Dialer, GoesOnAtOnceWhenAnAddressRefuses) {
  TestListener good;
  const Dialed dialed = dial({at(refusing_port()), at(good.port())}, 9s);
  EXPECT_EQ(dialed.port, good.port());
  EXPECT_LT(dialed.took, 5s);
}

TEST(Dialer, TakesTheFirstThatAnswersThoughOthersWereTriedMeanwhile) {
  const BlackHole hole;
  TestListener good;
  EXPECT_EQ(dial({at(hole.port()), at(good.port()), at(hole.port())}, 0ms).port, good.port());
}

TEST(Dialer, SaysWhyTheLastOneFailed) {
  EXPECT_EQ(dial({at(refusing_port()), at(refusing_port())}, 10ms).error, "Connection refused");
}

TEST(Dialer, IsSilentOnceItIsCancelled) {
  const BlackHole hole;
  EventLoop loop;
  bool called = false;
  const auto dialer = Dialer::start(loop.impl().io(), {at(hole.port()), at(hole.port())}, 1ms,
                                    [&](const Dialer::Code&, const TcpSocket&) { called = true; });
  dialer->cancel();
  loop.clock().at(loop.clock().now() + 20ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace terapi::core
