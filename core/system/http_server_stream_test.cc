// Answers whose body is not all there yet (Outcome.rest).
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/body_source.h"
#include "core/system/test_server.h"

namespace terapi::core {
namespace {

constexpr std::string_view kAsk = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

// A body that comes when the test says so. Everything on the loop's thread.
struct Tap {
  BodySource::Take waiting;
  int asked = 0;
  bool gone = false;
};

class TapSource final : public BodySource {
 public:
  explicit TapSource(std::shared_ptr<Tap> tap) : tap_(std::move(tap)) {}
  ~TapSource() override {
    tap_->gone = true;
    tap_->waiting = nullptr;
  }
  void read(Take take) override {
    ++tap_->asked;
    tap_->waiting = std::move(take);
  }

 private:
  std::shared_ptr<Tap> tap_;
};

// Answers with `head`, and what the tap gives after it.
class StreamingServer : public TestServer {
 public:
  explicit StreamingServer(Response head, WireFaults wire = {})
      : StreamingServer(std::make_shared<Tap>(), std::move(head), wire) {}

  void give(std::string piece) { pass(std::optional(std::move(piece))); }
  void end() { pass(std::optional<std::string>()); }
  void cut_off() { pass(Error{"connection_reset", "the peer reset the connection"}); }
  void wait_until_gone() {
    wait_until([this] { return tap_->gone; });
  }
  int asked() {
    return on_loop([this] { return tap_->asked; });
  }

 private:
  void pass(BodySource::Piece piece) {
    wait_until([this] { return static_cast<bool>(tap_->waiting); });
    on_loop([&] { std::exchange(tap_->waiting, nullptr)(std::move(piece)); });
  }

  StreamingServer(std::shared_ptr<Tap> tap, Response head, WireFaults wire)
      : TestServer({},
                   [tap, head, wire](const Request& request, const auto& done) {
                     if (request.target == "/alive") return answer_with_request(request, done);
                     done({head, wire, std::make_shared<TapSource>(tap)});
                   }),
        tap_(std::move(tap)) {}

  std::shared_ptr<Tap> tap_;
};

TEST(HttpServerStream, SendsEachPieceAsItComes) {
  StreamingServer server({200, {{"Content-Type", "text/event-stream"}}, ""});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  const std::string head = socket.read_until("\r\n\r\n");
  EXPECT_TRUE(has(head, "Transfer-Encoding: chunked\r\n")) << head;
  EXPECT_FALSE(has(head, "Content-Length")) << head;
  server.give("hello");
  EXPECT_EQ(socket.read_until("hello"), "5\r\nhello");
  server.give(std::string(16, 'x'));
  EXPECT_EQ(socket.read_until("x"), "\r\n10\r\n" + std::string(16, 'x'));
  server.end();
  EXPECT_EQ(socket.read_until("0\r\n\r\n"), "\r\n0\r\n\r\n");
  server.wait_until_gone();
  // And the connection goes on.
  socket.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("GET /alive\n"));
}

TEST(HttpServerStream, BeginsWithWhatIsThere) {
  StreamingServer server({200, {}, "first"});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  EXPECT_TRUE(socket.read_until("first").ends_with("\r\n\r\n5\r\nfirst"));
  server.give("more");
  server.end();
  EXPECT_EQ(socket.read_until("0\r\n\r\n"), "\r\n4\r\nmore\r\n0\r\n\r\n");
}

TEST(HttpServerStream, SendsAnEmptyBodyInChunks) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.end();
  EXPECT_TRUE(socket.read_until("0\r\n\r\n").ends_with("\r\n\r\n0\r\n\r\n"));
}

TEST(HttpServerStream, KeepsALengthThatWasAnnounced) {
  StreamingServer server({200, {{"Content-Length", "9"}}, "first"});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.give("more");
  server.end();
  const std::string response = socket.read_response();
  EXPECT_TRUE(response.ends_with("\r\n\r\nfirstmore")) << response;
  EXPECT_TRUE(has(response, "Content-Length: 9\r\n")) << response;
  EXPECT_FALSE(has(response, "chunked")) << response;
  server.wait_until_gone();
  socket.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("GET /alive\n"));
}

// A peer of HTTP/1.0 knows no chunks.
TEST(HttpServerStream, EndsWithTheConnectionForHttp10) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = server.connect();
  socket.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  server.give("hello");
  server.end();
  const std::string response = socket.read_all();
  EXPECT_TRUE(response.ends_with("\r\n\r\nhello")) << response;
  EXPECT_TRUE(has(response, "Connection: close\r\n")) << response;
  EXPECT_FALSE(has(response, "chunked")) << response;
}

// Whoever reads must see that something is missing.
TEST(HttpServerStream, LeavesOutTheEndOfWhatIsCutOff) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.give("hello");
  server.cut_off();
  EXPECT_TRUE(socket.read_all().ends_with("\r\n\r\n5\r\nhello"));
  server.wait_until_gone();
}

TEST(HttpServerStream, ClosesWhereLessComesThanWasAnnounced) {
  StreamingServer server({200, {{"Content-Length", "9"}}, ""});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.give("hello");
  server.end();
  EXPECT_TRUE(socket.read_all().ends_with("\r\n\r\nhello"));
}

// What it comes from need not go on for nobody.
TEST(HttpServerStream, DropsTheSourceWhenThePeerLeaves) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.give("hello");
  socket.read_until("hello");
  socket.close();
  server.wait_until_gone();
}

// The next piece is asked for when the last one has left, so that a slow peer slows the source
// down.
TEST(HttpServerStream, AsksForNoMoreThanThePeerTakes) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = TestSocket::connect(server.port(), 4096);
  socket.send(kAsk);
  const std::string big(std::size_t{6} << 20, 'x');  // more than both sockets hold
  server.give(big);
  EXPECT_EQ(server.asked(), 1);
  std::size_t taken = 0;
  while (taken < big.size()) taken += socket.read_some().size();
  server.end();
  EXPECT_EQ(server.asked(), 2);
}

TEST(HttpServerStream, SendsNoBodyToHead) {
  StreamingServer server({200, {{"Content-Length", "1000000"}}, ""});
  TestSocket socket = server.connect();
  socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(has(socket.read_response(false), "Content-Length: 1000000\r\n"));
  server.wait_until_gone();
  socket.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(socket.read_response().ends_with("GET /alive\n"));
}

// Whoever passes the answer to a HEAD on has no body to tell the length by.
TEST(HttpServerStream, PassesOnTheLengthOfWhatHeadDidNotBring) {
  TestServer server({}, [](const Request& request, const auto& done) {
    if (request.target == "/alive") return answer_with_request(request, done);
    done({{200, {{"Content-Length", "1000000"}}, ""}, {}});
  });
  TestSocket socket = server.connect();
  socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(has(socket.read_response(false), "Content-Length: 1000000\r\n"));
  EXPECT_TRUE(server.answers());
}

TEST(HttpServerStream, SaysNoLengthOfWhatHeadDidNotBringWhereNobodyKnows) {
  TestServer server({}, [](const Request& request, const auto& done) {
    if (request.target == "/alive") return answer_with_request(request, done);
    done({{200, {}, ""}, {}});
  });
  TestSocket socket = server.connect();
  socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_FALSE(has(socket.read_response(false), "Content-Length"));
  EXPECT_TRUE(server.answers());
}

// Whoever reads until the connection closes would take an orderly end for that of the body.
TEST(HttpServerStream, ResetsWhereTheEndWouldLookLikeOne) {
  StreamingServer server({200, {}, ""});
  TestSocket socket = server.connect();
  socket.send("GET / HTTP/1.0\r\n\r\n");
  server.give("hello");
  socket.read_until("hello");
  server.cut_off();
  socket.read_all();
  EXPECT_TRUE(socket.was_reset());
}

TEST(HttpServerStream, CutsItShortWhereAFaultSays) {
  WireFaults wire;
  wire.truncate_after = 7;
  StreamingServer server({200, {}, "abc"}, wire);
  TestSocket socket = server.connect();
  socket.send(kAsk);
  server.give("defgh");
  EXPECT_TRUE(socket.read_all().ends_with("\r\n\r\n3\r\nabc\r\n5\r\ndefg"));
  server.wait_until_gone();
}

}  // namespace
}  // namespace terapi::core
