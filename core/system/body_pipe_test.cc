#include "core/system/body_pipe.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/system/event_loop_impl.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

class BodyPipeTest : public testing::Test {
 protected:
  std::string read() {
    std::string text = "nothing";
    reader_->read([&](BodySource::Piece piece) {
      text = !piece ? piece.error().code : piece->value_or("the end");
      loop_.stop();
    });
    loop_.run();
    return text;
  }

  EventLoop loop_;
  int room_ = 0;
  int given_up_ = 0;
  std::shared_ptr<BodyPipe> pipe_ = std::make_shared<BodyPipe>(BodyPipe::Ports{
      loop_.impl().io(), loop_.clock(), 20ms, [this] { ++room_; }, [this] { ++given_up_; }});
  std::shared_ptr<BodySource> reader_ = pipe_->reader();
};

TEST_F(BodyPipeTest, GivesAllThatIsThere) {
  pipe_->put("a");
  pipe_->put("b");
  EXPECT_EQ(read(), "ab");
  pipe_->put("c");
  pipe_->end(std::nullopt);
  EXPECT_EQ(read(), "c");
  EXPECT_EQ(read(), "the end");
  EXPECT_EQ(given_up_, 0);
}

TEST_F(BodyPipeTest, GivesToWhoeverWaits) {
  loop_.post([this] { pipe_->put("late"); });
  EXPECT_EQ(read(), "late");
  loop_.post([this] { pipe_->end(Error{"connection_reset", ""}); });
  EXPECT_EQ(read(), "connection_reset");
}

// So that a peer who sends faster than anybody reads has to wait.
TEST_F(BodyPipeTest, SaysWhenThereIsRoomAgain) {
  pipe_->put(std::string((64 << 10) - 1, 'x'));
  EXPECT_FALSE(pipe_->is_full());
  pipe_->put("x");
  EXPECT_TRUE(pipe_->is_full());
  EXPECT_EQ(room_, 0);
  EXPECT_EQ(read().size(), std::size_t{64} << 10);
  EXPECT_FALSE(pipe_->is_full());
  EXPECT_EQ(room_, 1);
  pipe_->put("little");
  read();
  EXPECT_EQ(room_, 1) << "there was room before";
}

TEST_F(BodyPipeTest, GivesUpAfterALongSilence) {
  EXPECT_EQ(read(), "timeout");
  EXPECT_EQ(given_up_, 1);
  pipe_->put("too late");
  EXPECT_EQ(read(), "timeout");
}

TEST_F(BodyPipeTest, SaysWhenTheReaderGoes) {
  reader_.reset();
  EXPECT_EQ(given_up_, 1);
  pipe_->put("for nobody");
  pipe_->end(std::nullopt);
}

TEST_F(BodyPipeTest, LetsAReaderGoThatHasItAll) {
  pipe_->end(std::nullopt);
  reader_.reset();
  EXPECT_EQ(given_up_, 0);
}

}  // namespace
}  // namespace terapi::core
