// The proxy (WRITE-2): another host only where it is allowed, and attempts that are made again.
#include "simulator/api/proxy.h"

#include <gmock/gmock.h>

#include <optional>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TestSimulatorOptions allowing(std::string origin) {
  TestSimulatorOptions options;
  options.world_text =
      R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
  if (!origin.empty()) options.allowed_base_urls.push_back(std::move(origin));
  return options;
}

core::Request by_proxy(std::string method, const std::string& path, core::Headers more = {}) {
  core::Headers headers = TestSimulator::headers();
  for (const auto& [name, value] : more) headers.add(name, value);
  return request_of(std::move(method), "/proxy" + path, std::move(headers));
}
core::Request to(const std::string& base) {
  return by_proxy("GET", "/x", {{"Base-Url-Override", base}});
}

// What a caller is answered, once it is.
std::shared_ptr<std::optional<core::Outcome>> begin(InProcessSimulator& s, core::Request request) {
  auto answer = std::make_shared<std::optional<core::Outcome>>();
  s.simulator().handle(std::move(request), [answer](core::Outcome got) { *answer = got; });
  return answer;
}

TEST(Proxy, SendsNothingToOtherHosts) {
  InProcessSimulator s(allowing(""));
  const core::Response refused = s.send(to("https://elsewhere.example"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(error_code(refused), "base_url_override_refused");
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
  EXPECT_EQ(s.send(by_proxy("GET", "/echo", {{"Base-Url-Override", ""}})).status, 200);
}

TEST(Proxy, NeedsAConnection) {
  InProcessSimulator s(allowing(""));
  const core::Headers key = {{"Authorization", "Bearer " + std::string(kDefaultSecretKey)}};
  EXPECT_EQ(error_code(s.send(request_of("GET", "/proxy/issues", key))), "invalid_headers");
}

TEST(Proxy, SendsNothingToHostsThatLookLikeTheAllowedOne) {
  InProcessSimulator s(allowing("http://allowed.test:8080"));
  for (const std::string base :
       {"http://allowed.test", "http://allowed.test:8081", "https://allowed.test:8080",
        "http://allowed.test.evil.example:8080", "http://evil-allowed.test:8080",
        "http://allowed.test.:8080", "http://127.0.0.1:8080",
        "http://evil.example/allowed.test:8080", "http://evil.example#http://allowed.test:8080",
        "http://evil.example?http://allowed.test:8080"}) {
    EXPECT_EQ(s.send(to(base)).status, 403) << base;
  }
  for (const std::string base :
       {"allowed.test:8080", "//allowed.test:8080", "ftp://allowed.test:8080",
        "http://allowed.test:8080@evil.example", "http://evil.example\\@allowed.test:8080",
        "http://allowed.test:8080 .evil.example", "http://allowed.test:80800",
        "http://allowed.test:8080?a=b"}) {
    EXPECT_EQ(s.send(to(base)).status, 400) << base;
  }
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
}

TEST(Proxy, PassesToAnAllowedHostAndItsAnswerBack) {
  InProcessSimulator s(allowing("http://allowed.test:8080"));
  s.receiver().set_answer([](const core::Request&) {
    return core::Outcome{{207, {{"Content-Type", "text/csv"}, {"X-Mine", "1"}}, "a,b"}, {}};
  });
  core::Request request = by_proxy("PATCH", "/issues/a%2Fb?c=%20",
                                   {{"Base-Url-Override", "http://ALLOWED.test:8080/api/v2/"},
                                    {"Terapi-Proxy-X-Trace", "7"},
                                    {"Terapi-Proxy-Host", "evil.example"},
                                    {"Cookie", "of=this-api"},
                                    {"Content-Type", "text/plain"}});
  request.body = "as it is";
  const core::Response answer = s.send(request);
  EXPECT_EQ(answer.status, 207);
  EXPECT_EQ(answer.body, "a,b");
  EXPECT_EQ(header(answer.headers, "Content-Type"), "text/csv");
  EXPECT_EQ(header(answer.headers, "X-Mine"), "1");
  ASSERT_THAT(s.receiver().requests(), SizeIs(1));
  const core::Request seen = s.receiver().requests()[0];
  EXPECT_EQ(seen.method + " " + seen.target, "PATCH /api/v2/issues/a%2Fb?c=%20");
  EXPECT_EQ(seen.body, "as it is");
  EXPECT_EQ(header(seen.headers, "Host"), "ALLOWED.test:8080");
  EXPECT_EQ(header(seen.headers, "X-Trace"), "7");
  EXPECT_EQ(header(seen.headers, "Content-Type"), "text/plain");
  for (const std::string name : {"Authorization", "Cookie", "Connection-Id", "Provider-Config-Key",
                                 "Base-Url-Override", "Terapi-Proxy-X-Trace"}) {
    EXPECT_EQ(header(seen.headers, name), "") << name;
  }
  EXPECT_EQ(s.ok("GET", "/requests")["requests"].back()["status"], 207);
}

TEST(Proxy, SendsNoCredentialsToAnotherHost) {
  TestSimulatorOptions options = allowing("http://allowed.test");
  InProcessSimulator s(options);
  core::Request made =
      request_of("POST", "/connections", TestSimulator::headers(),
                 R"({"connection_id":"theirs","provider_config_key":"github",)"
                 R"("credentials":{"type":"API_KEY","apiKey":"the-secret-of-the-connection"}})");
  made.headers.add("Content-Type", "application/json");
  ASSERT_LT(s.send(made).status, 300);
  core::Request request = to("http://allowed.test");
  request.headers.set("Connection-Id", "theirs");
  ASSERT_EQ(s.send(request).status, 200);
  const core::Request seen = s.receiver().requests().back();
  for (const auto& [name, value] : seen.headers) {
    EXPECT_THAT(value, Not(HasSubstr("the-secret"))) << name;
  }
}

TEST(Proxy, HandsARedirectBack) {
  InProcessSimulator s(allowing("http://allowed.test"));
  s.receiver().set_answer([](const core::Request&) {
    return core::Outcome{{302, {{"Location", "http://evil.example/"}}, ""}, {}};
  });
  const core::Response answer = s.send(to("http://allowed.test"));
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(header(answer.headers, "Location"), "http://evil.example/");
  EXPECT_THAT(s.receiver().requests(), SizeIs(1));
}

TEST(Proxy, SaysWhyAnAllowedHostDidNotAnswer) {
  InProcessSimulator s(allowing("http://refusing.test"));
  const core::Response answer = s.send(to("http://refusing.test"));
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(error_code(answer), "proxy_failed");
  EXPECT_THAT(answer.body, HasSubstr("connection_refused"));
}

TEST(Proxy, AsksAgainAfterAWhile) {
  InProcessSimulator s(allowing(""));
  s.faults(R"([{"id":"f","on":"upstream","nth":[1,2],"do":{"status":503}}])");
  const auto answer = begin(s, by_proxy("GET", "/issues", {{"Retries", "2"}}));
  EXPECT_EQ(s.fired("f"), 1);
  s.advance("100ms");
  EXPECT_EQ(s.fired("f"), 2);
  s.advance("199ms");
  EXPECT_FALSE(answer->has_value());
  s.advance("1ms");
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->response.status, 200);
}

TEST(Proxy, AsksNoMoreThanItWasTold) {
  InProcessSimulator s(allowing(""));
  s.faults(R"([{"id":"f","on":"upstream","do":{"status":503}}])");
  const auto answer = begin(s, by_proxy("GET", "/issues", {{"Retries", "2"}}));
  s.advance("1h");
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->response.status, 503);
  EXPECT_EQ(s.fired("f"), 3);
  EXPECT_EQ(s.send(by_proxy("GET", "/issues")).status, 503);
  EXPECT_EQ(s.fired("f"), 4);
}

TEST(Proxy, AsksAgainOnTheStatusesThatItWasTold) {
  InProcessSimulator s(allowing(""));
  s.faults(R"([{"id":"f","on":"upstream","nth":[1],"do":{"status":404}}])");
  EXPECT_EQ(s.send(by_proxy("GET", "/issues", {{"Retries", "2"}})).status, 404);
  s.faults(R"([{"id":"f","on":"upstream","nth":[1],"do":{"status":404}}])");
  const auto answer =
      begin(s, by_proxy("GET", "/issues", {{"Retries", "2"}, {"Retry-On", "409, 404"}}));
  s.advance("100ms");
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->response.status, 200);
}

TEST(Proxy, WaitsAsRetryAfterSays) {
  InProcessSimulator s(allowing("http://allowed.test"));
  const auto busy = [&s](const std::string& seconds) {
    s.receiver().set_answer([seconds](const core::Request&) {
      return core::Outcome{{429, {{"Retry-After", seconds}}, ""}, {}};
    });
    core::Request request = to("http://allowed.test");
    request.headers.add("Retries", "1");
    return begin(s, request);
  };
  const auto patient = busy("60");
  s.receiver().answer_with(200);
  s.advance("59s");
  EXPECT_FALSE(patient->has_value());
  s.advance("1s");
  ASSERT_TRUE(patient->has_value());
  EXPECT_EQ((*patient)->response.status, 200);
  const auto too_long = busy("61");
  ASSERT_TRUE(too_long->has_value());
  EXPECT_EQ((*too_long)->response.status, 429);
}

TEST(Proxy, AnswersThoseWhoWaitBeforeAReset) {
  InProcessSimulator s(allowing(""));
  s.faults(R"([{"id":"f","on":"upstream","do":{"status":503}}])");
  const auto answer = begin(s, by_proxy("GET", "/issues", {{"Retries", "2"}}));
  s.ok("POST", "/reset");
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(error_code((*answer)->response), "proxy_interrupted");
  s.advance("1h");
}

TEST(Proxy, AnswersThoseWhoWaitBeforeAStop) {
  InProcessSimulator s(allowing("http://allowed.test"));
  s.hold_answers();
  const auto answer = begin(s, to("http://allowed.test"));
  s.simulator().end_waiting();
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ(error_code((*answer)->response), "proxy_interrupted");
  const Json logged = s.ok("GET", "/logs?kind=proxy")["logs"].back();
  EXPECT_EQ(logged["outcome"], "cut_off");
  EXPECT_EQ(logged["name"], "GET http://allowed.test/x");
  s.answer_held();
}

TEST(Proxy, AnswersThoseWhoWaitForAnotherHostBeforeAReset) {
  InProcessSimulator s(allowing("http://allowed.test"));
  s.hold_answers();
  const auto answer = begin(s, to("http://allowed.test"));
  EXPECT_FALSE(answer->has_value());
  s.ok("POST", "/reset");
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->response.status, 503);
  s.answer_held();
  EXPECT_EQ((*answer)->response.status, 503);
}

}  // namespace
}  // namespace terapi::simulator
