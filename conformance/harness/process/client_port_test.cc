#include "conformance/harness/process/client_port.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <utility>
#include <vector>

namespace terapi::conformance {
namespace {

TEST(ClientPort, IsNobodyElsesWhileItIsHeld) {
  std::vector<ClientPort> held;
  std::set<int> numbers;
  for (int i = 0; i < 20; ++i) {
    held.push_back(ClientPort::take());
    EXPECT_NE(held.back().number(), 0);
    EXPECT_TRUE(numbers.insert(held.back().number()).second);
  }
}

// Two processes that look from the same place on, as they may by chance.
TEST(ClientPort, IsNoOtherProcesssEither) {
  int taken[2];
  ASSERT_EQ(::pipe(taken), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::uint16_t others = 0;
    const bool told = ::read(taken[0], &others, sizeof others) == sizeof others;
    ::_exit(told && ClientPort::take().number() != others ? 0 : 1);
  }
  const ClientPort port = ClientPort::take();
  const std::uint16_t number = port.number();
  EXPECT_EQ(::write(taken[1], &number, sizeof number), static_cast<ssize_t>(sizeof number));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(taken[0]);
  ::close(taken[1]);
}

TEST(ClientPort, MovesWithItsClaim) {
  ClientPort port;
  EXPECT_EQ(port.number(), 0);
  port = ClientPort::take();
  const int number = port.number();
  const ClientPort moved = std::move(port);
  EXPECT_EQ(moved.number(), number);
}

}  // namespace
}  // namespace terapi::conformance
