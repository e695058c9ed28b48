#include "core/system/http_sender.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/system/event_loop.h"
#include "core/system/test_peer.h"
#include "core/system/test_server.h"
#include "core/system/test_socket.h"
#include "core/system/test_tls.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

Request post(std::string url, std::string body = "hello") {
  Request request;
  request.method = "POST";
  request.target = std::move(url);
  request.body = std::move(body);
  return request;
}

Request get(std::string url) {
  Request request;
  request.target = std::move(url);
  return request;
}

// The sender's loop runs in the test's own thread.
class HttpSenderTest : public testing::Test {
 protected:
  // A server that shares no code with the sender, and is there until it has gone.
  TestPeer& peer(TestPeer::Answer answer) { return peer_.emplace(std::move(answer)); }
  // Sends, and runs the loop until all that was sent is answered.
  Result<Response> send(Request request, SendOptions options = {}) {
    std::optional<Result<Response>> result;
    sender_->send(std::move(request), options, [&](Result<Response> response) {
      result = std::move(response);
      loop_.stop();
    });
    EXPECT_FALSE(result.has_value()) << "called back inside send";
    loop_.run();
    return std::move(*result);
  }
  std::string error_of(Request request, SendOptions options = {}) {
    const Result<Response> result = send(std::move(request), options);
    return result ? "answered with " + std::to_string(result->status) : result.error().code;
  }
  // What one connection of a listener that does this makes of a request.
  std::string error_with(const std::function<void(TestSocket&)>& peer, SendOptions options = {}) {
    TestListener listener;
    std::thread thread([&] {
      TestSocket socket = listener.accept();
      socket.read_request();
      peer(socket);
    });
    const std::string code = error_of(post(listener.url()), options);
    thread.join();
    return code;
  }
  std::string error_with_answer(std::string answer, SendOptions options = {}) {
    return error_with([&](TestSocket& socket) { socket.send(answer); }, options);
  }
  void restart(HttpSenderOptions options) {
    sender_ = std::make_unique<HttpSender>(loop_, std::move(options));
  }

  std::optional<TestPeer> peer_;
  EventLoop loop_;
  std::unique_ptr<HttpSender> sender_ = std::make_unique<HttpSender>(loop_, HttpSenderOptions{});
};

TEST_F(HttpSenderTest, SendsARequestAndGetsTheAnswer) {
  Request seen;
  const TestPeer& server = peer([&](const Request& request) {
    seen = request;
    return Response{418, {{"X-A", "b"}}, "tea"};
  });
  Request request = post(server.url("/hook?x=1"));
  request.headers = {{"X-One", "1"}, {"Connection", "close"}, {"Content-Length", "77"}};
  const Result<Response> response = send(std::move(request));
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->headers.get("x-a"), "b");
  EXPECT_EQ(response->body, "tea");
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/hook?x=1");
  EXPECT_EQ(seen.body, "hello");
  EXPECT_EQ(seen.headers.get("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(seen.headers.get("Content-Length"), "5");
  EXPECT_EQ(seen.headers.get("X-One"), "1");
}

TEST_F(HttpSenderTest, KeepsConnectionsAlive) {
  const TestPeer& server = peer([](const Request&) { return Response{}; });
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(send(post(server.url("/"))).has_value());
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(sender_->counters().connected, 1u);
}

TEST_F(HttpSenderTest, SendsManyAtOnceOverAFewConnections) {
  const TestPeer& server = peer([](const Request& request) {
    return Response{200, {}, request.method + " " + request.target + "\n" + request.body};
  });
  HttpSenderOptions options;
  options.max_connections_per_host = 4;
  restart(options);
  int answered = 0;
  for (int i = 0; i < 500; ++i) {
    sender_->send(post(server.url("/?" + std::to_string(i))), {},
                  [&, i](Result<Response> response) {
                    ASSERT_TRUE(response.has_value()) << response.error().message;
                    EXPECT_EQ(response->body, "POST /?" + std::to_string(i) + "\nhello");
                    if (++answered == 500) loop_.stop();
                  });
  }
  EXPECT_EQ(sender_->counters().waiting, 496u);
  loop_.run();
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(sender_->counters().waiting, 0u);
}

TEST_F(HttpSenderTest, SpeaksOtherMethodsAndLargeBodies) {
  const TestPeer& server = peer([](const Request& request) {
    if (request.method == "HEAD") return Response{200, {}, "not sent"};
    if (request.method == "DELETE") return Response{204, {}, ""};
    return Response{200, {}, request.body};
  });
  Request head;
  head.method = "HEAD";
  head.target = server.url("/");
  const Result<Response> to_head = send(head);
  ASSERT_TRUE(to_head.has_value());
  EXPECT_EQ(to_head->headers.get("Content-Length"), "8");
  EXPECT_EQ(to_head->body, "");
  Request del;
  del.method = "DELETE";
  del.target = server.url("/");
  EXPECT_EQ(send(del)->status, 204);
  const std::string large(1u << 20, 'x');
  for (int i = 0; i < 2; ++i) {
    const Result<Response> echoed = send(post(server.url("/"), large));
    ASSERT_TRUE(echoed.has_value()) << echoed.error().message;
    EXPECT_EQ(echoed->body, large);
  }
  EXPECT_EQ(sender_->counters().connected, 1u);
}

TEST_F(HttpSenderTest, NeverFollowsARedirect) {
  const TestPeer& server = peer([](const Request&) {
    return Response{302, {{"Location", "/elsewhere"}}, ""};
  });
  EXPECT_EQ(send(post(server.url("/")))->status, 302);
  EXPECT_EQ(server.requests(), 1u);
}

TEST_F(HttpSenderTest, ReadsChunkedAndUnframedAndInterimAnswers) {
  const auto body_of = [&](std::string answer) {
    TestListener listener;
    std::thread thread([&] {
      TestSocket socket = listener.accept();
      socket.read_request();
      for (const char c : answer) socket.send({&c, 1});
    });
    const Result<Response> response = send(post(listener.url()));
    thread.join();
    return response ? std::to_string(response->status) + " " + response->body
                    : response.error().code;
  };
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            "200 abc");
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\n\r\nuntil the end"), "200 until the end");
  EXPECT_EQ(body_of("HTTP/1.0 200 \r\nContent-Length: 2\r\n\r\nab"), "200 ab");
  EXPECT_EQ(body_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n"
                    "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx"),
            "201 x");
}

// What curl takes: a receiver that works with it works.
TEST_F(HttpSenderTest, TakesAnswersThatAreOddlyWritten) {
  for (const std::string& answer : std::vector<std::string>{
           "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 200\nContent-Length: 2\n\nok",
           "HTTP/1.0 200\n\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok",
           "HTTP/1.1 100\n\nHTTP/1.1 200\nContent-Length: 2\n\nok",
           "HTTP/1.1 200\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n",
           "HTTP/1.1 200 Tr\xE8s bien\r\nContent-Length: 2\r\n\r\nok",
           "http/1.1\t200  OK\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/2 200\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.1 200 OK\r\r\nContent-Length : 2\r\n: x\r\nX (y): z\r\n goes on\r\nA: "
           "\x01\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: "
           "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') +
               "\r\nContent-Length: 2\r\n\r\nok"}) {
    // At once, and byte by byte.
    for (const std::size_t piece : {answer.size(), std::size_t{1}}) {
      TestListener listener;
      std::thread thread([&] {
        TestSocket socket = listener.accept();
        socket.read_request();
        for (std::size_t at = 0; at < answer.size(); at += piece) {
          socket.send(answer.substr(at, piece));
        }
      });
      const Result<Response> response = send(post(listener.url()));
      thread.join();
      ASSERT_TRUE(response) << answer << ": " << response.error().message;
      EXPECT_EQ(response->status, 200);
      EXPECT_EQ(response->body, "ok");
    }
  }
}

TEST_F(HttpSenderTest, TellsErrorsApart) {
  EXPECT_EQ(error_of(post("ftp://127.0.0.1/")), "bad_url");
  EXPECT_EQ(error_of(post("http://nowhere.invalid/")), "name_not_resolved");
  TestListener closed;
  const std::string url = closed.url();
  closed.close();
  EXPECT_EQ(error_of(post(url)), "connection_refused");
  EXPECT_EQ(error_with([](TestSocket& socket) { socket.close(); }), "connection_reset");
  EXPECT_EQ(error_with([](TestSocket& socket) { socket.abort(); }), "connection_reset");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nContent-Le"), "connection_reset");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"), "truncated_body");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
            "truncated_body");
  for (const char* answer :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
        "HTTP/0.9 200\r\n\r\n", "HTTP/1.1\r\n\r\n", "HT\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"}) {
    EXPECT_EQ(error_with_answer(answer), "bad_response") << answer;
  }
  EXPECT_EQ(error_with_answer(std::string("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", 25)), "bad_response");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
            "bad_response");
  EXPECT_EQ(error_with_answer("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "bad_response");
}

TEST_F(HttpSenderTest, TimesOut) {
  TestListener listener;  // connects, and never answers
  EXPECT_EQ(error_of(post(listener.url()), {.timeout = 20ms}), "timeout");
  EXPECT_EQ(sender_->counters().open_connections, 0u);
}

// The time-out is the receiver's: the second one's begins when the first one has gone.
TEST_F(HttpSenderTest, DoesNotCountTheTimeInItsQueue) {
  HttpSenderOptions options;
  options.max_connections_per_host = 1;
  restart(options);
  TestListener listener;
  std::vector<std::string> order;
  const auto note = [&](const char* which) {
    return [&order, this, which](Result<Response> response) {
      order.push_back(std::string(which) + " " + (response ? "?" : response.error().code));
      if (order.size() == 2) loop_.stop();
    };
  };
  const auto begin = std::chrono::steady_clock::now();
  sender_->send(post(listener.url()), {.timeout = 60ms}, note("first"));
  sender_->send(post(listener.url()), {.timeout = 20ms}, note("second"));
  loop_.run();
  EXPECT_EQ(order, (std::vector<std::string>{"first timeout", "second timeout"}));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 80ms);
  EXPECT_EQ(sender_->counters().waiting, 0u);
}

TEST_F(HttpSenderTest, CallsWhenARequestsTurnHasCome) {
  HttpSenderOptions options;
  options.max_connections_per_host = 1;
  restart(options);
  std::vector<std::string> seen;
  const TestPeer& server = peer([&](const Request& request) {
    seen.push_back(request.body + " " + std::string(request.headers.get("X-Turn").value_or("-")));
    return Response{};
  });
  int turns = 0;
  int answered = 0;
  SendOptions with_turn;
  with_turn.on_turn = [&](Request& request) {
    request.headers.add("X-Turn", std::to_string(++turns));
  };
  for (const char* body : {"a", "b"}) {
    sender_->send(post(server.url("/"), body), with_turn, [&](Result<Response> response) {
      EXPECT_TRUE(response.has_value());
      if (++answered == 2) loop_.stop();
    });
  }
  EXPECT_EQ(turns, 1);
  loop_.run();
  EXPECT_EQ(seen, (std::vector<std::string>{"a 1", "b 2"}));
}

TEST_F(HttpSenderTest, DoesNotLetASlowPathHoldUpAnotherOfItsHost) {
  HttpSenderOptions options;
  options.max_connections_per_host = 2;
  restart(options);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  const TestPeer& server = peer([released](const Request& request) {
    if (request.target.starts_with("/slow")) released.wait();
    return Response{};
  });
  int slow = 0;
  for (int i = 0; i < 4; ++i) {
    sender_->send(post(server.url("/slow?" + std::to_string(i))), {}, [&](Result<Response>) {
      if (++slow == 4) loop_.stop();
    });
  }
  EXPECT_EQ(sender_->counters().waiting, 2u);
  EXPECT_TRUE(send(post(server.url("/fast"))).has_value());
  EXPECT_EQ(slow, 0);
  release.set_value();
  loop_.run();
  EXPECT_EQ(slow, 4);
}

// Each path its first one, but no more connections than four times the number.
TEST_F(HttpSenderTest, BoundsTheConnectionsOfAHostWithManyPaths) {
  HttpSenderOptions options;
  options.max_connections_per_host = 2;
  restart(options);
  TestListener silent;
  for (int i = 0; i < 20; ++i) {
    for (int path = 0; path < 20; ++path) {
      sender_->send(post(silent.url("/" + std::to_string(path))), {}, [](Result<Response>) {});
    }
    EXPECT_EQ(sender_->counters().open_connections, 8u);
  }
  EXPECT_EQ(sender_->counters().waiting, 392u);
}

TEST_F(HttpSenderTest, DoesNotLetASlowHostHoldUpAnother) {
  HttpSenderOptions options;
  options.max_connections_per_host = 1;
  restart(options);
  TestListener slow;
  for (int i = 0; i < 10; ++i) {
    sender_->send(post(slow.url()), {}, [](Result<Response>) { FAIL(); });
  }
  TestServer fast;
  EXPECT_TRUE(send(post(fast.url("/"))).has_value());
}

TEST_F(HttpSenderTest, SharesABoundedNumberOfConnectionsAmongHosts) {
  HttpSenderOptions options;
  options.max_connections = 2;
  restart(options);
  std::vector<std::unique_ptr<TestServer>> servers;
  for (int i = 0; i < 5; ++i) servers.push_back(std::make_unique<TestServer>());
  int answered = 0;
  for (int round = 0; round < 4; ++round) {
    for (const auto& server : servers) {
      sender_->send(post(server->url("/")), {}, [&](Result<Response> response) {
        EXPECT_TRUE(response.has_value());
        EXPECT_LE(sender_->counters().open_connections, 2u);
        if (++answered == 20) loop_.stop();
      });
    }
  }
  loop_.run();
  EXPECT_EQ(answered, 20);
}

TEST_F(HttpSenderTest, BoundsTheAnswer) {
  const SendOptions limit{.timeout = 20s, .max_response_bytes = 10};
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", limit),
            "answered with 200");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", limit),
            "response_too_large");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", limit),
            "response_too_large");
  EXPECT_EQ(error_with_answer("HTTP/1.1 200 OK\r\n\r\n01234567890", limit), "response_too_large");
}

// Where the status is all that is needed, the head is the answer, however its body goes on.
TEST_F(HttpSenderTest, NeedsNoMoreThanTheHeadForAStatus) {
  const auto answer_with = [&](const std::string& answer, bool ends) {
    TestListener listener;
    std::promise<void> done;
    std::thread thread([&] {
      TestSocket socket = listener.accept();
      socket.read_request();
      socket.send(answer);
      if (!ends) done.get_future().wait();
    });
    const Result<Response> response =
        send(post(listener.url()), {.timeout = ends ? Duration(20s) : Duration(50ms),
                                    .max_response_bytes = 10,
                                    .needed = AnswerNeeded::kStatus});
    done.set_value();
    thread.join();
    return response ? std::to_string(response->status) + " " + response->body
                    : response.error().code;
  };
  for (const bool ends : {true, false}) {
    EXPECT_EQ(
        answer_with("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + std::string(99, 'x'), ends),
        "200 xxxxxxxxxx");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", ends), "200 abc");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\nabc", ends),
              "200 abc");
    EXPECT_EQ(answer_with("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ends),
              "500 ab");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", ends),
              "200 ");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc", ends),
              "200 abc");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\n\r\n", ends), "200 ");
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nContent-Le", ends),
              ends ? "connection_reset" : "timeout");
  }
  EXPECT_EQ(sender_->counters().open_connections, 0u);
}

TEST_F(HttpSenderTest, CutsOffEndlessAnswers) {
  const auto endless = [&](std::string begin, std::string piece) {
    std::size_t sent = 0;
    const std::string code = error_with(
        [&](TestSocket& socket) {
          socket.send(begin);
          sent = socket.send_endlessly(piece, std::size_t{64} << 20);
        },
        {.timeout = 20s, .max_response_bytes = 100'000});
    EXPECT_LT(sent, std::size_t{32} << 20);
    return code;
  };
  const std::string line(1 << 16, 'x');
  EXPECT_EQ(endless("HTTP/1.1 200 ", line), "bad_response");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\nX: ", line), "bad_response");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\n", "Name: value\r\n"), "bad_response");
  EXPECT_EQ(endless("", "HTTP/1.1 100 Continue\r\n\r\n"), "bad_response");
  EXPECT_EQ(endless("HTTP/1.1 200 OK\r\n\r\n", line), "response_too_large");
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(endless(chunked + "5;", line), "bad_response");
  EXPECT_EQ(endless(chunked, "5\r\nabcde\r\n"), "response_too_large");
}

// Takes one request, and answers with that letter.
void answer_one(TestSocket& socket, const std::string& letter) {
  socket.read_request();
  socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + letter);
}

// The peer closes an idle connection just when it is used again.
TEST_F(HttpSenderTest, SendsOnceMoreWhenAReusedConnectionHadGoneStale) {
  for (const bool orderly : {true, false}) {
    TestListener listener;
    std::thread thread([&] {
      {
        TestSocket socket = listener.accept();
        answer_one(socket, "1");
        // The second request, on the same connection.
        socket.read_request();
        if (!orderly) socket.abort();
      }
      TestSocket socket = listener.accept();
      answer_one(socket, "2");
    });
    EXPECT_EQ(send(get(listener.url()))->body, "1");
    const Result<Response> second = send(get(listener.url()));
    thread.join();
    ASSERT_TRUE(second.has_value()) << second.error().message;
    EXPECT_EQ(second->body, "2");
  }
  EXPECT_EQ(sender_->counters().retried, 2u);
}

TEST_F(HttpSenderTest, DoesNotSendAgainOtherwise) {
  // On a fresh connection; after the first byte of an answer; and not a third time.
  EXPECT_EQ(error_with([](TestSocket& socket) { socket.close(); }), "connection_reset");
  TestListener listener;
  std::thread thread([&] {
    TestSocket first = listener.accept();
    answer_one(first, "1");
    first.read_request();
    first.send("H");
    first.close();
    TestSocket second = listener.accept();
    answer_one(second, "2");
    second.read_request();
    second.close();
    TestSocket third = listener.accept();
    third.read_request();
    third.close();
  });
  EXPECT_TRUE(send(get(listener.url())).has_value());
  EXPECT_EQ(error_of(get(listener.url())), "connection_reset");
  EXPECT_EQ(sender_->counters().retried, 0u);
  EXPECT_TRUE(send(get(listener.url())).has_value());
  EXPECT_EQ(error_of(get(listener.url())), "connection_reset");
  EXPECT_EQ(sender_->counters().retried, 1u);
  thread.join();
}

// A receiver that closes after each answer without saying so costs no attempt.
TEST_F(HttpSenderTest, SendsAPostOnceMoreWhereThatIsAllowed) {
  HttpSenderOptions options;
  options.max_connections_per_host = 4;
  restart(options);
  constexpr int kRequests = 100;
  TestListener listener;
  std::thread thread([&] {
    for (int answered = 0; answered < kRequests;) {
      TestSocket socket = listener.accept();
      if (socket.read_request().empty()) continue;
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
      ++answered;
    }
  });
  int answered = 0;
  for (int i = 0; i < kRequests; ++i) {
    sender_->send(post(listener.url()), {.may_repeat = true}, [&](Result<Response> response) {
      EXPECT_TRUE(response.has_value()) << response.error().message;
      if (++answered == kRequests) loop_.stop();
    });
  }
  loop_.run();
  thread.join();
}

// It is closed already, and the loop has not come to it yet.
TEST_F(HttpSenderTest, DoesNotUseAConnectionThatIsClosedAlready) {
  TestListener listener;
  std::promise<void> answered;
  std::promise<void> closed;
  std::thread thread([&] {
    {
      TestSocket socket = listener.accept();
      answer_one(socket, "1");
      answered.get_future().wait();
    }
    closed.set_value();
    TestSocket socket = listener.accept();
    answer_one(socket, "2");
  });
  EXPECT_TRUE(send(post(listener.url())).has_value());
  answered.set_value();
  closed.get_future().wait();
  const Result<Response> second = send(post(listener.url()));
  thread.join();
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(second->body, "2");
  EXPECT_EQ(sender_->counters().retried, 0u);
}

// Whoever got it may have acted on it.
TEST_F(HttpSenderTest, SendsNoPostTwiceUnlessThatIsAllowed) {
  TestListener listener;
  std::thread thread([&] {
    TestSocket socket = listener.accept();
    answer_one(socket, "1");
    socket.read_request();
    socket.abort();
  });
  EXPECT_TRUE(send(post(listener.url())).has_value());
  EXPECT_EQ(error_of(post(listener.url())), "connection_reset");
  EXPECT_EQ(sender_->counters().retried, 0u);
  thread.join();
}

TEST_F(HttpSenderTest, DropsAConnectionOnWhichMoreComesThanWasAskedFor) {
  TestListener listener;
  std::thread thread([&] {
    std::vector<TestSocket> open;
    for (int i = 0; i < 2; ++i) {
      open.push_back(listener.accept());
      open.back().read_request();
      open.back().send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\n\r\n");
    }
  });
  const SendOptions options{.timeout = 5s};
  EXPECT_TRUE(send(post(listener.url()), options).has_value());
  EXPECT_TRUE(send(post(listener.url()), options).has_value());
  thread.join();
  EXPECT_EQ(sender_->counters().connected, 2u);
}

// A server that restarts closes all connections at once: the second try must not meet another of
// them.
TEST_F(HttpSenderTest, SendsOnceMoreOnlyOnAFreshConnection) {
  constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
  TestListener listener;
  std::promise<void> idle;
  std::promise<void> closed;
  std::thread thread([&] {
    TestSocket first = listener.accept();
    TestSocket second = listener.accept();
    first.read_request();
    second.read_request();
    first.send(kAnswer);
    second.send(kAnswer);
    idle.get_future().wait();
    second.close();
    first.close();
    closed.set_value();
    TestSocket third = listener.accept();
    third.read_request();
    third.send(kAnswer);
  });
  int answered = 0;
  const auto count = [&](Result<Response> response) {
    EXPECT_TRUE(response.has_value());
    if (++answered == 2) loop_.stop();
  };
  sender_->send(get(listener.url()), {}, count);
  sender_->send(get(listener.url()), {}, count);
  loop_.run();
  idle.set_value();
  // The loop stood still when the connections were closed: nobody has noticed yet.
  closed.get_future().wait();
  EXPECT_TRUE(send(get(listener.url())).has_value());
  thread.join();
}

TEST_F(HttpSenderTest, TakesAnAnswerThatComesBeforeTheWholeRequestIsRead) {
  TestServer server;  // refuses 2 MB with 413 before it reads them
  const Result<Response> response = send(post(server.url("/"), std::string(2'000'000, 'x')));
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 413);
  EXPECT_TRUE(send(post(server.url("/"))).has_value());
}

TEST_F(HttpSenderTest, DoesNotReuseAConnectionWhileARequestIsStillBeingWritten) {
  constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
  TestListener listener;
  std::thread thread([&] {
    TestSocket first = listener.accept();
    first.read_some();
    first.send(kAnswer);
    TestSocket second = listener.accept();
    second.read_request();
    second.send(kAnswer);
  });
  const SendOptions options{.timeout = 5s};
  EXPECT_TRUE(send(post(listener.url(), std::string(32u << 20, 'x')), options).has_value());
  EXPECT_TRUE(send(post(listener.url()), options).has_value());
  thread.join();
}

// While it is held, what is under way goes on, and nobody's turn comes.
TEST_F(HttpSenderTest, BeginsNothingWhileItIsHeld) {
  TestServer server;
  std::string order;
  SendOptions options;
  options.on_turn = [&](Request& request) { order += "turn:" + request.body + " "; };
  const auto send_one = [&](const std::string& body) {
    sender_->send(post(server.url("/"), body), options,
                  [&order, body](const Result<Response>&) { order += "done:" + body + " "; });
  };
  send_one("a");
  sender_->hold();
  send_one("b");
  while (sender_->counters().sent < 1) loop_.poll();
  for (int i = 0; i < 100; ++i) loop_.poll();
  EXPECT_EQ(order, "turn:a done:a ");
  EXPECT_EQ(sender_->counters().waiting, 1u);
  sender_->go_on();
  while (sender_->counters().sent < 2) loop_.poll();
  EXPECT_EQ(order, "turn:a done:a turn:b done:b ");
}

TEST_F(HttpSenderTest, ClosesIdleConnections) {
  HttpSenderOptions options;
  options.idle_timeout = 20ms;
  restart(options);
  TestServer server;
  ASSERT_TRUE(send(post(server.url("/"))).has_value());
  EXPECT_EQ(sender_->counters().open_connections, 1u);
  loop_.clock().at(loop_.clock().now() + 60ms, [&] { loop_.stop(); });
  loop_.run();
  EXPECT_EQ(sender_->counters().open_connections, 0u);
}

TEST_F(HttpSenderTest, NoticesWhenAnIdleConnectionIsClosedByItsPeer) {
  HttpServerOptions options;
  options.idle_timeout = 20ms;
  TestServer server(options);
  ASSERT_TRUE(send(post(server.url("/"))).has_value());
  server.wait_until([&] { return server.server().counters().open_connections == 0; });
  while (sender_->counters().open_connections != 0) loop_.poll();
  EXPECT_EQ(sender_->counters().retried, 0u);
}

TEST_F(HttpSenderTest, DropsWhatIsInFlightWhenDestroyed) {
  TestListener silent;
  TestServer server;
  HttpSenderOptions options;
  options.max_connections_per_host = 2;
  for (int turns = 0; turns < 8; ++turns) {
    restart(options);
    auto mark = std::make_shared<int>(0);
    for (int i = 0; i < 4; ++i) {
      sender_->send(post(silent.url()), {}, [mark](Result<Response>) { FAIL(); });
    }
    sender_->send(post("nonsense"), {}, [mark](Result<Response>) {});
    sender_->send(post("http://localhost:1/"), {}, [mark](Result<Response>) {});
    sender_->send(post(server.url("/")), {}, [mark](Result<Response>) {});
    for (int i = 0; i < turns; ++i) loop_.poll();
    sender_.reset();
    while (mark.use_count() > 1) loop_.poll();
  }
}

TEST_F(HttpSenderTest, MayBeDestroyedByACallback) {
  TestServer server;
  for (const std::string& url : {server.url("/"), std::string("nonsense")}) {
    restart({});
    sender_->send(post(url), {}, [&](Result<Response>) {
      sender_.reset();
      loop_.stop();
    });
    loop_.run();
    EXPECT_EQ(sender_, nullptr);
  }
}

TEST_F(HttpSenderTest, MaySendFromACallback) {
  TestServer server;
  int left = 100;
  std::function<void(Result<Response>)> again = [&](Result<Response> response) {
    ASSERT_TRUE(response.has_value());
    if (--left == 0) return loop_.stop();
    sender_->send(post(server.url("/")), {}, again);
  };
  sender_->send(post(server.url("/")), {}, again);
  loop_.run();
  EXPECT_EQ(sender_->counters().connected, 1u);
}

constexpr char kTlsAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";

TEST_F(HttpSenderTest, SpeaksHttpsWithATrustedHost) {
  const TestCertificate certificate("localhost");
  TestTlsServer server(certificate, kTlsAnswer);
  HttpSenderOptions options;
  options.trusted_certificates = certificate.path();
  restart(options);
  for (int i = 0; i < 2; ++i) {
    const Result<Response> response = send(post(server.url("/"), std::string(2000, 'x')));
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "secret");
  }
  EXPECT_EQ(sender_->counters().connected, 1u);
  sender_.reset();
  loop_.poll();
}

TEST_F(HttpSenderTest, RefusesACertificateThatIsNotTrusted) {
  const TestCertificate certificate("localhost");
  TestTlsServer server(certificate, kTlsAnswer);
  EXPECT_EQ(error_of(post(server.url("/"))), "bad_response");
}

TEST_F(HttpSenderTest, RefusesACertificateForAnotherHost) {
  const TestCertificate certificate("elsewhere.example");
  TestTlsServer server(certificate, kTlsAnswer);
  HttpSenderOptions options;
  options.trusted_certificates = certificate.path();
  restart(options);
  EXPECT_EQ(error_of(post(server.url("/"))), "bad_response");
}

TEST_F(HttpSenderTest, SaysWhenTheTrustedCertificatesCannotBeRead) {
  HttpSenderOptions options;
  options.trusted_certificates = "/does/not/exist";
  restart(options);
  EXPECT_EQ(error_of(post("https://localhost:1/")), "bad_url");
}

}  // namespace
}  // namespace terapi::core
