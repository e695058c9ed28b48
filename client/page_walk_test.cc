// What PageWalk promises between two events. What it does about a server and a store is judged by
// tests/sync and the scenarios.
#include "client/page_walk.h"

#include "client/test_ports.h"

namespace terapi::client {

using namespace std::chrono_literals;

// Reaches what the tests below break.
class PageWalkInvariants : public testing::Test {
 protected:
  PageWalkInvariants()
      : walk_(
            std::make_shared<PageWalk>(ports_.options, ports_.get(), ports_.stream,
                                       PageWalk::Plan{.limit = PageLimit(2, std::size_t{1} << 20)},
                                       [this](const PageWalk::End& end) { end_ = end; })) {
    walk_->start();
  }

  // Two pages have come, the first one is being stored and the second one handed over.
  void hand_over_two_pages() {
    ports_.transport.answer(page_with({"1", "2"}, "c2"));
    ports_.transport.answer(page_with({"3", "4"}, "c4"));
  }
  void check() const { walk_->check_invariants(); }

  void fetch() { walk_->fetch(); }
  void forget_fetch() { walk_->fetching_ = false; }
  void hold_one_more() { walk_->waiting_ = walk_->storing_->page; }
  void fail() { walk_->failed_.emplace(); }
  void end() { walk_->done_ = nullptr; }
  void put_stored_cursor(const std::string& cursor) { walk_->plan_.stored = cursor; }
  void begin_queued_at(const std::string& cursor) { walk_->queued_->move->from = cursor; }
  void forget_storing() { walk_->storing_ = nullptr; }
  void move_cursor_in_re_read() { walk_->plan_.moves_cursor = false; }

  TestPorts ports_;
  std::optional<PageWalk::End> end_;
  std::shared_ptr<PageWalk> walk_;
};

namespace {

TEST_F(PageWalkInvariants, HoldFromTheFirstFetchToTheEnd) {
  check();
  hand_over_two_pages();
  check();
  ports_.clock.advance_by(1ms);
  ports_.transport.answer(page_with({"5"}, ""));
  ports_.clock.advance_by(1ms);
  check();
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->kind, PageWalk::Cause::Kind::kReached);
  EXPECT_EQ(end_->counts.records, 5U);
  EXPECT_EQ(end_->counts.pages, 3U);
  EXPECT_EQ(ports_.store.position(ports_.stream)->cursor, "c5");
}

TEST_F(PageWalkInvariants, AreBrokenByAThirdPage) {
  hand_over_two_pages();
  hold_one_more();
  EXPECT_DEATH(check(), "at most two pages");
}

TEST_F(PageWalkInvariants, AreBrokenByAThirdPageOnItsWay) {
  ports_.transport.answer(page_with({"1", "2"}, "c2"));
  hold_one_more();
  EXPECT_DEATH(check(), "at most two pages");
}

TEST_F(PageWalkInvariants, AreBrokenByAWalkThatWaitsForNothing) {
  forget_fetch();
  EXPECT_DEATH(check(), "something is under way");
}

TEST_F(PageWalkInvariants, AreBrokenByAWalkThatEndsWithAFetchUnderWay) {
  end();
  EXPECT_DEATH(check(), "something is under way");
}

TEST_F(PageWalkInvariants, AreBrokenByAPageBeyondAFailure) {
  hand_over_two_pages();
  fail();
  EXPECT_DEATH(check(), "nothing is held beyond what failed");
}

TEST_F(PageWalkInvariants, AreBrokenByAFetchBeyondAFailure) {
  forget_fetch();
  fail();
  EXPECT_DEATH(fetch(), "none beyond a failure");
}

TEST_F(PageWalkInvariants, AreBrokenByASecondFetchAtOnce) {
  EXPECT_DEATH(fetch(), "one fetch at a time");
}

TEST_F(PageWalkInvariants, AreBrokenByAPageThatIsHandedOverForAnotherPlace) {
  hand_over_two_pages();
  begin_queued_at("c1");
  EXPECT_DEATH(check(), "begins where the part before it ends");
}

TEST_F(PageWalkInvariants, AreBrokenByAPageThatIsHandedOverAfterNone) {
  hand_over_two_pages();
  forget_storing();
  EXPECT_DEATH(check(), "under way|begins where the part before it ends");
}

TEST_F(PageWalkInvariants, AreBrokenByACursorThatMovesWithoutACommit) {
  hand_over_two_pages();
  put_stored_cursor("c2");
  EXPECT_DEATH(check(), "from one commit to the next");
}

TEST_F(PageWalkInvariants, AreBrokenByACursorThatMovesInAReRead) {
  hand_over_two_pages();
  move_cursor_in_re_read();
  EXPECT_DEATH(check(), "not in a re-read");
}

TEST_F(PageWalkInvariants, AreCheckedAfterEachEvent) {
  hand_over_two_pages();
  begin_queued_at("c1");  // which goes on when the first page is stored
  EXPECT_DEATH(ports_.clock.advance_by(1ms), "broken invariant");
}

TEST_F(PageWalkInvariants, AreBrokenByATransportThatAnswersTwice) {
  hand_over_two_pages();
  EXPECT_DEATH(ports_.transport.answer(page_with({"3", "4"}, "c4")), "each fetch is answered once");
}

}  // namespace
}  // namespace terapi::client
