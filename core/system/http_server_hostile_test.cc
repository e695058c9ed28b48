// What the server does to clients that do not keep to HTTP, or mean it ill. Each case ends with
// the question whether the server still answers others.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "core/system/http_server.h"
#include "core/system/test_server.h"
#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

// The edge's own answers: this status and code, as JSON, and the connection closes.
void expect_refusal(const std::string& response, int status, std::string_view code) {
  EXPECT_TRUE(response.starts_with("HTTP/1.1 " + std::to_string(status) + " ")) << response;
  EXPECT_TRUE(has(response, "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\""))
      << response;
  EXPECT_TRUE(has(response, "Content-Type: application/json\r\n")) << response;
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;
}

void expect_refused(TestServer& server, const std::string& request, int status,
                    std::string_view code) {
  SCOPED_TRACE(request.substr(0, 200));
  expect_refusal(server.exchange(request), status, code);
  EXPECT_TRUE(server.answers());
}

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) << 10;
  }
  return 0;
}

constexpr std::size_t kEndless = std::size_t{64} << 20;
constexpr std::size_t kFew = std::size_t{16} << 20;

// Sends `begin`, then `piece` endlessly: the server is to answer, to stop reading early and to
// keep little of it.
void expect_cut_off(TestServer& server, std::string_view begin, const std::string& piece,
                    int status, std::string_view code) {
  SCOPED_TRACE(begin);
  const std::size_t memory_before = resident_bytes();
  const std::uint64_t received_before = server.counters().bytes_received;
  {
    TestSocket socket = server.connect();
    socket.send(begin);
    const std::size_t sent = socket.send_endlessly(piece, kEndless);
    EXPECT_LT(sent, kEndless);
    expect_refusal(socket.read_all(), status, code);
  }
  EXPECT_LT(server.counters().bytes_received - received_before, kFew);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(resident_bytes(), memory_before + kFew);
#else
  EXPECT_GT(memory_before, 0u);
#endif
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, RefusesWhatIsNotARequest) {
  TestServer server;
  for (const char* line :
       {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n", "GET / HTTP/x\r\n\r\n", "GET / http/1.1\r\n\r\n",
        "GET / HTTP/1.1\n\n", "G\x01T / HTTP/1.1\r\n\r\n", "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}) {
    expect_refused(server, line, 400, "invalid_request");
  }
}

TEST(HttpServerHostile, RefusesOtherVersions) {
  TestServer server;
  for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/9.9"}) {
    expect_refused(server, std::string("GET / ") + version + "\r\nHost: x\r\n\r\n", 505,
                   "http_version_not_supported");
  }
  expect_refused(server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version_not_supported");
}

TEST(HttpServerHostile, RefusesARequestWithoutExactlyOneHost) {
  TestServer server;
  expect_refused(server, "GET / HTTP/1.1\r\n\r\n", 400, "invalid_request");
  expect_refused(server, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "invalid_request");
}

TEST(HttpServerHostile, RefusesLengthsThatAreNone) {
  TestServer server;
  for (const char* length : {"-1", "+1", "x", "1x", "0x10", "", " ", "1.0", "1,2", "1, 2",
                             "99999999999999999999999999", "1\r\nContent-Length: 2"}) {
    expect_refused(
        server,
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::string(length) + "\r\n\r\nab", 400,
        "invalid_request");
  }
}

TEST(HttpServerHostile, RefusesALengthBesideATransferEncoding) {
  TestServer server;
  const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string body = "\r\n0\r\n\r\n";
  const std::string length = "Content-Length: 5\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  expect_refused(server, begin + length + chunked + body, 400, "invalid_request");
  expect_refused(server, begin + chunked + length + body, 400, "invalid_request");
  expect_refused(server, begin + chunked + chunked + body, 400, "invalid_request");
  expect_refused(server, "POST / HTTP/1.0\r\nHost: x\r\n" + chunked + body, 400, "invalid_request");
}

TEST(HttpServerHostile, RefusesOtherEncodings) {
  TestServer server;
  for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "identity", "xchunked"}) {
    expect_refused(server,
                   "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(coding) +
                       "\r\n\r\n0\r\n\r\n",
                   501, "not_implemented");
  }
  expect_refused(server,
                 "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
                 "Content-Length: 2\r\n\r\nab",
                 415, "unsupported_media_type");
}

TEST(HttpServerHostile, RefusesBrokenChunks) {
  TestServer server;
  const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"x\r\n", "-1\r\n", "\r\n", "3\r\nabcd", "3\nabc\n"}) {
    expect_refused(server, begin + body, 400, "invalid_request");
  }
  expect_refused(server, begin + "fffffffffffffffff\r\n", 413, "body_too_large");
}

TEST(HttpServerHostile, RefusesAnAnnouncedBodyThatIsTooLargeWithoutReadingIt) {
  TestServer server;
  const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\n";
  for (const char* length : {"1048577", "1000000000000000"}) {
    const std::string head = begin + "Content-Length: " + length + "\r\n";
    expect_refused(server, head + "\r\n", 413, "body_too_large");
    // No 100 first.
    expect_refused(server, head + "Expect: 100-continue\r\n\r\n", 413, "body_too_large");
  }
}

TEST(HttpServerHostile, ShowsItsRefusalToAClientThatSendsTheWholeBodyFirst) {
  TestServer server;
  TestSocket socket = server.connect();
  socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
  // The answer is there already; were the connection closed, too, the body could not be sent.
  expect_refusal(socket.read_response(), 413, "body_too_large");
  const std::string piece(20'000, 'x');
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(socket.send(piece)) << i;
  EXPECT_EQ(socket.read_all(), "");
  EXPECT_EQ(socket.end(), 0);
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, RefusesTooManyHeaderFields) {
  TestServer server;
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += "a:\r\n";
  expect_refused(server, "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n", 431,
                 "headers_too_large");
}

TEST(HttpServerHostile, AcceptsAHeaderJustWithinItsLimit) {
  TestServer server;
  const std::string begin = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ";
  const std::string fits(131072 - begin.size() - 4, 'x');
  EXPECT_TRUE(server.exchange(begin + fits + "\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  expect_refused(server, begin + fits + "x\r\n\r\n", 431, "headers_too_large");
}

TEST(HttpServerHostile, CutsOffEndlessHeaders) {
  TestServer server;
  const std::string line(1 << 16, 'x');
  std::string fields;
  while (fields.size() < (1 << 16)) fields += "Name: value\r\n";
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  expect_cut_off(server, "", line, 431, "headers_too_large");
  expect_cut_off(server, "GET /", line, 431, "headers_too_large");
  expect_cut_off(server, start, line, 431, "headers_too_large");
  expect_cut_off(server, start + "X: ", line, 431, "headers_too_large");
  expect_cut_off(server, start, fields, 431, "headers_too_large");
}

TEST(HttpServerHostile, CutsOffEndlessChunkedBodies) {
  HttpServerOptions options;
  options.max_body_bytes = [](auto, auto) { return std::size_t{100'000}; };
  TestServer server(std::move(options));
  const std::string start = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string line(1 << 16, '0');
  std::string chunks;
  std::string small_chunks;
  std::string trailers;
  while (chunks.size() < (1 << 16)) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  while (small_chunks.size() < (1 << 16)) small_chunks += "1;ext=ension\r\nx\r\n";
  while (trailers.size() < (1 << 16)) trailers += "Name: value\r\n";
  expect_cut_off(server, start, line, 400, "invalid_request");
  expect_cut_off(server, start + "5;", line, 400, "invalid_request");
  expect_cut_off(server, start, chunks, 413, "body_too_large");
  expect_cut_off(server, start, small_chunks, 413, "body_too_large");
  expect_cut_off(server, start + "0\r\n", trailers, 400, "invalid_request");
}

TEST(HttpServerHostile, CutsOffAnEndlessBodyThatWasAnnounced) {
  TestServer server;
  expect_cut_off(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000000\r\n\r\n",
                 std::string(1 << 16, 'x'), 413, "body_too_large");
}

TEST(HttpServerHostile, DoesNotReadOnWhileAPipelinedRequestIsBeingAnswered) {
  std::function<void(Outcome)> late;
  TestServer server({}, [&](Request request, auto done) {
    if (request.target == "/late") {
      late = std::move(done);
    } else {
      answer_with_request(std::move(request), done);
    }
  });
  TestSocket socket = server.connect();
  std::string requests = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n";
  while (requests.size() < (4u << 20)) requests += "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
  std::thread sender([&] { socket.send(requests); });
  server.wait_until([&] { return late != nullptr; });
  EXPECT_TRUE(server.answers());
  EXPECT_LT(server.counters().bytes_received, 1u << 20);
  server.on_loop([&] { late({{200, {}, "late"}, {}}); });
  EXPECT_TRUE(socket.read_response().ends_with("late"));
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(socket.read_response().ends_with("GET /next\n"));
  server.on_loop([&] { server.server().stop({}); });
  socket.read_all();
  sender.join();
}

TEST(HttpServerHostile, TimesASlowHeaderOut) {
  HttpServerOptions options;
  options.header_timeout = 40ms;
  TestServer server(options);
  TestSocket socket = server.connect();
  socket.send("GET / HTTP/1.1\r\nHo");
  expect_refusal(socket.read_all(), 408, "request_timeout");
  EXPECT_EQ(socket.end(), 0);
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, TimesAHeaderOutThatComesByteByByte) {
  HttpServerOptions options;
  options.header_timeout = 40ms;
  TestServer server(options);
  TestSocket socket = server.connect();
  socket.send("GET / HTTP/1.1\r\nX: ");
  while (server.counters().rejected.empty()) socket.send("x");
  expect_refusal(socket.read_all(), 408, "request_timeout");
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, TimesABodyOutThatDoesNotGoOn) {
  HttpServerOptions options;
  options.body_idle_timeout = 40ms;
  TestServer server(options);
  for (const std::string begin : {"", "abc"}) {
    TestSocket socket = server.connect();
    socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n" + begin);
    expect_refusal(socket.read_all(), 408, "request_timeout");
    EXPECT_TRUE(server.answers());
  }
}

// It makes progress all the time, but far too little.
TEST(HttpServerHostile, TimesABodyOutThatTrickles) {
  HttpServerOptions options;
  options.body_idle_timeout = 100ms;
  options.min_body_bytes_per_second = 1u << 30;
  TestServer server(options);
  TestSocket socket = server.connect();
  socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  while (server.counters().rejected.empty()) socket.send("x");
  expect_refusal(socket.read_all(), 408, "request_timeout");
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, DropsAClientThatDoesNotReadItsAnswer) {
  HttpServerOptions options;
  options.write_timeout = 40ms;
  const std::string body(16u << 20, 'x');
  TestServer server(options, [&](Request request, auto done) {
    if (request.target == "/large") return done({{200, {}, body}, {}});
    answer_with_request(std::move(request), done);
  });
  TestSocket socket = TestSocket::connect(server.port(), 4096);
  socket.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  server.wait_until([&] { return server.server().counters().requests == 1; });
  server.wait_until([&] { return server.server().counters().open_connections == 0; });
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerHostile, HoldsOnlySoManyBodiesAtOnce) {
  HttpServerOptions options;
  options.max_buffered_body_bytes = 1000;
  TestServer server(options);
  const std::string half = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 601\r\n\r\n";
  TestSocket first = server.connect();
  first.send(half + std::string(600, 'x'));
  server.wait_until([&] { return server.server().counters().bytes_received > 600; });
  const std::string refused = server.exchange(half);
  expect_refusal(refused, 503, "too_busy");
  EXPECT_TRUE(has(refused, "Retry-After: 1\r\n")) << refused;
  // One that did not say how much it sends is found out later.
  TestSocket chunked = server.connect();
  chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n190\r\n" +
               std::string(400, 'x') + "\r\n190\r\n" + std::string(400, 'x') + "\r\n");
  expect_refusal(chunked.read_all(), 503, "too_busy");
  first.send("x");
  EXPECT_TRUE(first.read_response().starts_with("HTTP/1.1 200 OK"));
  // What is over is not counted any more.
  EXPECT_TRUE(server
                  .exchange("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            "Content-Length: 1000\r\n\r\n" +
                            std::string(1000, 'x'))
                  .starts_with("HTTP/1.1 200 OK"));
}

TEST(HttpServerHostile, SurvivesConnectionsThatAreResetAtAnyPoint) {
  TestServer server;
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    TestSocket socket = server.connect();
    socket.send(request.substr(0, size));
    socket.abort();
  }
  EXPECT_TRUE(server.answers());
  server.wait_until([&] { return server.server().counters().open_connections == 0; });
}

}  // namespace
}  // namespace terapi::core
