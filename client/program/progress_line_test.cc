#include "client/program/progress_line.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

constexpr core::Time kNow{std::chrono::seconds(1704067200)};

StreamProgress walking(std::uint64_t records, std::uint64_t pages) {
  StreamProgress progress;
  progress.stream = {"github", "demo", "Issue"};
  progress.running = true;
  progress.counts.records = records;
  progress.counts.pages = pages;
  return progress;
}

class ProgressLineTest : public testing::Test {
 protected:
  std::string at(core::Duration when, std::uint64_t records, std::uint64_t pages) {
    return line_.update({walking(records, pages)}, kNow + when);
  }
  ProgressLine line_{std::nullopt};
};

TEST_F(ProgressLineTest, SaysWhatCame) {
  EXPECT_EQ(at(0s, 412000, 412), "github/demo/Issue  412,000 records  412 pages");
  EXPECT_EQ(ProgressLine(std::nullopt).update({walking(1, 1)}, kNow),
            "github/demo/Issue  1 record  1 page");
}

TEST_F(ProgressLineTest, RateIsThatOfTheLastSeconds) {
  at(0s, 0, 0);
  EXPECT_EQ(at(1s, 1000, 1), "github/demo/Issue  1,000 records  1.0k/s  1 page");
  for (int second = 2; second <= 10; ++second) at(std::chrono::seconds(second), 1000, 1);
  EXPECT_EQ(at(11s, 1000, 1), "github/demo/Issue  1,000 records  1 page");
}

TEST_F(ProgressLineTest, NoRateFromTooShortATime) {
  at(0s, 0, 0);
  EXPECT_EQ(at(100ms, 1000, 1), "github/demo/Issue  1,000 records  1 page");
}

TEST_F(ProgressLineTest, SeveralStreamsAreSummed) {
  StreamProgress second = walking(5, 1);
  second.stream.model = "User";
  EXPECT_EQ(line_.update({walking(2000, 2), second}, kNow), "2 streams  2,005 records  3 pages");
}

TEST_F(ProgressLineTest, EstimatesWhatIsLeftOfWhatWasExpected) {
  ProgressLine line(1000000);
  StreamProgress stream = walking(100000, 100);
  stream.stored_before = 300000;  // by an earlier run
  EXPECT_EQ(line.update({stream}, kNow), "github/demo/Issue  400,000 records (40%)  100 pages");
  stream.counts.records = 300000;
  EXPECT_EQ(line.update({stream}, kNow + 1s),
            "github/demo/Issue  600,000 records (60%)  200k/s  100 pages  ~2s left");
  stream.up_to_date_at = kNow + 1s;
  EXPECT_EQ(line.update({stream}, kNow + 2s),
            "github/demo/Issue  300,000 records  100k/s  100 pages  lag 1s");
}

TEST_F(ProgressLineTest, DropsAnExpectationThatWasTooLow) {
  ProgressLine line(10);
  EXPECT_EQ(line.update({walking(11, 1)}, kNow), "github/demo/Issue  11 records  1 page");
}

TEST_F(ProgressLineTest, EstimatesAFullReadByWhatWasStored) {
  StreamProgress stream = walking(50, 1);
  stream.stored_before = 1000;
  stream.up_to_date_at = kNow;
  line_.update({stream}, kNow);
  stream.full_reads = 1;
  line_.update({stream}, kNow);
  stream.counts.records += 250;
  EXPECT_EQ(line_.update({stream}, kNow + 1s),
            "github/demo/Issue  250 records (25%)  250/s  1 page  lag 1s  ~3s left");
  stream.up_to_date_at = kNow + 2s;  // read to the end
  EXPECT_EQ(line_.update({stream}, kNow + 8s), "github/demo/Issue  300 records  1 page  lag 6s");
}

TEST_F(ProgressLineTest, LagIsTheAgeOfTheNewestRecordUntilTheEndIsReached) {
  StreamProgress stream = walking(10, 1);
  EXPECT_EQ(lag_of(stream, kNow), std::nullopt);
  stream.counts.newest = kNow - 2h;
  EXPECT_EQ(lag_of(stream, kNow), 2h);
  stream.up_to_date_at = kNow - 3s;
  EXPECT_EQ(lag_of(stream, kNow), 3s);
  stream.up_to_date_at = kNow + 3s;  // a clock that was set
  EXPECT_EQ(lag_of(stream, kNow), 0s);
}

TEST_F(ProgressLineTest, SaysWhatIsWrong) {
  StreamProgress retrying = walking(10, 1);
  retrying.running = false;
  retrying.health = Health::kRetrying;
  retrying.error = {"server_error", "the server answered 503"};
  retrying.next_attempt_at = kNow + 2500ms;
  EXPECT_EQ(line_.update({retrying}, kNow),
            "github/demo/Issue  10 records  retrying in 3s (server_error)");
  StreamProgress stopped = retrying;
  stopped.health = Health::kStopped;
  EXPECT_EQ(line_.update({stopped}, kNow), "github/demo/Issue  10 records  stopped (server_error)");
  EXPECT_EQ(line_.update({retrying, stopped, walking(0, 0)}, kNow),
            "3 streams  20 records  1 retrying, 1 stopped");
}

TEST_F(ProgressLineTest, SummaryEndsWithWhatBecameOfTheStream) {
  StreamProgress stream = walking(1000, 2);
  stream.counts.changed = 14;
  stream.health = Health::kUpToDate;
  EXPECT_EQ(summary_of(stream, 340ms),
            "1,000 records in 2 pages, 14 new or changed, 0.3s; up to date");
  stream.health = Health::kStopped;
  stream.error.code = "poison_record";
  EXPECT_EQ(summary_of(stream, 340ms),
            "1,000 records in 2 pages, 14 new or changed, 0.3s; stopped (poison_record)");
}

}  // namespace
}  // namespace terapi::client
