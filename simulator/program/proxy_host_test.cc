// The proxy to an allowed host, over sockets: nobody else waits for it, and its answer is bounded.
#include <gmock/gmock.h>

#include <future>

#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

core::Request to(const std::string& base) {
  core::Headers headers = TestSimulator::headers();
  headers.add("Base-Url-Override", base);
  return request_of("GET", "/proxy/slow?a=b", std::move(headers));
}

TestSimulatorOptions allowing(const core::TestServer& host) {
  TestSimulatorOptions options;
  options.allowed_base_urls.push_back(host.url(""));
  return options;
}

TEST(ProxyHost, HoldsUpNobodyElse) {
  std::promise<std::function<void(core::Outcome)>> asked;
  core::TestServer host({},
                        [&](const core::Request& request, std::function<void(core::Outcome)> done) {
                          EXPECT_EQ(request.target, "/slow?a=b");
                          asked.set_value(std::move(done));
                        });
  SocketSimulator s(allowing(host));
  auto answer = std::async(std::launch::async, [&] {
    core::HttplibTransport caller;
    core::Request request = to(host.url(""));
    request.target = "http://127.0.0.1:" + std::to_string(s.port()) + request.target;
    return caller.send(request);
  });
  const auto respond = asked.get_future().get();
  EXPECT_EQ(s.page()["records"].size(), 0U);  // while the other one waits
  host.loop().post([&] { respond({{203, {{"X-From", "there"}}, "late"}, {}}); });
  const core::Result<core::Response> got = answer.get();
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 203);
  EXPECT_EQ(got->body, "late");
  EXPECT_EQ(header(got->headers, "X-From"), "there");
}

TEST(ProxyHost, TakesNoAnswerWithoutEnd) {
  core::TestServer host({},
                        [](const core::Request&, const std::function<void(core::Outcome)>& done) {
                          done({{200, {}, std::string((std::size_t{16} << 20) + 1, 'x')}, {}});
                        });
  SocketSimulator s(allowing(host));
  const core::Response answer = s.send(to(host.url("")));
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.body, HasSubstr("response_too_large"));
}

TEST(ProxyHost, IsGivenAsAnOrigin) {
  for (const std::string wrong : {"127.0.0.1:9000", "http://127.0.0.1:9000/path", "http://"}) {
    ServeFlags flags;
    flags.port = 0;
    flags.allowed_base_urls = {wrong};
    const auto process = ServerProcess::start(flags);
    ASSERT_FALSE(process) << wrong;
    EXPECT_EQ(process.error().code, "bad_usage");
    EXPECT_THAT(process.error().message, HasSubstr("--allow-base-url"));
  }
}

}  // namespace
}  // namespace terapi::simulator
