#include "client/second_looks.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

const core::Time kNoon = core::VirtualClock::start_of_time() + 12h;

TEST(SecondLooks, LooksNoMoreWhereNothingIsExpected) {
  SecondLooks looks({1s, 3s});
  EXPECT_EQ(looks.next(0, std::nullopt), std::nullopt);
}

TEST(SecondLooks, LooksAfterEachDelayOnceWhenNothingComes) {
  SecondLooks looks({1s, 3s, 10s});
  looks.expect(std::nullopt, 7);
  EXPECT_EQ(looks.next(7, kNoon), 1s);
  EXPECT_EQ(looks.next(7, kNoon), 3s);
  EXPECT_EQ(looks.next(7, kNoon), 10s);
  EXPECT_EQ(looks.next(7, kNoon), std::nullopt);
}

TEST(SecondLooks, LooksNoMoreOnceSomethingCame) {
  SecondLooks looks({1s, 3s});
  looks.expect(std::nullopt, 7);
  EXPECT_EQ(looks.next(7, std::nullopt), 1s);
  EXPECT_EQ(looks.next(8, kNoon), std::nullopt);
  EXPECT_EQ(looks.next(8, kNoon), std::nullopt);
}

TEST(SecondLooks, LooksOnWhileWhatCameIsOlderThanWhatWasAnnounced) {
  SecondLooks looks({1s, 3s, 10s});
  looks.expect(kNoon, 7);
  EXPECT_EQ(looks.next(8, std::nullopt), 1s);
  EXPECT_EQ(looks.next(8, kNoon - 1us), 3s);
  EXPECT_EQ(looks.next(9, kNoon), std::nullopt);
}

TEST(SecondLooks, LooksForTheLatestOfSeveralAnnouncements) {
  SecondLooks looks({1s});
  looks.expect(kNoon, 0);
  looks.expect(kNoon - 1h, 0);
  EXPECT_EQ(looks.next(1, kNoon - 1h), 1s);
}

TEST(SecondLooks, BeginsAnewWithEachAnnouncement) {
  SecondLooks looks({1s, 3s});
  looks.expect(kNoon, 0);
  EXPECT_EQ(looks.next(0, std::nullopt), 1s);
  looks.expect(std::nullopt, 0);
  EXPECT_EQ(looks.next(0, std::nullopt), 1s);
  EXPECT_EQ(looks.next(0, std::nullopt), 3s);
}

TEST(SecondLooks, ForgetsATimeThatNobodyLooksForAnyMore) {
  SecondLooks looks({1s});
  looks.expect(kNoon, 0);
  EXPECT_EQ(looks.next(0, std::nullopt), 1s);
  EXPECT_EQ(looks.next(0, std::nullopt), std::nullopt);
  looks.expect(std::nullopt, 0);
  EXPECT_EQ(looks.next(1, kNoon - 1h), std::nullopt);
}

}  // namespace
}  // namespace terapi::client
