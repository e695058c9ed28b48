// Answers that are opened: read while they come (HttpSender::open).
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/test_socket.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kChunkedHead =
    "HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n";

// The sender's loop runs in the test's own thread, the peer in another.
class HttpSenderStream : public testing::Test {
 protected:
  ~HttpSenderStream() override {
    rest_.reset();
    if (thread_.joinable()) thread_.join();
  }

  void peer(std::function<void(TestSocket&)> does) {
    thread_ = std::thread([this, does = std::move(does)] {
      TestSocket socket = listener_.accept();
      socket.read_request();
      does(socket);
    });
  }
  Result<Response> open(SendOptions options = {}) {
    std::optional<Result<OpenedAnswer>> answer;
    Request request;
    request.target = listener_.url();
    sender_.open(std::move(request), options, [&](Result<OpenedAnswer> opened) {
      answer = std::move(opened);
      loop_.stop();
    });
    loop_.run();
    if (!*answer) return answer->error();
    rest_ = std::move((*answer)->rest);
    return std::move((*answer)->response);
  }
  BodySource::Piece read() {
    std::optional<BodySource::Piece> piece;
    rest_->read([&](BodySource::Piece next) {
      piece = std::move(next);
      loop_.stop();
    });
    EXPECT_FALSE(piece.has_value()) << "called back inside read";
    loop_.run();
    return std::move(*piece);
  }
  // Reads until so many bytes are there in all, or it ends.
  std::string read_until(std::string text, std::size_t bytes) {
    while (text.size() < bytes) {
      const BodySource::Piece piece = read();
      if (!piece || !*piece) break;
      text += **piece;
    }
    return text;
  }

  TestListener listener_;
  EventLoop loop_;
  HttpSender sender_{loop_, {}};
  std::shared_ptr<BodySource> rest_;
  std::thread thread_;
};

TEST_F(HttpSenderStream, GivesTheHeadAndEachPieceAsTheyCome) {
  std::promise<void> opened;
  std::promise<void> read_first;
  peer([&](TestSocket& socket) {
    socket.send(kChunkedHead);
    opened.get_future().wait();
    socket.send("5\r\nhello\r\n");
    read_first.get_future().wait();
    socket.send("6\r\n world\r\n0\r\n\r\n");
    socket.read_all();
  });
  const Result<Response> head = open();
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->headers.get("X-A"), "b");
  ASSERT_TRUE(rest_);
  opened.set_value();
  EXPECT_EQ(read_until(head->body, 5), "hello");
  read_first.set_value();
  EXPECT_EQ(read_until("", 6), " world");
  const BodySource::Piece end = read();
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->has_value());
  EXPECT_EQ(sender_.counters().open_connections, 1u);  // and can be used again
  listener_.close();
}

TEST_F(HttpSenderStream, GivesAllAtOnceWhatCameAtOnce) {
  peer([](TestSocket& socket) {
    socket.send("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!");
  });
  const Result<Response> answer = open();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(read_until(answer->body, rest_ ? 3 : 0), "no!");
}

TEST_F(HttpSenderStream, TakesABodyOfAnySize) {
  const std::size_t size = std::size_t{20} << 20;
  peer([&](TestSocket& socket) {
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    socket.send(std::string(size, 'x'));
    socket.read_all();
  });
  SendOptions options;
  options.max_response_bytes = 1024;
  const Result<Response> head = open(options);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(read_until(head->body, size).size(), size);
}

// What nobody reads stays with its sender: no more of it is taken than a pipe and the system's
// buffers hold.
TEST_F(HttpSenderStream, TakesNoMoreThanItsReaderLeavesRoomFor) {
  constexpr std::size_t kFarTooMuch = std::size_t{64} << 20;
  constexpr int kRoundsWithoutRoom = 1000;
  std::promise<TestSocket*> opened;
  std::promise<void> seen;
  peer([&](TestSocket& socket) {
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kFarTooMuch) + "\r\n\r\n");
    opened.set_value(&socket);
    seen.get_future().wait();
  });
  const Result<Response> head = open();
  ASSERT_TRUE(head) << head.error().message;
  TestSocket& socket = *opened.get_future().get();
  const std::string piece(std::size_t{1} << 20, 'x');
  std::size_t sent = 0;
  for (int round = 0; round < kRoundsWithoutRoom && sent < kFarTooMuch; ++round) {
    if (const std::size_t part = socket.send_what_fits(piece); part > 0) {
      sent += part;
      round = 0;
    }
    loop_.poll();
  }
  EXPECT_LT(sent, kFarTooMuch / 2);
  // It goes on where it stopped as soon as somebody reads.
  EXPECT_EQ(read_until(head->body, sent).size(), sent);
  EXPECT_GT(socket.send_what_fits(piece), 0U);
  seen.set_value();
}

TEST_F(HttpSenderStream, SaysWhereItWasCutOff) {
  peer([](TestSocket& socket) {
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  });
  const Result<Response> head = open();
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(read_until(head->body, 5), "hello");
  const BodySource::Piece end = read();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, "truncated_body");
}

// Whoever sends need not go on for nobody.
TEST_F(HttpSenderStream, ClosesTheConnectionWhenTheReaderGoes) {
  std::promise<void> closed;
  peer([&](TestSocket& socket) {
    socket.send(kChunkedHead);
    socket.read_all();
    closed.set_value();
  });
  ASSERT_TRUE(open());
  rest_.reset();
  closed.get_future().wait();
  EXPECT_EQ(sender_.counters().open_connections, 0u);
}

TEST_F(HttpSenderStream, IsImpatientForTheHead) {
  peer([](TestSocket& socket) { socket.read_all(); });
  SendOptions options;
  options.timeout = 20ms;
  const Result<Response> answer = open(options);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "timeout");
}

TEST_F(HttpSenderStream, IsPatientBetweenPiecesUpToALimit) {
  peer([](TestSocket& socket) {
    socket.send(kChunkedHead);
    socket.read_all();
  });
  SendOptions options;
  options.piece_timeout = 20ms;
  ASSERT_TRUE(open(options));
  const BodySource::Piece end = read();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, "timeout");
  EXPECT_EQ(sender_.counters().open_connections, 0u);
}

// A stream may last for ever; the time-outs of those that wait would never begin.
TEST(HttpSenderStreams, HoldUpNobodyElse) {
  EventLoop loop;
  HttpSender sender(loop, {.max_connections_per_host = 2});
  TestListener listener;
  std::thread peer([&] {
    std::vector<TestSocket> sockets;
    for (int i = 0; i < 5; ++i) {
      sockets.push_back(listener.accept());
      sockets.back().read_request();
      sockets.back().send(kChunkedHead);
    }
    sockets.back().read_all();
  });
  std::vector<std::shared_ptr<BodySource>> rests;
  for (int i = 0; i < 5; ++i) {
    Request request;
    request.target = listener.url();
    sender.open(std::move(request), {}, [&](Result<OpenedAnswer> answer) {
      rests.push_back(answer->rest);
      if (rests.size() == 5) loop.stop();
    });
  }
  loop.run();
  EXPECT_EQ(sender.counters().waiting, 0u);
  rests.clear();
  EXPECT_EQ(sender.counters().open_connections, 0u);
  peer.join();
}

}  // namespace
}  // namespace terapi::core
