#include "client/program/sync_report.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

class SyncReportTest : public testing::Test {
 protected:
  SyncReportTest() {
    StreamProgress stream;
    stream.stream = {"github", "demo", "Issue"};
    stream.running = true;
    streams_ = {stream};
  }
  std::unique_ptr<SyncReport> report(SyncReport::Options options) {
    return std::make_unique<SyncReport>(options,
                                        Console([this](std::string_view text) { written_ += text; },
                                                [] { return std::size_t{200}; }),
                                        clock_, [this] { return streams_; });
  }
  void receive(std::uint64_t records) {
    streams_[0].counts.records += records;
    ++streams_[0].counts.pages;
  }
  std::string take_output() { return std::exchange(written_, ""); }

  core::VirtualClock clock_;
  std::vector<StreamProgress> streams_;
  std::string written_;
};

TEST_F(SyncReportTest, IsQuietWithoutProgress) {
  const auto silent = report({});
  silent->begin();
  receive(10);
  clock_.advance_by(1min);
  silent->end();
  EXPECT_EQ(take_output(), "");
}

TEST_F(SyncReportTest, RedrawsTenTimesASecondAtMost) {
  const auto drawn = report({.progress = SyncReport::Progress::kRedrawn});
  drawn->begin();
  std::size_t draws = 0;
  for (int i = 0; i < 100; ++i) {
    receive(10);
    clock_.advance_by(10ms);
    if (!take_output().empty()) ++draws;
  }
  EXPECT_EQ(draws, 10U);
}

TEST_F(SyncReportTest, DrawsOnceASecondWhileNothingGoesOn) {
  const auto drawn = report({.progress = SyncReport::Progress::kRedrawn});
  streams_[0].running = false;
  streams_[0].up_to_date_at = clock_.now();
  drawn->begin();
  clock_.advance_by(100ms);
  take_output();
  clock_.advance_by(900ms);
  EXPECT_EQ(take_output(), "");
  clock_.advance_by(100ms);
  EXPECT_NE(take_output().find("lag 1s"), std::string::npos);
}

TEST_F(SyncReportTest, ClearsTheLineAtTheEnd) {
  const auto drawn = report({.progress = SyncReport::Progress::kRedrawn});
  drawn->begin();
  clock_.advance_by(100ms);
  take_output();
  drawn->end();
  EXPECT_EQ(take_output(), "\r\x1b[K");
  clock_.advance_by(1min);
  EXPECT_EQ(take_output(), "");
}

TEST_F(SyncReportTest, PaintsWhatIsWrongWhereThereIsColor) {
  const auto painted = report({.color = true});
  painted->tell(SyncEvent::Level::kInfo, "", "all well");
  painted->tell(SyncEvent::Level::kWarning, "", "slow");
  painted->tell(SyncEvent::Level::kError, "", "broken");
  EXPECT_EQ(take_output(),
            "terapi-sync: info: all well\n"
            "\x1b[33mterapi-sync: warning: slow\x1b[0m\n"
            "\x1b[31mterapi-sync: error: broken\x1b[0m\n");
  report({.json = true, .color = true})->tell(SyncEvent::Level::kError, "", "broken");
  EXPECT_EQ(take_output().find('\x1b'), std::string::npos);
}

TEST_F(SyncReportTest, PlainLinesComeWhileSomethingGoesOn) {
  const auto lines = report({.progress = SyncReport::Progress::kLines});
  lines->begin();
  receive(5000);
  clock_.advance_by(5s);
  EXPECT_EQ(take_output(), "terapi-sync: info: github/demo/Issue  5,000 records  1.0k/s  1 page\n");
  streams_[0].running = false;
  clock_.advance_by(1min);
  EXPECT_EQ(take_output(), "");
}

TEST_F(SyncReportTest, TellsEventsInTextOrJson) {
  report({})->tell(SyncEvent::Level::kWarning, "a/b/c", "trouble");
  EXPECT_EQ(take_output(), "terapi-sync: warning: a/b/c: trouble\n");
  report({.json = true})->tell(SyncEvent::Level::kWarning, "a/b/c", "trouble");
  EXPECT_EQ(take_output(),
            R"({"time":"2024-01-01T00:00:00.000000+00:00","level":"warning","stream":"a/b/c",)"
            R"("message":"trouble"})"
            "\n");
}

TEST_F(SyncReportTest, ProgressIsAsWishedAndAsStderrCan) {
  using Progress = SyncReport::Progress;
  EXPECT_EQ(progress_for(ProgressWish::kAuto, true), Progress::kRedrawn);
  EXPECT_EQ(progress_for(ProgressWish::kAuto, false), Progress::kNone);
  EXPECT_EQ(progress_for(ProgressWish::kAlways, true), Progress::kRedrawn);
  EXPECT_EQ(progress_for(ProgressWish::kAlways, false), Progress::kLines);
  EXPECT_EQ(progress_for(ProgressWish::kNever, true), Progress::kNone);
}

}  // namespace
}  // namespace terapi::client
