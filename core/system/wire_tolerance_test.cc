// What docs/wire.md says of requests and answers, row by row.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/test_server.h"
#include "core/system/test_socket.h"
#include "core/test_places.h"

namespace terapi::core {
namespace {

struct Row {
  std::string name;
  std::string bytes;  // that are sent
  std::string comes;  // of it: the statuses that are answered, or the answer or error that is read
};

const std::string kHost = "Host: x\r\n";
const std::string kClose = "Connection: close\r\n";

std::string request_with(const std::string& fields, const std::string& body = "") {
  return "POST / HTTP/1.1\r\n" + kHost + kClose + fields + "\r\n" + body;
}

std::vector<Row> requests() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"empty-line-before", "\r\n" + request_with(""), "200"},
      {"bare-line-feed", "GET / HTTP/1.1\nHost: x\nConnection: close\n\n", "400"},
      {"no-host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two-hosts", request_with(kHost), "400"},
      {"absolute-target", "GET http://x/path HTTP/1.1\r\n" + kHost + kClose + "\r\n", "200"},
      {"http-1.0", "GET / HTTP/1.0\r\n\r\n", "200"},
      {"http-2", "GET / HTTP/2.0\r\n" + kHost + "\r\n", "505"},
      {"blank-before-colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"},
      {"folded-field", request_with("X-A: b\r\n c\r\n"), "200"},
      {"control-character", request_with("X-A: b\x01\r\n"), "400"},
      {"field-on-two-lines", request_with("X-A: b\r\nX-A: c\r\n"), "200"},
      {"two-lengths", request_with("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), "400"},
      {"length-and-chunked", request_with("Content-Length: 5\r\n" + chunked, "0\r\n\r\n"), "400"},
      {"other-transfer-encoding", request_with("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {"chunk-extension", request_with(chunked, "1;a=b\r\nx\r\n0;c\r\n\r\n"), "200"},
      {"trailers", request_with(chunked, "1\r\nx\r\n0\r\nX-A: b\r\n\r\n"), "200"},
      {"chunk-bare-line-feed", request_with(chunked, "1\nx\n0\n\n"), "400"},
      {"content-encoding", request_with("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x"),
       "415"},
      {"expect-continue", request_with("Expect: 100-continue\r\nContent-Length: 1\r\n"), "100 200"},
      {"pipelined", "GET /1 HTTP/1.1\r\n" + kHost + "\r\n" + request_with(""), "200 200"},
      {"half-closed", "GET / HTTP/1.1\r\n" + kHost + "\r\n", "200"},
  };
}

std::vector<Row> answers() {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n";
  const std::string length = ok + "Content-Length: 2\r\n";
  return {
      {"no-reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "200 hi"},
      {"answer-bare-line-feed", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n",
       "200 hi"},
      {"answer-http-1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 hi"},
      {"until-close", ok + "\r\nhi", "200 hi"},
      {"interim", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 \r\n\r\n" + length + "\r\nhi",
       "200 hi"},
      {"switching-protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
       "bad_response"},
      {"answer-folded-field", length + "X-A: b\r\n c\r\n\r\nhi", "200 hi"},
      {"answer-chunk-extension", chunked + "\r\n2;a=b\r\nhi\r\n0\r\nX-A: b\r\n\r\n", "200 hi"},
      {"answer-other-transfer-encoding", ok + "Transfer-Encoding: gzip\r\n\r\nhi", "bad_response"},
      {"odd-status-line", "http/1.1\t200  Fine\r\nContent-Length: 2\r\n\r\nok", "200 ok"},
      {"answer-blank-before-colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", "200 ok"},
      {"answer-no-field", "HTTP/1.1 200 OK\r\nX (y): z\r\nContent-Length: 2\r\n\r\nok", "200 ok"},
      {"answer-control-character", "HTTP/1.1 200 OK\r\nA: \x01\r\nContent-Length: 2\r\n\r\nok",
       "200 ok"},
      {"answer-length-and-chunked",
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: "
       "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
       "200 ok"},
      {"large-head",
       "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\nContent-Length: 2\r\n\r\nok",
       "200 ok"},
      {"answer-two-lengths", length + "Content-Length: 3\r\n\r\nhi!", "bad_response"},
      {"short-body", ok + "Content-Length: 10\r\n\r\nhi", "truncated_body"},
      {"short-chunks", chunked + "\r\n2\r\nhi\r\n", "truncated_body"},
      {"no-answer", "", "connection_reset"},
      {"more-than-asked", length + "\r\nhi, and more", "200 hi"},
      {"redirect",
       "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "302 "},
      {"no-http", "SSH-2.0-OpenSSH_9.2\r\n", "bad_response"},
  };
}

// The statuses of all answers, one after the other.
std::string statuses(const std::string& text) {
  std::string all;
  for (std::size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != std::string::npos; at += 9) {
    if (at > 0 && text[at - 1] != '\n') continue;  // a message that speaks of it
    if (!all.empty()) all += ' ';
    all += text.substr(at + 9, 3);
  }
  return all;
}

std::string what_a_server_makes_of(const Row& row) {
  TestServer server({}, [](const Request& request, const auto& done) {
    const std::string folded(request.headers.get("X-A").value_or("b"));
    EXPECT_TRUE(folded == "b" || folded == "b c") << folded;
    done({{200, {}, ""}, {}});
  });
  TestSocket socket = server.connect();
  socket.send(row.bytes);
  if (row.name == "half-closed") socket.close_sending();
  std::string answered;
  if (row.name == "expect-continue") {
    answered = socket.read_some();
    socket.send("x");
  }
  return statuses(answered + socket.read_all());
}

std::string what_a_sender_makes_of(const Row& row) {
  TestListener listener;
  std::thread peer([&] {
    TestSocket socket = listener.accept();
    socket.read_request();
    socket.send(row.bytes);
  });
  EventLoop loop;
  HttpSender sender(loop, {});
  std::string came;
  Request request;
  request.method = "POST";
  request.target = listener.url();
  sender.send(std::move(request), {}, [&](const Result<Response>& answer) {
    came = answer ? std::to_string(answer->status) + " " + answer->body : answer.error().code;
    loop.stop();
  });
  loop.run();
  peer.join();
  return came;
}

// The first cells of the table under that heading.
std::set<std::string> documented(const std::string& heading) {
  std::ifstream file(source_folder() + "/docs/wire.md");
  std::set<std::string> names;
  std::string line;
  bool here = false;
  while (std::getline(file, line)) {
    if (line.starts_with("## ")) here = line == "## " + heading;
    if (here && line.starts_with("| `")) names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

std::set<std::string> names_of(const std::vector<Row>& rows) {
  std::set<std::string> names;
  for (const Row& row : rows) names.insert(row.name);
  return names;
}

TEST(WireTolerance, RequestsAreTakenOrRefused) {
  for (const Row& row : requests()) {
    EXPECT_EQ(what_a_server_makes_of(row), row.comes) << row.name;
  }
}

TEST(WireTolerance, AnswersAreTakenOrErrors) {
  for (const Row& row : answers()) {
    EXPECT_EQ(what_a_sender_makes_of(row), row.comes) << row.name;
  }
}

TEST(WireTolerance, IsDocumentedRowByRow) {
  EXPECT_EQ(documented("Requests"), names_of(requests()));
  EXPECT_EQ(documented("Answers"), names_of(answers()));
}

}  // namespace
}  // namespace terapi::core
