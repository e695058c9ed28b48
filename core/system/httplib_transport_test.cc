#include "core/system/test_httplib_transport.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "core/system/test_server.h"
#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

Request request_for(std::string method, std::string url, std::string body = "") {
  Request request;
  request.method = std::move(method);
  request.target = std::move(url);
  request.body = std::move(body);
  return request;
}

std::string describe(const Result<Response>& result) {
  return result ? std::to_string(result->status) + " " + result->body : result.error().code;
}

// What one connection of a listener that does this makes of a GET.
std::string with_peer(const std::function<void(TestSocket&)>& peer, SendOptions options = {}) {
  TestListener listener;
  std::thread thread([&] {
    TestSocket socket = listener.accept();
    socket.read_request();
    peer(socket);
  });
  HttplibTransport transport;
  std::string result = describe(transport.send(request_for("GET", listener.url()), options));
  thread.join();
  return result;
}

std::string with_answer(std::string answer, SendOptions options = {}) {
  return with_peer([&](TestSocket& socket) { socket.send(answer); }, options);
}

TEST(HttplibTransport, SendsExactlyTheRequest) {
  Request seen;
  TestServer server({}, [&](Request request, auto done) {
    seen = std::move(request);
    done({{201, {{"X-A", "b"}, {"x-a", "c"}}, "made"}, {}});
  });
  HttplibTransport transport;
  Request request = request_for("POST", server.url("/a/../b?c=%20d"), "{}");
  request.headers = {{"X-One", "1"}, {"X-Empty", ""}, {"Content-Length", "99"}};
  const Result<Response> response = transport.send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "made");
  EXPECT_EQ(response->headers.count("X-A"), 2u);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/a/../b?c=%20d");
  EXPECT_EQ(seen.body, "{}");
  // In the library's order, with three of its own: Accept, Content-Type and User-Agent.
  EXPECT_EQ(seen.headers.size(), 7u);
  EXPECT_EQ(seen.headers.get("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(seen.headers.get("X-One"), "1");
  EXPECT_EQ(seen.headers.get("X-Empty"), "");
  EXPECT_EQ(seen.headers.get("Content-Length"), "2");
}

TEST(HttplibTransport, SpeaksEveryMethodWithAndWithoutBody) {
  TestServer server;
  HttplibTransport transport;
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ODD"}) {
    for (const char* body : {"", "body"}) {
      EXPECT_EQ(describe(transport.send(request_for(method, server.url("/x"), body))),
                "200 " + std::string(method) + " /x\n" + body);
    }
  }
  const Result<Response> head = transport.send(request_for("HEAD", server.url("/x")));
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->headers.get("Content-Length"), "8");
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(server.counters().accepted, 1u) << "the connection is kept alive";
}

TEST(HttplibTransport, SendsABodyOfAMegabyteWithoutWaitingForContinue) {
  TestServer server;
  HttplibTransport transport;
  const std::string body(1u << 20, 'x');
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(describe(transport.send(request_for("POST", server.url("/"), body))),
              "200 POST /\n" + body);
  }
}

TEST(HttplibTransport, WaitsForNoBodyBehindA304) {
  EXPECT_EQ(with_peer(
                [](TestSocket& socket) {
                  socket.send("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
                  socket.read_all();
                },
                {.timeout = 5s}),
            "304 ");
}

TEST(HttplibTransport, NeverFollowsARedirect) {
  TestServer server({}, [](const Request&, auto done) {
    done({{302, {{"Location", "/elsewhere"}}, ""}, {}});
  });
  EXPECT_EQ(describe(HttplibTransport().send(request_for("GET", server.url("/")))), "302 ");
  EXPECT_EQ(server.counters().requests, 1u);
}

TEST(HttplibTransport, KeepsHeadersAsTheyCame) {
  TestListener listener;
  std::thread thread([&] {
    TestSocket socket = listener.accept();
    socket.read_request();
    socket.send("HTTP/1.1 200 OK\r\nZ:  100%25 \r\nA:\r\nContent-Length: 0\r\n\r\n");
  });
  const Result<Response> response = HttplibTransport().send(request_for("GET", listener.url()));
  thread.join();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->headers, (Headers{{"Z", "100%25"}, {"A", ""}, {"Content-Length", "0"}}));
}

TEST(HttplibTransport, SendsNoPostTwice) {
  TestListener listener;
  std::thread thread([&] {
    TestSocket socket = listener.accept();
    socket.read_request();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
    socket.read_request();
    socket.abort();
  });
  HttplibTransport transport;
  EXPECT_EQ(describe(transport.send(request_for("POST", listener.url()))), "200 1");
  EXPECT_EQ(describe(transport.send(request_for("POST", listener.url()))), "connection_reset");
  thread.join();
}

TEST(HttplibTransport, TakesAnAnswerThatComesBeforeTheWholeRequestIsRead) {
  TestServer server;  // refuses 2 MB with 413 before it reads them
  HttplibTransport transport;
  const std::string large(2'000'000, 'x');
  EXPECT_EQ(transport.send(request_for("POST", server.url("/"), large))->status, 413);
  EXPECT_EQ(transport.send(request_for("POST", server.url("/")))->status, 200);
}

TEST(HttplibTransport, DoesNotDecompress) {
  EXPECT_EQ(
      with_answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw"),
      "200 raw");
}

TEST(HttplibTransport, LeavesInterimHeadersOut) {
  TestListener listener;
  std::thread thread([&] {
    TestSocket socket = listener.accept();
    socket.read_request();
    socket.send(
        "HTTP/1.1 103 Early\r\nX: early\r\n\r\nHTTP/1.1 200 OK\r\nX: late\r\n"
        "Content-Length: 0\r\n\r\n");
  });
  const Result<Response> response = HttplibTransport().send(request_for("GET", listener.url()));
  thread.join();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->headers, (Headers{{"X", "late"}, {"Content-Length", "0"}}));
}

TEST(HttplibTransport, TellsErrorsApart) {
  HttplibTransport transport;
  EXPECT_EQ(describe(transport.send(request_for("GET", "ftp://127.0.0.1/"))), "bad_url");
  EXPECT_EQ(describe(transport.send(request_for("GET", "file:///etc/passwd"))), "bad_url");
  EXPECT_EQ(describe(transport.send(request_for("GET", "https://127.0.0.1/"))), "bad_url");
  EXPECT_EQ(describe(transport.send(request_for("GET", "http://nowhere.invalid/"))),
            "name_not_resolved");
  TestListener closed;
  const std::string url = closed.url();
  closed.close();
  EXPECT_EQ(describe(transport.send(request_for("GET", url))), "connection_refused");
  EXPECT_EQ(with_peer([](TestSocket& socket) { socket.close(); }), "connection_reset");
  EXPECT_EQ(with_peer([](TestSocket& socket) { socket.abort(); }), "connection_reset");
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"), "truncated_body");
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
            "truncated_body");
  EXPECT_EQ(with_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "bad_response");
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
            "bad_response");
}

TEST(HttplibTransport, TimesOutAndGoesOn) {
  HttplibTransport transport;
  TestListener silent;
  EXPECT_EQ(describe(transport.send(request_for("GET", silent.url()), {.timeout = 20ms})),
            "timeout");
  TestServer server;
  EXPECT_EQ(transport.send(request_for("GET", server.url("/")))->status, 200);
}

TEST(HttplibTransport, BoundsTheAnswer) {
  const SendOptions limit{.timeout = 20s, .max_response_bytes = 10};
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", limit),
            "200 0123456789");
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", limit),
            "response_too_large");
  EXPECT_EQ(with_answer("HTTP/1.1 200 OK\r\n\r\n01234567890", limit), "response_too_large");
}

TEST(HttplibTransport, CutsOffEndlessAnswers) {
  const auto endless = [&](std::string begin, std::string piece) {
    std::size_t sent = 0;
    std::string result = with_peer(
        [&](TestSocket& socket) {
          socket.send(begin);
          sent = socket.send_endlessly(piece, std::size_t{64} << 20);
        },
        {.timeout = 20s, .max_response_bytes = 100'000});
    EXPECT_LT(sent, std::size_t{32} << 20);
    return result;
  };
  const std::string line(1 << 16, 'x');
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\nX: ", line), "bad_response");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\n", "Name: value\r\n"), "bad_response");
  EXPECT_EQ(endless("", "HTTP/1.1 103 Early\r\nX: y\r\n\r\n"), "bad_response");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\n\r\n", line), "response_too_large");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nabcde\r\n"),
            "response_too_large");
}

TEST(HttplibTransport, MeetsEveryWireFaultOfTheServer) {
  const auto with = [](const std::function<void(WireFaults&)>& set, SendOptions options = {}) {
    WireFaults faults;
    set(faults);
    TestServer server({}, [faults](const Request&, auto done) {
      done({{200, {}, "0123456789"}, faults});
    });
    return describe(HttplibTransport().send(request_for("GET", server.url("/")), options));
  };
  EXPECT_EQ(with([](WireFaults& f) { f.reset = true; }), "connection_reset");
  EXPECT_EQ(with([](WireFaults& f) { f.truncate_after = 4; }), "truncated_body");
  EXPECT_EQ(with([](WireFaults& f) { f.delay = 10ms; }), "200 0123456789");
  EXPECT_EQ(with([](WireFaults& f) { f.delay = 1h; }, {.timeout = 20ms}), "timeout");
  EXPECT_EQ(with([](WireFaults& f) { f.stall = 10ms; }), "200 0123456789");
  EXPECT_EQ(with([](WireFaults& f) { f.stall = 1h; }, {.timeout = 20ms}), "timeout");
  EXPECT_EQ(with([](WireFaults& f) { f.drip_bytes_per_second = 1000; }), "200 0123456789");
  // Each byte comes long before the time-out does, and it holds for all of them.
  EXPECT_EQ(with([](WireFaults& f) { f.drip_bytes_per_second = 50; }, {.timeout = 100ms}),
            "timeout");
}

}  // namespace
}  // namespace terapi::core
