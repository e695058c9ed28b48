#include "core/system/thread_background.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
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
  lane.run([&] { told.get_future().wait(); }, [&] { loop.stop(); });
  loop.run();  // would never end
}

TEST(ThreadBackground, LetsOtherLanesPass) {
  EventLoop loop;
  ThreadBackground threads(loop, 2);
  BackgroundLane slow(threads);
  BackgroundLane other(threads);
  std::promise<void> passed;
  slow.run([&] { passed.get_future().wait(); }, [] {});
  slow.run([] {}, [&] { loop.stop(); });
  other.run([&] { passed.set_value(); }, [] {});
  loop.run();  // would never end
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
