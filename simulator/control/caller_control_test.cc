// Who may call the control API.
#include <gtest/gtest.h>

#include "simulator/control/control_api.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

bool refused(core::Headers headers, const std::string& remote = "127.0.0.1",
             const std::string& token = "") {
  core::Request request = request_of("POST", "/_simulator/reset", std::move(headers));
  request.remote_address = remote;
  const auto response = refuse_caller(request, token);
  if (!response) return false;
  EXPECT_EQ(response->status, 403);
  EXPECT_EQ(response->code, "forbidden");
  return true;
}

TEST(RefuseCaller, LetsLoopbackCallersIn) {
  for (const std::string remote : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(refused({}, remote)) << remote;
  }
}

TEST(RefuseCaller, KeepsOtherMachinesOut) {
  for (const std::string remote : {"10.0.0.1", "192.168.1.5", "128.0.0.1", "::2", "2001:db8::1",
                                   "::ffff:10.0.0.1", "12.7.0.0", "0.0.0.0", ""}) {
    EXPECT_TRUE(refused({}, remote)) << remote;
  }
}

TEST(RefuseCaller, LetsPagesOfThisMachineIn) {
  for (const std::string origin : {"http://127.0.0.1:3003", "http://localhost:8080",
                                   "https://localhost", "http://[::1]:3003"}) {
    EXPECT_FALSE(refused({{"Origin", origin}, {"Host", "127.0.0.1:3003"}})) << origin;
  }
}

// A page of another site reaches loopback through the browser of whoever looks at it.
TEST(RefuseCaller, KeepsPagesOfOtherSitesOut) {
  for (const std::string origin :
       {"https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
        "http://127.evil.example", "http://evil.example:3003", "null"}) {
    EXPECT_TRUE(refused({{"Origin", origin}, {"Host", "localhost:3003"}})) << origin;
  }
}

// A proxy on this machine shows its own address; whoever asked it may be anywhere.
TEST(RefuseCaller, KeepsOutWhatAProxyHasForwarded) {
  for (const std::string name :
       {"X-Forwarded-For", "x-forwarded-for", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded",
        "X-Real-IP", "Via", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP",
        "X-Original-Forwarded-For", "X-Forwarded"}) {
    for (const std::string value : {"203.0.113.9", "127.0.0.1", "for=127.0.0.1", ""}) {
      EXPECT_TRUE(refused({{name, value}})) << name;
      EXPECT_TRUE(refused({{"Host", "localhost"}, {name, value}}, "::1", "token")) << name;
      EXPECT_FALSE(refused({{"Authorization", "Bearer token"}, {name, value}}, "::1", "token"))
          << name;
    }
  }
  EXPECT_FALSE(refused({{"X-Forward", "1"}, {"Viaduct", "1"}, {"User-Agent", "Via"}}));
}

// Names have no case, and may end with the dot of the root.
TEST(RefuseCaller, KnowsLoopbackByEveryNameThatItHas) {
  for (const std::string host : {"LOCALHOST", "LocalHost:3003", "localhost.", "localhost.:3003",
                                 "LOCALHOST.", "x.LOCALHOST", "x.localhost.", "127.0.0.1."}) {
    EXPECT_FALSE(refused({{"Host", host}})) << host;
    EXPECT_FALSE(refused({{"Host", "localhost"}, {"Origin", "HTTP://" + host}})) << host;
  }
  for (const std::string host : {".", "localhost..", "evil.localhost.example.", "localhostx"}) {
    EXPECT_TRUE(refused({{"Host", host}})) << host;
  }
}

// DNS rebinding: the browser believes in the name, and sends no Origin with a GET.
TEST(RefuseCaller, KeepsForeignHostNamesOut) {
  for (const std::string host : {"evil.example", "evil.example:3003", "127.0.0.1.evil.example",
                                 "127.evil.example", "localhost.evil.example"}) {
    EXPECT_TRUE(refused({{"Host", host}})) << host;
    EXPECT_TRUE(refused({{"Host", host}, {"Origin", "http://" + host}})) << host;
  }
  for (const std::string host : {"localhost", "localhost:3003", "127.0.0.1:3003", "[::1]:3003"}) {
    EXPECT_FALSE(refused({{"Host", host}})) << host;
  }
}

TEST(RefuseCaller, WantsTheTokenFromOtherMachines) {
  EXPECT_TRUE(refused({}, "10.0.0.1", "token"));
  EXPECT_TRUE(refused({{"Authorization", "Bearer other"}}, "10.0.0.1", "token"));
  EXPECT_TRUE(refused({{"Authorization", "token"}}, "10.0.0.1", "token"));
  EXPECT_TRUE(refused({{"Authorization", "Bearer "}}, "10.0.0.1", ""));
  EXPECT_FALSE(refused({}, "127.0.0.1", "token"));
  EXPECT_FALSE(refused({{"Authorization", "Bearer token"}}, "10.0.0.1", "token"));
}

// The public API is open to whoever has a key, wherever they are.
TEST(RefuseCaller, GuardsTheControlApiOnly) {
  InProcessSimulator s({.control_token = "token"});
  core::Request request = request_of("GET", "/records?model=Issue", TestSimulator::headers());
  request.remote_address = "10.0.0.1";
  EXPECT_EQ(s.send(request).status, 200);
  for (const std::string target : {"/_simulator/environment", "/_simulator", "/_simulator/",
                                   "/metrics", "/metrics?x=1", "/_simulator/nothing"}) {
    core::Request control = request_of("GET", target);
    control.remote_address = "10.0.0.1";
    EXPECT_EQ(s.send(control).status, 403) << target;
  }
}

}  // namespace
}  // namespace terapi::simulator
