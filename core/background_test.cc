#include "core/background.h"

#include <gtest/gtest.h>

#include <cctype>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace terapi::core {
namespace {

TEST(InlineBackground, WorksAtOnceAndReportsThroughTheClock) {
  VirtualClock clock;
  InlineBackground background(clock);
  bool worked = false;
  int reported = 0;
  run_in(
      background,
      [&] {
        worked = true;
        return 7;
      },
      [&](int value) { reported = value; });
  EXPECT_TRUE(worked);
  EXPECT_EQ(reported, 0);
  clock.advance_by(Duration(0));
  EXPECT_EQ(reported, 7);
}

TEST(InlineBackground, LetsATasksExceptionThrough) {
  VirtualClock clock;
  InlineBackground background(clock);
  EXPECT_THROW(background.run([] { throw std::runtime_error("crash"); }, [] {}),
               std::runtime_error);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST(CountedBackground, TellsWhenNothingIsLeft) {
  VirtualClock clock;
  InlineBackground inline_background(clock);
  CountedBackground background(inline_background);
  int done = 0;
  int idle_at = -1;
  background.run([] {},
                 [&] {
                   ++done;
                   background.run([] {}, [&] { ++done; });  // more comes of it
                 });
  background.when_idle([&] { idle_at = done; });
  EXPECT_EQ(idle_at, -1);
  clock.advance_by(Duration(0));
  EXPECT_EQ(done, 2);
  EXPECT_EQ(idle_at, 2);
}

TEST(CountedBackground, TellsNobodyOnceItIsGone) {
  VirtualClock clock;
  InlineBackground inline_background(clock);
  auto background = std::make_unique<CountedBackground>(inline_background);
  bool told = false;
  background->run([] {}, [&] { told = true; });
  background->when_idle([&] { told = true; });
  background.reset();
  clock.advance_by(Duration(0));
  EXPECT_FALSE(told);
}

// Keeps what it is asked to run, so that a test decides when each of its threads does its work.
class HeldBackground final : public Background {
 public:
  void run(std::function<void()> task, std::function<void()> done) override {
    tasks.push_back(std::move(task));
    dones.push_back(std::move(done));
  }
  std::vector<std::function<void()>> tasks;
  std::vector<std::function<void()>> dones;
};

TEST(SerialBackground, DoesItsWorkInOrderWhicheverThreadComesFirst) {
  HeldBackground threads;
  SerialBackground serial(threads);
  std::string order;
  for (const char name : {'a', 'b', 'c'}) {
    serial.run([&order, name] { order += name; },
               [&order, name] { order += static_cast<char>(std::toupper(name)); });
  }
  threads.tasks[2]();
  EXPECT_EQ(order, "a");
  threads.dones[2]();
  EXPECT_EQ(order, "aA");
  threads.tasks[0]();
  threads.tasks[1]();
  EXPECT_EQ(order, "aAbc");
  threads.dones[1]();
  EXPECT_EQ(order, "aAbcBC");
  threads.dones[0]();  // nothing is left to tell
  EXPECT_EQ(order, "aAbcBC");
}

TEST(SerialBackground, LetsNoOtherThreadInWhileItWorks) {
  HeldBackground threads;
  SerialBackground serial(threads);
  std::string order;
  serial.run(
      [&] {
        order += "a";
        threads.tasks[1]();  // another thread comes meanwhile: it leaves its work to this one
        order += "a";
      },
      [] {});
  serial.run([&] { order += "b"; }, [] {});
  threads.tasks[0]();
  EXPECT_EQ(order, "aab");
}

TEST(SerialBackground, WorksOnAfterATaskThatThrew) {
  HeldBackground threads;
  SerialBackground serial(threads);
  bool worked = false;
  serial.run([] { throw std::runtime_error("crash"); }, [] {});
  serial.run([&] { worked = true; }, [] {});
  EXPECT_THROW(threads.tasks[0](), std::runtime_error);
  threads.tasks[1]();
  EXPECT_TRUE(worked);
}

}  // namespace
}  // namespace terapi::core
