// The loop is driven by hand, and a turn is over as soon as it has begun: so it goes on at each
// breath, however fast this machine is.
#include "simulator/program/event_gate.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/breather.h"
#include "core/system/test_server.h"
#include "simulator/program/gated_clock.h"
#include "simulator/program/gated_transport.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

class EventGateTest : public testing::Test {
 protected:
  void run_until(const std::function<bool()>& done) {
    while (!done()) loop_.poll();
  }

  core::EventLoop loop_;
  EventGate gate_{loop_, 0ns};
  std::string order_;
};

TEST_F(EventGateTest, LetsEventsInInTheOrderInWhichTheyCame) {
  gate_.enter([&] {
    order_ += "a";
    gate_.enter([&] { order_ += "c"; });
    order_ += "A";
  });
  gate_.enter([&] { order_ += "b"; });
  EXPECT_EQ(order_, "");
  loop_.poll();
  EXPECT_EQ(order_, "aAbc");
}

TEST_F(EventGateTest, TheLoopGoesOnWithinAnEventAndOtherEventsWait) {
  gate_.enter([&] {
    core::breathe();
    order_ += "end ";
  });
  loop_.post([&] {
    order_ += "posted ";
    gate_.enter([&] { order_ += "event "; });
    core::breathe();  // is no part of the event
  });
  loop_.poll();
  EXPECT_EQ(order_, "posted end event ");
}

TEST_F(EventGateTest, KeepsTheLoopForATurnAtLeast) {
  EventGate patient(loop_, 1h);
  patient.enter([&] {
    core::breathe();
    order_ += "end ";
  });
  loop_.post([&] { order_ += "posted "; });
  loop_.poll();
  EXPECT_EQ(order_, "end posted ");
}

TEST_F(EventGateTest, TellsOfEventsInWhichTheLoopGoesOn) {
  gate_.set_on_long([&] { order_ += "<"; }, [&] { order_ += ">"; });
  gate_.enter([&] { order_ += "short"; });
  gate_.enter([&] {
    core::breathe();
    core::breathe();
    order_ += "long";
  });
  loop_.poll();
  EXPECT_EQ(order_, "short<long>");
}

TEST_F(EventGateTest, DropsWhatWaitsWhenItIsClosed) {
  // What is dropped may come back in its destructor.
  struct Returning {
    explicit Returning(EventGate& to) : gate(to) {}
    ~Returning() {
      gate.enter([] { ADD_FAILURE() << "let in after the end"; });
    }
    EventGate& gate;
  };
  gate_.enter([returning = std::make_shared<Returning>(gate_)] { FAIL(); });
  gate_.close();
  loop_.poll();
}

TEST_F(EventGateTest, NobodyEntersWhatIsGone) {
  std::function<void(std::function<void()>)> door;
  {
    EventGate gone(loop_);
    door = gone.door();
    door([] { FAIL(); });
  }
  door([] { FAIL(); });
  loop_.poll();
}

class GatedClockTest : public EventGateTest {
 protected:
  core::VirtualClock time_;
  GatedClock clock_{time_, gate_};
};

TEST_F(GatedClockTest, TimersAreEvents) {
  gate_.enter([&] {
    clock_.at(clock_.now(), [&] { order_ += "second "; });
    clock_.at(clock_.now() - 1s, [&] { order_ += "first "; });
    time_.advance_by(0s);
    order_ += "end ";
  });
  loop_.poll();
  EXPECT_EQ(order_, "end first second ");
}

TEST_F(GatedClockTest, OneThatIsCancelledAtTheGateDoesNotRun) {
  const core::TimerId waiting = clock_.at(clock_.now(), [&] { order_ += "x"; });
  time_.advance_by(0s);
  EXPECT_TRUE(clock_.cancel(waiting));
  EXPECT_FALSE(clock_.cancel(waiting));
  loop_.poll();
  EXPECT_EQ(order_, "");
}

TEST_F(GatedClockTest, OneThatHasRunCannotBeCancelled) {
  const core::TimerId timer = clock_.at(clock_.now(), [&] { order_ += "x"; });
  time_.advance_by(0s);
  loop_.poll();
  EXPECT_EQ(order_, "x");
  EXPECT_FALSE(clock_.cancel(timer));
}

TEST_F(GatedClockTest, LeavesNoTimerBehind) {
  {
    GatedClock gone(time_, gate_);
    gone.at(gone.now(), [&] { order_ += "x"; });
  }
  EXPECT_EQ(time_.pending(), 0U);
}

class GatedTransportTest : public EventGateTest {
 protected:
  core::Request post() const {
    core::Request request;
    request.method = "POST";
    request.target = server_.url("/hook");
    return request;
  }

  core::TestServer server_;
  core::HttpSender sender_{loop_, core::HttpSenderOptions()};
  GatedTransport transport_{sender_, gate_};
};

// The answer arrives within the event, and is another one.
TEST_F(GatedTransportTest, AnswersAreEvents) {
  bool answered = false;
  bool ended = false;
  transport_.send(post(), {}, [&](const core::Result<core::Response>& answer) {
    EXPECT_TRUE(answer.has_value());
    EXPECT_TRUE(ended);
    answered = true;
  });
  gate_.enter([&] {
    while (sender_.counters().sent == 0) core::breathe();
    ended = true;
  });
  run_until([&] { return answered; });
}

// A webhook's headers are asked for when its turn has come: not in the middle of an event.
TEST_F(GatedTransportTest, NoTurnComesWithinALongEvent) {
  bool inside = false;
  std::optional<bool> asked_inside;
  core::SendOptions options;
  options.on_turn = [&](core::Request&) { asked_inside = inside; };
  gate_.enter([&] {
    inside = true;
    core::breathe();
    transport_.send(post(), options, [](const core::Result<core::Response>&) {});
    for (int i = 0; i < 100; ++i) core::breathe();
    inside = false;
  });
  run_until([&] { return asked_inside.has_value(); });
  EXPECT_FALSE(*asked_inside);
}

TEST_F(GatedTransportTest, ABodysPiecesAndEndAreEvents) {
  class Source final : public core::BodySource {
   public:
    explicit Source(std::string& order) : order_(order) {}
    ~Source() override { order_ += "gone "; }
    void read(Take take) override { take(std::optional<std::string>("piece ")); }

   private:
    std::string& order_;
  };
  auto body = gated_body(std::make_shared<Source>(order_), gate_);
  gate_.enter([&] {
    body->read([&](const core::BodySource::Piece& piece) { order_ += **piece; });
    body.reset();
    order_ += "end ";
  });
  loop_.poll();
  EXPECT_EQ(order_, "end piece gone ");
  EXPECT_EQ(gated_body(nullptr, gate_), nullptr);
}

}  // namespace
}  // namespace terapi::simulator
