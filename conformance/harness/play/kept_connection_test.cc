// A kept connection to this project's own server, and to servers that garble theirs.
#include "conformance/harness/play/kept_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "conformance/harness/play/judge_kept_connection.h"
#include "conformance/harness/stage/test_server_stage.h"
#include "core/system/test_server.h"
#include "core/system/test_socket.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kept = KeptConnection::Kept;

constexpr const char* kGood = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

// Says to each question what it is told, byte by byte.
class GarblingServer {
 public:
  // "" hangs up.
  using Says = std::function<std::string(const std::string& question)>;

  explicit GarblingServer(Says says) : thread_([this, says = std::move(says)] { serve(says); }) {}
  ~GarblingServer() {
    stop_ = true;
    core::TestSocket::connect(listener_.port());  // wakes it
    thread_.join();
  }
  GarblingServer(const GarblingServer&) = delete;
  GarblingServer& operator=(const GarblingServer&) = delete;

  core::Url url() const { return *core::parse_url(listener_.url("")); }
  int connections() const { return connections_; }

 private:
  void serve(const Says& says) {
    while (!stop_) {
      core::TestSocket peer = listener_.accept();
      ++connections_;
      for (std::string question; !(question = peer.read_request()).empty();) {
        const std::string answer = says(question);
        if (answer.empty() || !peer.send(answer)) break;
      }
    }
  }

  core::TestListener listener_;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

GarblingServer::Says always(std::string answer) {
  return [answer = std::move(answer)](const std::string&) { return answer; };
}

// What is found, sooner or later, by asking twice and for the last time.
std::string found_wrong(const GarblingServer& server, const std::string& method = "GET") {
  KeptConnection connection(server.url(), {}, 300ms);
  std::string wrong;
  for (const Kept kept : {Kept::kGoesOn, Kept::kLast}) {
    if (wrong.empty()) wrong = connection.ask(method, "/records", kept).wrong;
  }
  return wrong;
}

TEST(KeptConnection, ReadsEachWayToEndAnAnswer) {
  for (const std::string& answer :
       {std::string(kGood), std::string("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
        std::string("HTTP/1.1 204 No Content\r\n\r\n"),
        std::string("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
        std::string("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") + kGood,
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: x\r\n\r\n")}) {
    const GarblingServer server(always(answer));
    KeptConnection connection(server.url(), {}, 2s);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(connection.ask("GET", "/").wrong, "") << answer;
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST(KeptConnection, ReadsNoBodyOfHead) {
  const GarblingServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n"));
  KeptConnection connection(server.url(), {}, 2s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection.ask("HEAD", "/").wrong, "");
}

TEST(KeptConnection, SeesWhatFollowsOnAnAnswer) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  for (const std::string& answer : {head + "{}\r\n", head + "{}}", head + "{}" + kGood,
                                    std::string("HTTP/1.1 204 No Content\r\n\r\n{}"),
                                    std::string("HTTP/1.1 304 Not Modified\r\n\r\n{}")}) {
    const GarblingServer server(always(answer));
    EXPECT_THAT(found_wrong(server),
                testing::AnyOf(HasSubstr("bytes follow"), HasSubstr("no status line")))
        << answer;
  }
  const GarblingServer server(always(kGood));
  EXPECT_THAT(found_wrong(server, "HEAD"),
              testing::AnyOf(HasSubstr("bytes follow"), HasSubstr("no status line")));
}

TEST(KeptConnection, SeesWhatFollowsOnTheLastAnswer) {
  const GarblingServer server([](const std::string& question) {
    return core::has(question, "Connection: close") ? std::string(kGood) + "more" : kGood;
  });
  EXPECT_EQ(found_wrong(server), "bytes follow on the last answer: \"more\"");
}

TEST(KeptConnection, SeesWhatIsWrongWithinAnAnswer) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n{}", "ends with LF alone"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\n{}", "ends with LF alone"},
      {"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\n{}", "no status line"},
      {"\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no status line"},
      {"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\n{}", "is no field"},
      {"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}", "is no number"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "two values"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "both"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "says 9 bytes, and 2 come"},
      {"HTTP/1.1 200 OK\r\n\r\n{}", "does not close"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n", "size is none"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", "no CRLF"},
      {"HTTP/1.1 200 OK\r\nContent-", "breaks off"}};
  for (const auto& [answer, what] : wrong) {
    const GarblingServer server(always(answer));
    EXPECT_THAT(found_wrong(server), HasSubstr(what)) << answer;
  }
}

TEST(KeptConnection, AsksAgainWhereItWasClosedMeanwhile) {
  std::atomic<int> asked = 0;
  const GarblingServer server(
      [&](const std::string&) { return ++asked % 2 == 0 ? std::string() : std::string(kGood); });
  KeptConnection connection(server.url(), {}, 2s);
  EXPECT_EQ(connection.ask("GET", "/").wrong, "");
  EXPECT_EQ(connection.ask("GET", "/").wrong, "");
  EXPECT_EQ(asked, 3);
}

TEST(KeptConnection, SaysThatNobodyAnswers) {
  core::TestListener listener;
  const core::Url url = *core::parse_url(listener.url(""));
  listener.close();
  EXPECT_EQ(KeptConnection(url, {}, 300ms).ask("GET", "/").wrong, "the server takes no connection");
  const GarblingServer server(always(""));
  EXPECT_THAT(KeptConnection(server.url(), {}, 300ms).ask("GET", "/").wrong,
              HasSubstr("no answer comes"));
}

std::vector<Finding> judged_on(const core::Url& url) {
  TestServerStage stage;
  Caller caller(stage, {});
  Findings findings;
  judge_kept_connection(url, {{"Authorization", "Bearer key"}}, "/records?model=Issue", "REC-2",
                        caller, findings);
  return findings.take();
}

TEST(KeptConnection, IsLeftAloneByOurServer) {
  core::TestServer server({}, [](const core::Request&, auto done) {
    done(core::Outcome{{200, {}, R"({"records":[]})"}, {}});
  });
  const auto findings = judged_on(*core::parse_url(server.url("")));
  EXPECT_TRUE(findings.empty()) << findings.at(0).actual;
}

TEST(KeptConnection, IsGarbledByABodyOfHead) {
  const GarblingServer server(always(kGood));
  const auto findings = judged_on(server.url());
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].clause, "REC-2");
  EXPECT_EQ(findings[0].verdict, Verdict::kFail);
}

}  // namespace
}  // namespace terapi::conformance
