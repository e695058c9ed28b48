#include "core/delivery.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

Outcome with(WireFaults wire, std::string body = "0123456789") {
  return {{.status = 200, .headers = {}, .body = std::move(body)}, wire};
}

// "200 after 1500 ms", or the error's code in place of the status.
std::string told(const Delivery& delivery) {
  return (delivery.result ? std::to_string(delivery.result->status)
                          : delivery.result.error().code) +
         " after " + std::to_string(delivery.after / 1ms) + " ms";
}

std::string delivered(WireFaults wire, Duration timeout, std::string body = "0123456789") {
  return told(deliver(with(wire, std::move(body)), {.timeout = timeout, .max_response_bytes = 10}));
}

TEST(Deliver, GivesTheResponseAtOnceWhenNothingGoesWrong) {
  const Delivery delivery = deliver(with({}), {});
  ASSERT_TRUE(delivery.result);
  EXPECT_EQ(delivery.result->body, "0123456789");
  EXPECT_EQ(delivery.after, 0us);
}

TEST(Deliver, WaitsForDelayStallAndDrip) {
  EXPECT_EQ(delivered({.delay = 999ms}, 1s), "200 after 999 ms");
  EXPECT_EQ(delivered({.stall = 999ms}, 1s), "200 after 999 ms");
  EXPECT_EQ(delivered({.drip_bytes_per_second = 20}, 1s), "200 after 500 ms");
}

TEST(Deliver, CountsThemTogetherAgainstTheTimeout) {
  EXPECT_EQ(delivered({.delay = 1s}, 1s), "timeout after 1000 ms");
  EXPECT_EQ(delivered({.drip_bytes_per_second = 10}, 1s), "timeout after 1000 ms");
  WireFaults all{.delay = 300ms, .stall = 200ms, .drip_bytes_per_second = 20};
  EXPECT_EQ(delivered(all, 1001ms), "200 after 1000 ms");
  EXPECT_EQ(delivered(all, 1s), "timeout after 1000 ms");
  EXPECT_EQ(delivered({.delay = Duration::max(), .stall = Duration::max()}, 1s),
            "timeout after 1000 ms")
      << "however long they are";
}

// Where the status is all that is needed, the head is the answer, as over a socket.
TEST(Deliver, NeedsNoMoreThanTheHeadForAStatus) {
  const auto status = [](WireFaults wire, std::string body = "0123456789") {
    const Delivery delivery =
        deliver(with(wire, std::move(body)),
                {.timeout = 1s, .max_response_bytes = 10, .needed = AnswerNeeded::kStatus});
    return told(delivery) + (delivery.result ? " " + delivery.result->body : "");
  };
  EXPECT_EQ(status({}, "0123456789abc"), "200 after 0 ms 0123456789");
  EXPECT_EQ(status({.truncate_after = 3}), "200 after 0 ms 012");
  EXPECT_EQ(status({.delay = 999ms, .stall = 1h}), "200 after 1000 ms 0123456789");
  EXPECT_EQ(status({.delay = 1s}), "timeout after 1000 ms");
  EXPECT_EQ(status({.reset = true}), "connection_reset after 0 ms");
}

TEST(Deliver, HoldsNothingBackOfAnEmptyBodyButItsDelay) {
  EXPECT_EQ(delivered({.delay = 100ms, .stall = 1h, .drip_bytes_per_second = 1}, 1s, ""),
            "200 after 100 ms");
}

TEST(Deliver, MakesAResetAnErrorInPlaceOfTheFirstByte) {
  EXPECT_EQ(delivered({.reset = true}, 1s), "connection_reset after 0 ms");
  EXPECT_EQ(delivered({.delay = 300ms, .reset = true, .stall = 1h}, 1s),
            "connection_reset after 300 ms");
  EXPECT_EQ(delivered({.delay = 2s, .reset = true}, 1s), "timeout after 1000 ms");
}

TEST(Deliver, TellsATruncatedBodyFromAWholeOne) {
  for (const std::size_t after : {0U, 9U}) {
    EXPECT_EQ(delivered({.truncate_after = after}, 1s), "truncated_body after 0 ms") << after;
    EXPECT_FALSE(arrives_whole(with({.truncate_after = after})));
  }
  for (const std::size_t after : {10U, 11U}) {
    EXPECT_EQ(delivered({.truncate_after = after}, 1s), "200 after 0 ms") << after;
    EXPECT_TRUE(arrives_whole(with({.truncate_after = after})));
  }
}

TEST(Deliver, DripsNoMoreThanIsSent) {
  WireFaults wire{.truncate_after = 5, .stall = 100ms, .drip_bytes_per_second = 10};
  EXPECT_EQ(delivered(wire, 1s), "truncated_body after 600 ms");
}

TEST(Deliver, RefusesABodyThatIsTooLargeByItsHead) {
  EXPECT_EQ(delivered({}, 1s, "0123456789"), "200 after 0 ms");
  EXPECT_EQ(delivered({}, 1s, "0123456789a"), "response_too_large after 0 ms");
  EXPECT_EQ(delivered({.delay = 200ms, .stall = 1h, .drip_bytes_per_second = 1}, 1s, "0123456789a"),
            "response_too_large after 200 ms");
}

}  // namespace
}  // namespace terapi::core
