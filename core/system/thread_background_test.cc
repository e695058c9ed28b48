#include "core/system/thread_background.h"

#include <gtest/gtest.h>

#include <future>

#include <thread>
#include <vector>

#include "core/system/event_loop.h"

namespace terapi::core {
namespace {

TEST(ThreadBackground, DoesTheWorkElsewhereAndReportsOnTheLoopInOrder) {
  EventLoop loop;
  ThreadBackground background(loop, 1);
  const auto driver = std::this_thread::get_id();
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    run_in(
        background,
        [i, driver] {
          EXPECT_NE(std::this_thread::get_id(), driver);
          return i;
        },
        [&, driver](int value) {
          EXPECT_EQ(std::this_thread::get_id(), driver);
          order.push_back(value);
          if (value == 99) loop.stop();
        });
  }
  EXPECT_TRUE(order.empty());
  loop.run();
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(ThreadBackground, SeveralThreadsWorkAtOnce) {
  EventLoop loop;
  ThreadBackground background(loop, 2);
  // Each task waits for the other: with one thread this would never end.
  std::promise<void> first;
  std::promise<void> second;
  int done = 0;
  const auto count = [&] {
    if (++done == 2) loop.stop();
  };
  background.run(
      [&] {
        first.set_value();
        second.get_future().wait();
      },
      count);
  background.run(
      [&] {
        second.set_value();
        first.get_future().wait();
      },
      count);
  loop.run();
  EXPECT_EQ(done, 2);
}

TEST(ThreadBackground, DropsWhatHasNotBegunWhenItGoes) {
  EventLoop loop;
  int done = 0;
  {
    ThreadBackground background(loop, 1);
    for (int i = 0; i < 1000; ++i) background.run([] {}, [&] { ++done; });
  }
  loop.poll();
  EXPECT_LE(done, 1000);
}

}  // namespace
}  // namespace terapi::core
