// What Outcome.wire does to an answer of HttpServer.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/system/http_server.h"
#include "core/system/test_server.h"
#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kGetRoot = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kBody = "0123456789";

WireFaults delayed(Duration delay) {
  WireFaults faults;
  faults.delay = delay;
  return faults;
}

WireFaults stalled(Duration stall) {
  WireFaults faults;
  faults.stall = stall;
  return faults;
}

WireFaults dripping(std::uint64_t bytes_per_second) {
  WireFaults faults;
  faults.drip_bytes_per_second = bytes_per_second;
  return faults;
}

WireFaults truncated(std::size_t bytes) {
  WireFaults faults;
  faults.truncate_after = bytes;
  return faults;
}

WireFaults with_reset(WireFaults faults) {
  faults.reset = true;
  return faults;
}

// Answers "/alive" as usual, and everything else with these faults.
class FaultyServer : public TestServer {
 public:
  explicit FaultyServer(WireFaults faults, std::string body = std::string(kBody),
                        Clock* clock = nullptr)
      : TestServer(options(clock), [faults, body](Request request, auto done) {
          if (request.target == "/alive") return answer_with_request(std::move(request), done);
          done({{200, {}, body}, faults});
        }) {}
  ~FaultyServer() { EXPECT_TRUE(answers()); }

  void wait_until_closed() {
    wait_until([this] { return server().counters().open_connections == 0; });
  }
  void wait_until_requested() {
    wait_until([this] { return server().counters().requests == 1; });
  }

 private:
  static HttpServerOptions options(Clock* clock) {
    HttpServerOptions options;
    options.fault_clock = clock;
    return options;
  }
};

// Answers as carelessly as the path says.
class CarelessServer : public TestServer {
 public:
  CarelessServer()
      : TestServer(options(), [](const Request& request, auto done) {
          done({{200, {{"X-Path", request.target}}, std::string(kBody)}, {}});
        }) {}

 private:
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.manners = [](Response& response) {
      const std::string path(response.headers.get("X-Path").value_or(""));
      response.headers.erase("X-Path");
      return AnswerManners{.gives_reason = path != "/no-reason",
                           .announces_close = path != "/closes",
                           .bare_line_feeds = path == "/line-feeds"};
    };
    return options;
  }
};

TEST(HttpServerWire, GivesNoReason) {
  CarelessServer server;
  TestSocket socket = server.connect();
  socket.send("GET /no-reason HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string first = socket.read_response();
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200\r\n") && first.ends_with(kBody)) << first;
  EXPECT_FALSE(has(first, "X-Path"));
  socket.send("GET /good HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerWire, EndsLinesWithALineFeedAlone) {
  CarelessServer server;
  TestSocket socket = server.connect();
  socket.send("GET /line-feeds HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = socket.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\n")) << answer;
  EXPECT_EQ(answer.find('\r'), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\n\n" + std::string(kBody))) << answer;
}

TEST(HttpServerWire, SaysOfAnOfferedUpgradeInConnection) {
  TestServer server({}, [](const Request&, auto done) {
    done({{200, {{"Upgrade", "h2c"}}, std::string(kBody)}, {}});
  });
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  const std::string answer = socket.read_response();
  EXPECT_TRUE(has(answer, "Upgrade: h2c")) << answer;
  EXPECT_TRUE(has(answer, "Connection: Upgrade")) << answer;
}

TEST(HttpServerWire, ClosesUnannounced) {
  CarelessServer server;
  TestSocket socket = server.connect();
  socket.send("GET /closes HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = socket.read_all();
  EXPECT_TRUE(answer.ends_with(kBody)) << answer;
  EXPECT_FALSE(has(answer, "Connection: close")) << answer;
  EXPECT_TRUE(has(answer, "Keep-Alive: ")) << answer;
  EXPECT_EQ(socket.end(), 0);
}

TEST(HttpServerWire, ResetsWithoutAByte) {
  FaultyServer server(with_reset({}));
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  EXPECT_EQ(socket.read_all(), "");
  EXPECT_TRUE(socket.was_reset());
}

TEST(HttpServerWire, TruncatesTheBodyAfterTheFullHeaders) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, std::size_t{9}}) {
    FaultyServer server(truncated(bytes));
    TestSocket socket = server.connect();
    socket.send(kGetRoot);
    const std::string response = socket.read_all();
    EXPECT_NE(response.find("Content-Length: 10\r\n"), std::string::npos);
    EXPECT_TRUE(response.ends_with("\r\n\r\n" + std::string(kBody.substr(0, bytes)))) << response;
    EXPECT_EQ(socket.end(), 0);
  }
}

TEST(HttpServerWire, DoesNotTruncateWhatIsShorter) {
  FaultyServer server(truncated(10));
  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send(kGetRoot);
    EXPECT_TRUE(socket.read_response().ends_with(kBody));
  }
}

TEST(HttpServerWire, DelaysForTheRealTimeWhenTheFaultClockStandsStill) {
  VirtualClock clock;
  FaultyServer server(delayed(30ms), std::string(kBody), &clock);
  TestSocket socket = server.connect();
  const auto began = Steady::now();
  socket.send(kGetRoot);
  EXPECT_TRUE(socket.read_response().ends_with(kBody));
  EXPECT_GE(Steady::now() - began, 30ms);
  server.on_loop([&] { EXPECT_EQ(clock.pending(), 0u); });
}

TEST(HttpServerWire, DelaysUntilTheFaultClockIsThere) {
  VirtualClock clock;
  FaultyServer server(delayed(1h), std::string(kBody), &clock);
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(59min); });
  EXPECT_TRUE(server.answers());
  server.on_loop([&] {
    EXPECT_EQ(clock.pending(), 1u);
    clock.advance_by(1min);
    EXPECT_EQ(clock.pending(), 0u);
  });
  EXPECT_TRUE(socket.read_response().ends_with(kBody));
}

TEST(HttpServerWire, StallsHalfWayThroughTheBody) {
  VirtualClock clock;
  FaultyServer server(stalled(1h), std::string(kBody), &clock);
  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send(kGetRoot);
    server.wait_until([&] { return clock.pending() == 1; });
    std::string response = socket.read_some();
    EXPECT_TRUE(response.ends_with("\r\n\r\n01234")) << response;
    server.on_loop([&] { clock.advance_by(1h); });
    EXPECT_EQ(socket.read_some(), "56789");
  }
}

TEST(HttpServerWire, Drips) {
  const std::string body(1000, 'x');
  FaultyServer server(dripping(10'000), body);
  TestSocket socket = server.connect();
  const auto began = Steady::now();
  socket.send(kGetRoot);
  std::string response = socket.read_some();
  EXPECT_LT(response.size(), 1000u);
  response += socket.read_some();
  EXPECT_LT(response.size(), 1300u);
  while (!response.ends_with("\r\n\r\n" + body)) {
    const std::string more = socket.read_some();
    ASSERT_FALSE(more.empty());
    response += more;
  }
  EXPECT_GE(Steady::now() - began, 99ms);
}

TEST(HttpServerWire, CombinesFaults) {
  VirtualClock clock;
  WireFaults faults = delayed(1h);
  faults.truncate_after = 8;
  faults.stall = 2h;
  faults.drip_bytes_per_second = 1000;
  FaultyServer server(faults, std::string(kBody), &clock);
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(1h); });
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(2h); });
  EXPECT_TRUE(socket.read_all().ends_with("\r\n\r\n01234567"));
}

TEST(HttpServerWire, ResetsAfterADelay) {
  VirtualClock clock;
  FaultyServer server(with_reset(delayed(1h)), std::string(kBody), &clock);
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(1h); });
  EXPECT_EQ(socket.read_all(), "");
  EXPECT_TRUE(socket.was_reset());
}

TEST(HttpServerWire, ReleasesEverythingWhenTheClientLeavesMeanwhile) {
  for (const WireFaults& faults : {delayed(1h), stalled(1h), dripping(1)}) {
    for (const bool orderly : {true, false}) {
      VirtualClock clock;
      FaultyServer server(faults, std::string(kBody), &clock);
      TestSocket socket = server.connect();
      socket.send(kGetRoot);
      server.wait_until_requested();
      if (orderly) {
        socket.close();
      } else {
        socket.abort();
      }
      server.wait_until_closed();
      server.on_loop([&] { EXPECT_EQ(clock.pending(), 0u); });
    }
  }
}

// Of which answers it was told that their peer hung up.
class HangUpServer : public TestServer {
 public:
  HangUpServer(WireFaults faults, Clock* clock, std::size_t body = kBody.size())
      : HangUpServer(faults, clock, body, std::make_shared<std::string>()) {}
  HangUpServer(WireFaults faults, Clock* clock, std::size_t body, std::shared_ptr<std::string> told)
      : TestServer(options(clock, told),
                   [faults, body](const Request& request, auto done) {
                     done({{200, {{"X-Path", request.target}}, std::string(body, 'x')},
                           request.target == "/alive" ? WireFaults() : faults});
                   }),
        told_(std::move(told)) {}

  std::string told() {
    return on_loop([this] { return *told_; });
  }
  void wait_until_told(const std::string& paths) {
    wait_until([this, paths] { return *told_ == paths; });
  }

 private:
  static HttpServerOptions options(Clock* clock, const std::shared_ptr<std::string>& told) {
    HttpServerOptions options;
    options.fault_clock = clock;
    options.if_hung_up = [told](Response& response) {
      const std::string path(response.headers.get("X-Path").value_or(""));
      response.headers.erase("X-Path");
      return [told, path](HungUp when) {
        *told += path + (when == HungUp::kPerhapsBefore ? " perhaps" : "");
      };
    };
    return options;
  }

  std::shared_ptr<std::string> told_;
};

TEST(HttpServerWire, TellsOfAPeerThatHangsUpBeforeItHasTheAnswer) {
  for (const WireFaults& faults : {delayed(1h), stalled(1h), dripping(1)}) {
    for (const bool orderly : {true, false}) {
      VirtualClock clock;
      HangUpServer server(faults, &clock);
      TestSocket other = server.connect();
      other.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
      server.wait_until([&] { return server.server().counters().requests == 1; });
      TestSocket socket = server.connect();
      socket.send("GET /this HTTP/1.1\r\nHost: x\r\n\r\n");
      server.wait_until([&] { return server.server().counters().requests == 2; });
      EXPECT_EQ(server.told(), "");
      if (orderly) {
        socket.close();
      } else {
        socket.abort();
      }
      server.wait_until_told("/this");
    }
  }
}

TEST(HttpServerWire, TellsOfAPeerThatHangsUpInTheMiddleOfALargeAnswer) {
  HangUpServer server(WireFaults(), nullptr, std::size_t{64} << 20);
  TestSocket socket = server.connect();
  socket.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  server.wait_until([&] { return server.server().counters().requests == 1; });
  socket.abort();
  server.wait_until_told("/large");
}

// A process that was late itself throws the answer away unread: the system says so by a reset.
TEST(HttpServerWire, TellsOfAPeerThatMayNotHaveReadTheAnswer) {
  HangUpServer server(WireFaults(), nullptr);
  TestSocket socket = server.connect();
  socket.send("GET /this HTTP/1.1\r\nHost: x\r\n\r\n");
  server.wait_until([&] { return server.server().counters().requests == 1; });
  socket.close();
  server.wait_until_told("/this perhaps");
}

TEST(HttpServerWire, SaysNothingOfAPeerThatHangsUpWithTheWholeAnswer) {
  VirtualClock clock;
  HangUpServer server(stalled(1h), &clock);
  TestSocket socket = server.connect();
  socket.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(1h); });
  EXPECT_FALSE(has(socket.read_response(), "X-Path"));
  socket.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("x"));
  socket.close();
  server.wait_until([&] { return server.server().counters().open_connections == 0; });
  EXPECT_EQ(server.told(), "");
}

TEST(HttpServerWire, GoesOnWithPipelinedRequestsAfterADelay) {
  VirtualClock clock;
  FaultyServer server(delayed(1h), std::string(kBody), &clock);
  TestSocket socket = server.connect();
  socket.send(std::string(kGetRoot) + "GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  server.wait_until([&] { return clock.pending() == 1; });
  server.on_loop([&] { clock.advance_by(1h); });
  EXPECT_TRUE(socket.read_response().ends_with(kBody));
  EXPECT_TRUE(socket.read_response().ends_with("GET /alive\n"));
}

TEST(HttpServerWire, StopsWhenTheAnswerThatItWasSendingIsSent) {
  VirtualClock clock;
  HttpServerOptions options;
  options.stop_timeout = 10min;
  options.fault_clock = &clock;
  TestServer server(std::move(options), [](const Request&, auto done) {
    done({{200, {}, std::string(kBody)}, stalled(1h)});
  });
  TestSocket socket = server.connect();
  socket.send(kGetRoot);
  server.wait_until([&] { return clock.pending() == 1; });
  std::promise<void> stopped;
  server.on_loop([&] { server.server().stop([&] { stopped.set_value(); }); });
  server.on_loop([&] { clock.advance_by(1h); });
  EXPECT_TRUE(socket.read_all().ends_with(kBody));
  EXPECT_EQ(socket.end(), 0);
  socket.close();
  EXPECT_EQ(stopped.get_future().wait_for(10s), std::future_status::ready);
}

TEST(HttpServerWire, IsDestroyedSafelyWhileFaultsWait) {
  VirtualClock clock;
  {
    TestServer server({.fault_clock = &clock}, [](const Request&, auto done) {
      done({{200, {}, std::string(kBody)}, delayed(1h)});
    });
    TestSocket socket = server.connect();
    socket.send(kGetRoot);
    server.wait_until([&] { return clock.pending() == 1; });
  }
  EXPECT_EQ(clock.pending(), 0u);
}

}  // namespace
}  // namespace terapi::core
