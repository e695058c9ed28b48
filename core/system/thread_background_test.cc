#include "core/system/thread_background.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "core/system/event_loop.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

// True when it comes; a test that waits in vain says so, and ends.
bool comes(std::promise<void>& promise) {
  return promise.get_future().wait_for(1min) == std::future_status::ready;
}

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

TEST(ThreadBackground, DoesALanesTasksOneAtATimeInOrderOnAnyNumberOfThreads) {
  EventLoop loop;
  ThreadBackground threads(loop, 4);
  BackgroundLane first(threads);
  BackgroundLane second(threads);
  struct Lane {
    BackgroundLane* background;
    std::atomic<int> inside = 0;
    std::vector<int> worked;
    std::vector<int> told;
  };
  Lane lanes[] = {{&first, 0, {}, {}}, {&second, 0, {}, {}}};
  int left = 2 * 500;
  for (int i = 0; i < 500; ++i) {
    for (Lane& lane : lanes) {
      lane.background->run(
          [&lane, i] {
            EXPECT_EQ(++lane.inside, 1);
            lane.worked.push_back(i);
            --lane.inside;
          },
          [&lane, &left, &loop, i] {
            lane.told.push_back(i);
            if (--left == 0) loop.stop();
          });
    }
  }
  loop.run();
  for (const Lane& lane : lanes) {
    EXPECT_TRUE(std::is_sorted(lane.worked.begin(), lane.worked.end()));
    EXPECT_EQ(lane.worked.size(), 500U);
    EXPECT_TRUE(std::is_sorted(lane.told.begin(), lane.told.end()));
    EXPECT_EQ(lane.told.size(), 500U);
  }
}

// A task is told of when it has ended, and not when what stands behind it in its lane has.
TEST(ThreadBackground, TellsOfATaskBeforeTheNextOneOfItsLaneHasEnded) {
  EventLoop loop;
  ThreadBackground threads(loop, 2);
  BackgroundLane lane(threads);
  std::promise<void> told;
  lane.run([] {}, [&] { told.set_value(); });
  bool in_time = false;
  lane.run([&] { in_time = comes(told); }, [&] { loop.stop(); });
  loop.run();
  EXPECT_TRUE(in_time);
}

TEST(ThreadBackground, LetsOtherLanesPass) {
  EventLoop loop;
  ThreadBackground threads(loop, 2);
  BackgroundLane slow(threads);
  BackgroundLane other(threads);
  std::promise<void> passed;
  bool in_time = false;
  slow.run([&] { in_time = comes(passed); }, [] {});
  slow.run([] {}, [&] { loop.stop(); });
  other.run([&] { passed.set_value(); }, [] {});
  loop.run();
  EXPECT_TRUE(in_time);
}

TEST(ThreadBackground, SeveralThreadsWorkAtOnce) {
  EventLoop loop;
  ThreadBackground background(loop, 2);
  // Each task waits for the other.
  std::promise<void> first;
  std::promise<void> second;
  int done = 0;
  const auto count = [&] {
    if (++done == 2) loop.stop();
  };
  background.run(
      [&] {
        first.set_value();
        EXPECT_TRUE(comes(second));
      },
      count);
  background.run(
      [&] {
        second.set_value();
        EXPECT_TRUE(comes(first));
      },
      count);
  loop.run();
  EXPECT_EQ(done, 2);
}

TEST(ThreadBackground, DropsWhatHasNotBegunWhenItGoes) {
  EventLoop loop;
  std::atomic<int> worked = 0;
  std::promise<void> dropped;
  bool in_time = false;
  {
    ThreadBackground background(loop, 1);
    std::promise<void> began;
    background.run(
        [&] {
          began.set_value();
          in_time = comes(dropped);
        },
        [] {});
    ASSERT_TRUE(comes(began));
    for (int i = 0; i < 1000; ++i) background.run([&] { ++worked; }, [] {});
    // Goes with the task that holds it, while the first one still runs.
    std::shared_ptr<void> held(nullptr, [&](void*) { dropped.set_value(); });
    background.run([&worked, held = std::move(held)] { ++worked; }, [] {});
  }
  EXPECT_TRUE(in_time);
  EXPECT_EQ(worked, 0);
}

}  // namespace
}  // namespace terapi::core
