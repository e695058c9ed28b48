#include "simulator/program/lifeline.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace terapi::simulator {
namespace {

using testing::HasSubstr;

class LifelineTest : public testing::Test {
 protected:
  ~LifelineTest() override { let_go(); }
  void let_go() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // Nothing has ended yet; then the other end is closed, and it has.
  void expect_ends_when_let_go() {
    const auto lifeline = Lifeline::on(ends_[0]);
    ASSERT_TRUE(lifeline) << lifeline.error().message;
    EXPECT_NE(::fcntl(ends_[0], F_GETFD) & FD_CLOEXEC, 0);
    int ended = 0;
    const auto watch = lifeline->watch(loop_, [&] {
      ++ended;
      loop_.stop();
    });
    ASSERT_EQ(::write(ends_[1], "hello", 5), 5);
    loop_.poll();
    EXPECT_EQ(ended, 0);
    let_go();
    loop_.run();
    EXPECT_EQ(ended, 1);
  }
  std::string refusal(std::optional<std::uint64_t> descriptor) {
    const auto lifeline = Lifeline::on(descriptor);
    return lifeline ? "" : lifeline.error().code + ": " + lifeline.error().message;
  }

  core::EventLoop loop_;
  std::array<int, 2> ends_ = {-1, -1};
};

TEST_F(LifelineTest, EndsWithTheOtherEndOfAPipe) {
  ASSERT_EQ(::pipe(ends_.data()), 0);
  expect_ends_when_let_go();
}

TEST_F(LifelineTest, EndsWithTheOtherEndOfASocket) {
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
  expect_ends_when_let_go();
}

// The parent died while the world was being loaded.
TEST_F(LifelineTest, EndsWhereNobodyHeldItToBeginWith) {
  ASSERT_EQ(::pipe(ends_.data()), 0);
  let_go();
  const auto lifeline = Lifeline::on(ends_[0]);
  ASSERT_TRUE(lifeline) << lifeline.error().message;
  bool ended = false;
  const auto watch = lifeline->watch(loop_, [&] {
    ended = true;
    loop_.stop();
  });
  loop_.run();
  EXPECT_TRUE(ended);
}

TEST_F(LifelineTest, OfNoneNeverEnds) {
  const auto lifeline = Lifeline::on(std::nullopt);
  ASSERT_TRUE(lifeline);
  EXPECT_EQ(lifeline->watch(loop_, [] { ADD_FAILURE(); }), nullptr);
}

TEST_F(LifelineTest, SaysWhatItCannotHoldOnTo) {
  EXPECT_THAT(refusal(1023),
              HasSubstr("bad_usage: --stop-with-fd 1023: that file descriptor is not open"));
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_THAT(refusal(file), HasSubstr("neither a pipe nor a socket; expected a pipe or socket"));
  ::close(file);
  ASSERT_EQ(::pipe(ends_.data()), 0);
  EXPECT_THAT(refusal(ends_[1]), HasSubstr("it is the end that is written to"));
  ::close(ends_[0]);
}

}  // namespace
}  // namespace terapi::simulator
