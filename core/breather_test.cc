#include "core/breather.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace terapi::core {
namespace {

TEST(Breather, IsCalledForAsLongAsItIsThere) {
  int taken = 0;
  breathe();
  {
    const Breather breather([&] { ++taken; });
    breathe();
    breathe();
  }
  breathe();
  EXPECT_EQ(taken, 2);
}

// What runs meanwhile is no part of the work.
TEST(Breather, IsNotCalledWithinItself) {
  int taken = 0;
  const Breather breather([&] {
    ++taken;
    breathe();
  });
  breathe();
  EXPECT_EQ(taken, 1);
}

TEST(Breather, GivesWayToAnInnerOneAndComesBack) {
  std::string taken;
  const Breather outer([&] { taken += 'o'; });
  {
    const Breather inner([&] { taken += 'i'; });
    breathe();
  }
  breathe();
  EXPECT_EQ(taken, "io");
}

// The work ends only once somebody was let in: in the same thread it would wait for ever.
TEST(BreatheUntilDone, LetsInWhileTheWorkWaits) {
  std::latch let_in(1);
  int taken = 0;
  bool done = false;
  const Breather breather([&] {
    if (taken++ == 0) let_in.count_down();
  });
  breathe_until_done([&] {
    let_in.wait();
    done = true;
  });
  EXPECT_TRUE(done);
  EXPECT_GT(taken, 0);
}

TEST(BreatheUntilDone, StaysInItsThreadWhereNobodyIsLetIn) {
  std::thread::id thread;
  breathe_until_done([&] { thread = std::this_thread::get_id(); });
  EXPECT_EQ(thread, std::this_thread::get_id());
}

TEST(Steps, BreatheAtSomeOfThem) {
  int taken = 0;
  const Breather breather([&] { ++taken; });
  Steps steps;
  for (int i = 0; i < 1024; ++i) steps.step();
  EXPECT_EQ(taken, 4);
}

TEST(AppendSlowly, AppendsAllAndBreathes) {
  int taken = 0;
  const Breather breather([&] { ++taken; });
  const std::string text = std::string(std::size_t{3} << 20, 'x') + "end";
  std::string to = "begin";
  append_slowly(to, text);
  EXPECT_EQ(to, "begin" + text);
  EXPECT_EQ(taken, 4);
  append_slowly(to, "");
  EXPECT_EQ(to.size(), 5 + text.size());
}

TEST(ClearSlowly, EmptiesListsAndMapsAndBreathes) {
  int taken = 0;
  const Breather breather([&] { ++taken; });
  std::vector<std::string> list(1000, "text");
  clear_slowly(list);
  EXPECT_TRUE(list.empty());
  EXPECT_GT(taken, 0);
  std::unordered_map<int, int> map;
  for (int i = 0; i < 1000; ++i) map[i] = i;
  taken = 0;
  clear_slowly(map);
  EXPECT_TRUE(map.empty());
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace terapi::core
