#include "simulator/parts/event_feed.h"

#include <gmock/gmock.h>

#include <vector>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(EventFeed, SendsOneEventForWhateverHappenedMeanwhile) {
  EventFeed feed;
  std::vector<std::string> sent;
  const auto wait = [&](std::uint64_t seen) {
    feed.wait(seen, [&](std::string text) { sent.push_back(std::move(text)); });
  };
  wait(0);
  ASSERT_THAT(sent, SizeIs(1)) << "who has seen nothing is told at once";
  EXPECT_THAT(sent[0], HasSubstr("id: 1\ndata: {\"changed\":[\"advisories\",\"clock\","));
  wait(1);
  EXPECT_THAT(sent, SizeIs(1));
  feed.publish({});
  EXPECT_THAT(sent, SizeIs(1)) << "nothing has changed";
  feed.publish({3});
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1], "retry: 250\nid: 2\ndata: {\"changed\":[\"logs\"]}\n\n");
  feed.publish({4});
  feed.publish({4, 1});
  wait(2);
  ASSERT_THAT(sent, SizeIs(3));
  EXPECT_THAT(sent[2], HasSubstr("[\"advisories\",\"logs\",\"requests\"]"));
  wait(4);
  feed.end();
  EXPECT_THAT(sent, SizeIs(4));
}

TEST(EventFeed, LetsTheOldestGoWhenTooManyWait) {
  EventFeed feed;
  std::vector<int> told;
  for (int i = 0; i < 65; ++i) feed.wait(1, [&told, i](const std::string&) { told.push_back(i); });
  EXPECT_THAT(told, testing::ElementsAre(0));
}

TEST(EventsControl, TellsWhenSomethingChanges) {
  InProcessSimulator s;
  core::Response answer = s.send(request_of("GET", "/_simulator/events"));
  EXPECT_EQ(header(answer.headers, "Content-Type"), "text/event-stream");
  const auto id_of = [](const core::Response& response) {
    const std::size_t at = response.body.find("id: ") + 4;
    return response.body.substr(at, response.body.find('\n', at) - at);
  };
  const core::Request next =
      request_of("GET", "/_simulator/events", {{"Last-Event-ID", id_of(answer)}});
  std::vector<std::string> sent;
  s.simulator().handle(next, [&](core::Outcome o) { sent.push_back(o.response.body); });
  EXPECT_THAT(sent, IsEmpty());
  s.ok("GET", "/logs");
  EXPECT_THAT(sent, IsEmpty()) << "looking changes nothing";
  s.save({"1"});
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0], HasSubstr("\"logs\""));
  EXPECT_THAT(sent[0], testing::Not(HasSubstr("\"clock\"")));
  EXPECT_EQ(s.send(request_of("GET", "/_simulator/events", {{"Last-Event-ID", "x"}})).status, 200);
}

}  // namespace
}  // namespace terapi::simulator
