#include "simulator/webhooks/circuit_breaker.h"

#include <gtest/gtest.h>

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;
using Decision = CircuitBreaker::Decision;

const Time kStart = core::VirtualClock::start_of_time();
const BreakerPolicy kPolicy;  // more than 5 in 10 s, for 60 s

// HOOK-14
TEST(CircuitBreaker, OpensAtTheSixthFailureWithinTheWindow) {
  CircuitBreaker breaker;
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(breaker.failed(kPolicy, kStart + i * 1s));
    EXPECT_EQ(breaker.ask(kStart + i * 1s), Decision::kSend);
  }
  EXPECT_TRUE(breaker.failed(kPolicy, kStart + 5s));
  EXPECT_TRUE(breaker.open());
  EXPECT_EQ(breaker.open_until(), kStart + 65s);
}

// HOOK-14
TEST(CircuitBreaker, ForgetsFailuresOlderThanTheWindow) {
  CircuitBreaker breaker;
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(breaker.failed(kPolicy, kStart + i * 2100ms));
  EXPECT_EQ(breaker.ask(kStart + 105s), Decision::kSend);
}

TEST(CircuitBreaker, ASuccessForgetsTheFailures) {
  CircuitBreaker breaker;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(breaker.failed(kPolicy, kStart));
  EXPECT_FALSE(breaker.succeeded());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(breaker.failed(kPolicy, kStart));
}

// HOOK-14
TEST(CircuitBreaker, WaitsThenProbesWithOneThenCloses) {
  CircuitBreaker breaker;
  for (int i = 0; i < 6; ++i) static_cast<void>(breaker.failed(kPolicy, kStart));
  EXPECT_EQ(breaker.ask(kStart + 60s - 1us), Decision::kWait);
  EXPECT_EQ(breaker.ask(kStart + 60s), Decision::kProbe);
  EXPECT_EQ(breaker.ask(kStart + 60s), Decision::kWait);
  EXPECT_TRUE(breaker.succeeded());
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.ask(kStart + 60s), Decision::kSend);
}

// HOOK-14
TEST(CircuitBreaker, StaysOpenForAsLongAgainWhenTheProbeFails) {
  CircuitBreaker breaker;
  for (int i = 0; i < 6; ++i) static_cast<void>(breaker.failed(kPolicy, kStart));
  ASSERT_EQ(breaker.ask(kStart + 70s), Decision::kProbe);
  EXPECT_TRUE(breaker.failed(kPolicy, kStart + 71s));
  EXPECT_EQ(breaker.open_until(), kStart + 131s);
  EXPECT_EQ(breaker.ask(kStart + 130s), Decision::kWait);
  EXPECT_EQ(breaker.ask(kStart + 131s), Decision::kProbe);
}

}  // namespace
}  // namespace terapi::simulator
