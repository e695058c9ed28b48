#include "simulator/observation/log_filter.h"

#include <gmock/gmock.h>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(LogFilter, LetsThroughWhatFitsAllOfIt) {
  const LogEntry entry{core::VirtualClock::start_of_time(),
                       LogLevel::kWarning,
                       "run.failed",
                       "a run failed",
                       {{"stream", "github/demo/Issue"}}};
  EXPECT_TRUE(LogFilter().matches(entry));
  EXPECT_TRUE((LogFilter{.least = LogLevel::kWarning}.matches(entry)));
  EXPECT_FALSE((LogFilter{.least = LogLevel::kError}.matches(entry)));
  EXPECT_TRUE((LogFilter{.event = "run"}.matches(entry)));
  EXPECT_FALSE((LogFilter{.event = "ru"}.matches(entry)));
  EXPECT_TRUE((LogFilter{.text = "demo/Issue"}.matches(entry)));
  EXPECT_TRUE((LogFilter{.text = "failed"}.matches(entry)));
  EXPECT_FALSE((LogFilter{.text = "Contact"}.matches(entry)));
  EXPECT_TRUE((LogFilter{.from = entry.at, .to = entry.at}.matches(entry)));
  EXPECT_FALSE((LogFilter{.from = entry.at + core::Duration(1)}.matches(entry)));
  EXPECT_FALSE((LogFilter{.to = entry.at - core::Duration(1)}.matches(entry)));
}

TEST(LogControl, ShowsWhatIsAskedFor) {
  InProcessSimulator s;
  s.save({"1"});
  s.advance("1h");
  s.run(R"("error":"boom","save":[{"id":"2"}])");
  const auto events = [&](const std::string& query) {
    std::vector<std::string> found;
    const Json logs = s.ok("GET", "/logs?" + query)["logs"];
    for (const Json& entry : logs) found.push_back(entry["event"]);
    return found;
  };
  EXPECT_THAT(events("event=run"), ElementsAre("run", "run.failed"));
  EXPECT_THAT(events("level=warning"), ElementsAre("run.failed"));
  EXPECT_THAT(events("text=github/demo/Issue&limit=1"), ElementsAre("run.failed"));
  EXPECT_THAT(events("from=2024-01-01T00:30:00Z"), ElementsAre("run.failed"));
  EXPECT_THAT(events("to=2024-01-01T00:30:00Z"), ElementsAre("run"));
  EXPECT_THAT(error_list(s.control("GET", "/logs?level=loud&from=then&colour=red")),
              testing::UnorderedElementsAre("level:invalid_value", "from:invalid_value",
                                            "colour:unrecognized_keys"));
}

}  // namespace
}  // namespace terapi::simulator
