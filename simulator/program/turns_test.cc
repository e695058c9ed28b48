// Long work on the one thread gives way to others.
#include <atomic>
#include <chrono>
#include <thread>

#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

// No clock can begin where timestamps end.
TEST(ServeFlagsTime, BeginsWhereTimestampsCanFollow) {
  for (const std::string time : {"9999-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z",
                                 "1969-12-31T23:59:59Z", "0000-01-01T00:00:00+23:59"}) {
    ServeFlags serve;
    core::Flags flags;
    serve.add_to(flags);
    const auto read = flags.parse({"--start", time});
    ASSERT_FALSE(read) << time;
    EXPECT_NE(read.error().message.find("to 9999-01-01T00:00:00"), std::string::npos);
  }
}

// Ten years of runs every half hour: whoever looks at the clock meanwhile sees it on its way.
TEST(Turns, OthersAreAnsweredWhileTimeIsMovedFar) {
  SocketSimulator s({.world = R"("upstream":[{"integration":"github","connection":"demo",)"
                              R"("collection":"issues","items":[{"id":1}]}])"});
  const std::string began = s.now();
  std::atomic<bool> done = false;
  std::thread mover([&] {
    core::HttplibTransport transport;  // one for each thread
    core::SendOptions patient;
    patient.timeout = std::chrono::minutes(2);
    const auto moved = transport.send(
        request_of("POST",
                   "http://127.0.0.1:" + std::to_string(s.port()) + "/_simulator/clock/advance",
                   {{"Content-Type", "application/json"}}, R"({"by":"3650d"})"),
        patient);
    EXPECT_TRUE(moved && moved->status == 200);
    done = true;
  });
  bool seen_on_its_way = false;
  while (!done && !seen_on_its_way) {
    const std::string now = s.now();
    seen_on_its_way = now > began && now < "2033-12-29T00:00:00.000000+00:00";
  }
  mover.join();
  EXPECT_TRUE(seen_on_its_way);
  EXPECT_EQ(s.now(), "2033-12-29T00:00:00.000000+00:00");
}

}  // namespace
}  // namespace terapi::simulator
