#include "core/system/event_loop.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/system/system_clock.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

TEST(EventLoop, RunsPostedActionsInOrderOnItsThread) {
  EventLoop loop;
  std::vector<int> order;
  std::thread poster([&] {
    for (int i = 0; i < 100; ++i) loop.post([&order, i] { order.push_back(i); });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  poster.join();
  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(EventLoop, NeverRunsAnActionInsidePost) {
  EventLoop loop;
  bool ran = false;
  loop.post([&] {
    loop.post([&] { ran = true; });
    EXPECT_FALSE(ran);
  });
  EXPECT_EQ(loop.poll(), 2u);
  EXPECT_TRUE(ran);
}

TEST(EventLoop, KeepsAStopThatCameBeforeRun) {
  EventLoop loop;
  loop.stop();
  loop.run();
  SUCCEED();
}

TEST(EventLoop, RunsAgainAfterAStop) {
  EventLoop loop;
  int runs = 0;
  for (int i = 0; i < 3; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  EXPECT_EQ(runs, 3);
}

TEST(EventLoop, PollsWithoutWaitingAndStaysUsable) {
  EventLoop loop;
  EXPECT_EQ(loop.poll(), 0u);
  loop.post([] {});
  EXPECT_EQ(loop.poll(), 1u);
  EXPECT_EQ(loop.poll(), 0u);
}

TEST(EventLoop, RunsWhatIsReadyWithinAnAction) {
  EventLoop loop;
  std::string order;
  loop.post([&] {
    order += "a(";
    loop.poll_within();
    order += ")";
    loop.stop();
  });
  loop.post([&] { order += "b"; });
  loop.clock().at(loop.clock().now(), [&] { order += "c"; });
  loop.run();
  EXPECT_EQ(order.substr(0, 3), "a(b");
  EXPECT_NE(order.find("c)"), std::string::npos) << order;
}

// The action goes on, and run() returns after it.
TEST(EventLoop, KeepsAStopThatCameWithinAnAction) {
  EventLoop loop;
  std::string order;
  loop.post([&] {
    loop.poll_within();
    loop.poll_within();
    order += "a";
  });
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, "a");
}

TEST(EventLoop, LetsExceptionsOutOfRunAndRunsAgain) {
  EventLoop loop;
  loop.post([] { throw std::runtime_error("crash"); });
  EXPECT_THROW(loop.run(), std::runtime_error);
  bool ran = false;
  loop.post([&] {
    ran = true;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(ran);
}

TEST(EventLoop, ReportsEverySignal) {
  EventLoop loop;
  int seen = 0;
  loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) {
    EXPECT_EQ(signal, seen == 0 ? SIGUSR2 : SIGUSR1);
    if (++seen == 2) return loop.stop();
    ::kill(::getpid(), SIGUSR1);
  });
  ::kill(::getpid(), SIGUSR2);
  loop.run();
  EXPECT_EQ(seen, 2);
}

TEST(EventLoop, ReportsTheEndOfEachChildWithItsStatus) {
  EventLoop loop;
  std::vector<int> statuses;
  const auto ended = [&](int status) {
    statuses.push_back(WEXITSTATUS(status));
    if (statuses.size() == 2) loop.stop();
  };
  for (const int code : {3, 4}) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(code);
    loop.watch_child(child, ended);
  }
  loop.run();
  std::sort(statuses.begin(), statuses.end());
  EXPECT_EQ(statuses, (std::vector<int>{3, 4}));
}

TEST(EventLoop, ReportsAPidThatIsNoChild) {
  EventLoop loop;
  int status = 0;
  loop.watch_child(::getpid(), [&](int s) {
    status = s;
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(status, -1);
}

TEST(SystemClock, TellsTheMachinesTime) {
  EventLoop loop;
  const auto before = std::chrono::system_clock::now() - 10ms;
  const Time now = loop.clock().now();
  EXPECT_GE(now, std::chrono::time_point_cast<Duration>(before));
  EXPECT_LE(now, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() + 10ms));
}

TEST(SystemClock, RunsTimersInTheOrderOfDueThenSequence) {
  EventLoop loop;
  Clock& clock = loop.clock();
  const Time now = clock.now();
  std::string order;
  clock.at(now + 4ms, [&] { loop.stop(); });
  clock.at(now + 2ms, [&] { order += 'c'; });
  clock.at(now + 1ms, [&] { order += 'a'; });
  clock.at(now + 2ms, [&] { order += 'd'; });
  clock.at(now + 1ms, [&] { order += 'b'; });
  loop.run();
  EXPECT_EQ(order, "abcd");
}

TEST(SystemClock, RunsATimerThatIsDueAlreadyNextButNotInsideAt) {
  EventLoop loop;
  bool ran = false;
  loop.clock().at(Time(), [&] {
    ran = true;
    loop.stop();
  });
  loop.clock().at(Time::min(), [] {});
  EXPECT_FALSE(ran);
  loop.run();
  EXPECT_TRUE(ran);
}

TEST(SystemClock, NeverRunsATimerEarly) {
  EventLoop loop;
  const auto began = std::chrono::steady_clock::now();
  loop.clock().at(loop.clock().now() + 20ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_GE(std::chrono::steady_clock::now() - began, 20ms);
}

TEST(SystemClock, CancelsTimers) {
  EventLoop loop;
  Clock& clock = loop.clock();
  bool ran = false;
  const TimerId timer = clock.at(clock.now() + 1ms, [&] { ran = true; });
  EXPECT_TRUE(clock.cancel(timer));
  EXPECT_FALSE(clock.cancel(timer));
  clock.at(clock.now() + 3ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(ran);
}

TEST(SystemClock, HoldsManyTimersWithoutWork) {
  EventLoop loop;
  Clock& clock = loop.clock();
  for (int i = 0; i < 100'000; ++i) clock.at(clock.now() + 1h + Duration(i), [] { FAIL(); });
  clock.at(Time::max(), [] { FAIL(); });
  clock.at(clock.now() + 1ms, [&] { loop.stop(); });
  loop.run();
}

TEST(SystemClock, LetsOthersRunBetweenTimersThatAlwaysSetAnother) {
  EventLoop loop;
  std::function<void()> again = [&] { loop.clock().at(Time(), again); };
  again();
  loop.post([&] { loop.post([&] { loop.stop(); }); });
  loop.run();
  SUCCEED();
}

// The machine's clock is set back by a day, and then forward, while timers wait.
TEST(SystemClock, KeepsRealDurationsWhenTheMachinesClockIsSet) {
  EventLoop loop;
  Duration jump{0};
  SystemClock clock(loop, [&] {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) + jump;
  });
  std::string order;
  clock.at(clock.now() + 30ms, [&] { order += 'b'; });
  jump = -24h;
  const Time yesterday = clock.now();
  EXPECT_LT(yesterday, std::chrono::system_clock::now() - 23h);
  clock.at(yesterday + 10ms, [&] { order += 'a'; });
  jump = 24h;
  clock.at(clock.now() + 60ms, [&] {
    order += 'c';
    loop.stop();
  });
  clock.at(clock.now() + 1h, [&] { order += '!'; });
  loop.run();
  EXPECT_EQ(order, "abc");
}

}  // namespace
}  // namespace terapi::core
