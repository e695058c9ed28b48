#include "core/system/pipe_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace terapi::core {
namespace {

class Pipe : public testing::Test {
 protected:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() override { hang_up(); }
  bool write(const std::string& text) const {
    return ::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  EventLoop loop_;
  std::array<int, 2> ends_{};
  std::string heard_;
};

TEST_F(Pipe, TellsWhatComesAsItComes) {
  const PipeReader reader(loop_, ends_[0], [this](std::string_view bytes) {
    heard_ += bytes;
    loop_.stop();
  });
  ASSERT_TRUE(write("one "));
  loop_.run();
  ASSERT_TRUE(write("two"));
  loop_.run();
  EXPECT_EQ(heard_, "one two");
}

TEST_F(Pipe, DrainsTheLastWordsWithoutTheLoop) {
  PipeReader reader(loop_, ends_[0], [this](std::string_view bytes) { heard_ += bytes; });
  ASSERT_TRUE(write("the end"));
  hang_up();
  reader.drain();
  EXPECT_EQ(heard_, "the end");
  reader.drain();
  EXPECT_EQ(heard_, "the end");
}

TEST_F(Pipe, OfOneThatIsAlwaysFullDrainsAPart) {
  PipeReader reader(loop_, ends_[0], [this](std::string_view bytes) {
    heard_ += bytes;
    EXPECT_TRUE(write(std::string(bytes.size(), 'x')));  // somebody goes on
  });
  ASSERT_TRUE(write("x"));
  reader.drain(1000);
  EXPECT_EQ(heard_.size(), 1000u);
}

TEST_F(Pipe, TellsThatItHasEndedOnceAndAfterWhatCame) {
  int ends = 0;
  const PipeReader reader(
      loop_, ends_[0], [this](std::string_view bytes) { heard_ += bytes; },
      [&] {
        ++ends;
        loop_.stop();
      });
  ASSERT_TRUE(write("the end"));
  loop_.poll();
  EXPECT_EQ(ends, 0);
  hang_up();
  loop_.run();
  loop_.poll();
  EXPECT_EQ(heard_, "the end");
  EXPECT_EQ(ends, 1);
}

TEST_F(Pipe, CallsNobodyOnceItIsGone) {
  {
    const PipeReader reader(loop_, ends_[0], [this](std::string_view bytes) { heard_ += bytes; });
  }
  EXPECT_FALSE(write("who is there?"));  // closed: the loop has made the process ignore SIGPIPE
  loop_.poll();
  EXPECT_EQ(heard_, "");
}

}  // namespace
}  // namespace terapi::core
