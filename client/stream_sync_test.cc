// What StreamSync promises between two events. What it makes of hints, polls and failures is judged
// by tests/sync and the scenarios.
#include "client/stream_sync.h"

#include "client/test_ports.h"

namespace terapi::client {

using namespace std::chrono_literals;

// Reaches what the tests below break.
class StreamSyncInvariants : public testing::Test {
 public:
  using Phase = StreamSync::Phase;

 protected:
  StreamSyncInvariants() { make(); }

  // As ports_.options say now.
  void make() {
    sync_ = std::make_shared<StreamSync>(
        ports_.options, ports_.get(), ports_.stream,
        StreamSync::Host{[this](const std::shared_ptr<StreamSync>&) { ++queued_; },
                         [this] { ++freed_; }, [this] { ++settled_; }});
  }

  void walk() {
    sync_->start();
    sync_->begin_round();
    ports_.clock.advance_by(1ms);
  }
  void come_up_to_date() {
    walk();
    ports_.transport.answer(page_with({"1"}, ""));
    ports_.clock.advance_by(1ms);
  }
  void check() const { sync_->check_invariants(); }

  Phase phase() const { return sync_->phase_; }
  void set_phase(Phase phase) { sync_->phase_ = phase; }
  void set_claimed(bool claimed) { sync_->claimed_ = claimed; }
  void set_timer() {
    sync_->timer_.set(1s, [] {});
  }
  void cancel_timer() { sync_->timer_.cancel(); }
  void remember_hint() { sync_->again_ = true; }
  void set_error() { sync_->progress_.error = {"timeout", "no answer"}; }
  void set_health(Health health) { sync_->progress_.health = health; }

  TestPorts ports_;
  int queued_ = 0;
  int freed_ = 0;
  int settled_ = 0;
  std::shared_ptr<StreamSync> sync_;
};

namespace {

TEST_F(StreamSyncInvariants, HoldThroughARound) {
  sync_->start();
  EXPECT_EQ(phase(), Phase::kQueued);
  EXPECT_EQ(queued_, 1);
  check();
  sync_->begin_round();
  EXPECT_EQ(phase(), Phase::kOpening);
  check();
  ports_.clock.advance_by(1ms);
  EXPECT_EQ(phase(), Phase::kWalking);
  EXPECT_TRUE(sync_->progress().running);
  check();
  ports_.transport.answer(page_with({"1"}, ""));
  ports_.clock.advance_by(1ms);
  EXPECT_EQ(phase(), Phase::kIdle);
  EXPECT_EQ(freed_, 1);
  EXPECT_EQ(settled_, 1);
  EXPECT_FALSE(sync_->progress().running);
  check();
}

// What stands in the key's place may hold the key.
TEST_F(StreamSyncInvariants, TheKeyIsTakenOutOfWhatIsTold) {
  std::string told;
  ports_.options.endpoint.secret_key = "k";
  ports_.options.on_event = [&](const SyncEvent& event) { told += event.text; };
  make();
  walk();
  ports_.transport.answer(core::Error{"connection_reset", "kick it"});
  ports_.clock.advance_by(1ms);
  EXPECT_NE(told.find("(key)ic(key) it"), std::string::npos) << told;
}

class StreamSyncDoubtedCursor : public StreamSyncInvariants {
 protected:
  StreamSyncDoubtedCursor() {
    dialect_.bad_cursor_is_500 = true;
    ports_.options.dialect = &dialect_;
    ports_.options.backoff.least = 1ms;
    make();
    come_up_to_date();  // the cursor "c1" is stored
  }

  static constexpr const char* kError = R"({"error":{"code":"server_error","message":"failed"}})";

  // Lets time pass until there is a request to answer, and answers it; gives what was asked for.
  std::string next(core::Result<core::Response> response) {
    for (int i = 0; i < 1000 && ports_.transport.requests.size() == answered_; ++i) {
      if (phase() == Phase::kQueued) {
        sync_->begin_round();
      } else {
        ports_.clock.run_next(ports_.clock.now() + 10min);
      }
    }
    EXPECT_EQ(ports_.transport.requests.size(), answered_ + 1);
    std::string target = ports_.transport.requests.back().target;
    answered_ = ports_.transport.requests.size();
    ports_.transport.answer(std::move(response));
    ports_.clock.advance_by(0ms);
    check();
    return target;
  }
  static bool has_cursor(const std::string& target) {
    return target.find("cursor=") != std::string::npos;
  }
  static core::Response server_error() { return {500, {}, kError}; }

  Dialect dialect_ = terapi_dialect();
  std::size_t answered_ = 1;
};

TEST_F(StreamSyncDoubtedCursor, FiveServerErrorsInARowLeadToAFullReadThatHealsIt) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(has_cursor(next(server_error()))) << i;
  EXPECT_FALSE(has_cursor(next(core::Response{200, {}, page_with({"1", "2"}, "")})));
  EXPECT_EQ(sync_->progress().full_reads, 1U);
  EXPECT_NE(next(core::Response{200, {}, page_with({}, "")}).find("cursor=c2"), std::string::npos);
  EXPECT_EQ(sync_->progress().health, Health::kUpToDate);
}

TEST_F(StreamSyncDoubtedCursor, AServerThatAnswersNothingElseKeepsItsCursor) {
  for (int i = 0; i < 5; ++i) next(server_error());
  EXPECT_FALSE(has_cursor(next(server_error())));  // so it was the server
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(has_cursor(next(server_error()))) << i;
  EXPECT_FALSE(has_cursor(next(server_error())));
  EXPECT_NE(next(core::Response{200, {}, page_with({}, "")}).find("cursor=c1"), std::string::npos);
}

TEST_F(StreamSyncDoubtedCursor, OtherServerErrorsSayNothingOfTheCursor) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(
        has_cursor(next(core::Response{i % 2 == 0 ? 500 : 503, {}, i % 2 == 0 ? "" : kError})));
  }
}

TEST_F(StreamSyncDoubtedCursor, InADialectWithoutThatTheCursorIsTriedForEver) {
  dialect_.bad_cursor_is_500 = false;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(has_cursor(next(server_error()))) << i;
}

class StreamSyncShutDown : public StreamSyncInvariants,
                           public testing::WithParamInterface<StreamSyncInvariants::Phase> {
 protected:
  // Goes on, one event after the other, until it is in that phase.
  void reach(Phase wanted) {
    ports_.options.overlap = 1h;
    make();
    for (int events = 0; events < 20 && phase() != wanted; ++events) {
      if (phase() == Phase::kIdle) {
        sync_->start();
      } else if (phase() == Phase::kQueued) {
        sync_->begin_round();
      } else if (!ports_.clock.run_next(ports_.clock.now() + 1ms)) {
        answer(wanted);
      }
    }
    ASSERT_EQ(phase(), wanted);
  }

 private:
  void answer(Phase wanted) {
    if (wanted == Phase::kWaiting) {
      ports_.transport.answer(core::Error{"timeout", "no answer"});
    } else if (wanted == Phase::kStopped) {
      ports_.transport.answer(core::Response{401, {}, ""});
    } else {
      ports_.transport.answer(page_with({"1"}, ""));
    }
  }
};

TEST_P(StreamSyncShutDown, LeavesInvariantsWhole) {
  reach(GetParam());
  sync_->shut_down();
  check();
  sync_->release_claim();
  check();
  ports_.clock.advance_by(24h);  // whatever was under way ends, and changes nothing
  check();
  EXPECT_EQ(phase(), Phase::kShutDown);
}

using Phases = StreamSyncInvariants::Phase;
INSTANTIATE_TEST_SUITE_P(InPhase, StreamSyncShutDown,
                         testing::Values(Phases::kIdle, Phases::kQueued, Phases::kOpening,
                                         Phases::kWalking, Phases::kRereading, Phases::kReporting,
                                         Phases::kWaiting, Phases::kStopped));

TEST_F(StreamSyncInvariants, CountsOfARunningWalkShowInTheProgress) {
  walk();
  ports_.transport.answer(page_with({"1", "2"}, "c2"));
  ports_.clock.advance_by(1ms);
  EXPECT_EQ(sync_->progress().counts.records, 2U);
  ports_.transport.answer(page_with({"3"}, ""));
  ports_.clock.advance_by(1ms);
  EXPECT_EQ(sync_->progress().counts.records, 3U);
  EXPECT_EQ(sync_->progress().counts.pages, 2U);
}

TEST_F(StreamSyncInvariants, AreBrokenByAWalkInAnotherPhase) {
  walk();
  set_phase(Phase::kReporting);
  EXPECT_DEATH(check(), "a walk runs in its two phases");
}

TEST_F(StreamSyncInvariants, AreBrokenByAPhaseWithoutItsWalk) {
  come_up_to_date();
  cancel_timer();
  set_phase(Phase::kRereading);
  EXPECT_DEATH(check(), "a walk runs in its two phases");
}

TEST_F(StreamSyncInvariants, AreBrokenByAWalkWithoutTheClaim) {
  walk();
  set_claimed(false);
  EXPECT_DEATH(check(), "without the claim");
}

TEST_F(StreamSyncInvariants, AreBrokenByAClaimThatIsKept) {
  come_up_to_date();
  set_claimed(true);
  EXPECT_DEATH(check(), "no longer than the round needs it");
}

TEST_F(StreamSyncInvariants, AreBrokenByATimerBesideAWalk) {
  walk();
  set_timer();
  EXPECT_DEATH(check(), "no timer runs beside a round");
}

TEST_F(StreamSyncInvariants, AreBrokenByAWaitWithoutEnd) {
  come_up_to_date();
  cancel_timer();
  set_phase(Phase::kWaiting);
  EXPECT_DEATH(check(), "a wait ends");
}

TEST_F(StreamSyncInvariants, AreBrokenByAnIdleStreamThatNeverLooksAgain) {
  come_up_to_date();
  cancel_timer();
  EXPECT_DEATH(check(), "looks again");
}

TEST_F(StreamSyncInvariants, AreBrokenByAHintThatIsRememberedForNoRound) {
  come_up_to_date();
  remember_hint();
  EXPECT_DEATH(check(), "a hint is remembered");
}

TEST_F(StreamSyncInvariants, AreBrokenByAnErrorOfWhatIsWell) {
  come_up_to_date();
  set_error();
  EXPECT_DEATH(check(), "a stream that is well shows no error");
}

TEST_F(StreamSyncInvariants, AreBrokenByAStopThatIsNotTold) {
  come_up_to_date();
  cancel_timer();
  set_phase(Phase::kStopped);
  EXPECT_DEATH(check(), "says so");
}

TEST_F(StreamSyncInvariants, AreCheckedAfterEachEvent) {
  walk();
  set_timer();
  EXPECT_DEATH(sync_->on_hint({"github", "demo", "Issue", std::nullopt, std::nullopt}),
               "broken invariant");
}

TEST_F(StreamSyncInvariants, AreBrokenByAWorkerForAStreamThatWaitsForNone) {
  come_up_to_date();
  EXPECT_DEATH(sync_->begin_round(), "a worker comes to a stream that waits for one");
}

}  // namespace
}  // namespace terapi::client
