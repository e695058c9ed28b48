#include "conformance/harness/measure/state_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

class StateWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    auto watch = StateWatch::make(folder_.path());
    ASSERT_TRUE(watch.has_value());
    watch_ = *std::move(watch);
  }

  // True when a write is told of, at a moment of this action or later.
  bool told(const std::function<void()>& action) {
    const Moment before = std::chrono::steady_clock::now();
    action();
    const Moment limit = before + 10s;
    while (watch_->last() < before) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return watch_->writes().back() >= before;
  }
  void append(const std::string& name) { std::ofstream(folder_.file(name), std::ios::app) << "x"; }

  core::TemporaryFolder folder_;
  std::unique_ptr<StateWatch> watch_;
};

TEST_F(StateWatchTest, TellsOfEachKindOfWrite) {
  EXPECT_TRUE(told([&] { append("new"); }));
  EXPECT_TRUE(told([&] { append("new"); }));
  EXPECT_TRUE(told([&] { std::filesystem::rename(folder_.file("new"), folder_.file("other")); }));
  EXPECT_TRUE(told([&] { std::filesystem::resize_file(folder_.file("other"), 0); }));
  EXPECT_TRUE(told([&] { std::filesystem::remove(folder_.file("other")); }));
}

TEST_F(StateWatchTest, TellsOfWritesInFoldersWithin) {
  EXPECT_TRUE(told([&] { std::filesystem::create_directory(folder_.file("within")); }));
  EXPECT_TRUE(told([&] { append("within/file"); }));
}

TEST_F(StateWatchTest, NothingIsToldWhereNothingIsWritten) {
  EXPECT_TRUE(watch_->writes().empty());
  EXPECT_EQ(watch_->last(), Moment::min());
}

TEST(StateWatchWithoutAFolder, SaysWhich) {
  const auto watch = StateWatch::make("/nowhere/at/all");
  ASSERT_FALSE(watch.has_value());
  EXPECT_EQ(watch.error().code, "cannot_watch");
  EXPECT_NE(watch.error().message.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace terapi::conformance
