// What well-behaved clients see. The others are in http_server_hostile_test.cc, faults in
// http_server_wire_test.cc.
#include "core/system/http_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "core/system/test_server.h"
#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /a?b=%20c HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  TestServer server;
  TestSocket socket = server.connect();
  for (int i = 0; i < 3; ++i) {
    socket.send(kGet);
    const std::string response = socket.read_response();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n")) << response;
    EXPECT_TRUE(response.ends_with("\r\n\r\nGET /a?b=%20c\n")) << response;
    EXPECT_TRUE(has(response, "Content-Length: 14\r\n")) << response;
    EXPECT_TRUE(has(response, "\r\nDate: ")) << response;
    EXPECT_TRUE(has(response, "Keep-Alive: timeout=75\r\n")) << response;
    EXPECT_FALSE(has(response, "Server:")) << response;
    EXPECT_FALSE(has(response, "Connection:")) << response;
  }
  EXPECT_EQ(server.counters().accepted, 1u);
  EXPECT_EQ(server.counters().requests, 3u);
  EXPECT_EQ(server.counters().open_connections, 1u);
}

TEST(HttpServer, HandsTheWholeRequestOver) {
  std::promise<Request> seen;
  TestServer server({}, [&](Request request, auto done) {
    seen.set_value(std::move(request));
    done({});
  });
  server.exchange(
      "PATCH /x HTTP/1.1\r\nHost: h\r\nX-One:  1 \r\nx-two: a\r\nx-two: b\r\nConnection: close\r\n"
      "Content-Length: 4\r\n\r\nbody");
  const Request request = seen.get_future().get();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/x");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.remote_address, "127.0.0.1");
  EXPECT_EQ(request.headers.get("X-ONE"), "1");
  EXPECT_EQ(request.headers.count("X-Two"), 2u);
}

TEST(HttpServer, AcceptsARequestInPiecesOfOneByte) {
  TestServer server;
  TestSocket socket = server.connect();
  const std::string request =
      "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n0\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    for (const char c : request) ASSERT_TRUE(socket.send({&c, 1}));
    EXPECT_TRUE(socket.read_response().ends_with("\r\n\r\nPOST /p\nhello"));
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  TestSocket socket = server.connect();
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests +=
        "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
  }
  socket.send(requests);
  for (int i = 0; i < 100; ++i) {
    const std::string response = socket.read_response();
    ASSERT_TRUE(response.ends_with("POST /" + std::to_string(i) + "\nhi")) << response;
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrderWhenTheHandlerTakesItsTime) {
  std::vector<std::function<void(Outcome)>> waiting;
  std::vector<std::string> targets;
  TestServer server({}, [&](Request request, auto done) {
    targets.push_back(request.target);
    waiting.push_back(std::move(done));
  });
  TestSocket socket = server.connect();
  socket.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const std::size_t i : {0u, 1u}) {
    server.wait_until([&] { return waiting.size() == i + 1; });
    server.on_loop([&] { waiting[i]({{200, {}, targets[i]}, {}}); });
    EXPECT_TRUE(socket.read_response().ends_with(targets[i]));
  }
  EXPECT_EQ(targets, (std::vector<std::string>{"/1", "/2"}));
}

TEST(HttpServer, SendsNoBodyToHead) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = socket.read_response(false);
  EXPECT_TRUE(has(head, "Content-Length: 8\r\n")) << head;
  socket.send(kGet);
  EXPECT_TRUE(socket.read_response().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, SendsNeitherBodyNorLengthWith204And304) {
  int status = 204;
  TestServer server({}, [&](const Request&, auto done) { done({{status, {}, "none"}, {}}); });
  TestSocket socket = server.connect();
  for (const int each : {204, 304}) {
    server.on_loop([&] { status = each; });
    socket.send(kGet);
    const std::string head = socket.read_response();
    EXPECT_TRUE(head.starts_with("HTTP/1.1 " + std::to_string(each) + " ")) << head;
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
    EXPECT_FALSE(has(head, "Content-Length")) << head;
  }
}

TEST(HttpServer, ClosesWhenAskedTo) {
  TestServer server;
  const std::string response =
      server.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;
  EXPECT_FALSE(has(response, "Keep-Alive")) << response;
}

TEST(HttpServer, ClosesWhenTheHandlerAsksTo) {
  TestServer server({}, [](const Request&, auto done) {
    done({{200, {{"connection", "close"}}, "x"}, {}});
  });
  const std::string response = server.exchange(kGet);
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;
  EXPECT_TRUE(response.ends_with("\r\n\r\nx")) << response;
}

TEST(HttpServer, SpeaksHttp10) {
  TestServer server;
  const std::string response = server.exchange("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n")) << response;
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;

  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(has(socket.read_response(), "Connection: keep-alive\r\n"));
  }
}

TEST(HttpServer, TakesAPostWithoutLengthAsEmpty) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send("POST /none HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("\r\n\r\nPOST /none\n"));
}

TEST(HttpServer, IgnoresEmptyLinesBetweenRequests) {
  TestServer server;
  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send(std::string("\r\n\r\n") + std::string(kGet) + "\r");
    EXPECT_TRUE(socket.read_response().ends_with("GET /a?b=%20c\n"));
    socket.send("\n");
  }
}

TEST(HttpServer, AcceptsTheAbsoluteForm) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send("GET http://some.host:1/a/b?c HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("GET /a/b?c\n"));
  socket.send("GET http://some.host HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("GET /\n"));
}

TEST(HttpServer, IgnoresUpgrades) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send(
      "GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("\r\n\r\nGET /u\n"));
}

TEST(HttpServer, SaysContinueOnceTheHeadIsAccepted) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send("PUT /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(socket.read_response(), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("abc");
  EXPECT_TRUE(socket.read_response().ends_with("PUT /e\nabc"));
  // Not when the body comes anyway.
  socket.send("PUT /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_TRUE(socket.read_response().starts_with("HTTP/1.1 200 OK"));
}

TEST(HttpServer, SendsLargeBodies) {
  const std::string body(20u << 20, 'b');
  TestServer server({}, [&](const Request&, auto done) { done({{200, {}, body}, {}}); });
  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send(kGet);
    const std::string response = socket.read_response();
    EXPECT_EQ(response.size() - response.find("\r\n\r\n") - 4, body.size());
  }
}

TEST(HttpServer, ReceivesLargeBodies) {
  HttpServerOptions options;
  options.max_body_bytes = [](auto, std::string_view target) {
    return target == "/large" ? std::size_t{8} << 20 : 10;
  };
  std::size_t size = 0;
  TestServer server(std::move(options), [&](Request request, auto done) {
    size = request.body.size();
    done({});
  });
  TestSocket socket = server.connect();
  socket.send("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n");
  socket.send(std::string(8u << 20, 'x'));
  EXPECT_TRUE(socket.read_response().starts_with("HTTP/1.1 200 OK"));
  EXPECT_EQ(server.on_loop([&] { return size; }), std::size_t{8} << 20);
}

TEST(HttpServer, CannotBeMadeToSplitAHeader) {
  TestServer server({}, [](const Request&, auto done) {
    done({{200, {{"X-Name", "a\r\nSet-Cookie: b"}, {"", "none"}, {"Content-Length", "99"}}, ""},
          {}});
  });
  TestSocket socket = server.connect();
  socket.send(kGet);
  const std::string response = socket.read_response();
  EXPECT_TRUE(has(response, "X-Name: a  Set-Cookie: b\r\n")) << response;
  EXPECT_FALSE(has(response, "99")) << response;
}

TEST(HttpServer, AnswersForAHandlerThatLosesTheRequest) {
  TestServer server({}, [](const Request&, const auto&) {});
  TestSocket socket = server.connect();
  socket.send(kGet);
  const std::string response = socket.read_response();
  EXPECT_TRUE(response.starts_with("HTTP/1.1 500 ")) << response;
  EXPECT_TRUE(has(response, R"({"error":{"code":"internal_error",)")) << response;
}

TEST(HttpServer, AnswersForAHandlerThatGivesNoStatus) {
  TestServer server({}, [](const Request&, auto done) { done({{101, {}, ""}, {}}); });
  TestSocket socket = server.connect();
  socket.send(kGet);
  EXPECT_TRUE(socket.read_response().starts_with("HTTP/1.1 500 "));
}

TEST(HttpServer, TakesOnlyTheFirstAnswer) {
  TestServer server({}, [](const Request& request, auto done) {
    done({{200, {}, request.target}, {}});
    done({{200, {}, "again"}, {}});
  });
  TestSocket socket = server.connect();
  for (int i = 0; i < 2; ++i) {
    socket.send(kGet);
    EXPECT_TRUE(socket.read_response().ends_with("/a?b=%20c"));
  }
}

TEST(HttpServer, DoesNotTakeASecondAnswerForTheNextRequest) {
  std::vector<std::function<void(Outcome)>> waiting;
  TestServer server({}, [&](const Request&, auto done) { waiting.push_back(std::move(done)); });
  TestSocket socket = server.connect();
  socket.send(std::string(kGet) + std::string(kGet));
  server.wait_until([&] { return waiting.size() == 1; });
  server.on_loop([&] { waiting[0]({{200, {}, "first"}, {}}); });
  server.wait_until([&] { return waiting.size() == 2; });
  server.on_loop([&] { waiting[0]({{200, {}, "first again"}, {}}); });
  server.on_loop([&] { waiting[1]({{200, {}, "second"}, {}}); });
  EXPECT_TRUE(socket.read_response().ends_with("\r\n\r\nfirst"));
  EXPECT_TRUE(socket.read_response().ends_with("\r\n\r\nsecond"));
}

TEST(HttpServer, SurvivesAHandlerThatFinishesAfterTheClientLeft) {
  std::function<void(Outcome)> late;
  TestServer server({}, [&](Request request, auto done) {
    if (request.target == "/late") {
      late = std::move(done);
    } else {
      answer_with_request(std::move(request), done);
    }
  });
  for (const bool orderly : {true, false}) {
    TestSocket socket = server.connect();
    socket.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_until([&] { return late != nullptr; });
    if (orderly) {
      socket.close();
    } else {
      socket.abort();
      server.wait_until([&] { return server.server().counters().open_connections == 0; });
    }
    server.on_loop([&] {
      std::exchange(late, nullptr)({{200, {}, std::string(1u << 20, 'x')}, {}});
    });
    server.wait_until([&] { return server.server().counters().open_connections == 0; });
    EXPECT_TRUE(server.answers());
  }
}

TEST(HttpServer, AnswersAClientThatHasClosedItsSendingSide) {
  std::function<void(Outcome)> late;
  TestServer server({}, [&](const Request&, auto done) { late = std::move(done); });
  TestSocket socket = server.connect();
  socket.send(kGet);
  socket.close_sending();
  server.wait_until([&] { return late != nullptr; });
  server.on_loop([&] { late({{200, {}, "answer"}, {}}); });
  EXPECT_TRUE(socket.read_all().ends_with("answer"));
}

TEST(HttpServer, LetsAHandlerFinishAfterTheServerIsGone) {
  std::function<void(Outcome)> late;
  std::optional<TestSocket> socket;
  {
    TestServer server({}, [&](const Request&, auto done) { late = std::move(done); });
    socket.emplace(server.connect());
    socket->send(kGet);
    server.wait_until([&] { return late != nullptr; });
  }
  late({{200, {}, "nobody"}, {}});
  late = nullptr;
  EXPECT_EQ(socket->read_all(), "") << "whoever asked was left without an answer before";
}

TEST(HttpServer, SaysThatAPortIsInUse) {
  TestServer first;
  EventLoop loop;
  HttpServerOptions options;
  options.port = first.port();
  const auto second = HttpServer::start(loop, options, answer_with_request);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "port_in_use");
  EXPECT_TRUE(second.error().message.starts_with("127.0.0.1:" + std::to_string(first.port()) +
                                                 " is in use"))
      << second.error().message;
  EXPECT_TRUE(first.answers());
}

TEST(HttpServer, TakesAPortAgainRightAfterItsServerEnded) {
  HttpServerOptions options;
  {
    TestServer first;
    options.port = first.port();
    EXPECT_TRUE(first.answers());  // its end of the connection is in TIME_WAIT now
  }
  TestServer second(options);
  EXPECT_TRUE(second.answers());
}

TEST(HttpServer, RefusesABadHost) {
  EventLoop loop;
  for (const char* host : {"256.0.0.1", "192.0.2.1", "not a host", "nowhere.invalid"}) {
    HttpServerOptions options;
    options.host = host;
    const auto server = HttpServer::start(loop, options, answer_with_request);
    ASSERT_FALSE(server.has_value()) << host;
    EXPECT_EQ(server.error().code, "bad_host") << host << ": " << server.error().message;
  }
}

TEST(HttpServer, NamesTheUrlThatReachesIt) {
  EventLoop loop;
  const auto url_with = [&](const char* host) {
    HttpServerOptions options;
    options.host = host;
    const auto server = HttpServer::start(loop, options, answer_with_request);
    if (!server) return server.error().message;
    const std::string url = (*server)->base_url();
    return url.substr(0, url.rfind(':'));
  };
  EXPECT_EQ(url_with("127.0.0.1"), "http://127.0.0.1");
  EXPECT_EQ(url_with("0.0.0.0"), "http://127.0.0.1");
  EXPECT_EQ(url_with("localhost"), "http://localhost");
}

// Whether this machine has ::1, and something listens at that port of it.
enum class AtSix { kNoSuchAddress, kRefused, kConnected };
AtSix connect_to_loopback_six(std::uint16_t port) {
  const TestSocket socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(port);
  if (::connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
      0) {
    return AtSix::kConnected;
  }
  return errno == ECONNREFUSED ? AtSix::kRefused : AtSix::kNoSuchAddress;
}

// Some callers reach ::1 first, and give up when it is refused.
TEST(HttpServer, ListensAtBothLoopbacksOfLocalhost) {
  HttpServerOptions options;
  options.host = "localhost";
  std::uint16_t port = 0;
  {
    TestServer server(options);
    port = server.port();
    EXPECT_TRUE(server.answers());
    const AtSix at_six = connect_to_loopback_six(port);
    if (at_six == AtSix::kNoSuchAddress) GTEST_SKIP() << "this machine has no ::1";
    EXPECT_EQ(at_six, AtSix::kConnected);
  }
  EXPECT_EQ(connect_to_loopback_six(port), AtSix::kRefused);
}

// A port that is free at one address and taken at the other is taken.
TEST(HttpServer, SaysThatAPortOfLocalhostIsInUse) {
  if (connect_to_loopback_six(1) == AtSix::kNoSuchAddress) GTEST_SKIP() << "no ::1";
  HttpServerOptions options;
  options.host = "::1";
  EventLoop loop;
  const auto first = HttpServer::start(loop, options, answer_with_request);
  ASSERT_TRUE(first.has_value());
  options.host = "localhost";
  options.port = (*first)->port();
  const auto second = HttpServer::start(loop, options, answer_with_request);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "port_in_use");
}

TEST(HttpServer, ServesWhileHundredsOfConnectionsAreIdle) {
  TestServer server;
  std::vector<TestSocket> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(server.connect());
    if (i % 2 == 0) {
      idle.back().send(kGet);
      idle.back().read_response();
    }
  }
  EXPECT_TRUE(server.answers());
  EXPECT_GE(server.counters().open_connections, 300u);
}

TEST(HttpServer, MakesRoomByClosingTheLongestIdleConnection) {
  HttpServerOptions options;
  options.max_connections = 2;
  TestServer server(options);
  TestSocket first = server.connect();
  first.send(kGet);
  first.read_response();
  TestSocket second = server.connect();
  second.send(kGet);
  second.read_response();
  TestSocket third = server.connect();
  third.send(kGet);
  EXPECT_TRUE(third.read_response().starts_with("HTTP/1.1 200 OK"));
  EXPECT_EQ(first.read_all(), "");
  second.send(kGet);
  EXPECT_TRUE(second.read_response().starts_with("HTTP/1.1 200 OK"));
}

TEST(HttpServer, TurnsAConnectionAwayWhenAllOthersAreBusy) {
  HttpServerOptions options;
  options.max_connections = 1;
  std::function<void(Outcome)> late;
  TestServer server(options, [&](const Request&, auto done) { late = std::move(done); });
  TestSocket busy = server.connect();
  busy.send(kGet);
  server.wait_until([&] { return late != nullptr; });
  const std::string refused = server.exchange("");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 ")) << refused;
  EXPECT_TRUE(has(refused, R"("code":"too_many_connections")")) << refused;
  EXPECT_TRUE(has(refused, "Retry-After: 1\r\n")) << refused;
  server.on_loop([&] { late({{200, {}, "done"}, {}}); });
  EXPECT_TRUE(busy.read_response().ends_with("done"));
  EXPECT_EQ(server.counters().rejected.at("too_many_connections"), 1u);
}

TEST(HttpServer, ClosesIdleConnectionsInTheEnd) {
  HttpServerOptions options;
  options.idle_timeout = 30ms;
  TestServer server(options);
  TestSocket unused = server.connect();
  TestSocket used = server.connect();
  used.send(kGet);
  used.read_response();
  EXPECT_EQ(used.read_all(), "");
  EXPECT_EQ(used.end(), 0);
  EXPECT_EQ(unused.read_all(), "");
}

TEST(HttpServer, StopsAtOnceWithIdleConnections) {
  HttpServerOptions options;
  options.stop_timeout = 10min;
  TestServer server(options);
  TestSocket idle = server.connect();
  idle.send(kGet);
  idle.read_response();
  std::promise<void> stopped;
  server.on_loop([&] { server.server().stop([&] { stopped.set_value(); }); });
  EXPECT_EQ(stopped.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_FALSE(TestSocket::connect(server.port()).connected());
}

TEST(HttpServer, FinishesAnswersBeforeItStops) {
  HttpServerOptions options;
  options.stop_timeout = 10min;
  std::function<void(Outcome)> late;
  TestServer server(options, [&](const Request&, auto done) { late = std::move(done); });
  TestSocket socket = server.connect();
  socket.send(kGet);
  server.wait_until([&] { return late != nullptr; });
  std::promise<void> stopped;
  server.on_loop([&] { server.server().stop([&] { stopped.set_value(); }); });
  server.on_loop([&] { late({{200, {}, "answer"}, {}}); });
  const std::string response = socket.read_all();
  EXPECT_TRUE(response.ends_with("answer")) << response;
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;
  socket.close();
  EXPECT_EQ(stopped.get_future().wait_for(10s), std::future_status::ready);
}

TEST(HttpServer, DoesNotWaitLongForAnswersWhenItStops) {
  HttpServerOptions options;
  options.stop_timeout = 20ms;
  std::function<void(Outcome)> late;
  TestServer server(options, [&](const Request&, auto done) { late = std::move(done); });
  TestSocket socket = server.connect();
  socket.send(kGet);
  server.wait_until([&] { return late != nullptr; });
  std::promise<void> stopped;
  server.on_loop([&] { server.server().stop([&] { stopped.set_value(); }); });
  EXPECT_EQ(stopped.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(socket.read_all(), "");
}

}  // namespace
}  // namespace terapi::core
