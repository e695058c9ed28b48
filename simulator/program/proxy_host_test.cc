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

// The proxy's answer on a socket of the caller's own.
core::TestSocket ask(const SocketSimulator& s, const std::string& base) {
  core::TestSocket caller = core::TestSocket::connect(s.port());
  std::string text = "GET /proxy/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nBase-Url-Override: " + base;
  for (const auto& [name, value] : TestSimulator::headers()) text += "\r\n" + name + ": " + value;
  caller.send(text + "\r\n\r\n");
  return caller;
}

Json last_call(SocketSimulator& s) { return s.ok("GET", "/logs?kind=proxy")["logs"].back(); }

// What comes is there at once, not when all of it has come: server-sent events, downloads.
TEST(ProxyHost, StreamsTheAnswerThrough) {
  core::TestListener host;
  std::promise<void> first_seen;
  const auto server = std::async(std::launch::async, [&] {
    core::TestSocket socket = host.accept();
    socket.read_request();
    socket.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n");
    first_seen.get_future().wait();
    socket.send("7\r\ndata: 2\r\n0\r\n\r\n");
  });
  TestSimulatorOptions options;
  options.allowed_base_urls.push_back("http://127.0.0.1:" + std::to_string(host.port()));
  SocketSimulator s(options);
  core::TestSocket caller = ask(s, options.allowed_base_urls.front());
  const std::string begun = caller.read_until("data: 1");
  EXPECT_THAT(begun, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(begun, HasSubstr("\r\n\r\n7\r\ndata: 1"));
  EXPECT_EQ(last_call(s)["outcome"], "running");
  first_seen.set_value();
  EXPECT_EQ(caller.read_until("0\r\n\r\n"), "\r\n7\r\ndata: 2\r\n0\r\n\r\n");
  EXPECT_EQ(last_call(s)["outcome"], "success");
}

TEST(ProxyHost, SaysThatTheHostCutItOff) {
  core::TestListener host;
  const auto server = std::async(std::launch::async, [&] {
    core::TestSocket socket = host.accept();
    socket.read_request();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
  });
  TestSimulatorOptions options;
  options.allowed_base_urls.push_back("http://127.0.0.1:" + std::to_string(host.port()));
  SocketSimulator s(options);
  core::TestSocket caller = ask(s, options.allowed_base_urls.front());
  const std::string all = caller.read_all();
  EXPECT_THAT(all, HasSubstr("Content-Length: 100\r\n"));
  EXPECT_TRUE(all.ends_with("\r\n\r\nhello")) << all;
  const Json logged = last_call(s);
  EXPECT_EQ(logged["outcome"], "failure");
  EXPECT_THAT(logged["error"].get<std::string>(), HasSubstr("after 5 bytes: truncated_body"));
}

TEST(ProxyHost, HangsUpWhenItsCallerGoes) {
  core::TestListener host;
  const auto server = std::async(std::launch::async, [&] {
    core::TestSocket socket = host.accept();
    socket.read_request();
    socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    socket.read_all();  // until the proxy closes
  });
  TestSimulatorOptions options;
  options.allowed_base_urls.push_back("http://127.0.0.1:" + std::to_string(host.port()));
  SocketSimulator s(options);
  {
    core::TestSocket caller = ask(s, options.allowed_base_urls.front());
    caller.read_until("x");
  }
  server.wait();
  EXPECT_EQ(last_call(s)["outcome"], "cut_off");
  EXPECT_THAT(last_call(s)["error"].get<std::string>(), HasSubstr("its caller left"));
}

TEST(ProxyHost, PassesABodyOfAnySize) {
  constexpr std::size_t kSize = std::size_t{40} << 20;
  core::TestServer host({}, [](const core::Request&, const auto& done) {
    done({{200, {}, std::string(kSize, 'x')}, {}});
  });
  SocketSimulator s(allowing(host));
  EXPECT_EQ(s.send(to(host.url(""))).body.size(), kSize);
}

TEST(ProxyHost, TakesFiles) {
  core::HttpServerOptions options;
  options.max_body_bytes = [](auto, auto) { return std::size_t{64} << 20; };
  core::TestServer host(options, [](const core::Request& request, const auto& done) {
    done({{200, {}, std::to_string(request.body.size())}, {}});
  });
  SocketSimulator s(allowing(host));
  core::Request upload = to(host.url(""));
  upload.method = "PUT";
  upload.headers.add("Content-Type", "application/octet-stream");
  upload.body = std::string(std::size_t{8} << 20, '\0');
  EXPECT_EQ(s.send(upload).body, "8388608");
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
