#include "core/virtual_network.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

// A network to a handler, and what came of each request: "200 at 2 ms".
class VirtualNetworkTest : public testing::Test {
 protected:
  void send(Duration timeout = 20s, std::string target = "http://terapi.test/records?x=1") {
    Request request;
    request.target = std::move(target);
    network->send(request, {.timeout = timeout}, [this](const Result<Response>& result) {
      ends.push_back((result ? std::to_string(result->status) : result.error().code) + " at " +
                     std::to_string((clock.now() - VirtualClock::start_of_time()) / 1ms) + " ms");
    });
  }
  static Outcome with(WireFaults wire) { return {{.status = 200, .body = "0123456789"}, wire}; }

  VirtualClock clock;
  std::vector<std::string> ends;
  std::vector<Request> asked;
  Outcome answer = with({});
  Handler handler = [this](const Request& request, const std::function<void(Outcome)>& done) {
    asked.push_back(request);
    done(answer);
  };
  std::unique_ptr<VirtualNetwork> network = std::make_unique<VirtualNetwork>(
      clock, [this](Request request, std::function<void(Outcome)> done) {
        handler(std::move(request), std::move(done));
      });
};

using Ends = std::vector<std::string>;

TEST_F(VirtualNetworkTest, TakesItsLatencyThereAndBack) {
  send();
  EXPECT_TRUE(asked.empty());
  clock.advance_by(1ms);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].target, "/records?x=1");
  EXPECT_EQ(asked[0].headers.get("Host"), "terapi.test");
  EXPECT_EQ(network->in_flight(), 1U);
  clock.advance_by(1ms);
  EXPECT_EQ(ends, Ends{"200 at 2 ms"});
  EXPECT_EQ(network->in_flight(), 0U);
  EXPECT_EQ(network->sent(), 1U);
}

TEST_F(VirtualNetworkTest, TakesAsMuchLongerAsTheWireFaultsSay) {
  answer = with({.delay = 1s, .stall = 2s, .drip_bytes_per_second = 10});
  send();
  clock.advance_by(1min);
  EXPECT_EQ(ends, Ends{"200 at 4002 ms"});
}

TEST_F(VirtualNetworkTest, CountsTheTimeoutFromTheSending) {
  answer = with({.delay = 1s});
  send(1002ms);
  send(1003ms);
  clock.advance_by(1min);
  EXPECT_EQ(ends, (Ends{"timeout at 1002 ms", "200 at 1002 ms"}));
}

TEST_F(VirtualNetworkTest, WaitsForALateHandlerUntilTheTimeout) {
  std::function<void(Outcome)> later;
  handler = [&](const Request&, std::function<void(Outcome)> done) { later = std::move(done); };
  send(5s);
  clock.advance_by(3s);
  later(with({}));
  clock.advance_by(1s);
  send(5s);
  clock.advance_by(1min);
  later(with({}));
  clock.advance_by(1min);
  EXPECT_EQ(ends, (Ends{"200 at 3001 ms", "timeout at 9000 ms"}));
  EXPECT_EQ(clock.pending(), 0U);
}

TEST_F(VirtualNetworkTest, RefusesWhereNobodyListens) {
  network->listens = [](const Url& url) { return url.host == "terapi.test"; };
  send(20s, "http://elsewhere.test/");
  clock.advance_by(1s);
  EXPECT_EQ(ends, Ends{"connection_refused at 2 ms"});
  EXPECT_TRUE(asked.empty());
}

TEST_F(VirtualNetworkTest, AnswersABadUrlWithoutAskingTheHandler) {
  send(20s, "/records");
  EXPECT_TRUE(ends.empty()) << "never inside send()";
  clock.advance_by(1s);
  EXPECT_EQ(ends, Ends{"bad_url at 2 ms"});
  EXPECT_TRUE(asked.empty());
}

TEST_F(VirtualNetworkTest, DropsWhatIsUnderWayWhenItGoes) {
  send();
  network.reset();
  clock.advance_by(1min);
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(ends.empty());
}

TEST_F(VirtualNetworkTest, DropsAnAnswerThatComesAfterIt) {
  std::function<void(Outcome)> later;
  handler = [&](const Request&, std::function<void(Outcome)> done) { later = std::move(done); };
  send();
  clock.advance_by(1ms);
  network.reset();
  later(with({}));
  clock.advance_by(1min);
  EXPECT_TRUE(ends.empty());
}

TEST_F(VirtualNetworkTest, LetsAHookCrashTheSender) {
  network->before_answer = [](Result<Response>&) { throw std::string("crash"); };
  send();
  EXPECT_THROW(clock.advance_by(1s), std::string);
  network->before_answer = [](Result<Response>& result) { result = Error{"bent", ""}; };
  send();
  clock.advance_by(1s);
  EXPECT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].substr(0, 4), "bent");
}

}  // namespace
}  // namespace terapi::core
