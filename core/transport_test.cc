#include "core/transport.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

Outcome outcome_with(WireFaults wire, std::string body = "0123456789") {
  return {{.status = 200, .headers = {}, .body = std::move(body)}, wire};
}

std::string code_of(const Result<Response>& result) {
  return result ? "answered" : result.error().code;
}

SendOptions options(Duration timeout, std::size_t most = 1 << 20) {
  return {.timeout = timeout, .max_response_bytes = most};
}

TEST(HandlerTransport, TakesSchemeAndHostOffTheTarget) {
  Request seen;
  HandlerTransport transport([&](Request request, std::function<void(Outcome)> done) {
    seen = std::move(request);
    done({{.status = 204, .headers = {{"A", "b"}}, .body = ""}, {}});
  });
  Request request;
  request.method = "PATCH";
  request.target = "http://127.0.0.1:3003/records/prune?x=%20";
  request.headers = {{"X", "y"}};
  request.body = "{}";
  const auto response = transport.send(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204);
  EXPECT_EQ(response->headers.get("a"), "b");
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.target, "/records/prune?x=%20");
  EXPECT_EQ(seen.headers.get("Host"), "127.0.0.1:3003");
  EXPECT_EQ(seen.headers.get("X"), "y");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.remote_address, "127.0.0.1");
}

TEST(HandlerTransport, KeepsAHostThatIsGiven) {
  std::string host;
  HandlerTransport transport([&](const Request& request, const std::function<void(Outcome)>& done) {
    host = request.headers.get("host").value_or("");
    EXPECT_EQ(request.headers.count("Host"), 1U);
    done({});
  });
  Request request;
  request.target = "http://localhost/";
  request.headers.add("host", "elsewhere");
  ASSERT_TRUE(transport.send(request));
  EXPECT_EQ(host, "elsewhere");
}

TEST(HandlerTransport, AnswersABadUrlWithoutAskingTheHandler) {
  HandlerTransport transport(
      [](const Request&, const std::function<void(Outcome)>&) { FAIL() << "was asked"; });
  Request request;
  request.target = "/records";
  EXPECT_EQ(code_of(transport.send(request)), "bad_url");
  int answers = 0;
  transport.send(request, SendOptions{}, [&](const Result<Response>& result) {
    ++answers;
    EXPECT_EQ(code_of(result), "bad_url");
  });
  EXPECT_EQ(answers, 1);
}

TEST(HandlerTransport, CallsBackWhenTheHandlerAnswersLater) {
  std::function<void(Outcome)> answer;
  HandlerTransport transport(
      [&](const Request&, std::function<void(Outcome)> done) { answer = std::move(done); });
  std::optional<std::string> code;
  Request request;
  request.target = "http://localhost/";
  transport.send(request, options(1s, 3),
                 [&](const Result<Response>& result) { code = code_of(result); });
  EXPECT_FALSE(code);
  answer(outcome_with({}));
  EXPECT_EQ(code, "response_too_large") << "the sender's limits hold for late answers too";
}

TEST(HandlerTransportDeathTest, DiesWhenABlockingSendIsNotAnswered) {
  HandlerTransport transport([](const Request&, const std::function<void(Outcome)>&) {});
  Request request;
  request.target = "http://localhost/";
  EXPECT_DEATH(static_cast<void>(transport.send(request)), "answer before it returns");
}

}  // namespace
}  // namespace terapi::core
