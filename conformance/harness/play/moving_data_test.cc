// Servers that others write to, and that have more data than anybody would read: what is judged
// there, and what is not taken for a defect.
#include "conformance/laws/moving_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/play/server_scenario_files.h"
#include "conformance/harness/stage/test_server_stage.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

// A simulator with records of its own, which the judge only reads, and what is written meanwhile.
class BusyServer {
 public:
  using Write = std::function<std::string(int nth)>;  // the records that are saved then; "": none
  using Answer = std::function<core::Outcome(const core::Request&, simulator::Simulator&)>;

  explicit BusyServer(std::size_t records, Write write = {}, Answer answer = {}) {
    put("PUT", "/_simulator/world",
        R"({"integrations":[{"id":"github"}],)"
        R"("connections":[{"id":"demo","integration":"github"}]})");
    for (std::size_t first = 0; first < records; first += 500) {
      std::string items;
      for (std::size_t i = first; i < std::min(records, first + 500); ++i) {
        items += (items.empty() ? "" : ",") + item(i);
      }
      save(items);
    }
    stage_.take_control_away();
    stage_.tamper([this, write = std::move(write), answer = std::move(answer)](
                      const core::Request& request, simulator::Simulator& simulator) {
      ++asked_;
      const std::string items = write ? write(asked_) : "";
      if (!items.empty()) simulator.handle(run_of(items));
      return answer ? answer(request, simulator) : simulator.handle(request);
    });
  }

  static std::string item(std::size_t number, const std::string& more = "") {
    return R"({"id":"r)" + std::to_string(number) + "\"" + more + "}";
  }

  ScenarioResult judged_by(const std::string& laws, std::size_t sample = 1'000,
                           bool thrifty = true) {
    auto scenario = Scenario::parse(
        R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"judges":"server",)"
        R"("kills_none":"it is a test","any_data":true,"steps":[{"law":)" +
            laws + "}]}",
        "x.json");
    EXPECT_TRUE(scenario) << scenario.error().message;
    return play_server(*scenario, stage_,
                       {.read_only = true, .sample = sample, .thrifty = thrifty});
  }
  ScenarioResult judged_by(const Scenario& scenario) {
    return play_server(scenario, stage_, {.read_only = true, .sample = 1'000, .thrifty = true});
  }
  int asked() const { return asked_; }

 private:
  static core::Request run_of(const std::string& items) {
    core::Request request;
    request.method = "POST";
    request.target = "/_simulator/runs";
    request.headers = {{"Content-Type", "application/json"}};
    request.body =
        R"({"integration":"github","connection":"demo","model":"Issue","save":[)" + items + "]}";
    return request;
  }
  void put(const std::string& method, const std::string& target, const std::string& body) {
    core::Request request;
    request.method = method;
    request.target = target;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body;
    const auto answer = stage_.call(std::move(request));
    ASSERT_TRUE(answer && answer->status < 300) << answer->body;
  }
  void save(const std::string& items) {
    const core::Request run = run_of(items);
    put(run.method, run.target, run.body);
  }

  TestServerStage stage_;
  int asked_ = 0;
};

std::string all_that_was_told(const ScenarioResult& result) {
  std::string text = result.reason;
  for (const Finding& finding : result.findings) {
    text += "\n" + finding.clause + " " + finding.what + "\n  expected: " + finding.expected +
            "\n  actual: " + finding.actual;
  }
  return text;
}

TEST(MovingData, AStreamThatGrowsWhileItIsReadIsNoDefect) {
  for (const std::size_t records : {20U, 1'500U}) {
    for (const char* law : {"\"exact-page\"", "\"suffix\"", "\"pages-agree\"", "\"order\""}) {
      BusyServer server(records, [](int nth) {
        return BusyServer::item(10'000 + static_cast<std::size_t>(nth));
      });
      const ScenarioResult result = server.judged_by(law);
      EXPECT_EQ(result.verdict, Verdict::kPass)
          << law << " of " << records << all_that_was_told(result);
    }
  }
}

// The first record behind a cursor is lost, and the stream grows.
core::Outcome loses_the_first(const core::Request& request, simulator::Simulator& simulator) {
  core::Outcome outcome = simulator.handle(request);
  const std::size_t begin = outcome.response.body.find("{\"id\"");
  const std::size_t next = outcome.response.body.find(",{\"id\"", begin);
  if (request.target.find("cursor=") == std::string::npos || next == std::string::npos) {
    return outcome;
  }
  outcome.response.body.erase(begin, next + 1 - begin);
  return outcome;
}

TEST(MovingData, ADefectIsFoundThoughTheStreamGrows) {
  for (const std::size_t records : {20U, 1'500U}) {
    BusyServer server(
        records, [](int nth) { return BusyServer::item(10'000 + static_cast<std::size_t>(nth)); },
        &loses_the_first);
    const ScenarioResult result = server.judged_by(R"("suffix")");
    ASSERT_EQ(result.verdict, Verdict::kFail) << records << all_that_was_told(result);
    EXPECT_EQ(result.findings.at(0).clause, "CUR-3");
  }
}

TEST(MovingData, NothingIsProvedWhereWhatIsReadChangesEachTime) {
  BusyServer server(20, [](int nth) {
    return BusyServer::item(static_cast<std::size_t>(nth) % 20, ",\"n\":" + std::to_string(nth));
  });
  const ScenarioResult result = server.judged_by(R"("suffix")");
  EXPECT_EQ(result.verdict, Verdict::kSkip) << all_that_was_told(result);
  EXPECT_THAT(result.reason, HasSubstr("the stream changed while it was read"));
}

TEST(MovingData, OneChangeIsAskedAboutAgain) {
  BusyServer server(
      20, [](int nth) { return nth == 8 ? BusyServer::item(3, ",\"n\":1") : std::string(); });
  const ScenarioResult result = server.judged_by(R"("suffix")");
  EXPECT_EQ(result.verdict, Verdict::kPass) << all_that_was_told(result);
}

// next_cursor where nothing follows: at the end of what is named, since that of the stream is far.
TEST(MovingData, TheEndOfAPageIsJudgedInALargeStreamToo) {
  BusyServer server(1'500, {}, [](const core::Request& request, simulator::Simulator& simulator) {
    core::Outcome outcome = simulator.handle(request);
    std::string& body = outcome.response.body;
    const std::size_t at = body.find("\"next_cursor\":null");
    const std::size_t cursor = body.rfind("\"cursor\":\"");
    if (at == std::string::npos || cursor == std::string::npos) return outcome;
    const std::size_t begin = cursor + 10;
    body.replace(at + 14, 4, "\"" + body.substr(begin, body.find('"', begin) - begin) + "\"");
    return outcome;
  });
  const ScenarioResult result = server.judged_by(R"("exact-page")");
  ASSERT_EQ(result.verdict, Verdict::kFail) << all_that_was_told(result);
  EXPECT_EQ(result.findings.at(0).what, "next_cursor is not null although nothing follows");
}

// All that a careful run asks of a server with many records, in one scenario after the other.
TEST(MovingData, AskingAboutManyRecordsTakesFewRequests) {
  BusyServer server(12'000);
  for (const char* id :
       {"authentication", "bad-cursor", "cursor-exclusive", "cursors-readable", "empty-stream",
        "exact-page-on-any-data", "filters-on-any-data", "limits", "metadata", "modified-after",
        "modified-after-twelve-months", "order-of-checks", "order-on-any-data", "pages-agree",
        "parameters", "position-cursors", "restrictions-on-any-data"}) {
    const auto scenario = server_scenario("server/" + std::string(id) + ".json");
    ASSERT_TRUE(scenario) << scenario.error().message;
    const int before = server.asked();
    const ScenarioResult result = server.judged_by(*scenario);
    EXPECT_LE(result.verdict, Verdict::kSkip) << id << ": " << all_that_was_told(result);
    EXPECT_LE(server.asked() - before, 250) << id;
  }
  EXPECT_LE(server.asked(), 1'500);
  RecordProperty("requests", server.asked());
}

TEST(MovingData, ALimitThatIsCutToTheServersOwnIsSeen) {
  const auto capped = [](core::Request request, simulator::Simulator& simulator) {
    for (const char* large : {"limit=10000", "limit=9999"}) {
      const std::size_t at = request.target.find(large);
      if (at != std::string::npos) {
        request.target.replace(at, std::string_view(large).size(), "limit=1000");
      }
    }
    return simulator.handle(request);
  };
  BusyServer server(2'500, {}, capped);
  const ScenarioResult result = server.judged_by(R"("limits")");
  ASSERT_EQ(result.findings.size(), 1U) << all_that_was_told(result);
  EXPECT_EQ(result.verdict, Verdict::kWarn);
  EXPECT_EQ(result.findings[0].what,
            "a limit above the server's own is taken, and served as that one");
  EXPECT_THAT(result.findings[0].actual, HasSubstr("1000 for limit=10000"));
  BusyServer honest(2'500);
  EXPECT_EQ(honest.judged_by(R"("limits")").verdict, Verdict::kPass);
}

}  // namespace
}  // namespace terapi::conformance
