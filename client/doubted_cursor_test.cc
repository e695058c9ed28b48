#include "client/doubted_cursor.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

// How many doubtful answers in a row it takes.
int answers_until_given_up(DoubtedCursor& doubt) {
  for (int i = 1; i <= 100; ++i) {
    if (doubt.add(true)) return i;
  }
  return 0;
}

TEST(DoubtedCursor, IsGivenUpAfterFiveInARowAndThenAfterTwiceAsMany) {
  DoubtedCursor doubt;
  for (const int expected : {5, 10, 20, 40, 40}) EXPECT_EQ(answers_until_given_up(doubt), expected);
  doubt.end();
  EXPECT_EQ(answers_until_given_up(doubt), 5);
}

TEST(DoubtedCursor, AnyOtherFailureBreaksTheRow) {
  DoubtedCursor doubt;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(doubt.add(true));
  EXPECT_FALSE(doubt.add(false));
  EXPECT_EQ(answers_until_given_up(doubt), 5);
}

}  // namespace
}  // namespace terapi::client
