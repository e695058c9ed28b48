// Long requests let /health in, and nothing else; and they are answered as if they did not.
#include "simulator/program/gated_handler.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/observation/log_book.h"
#include "simulator/program/event_gate.h"
#include "simulator/storage/storage.h"
#include "simulator/test_growing_requests.h"
#include "simulator/test_simulator.h"
#include "simulator/world/state.h"

namespace terapi::simulator {
namespace {

using growing::json_request;
using growing::listed;
using growing::run_with;
using growing::world_with;

core::Request asking_for(const std::string& target) { return json_request("GET", target, ""); }

std::string listed_records(std::size_t count, const std::string& members) {
  return "[" +
         listed(count,
                [&](const std::string& i) { return R"({"id":")" + i + "\"," + members + "}"; }) +
         "]";
}

// A simulator in virtual time behind a gate at which a turn is over at once.
class GatedSimulator {
 public:
  GatedSimulator() {
    TERAPI_CHECK(simulator_.start().has_value(), "the default world is a good one");
  }

  void ask(core::Request request, std::function<void(const core::Response&)> then) {
    handler_(std::move(request),
             [then = std::move(then)](const core::Outcome& outcome) { then(outcome.response); });
  }
  core::EventLoop& loop() { return loop_; }
  void run_until(const std::function<bool()>& done) {
    while (!done()) loop_.poll();
  }
  // The answer of a request within which /health was asked again and again.
  core::Response answer(core::Request request) {
    const auto answer = std::make_shared<std::optional<core::Response>>();
    ask(std::move(request), [answer](const core::Response& response) { *answer = response; });
    const auto answered = [answer] { return answer->has_value(); };
    healthy_ = 0;
    look(answered);
    run_until(answered);
    return **answer;
  }
  // How often that was answered.
  int healthy() const { return healthy_; }

 private:
  // At the first breath, and then as time goes by.
  void look(const std::function<bool()>& enough) {
    loop_.post([this, enough] { look_now(enough); });
  }
  void look_now(const std::function<bool()>& enough) {
    if (enough()) return;
    ask(asking_for("/_simulator/health"), [&](const core::Response& response) {
      if (response.status == 200 && !enough()) ++healthy_;
    });
    loop_.clock().at(loop_.clock().now() + std::chrono::milliseconds(1),
                     [this, enough] { look_now(enough); });
  }

  core::EventLoop loop_;
  EventGate gate_{loop_, std::chrono::nanoseconds(0)};
  core::VirtualClock clock_;
  core::HandlerTransport nobody_{
      [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); }};
  Simulator simulator_{{}, clock_, nobody_};
  core::Handler handler_ = gated_handler(simulator_, gate_);
  int healthy_ = 0;  // before the answer
};

// What comes after a long request began: health is answered before it, the rest after it and with
// all that it changed.
TEST(GatedHandler, LetsHealthInAndNothingElse) {
  GatedSimulator s;
  std::string order;
  std::string page;
  s.ask(
      json_request("POST", "/_simulator/runs",
                   R"({"integration":"github","connection":"demo","model":"Late","save":)" +
                       listed_records(2'000, R"("a":1)") + "}"),
      [&](const core::Response& response) { order += "save:" + std::to_string(response.status); });
  s.loop().post([&] {
    s.ask(asking_for("/_simulator/streams"), [&](const core::Response& response) {
      order += " streams";
      page = response.body;
    });
    s.ask(asking_for("/_simulator/health"), [&](const core::Response& response) {
      order += "health:" + std::to_string(response.status) + " ";
    });
  });
  s.run_until([&] { return !page.empty(); });
  EXPECT_EQ(order, "health:200 save:200 streams");
  EXPECT_NE(page.find(R"("records":2000)"), std::string::npos) << page;
}

// A storage that keeps nothing, until it is full.
class FullStorage final : public Storage {
 public:
  bool full = false;

  core::Result<std::optional<State>> load() override { return std::optional<State>(); }
  core::Result<LogHistory> load_log() override { return LogHistory(); }
  core::Result<void> commit(const State&, const StateChanges&, const LogChanges&) override {
    if (full) return core::Error{"data_io", "the disk is full"};
    return {};
  }
  core::Result<void> replace(const State&) override { return {}; }
  core::Result<std::map<std::string, State>> load_snapshots() override {
    return std::map<std::string, State>();
  }
  core::Result<void> save_snapshot(std::string_view, const State&) override { return {}; }
  core::Result<void> remove_snapshot(std::string_view) override { return {}; }
};

TEST(AnswerAtOnce, IsForWhatNeedsNoState) {
  core::VirtualClock clock;
  core::HandlerTransport nobody(
      [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); });
  FullStorage storage;
  Simulator simulator({}, clock, nobody, &storage);
  ASSERT_TRUE(simulator.start().has_value());
  for (const char* target : {"/_simulator/health", "/_simulator/openapi.json", "/_simulator",
                             "/_simulator/page/app.js", "/_simulator/health?x=1"}) {
    const auto answer = simulator.answer_at_once(asking_for(target));
    ASSERT_TRUE(answer.has_value()) << target;
    const core::Response expected = simulator.handle(asking_for(target)).response;
    EXPECT_EQ(answer->response.status, 200) << target;
    EXPECT_EQ(answer->response.body, expected.body) << target;
    EXPECT_EQ(answer->response.headers, expected.headers) << target;
  }
  for (const char* target :
       {"/_simulator/ready", "/metrics", "/records?model=Issue", "/_simulator/world",
        "/_simulator/page/nothing", "/_simulator/none", "/_simulator/%FF", "/health"}) {
    EXPECT_FALSE(simulator.answer_at_once(asking_for(target)).has_value()) << target;
  }
  EXPECT_FALSE(simulator.answer_at_once(json_request("POST", "/_simulator/health", "")));
  core::Request from_elsewhere = asking_for("/_simulator/health");
  from_elsewhere.remote_address = "192.0.2.1";
  from_elsewhere.headers = {};
  EXPECT_FALSE(simulator.answer_at_once(from_elsewhere).has_value());
  EXPECT_EQ(simulator.handle(from_elsewhere).response.status, 403);
  // Every call is told that nothing can be stored, this one included.
  storage.full = true;
  EXPECT_EQ(simulator.handle(run_with(R"("save":[{"id":"x"}])")).response.status, 500);
  EXPECT_FALSE(simulator.answer_at_once(asking_for("/_simulator/health")).has_value());
  EXPECT_EQ(simulator.handle(asking_for("/_simulator/health")).response.status, 500);
}

struct LongRequest {
  const char* name;
  core::Request request;
};

// Each needs what those before it have left.
std::vector<LongRequest> long_requests() {
  constexpr std::size_t kCount = 3'000;
  const auto id = [](const std::string& i) { return "\"" + i + "\""; };
  std::string dump;
  for (std::size_t i = 0; i < kCount; ++i) {
    dump += R"({"integration":"github","connection":"demo","model":"Issue","id":")" +
            std::to_string(i) + R"(","payload":{}})" + "\n";
  }
  return {
      {"world", world_with(R"("integrations":[{"id":"github"}],"connections":[{"id":"demo",)"
                           R"("integration":"github"}],"records":[{"connection":"demo",)"
                           R"("model":"Issue","generate":{"count":3000}}])")},
      {"save", run_with(R"("save":)" + listed_records(kCount, R"("a":{"b":1})"))},
      {"update", run_with(R"("update":)" + listed_records(kCount, R"("a":{"c":[2]})"))},
      {"delete", run_with(R"("delete":[)" + listed(kCount / 2, id) + "]")},
      {"replace", run_with(R"("replace":)" + listed_records(kCount, R"("d":true)"))},
      {"snapshot", json_request("POST", "/_simulator/snapshots/here", "")},
      {"truth", asking_for("/_simulator/truth")},
      {"diff", json_request("POST", "/_simulator/truth/diff", dump)},
      {"reset", json_request("POST", "/_simulator/reset", "")},
      {"restore", json_request("POST", "/_simulator/snapshots/here/restore", "")},
      {"again", run_with(R"("save":)" + listed_records(kCount, R"("a":3)"))},
      {"dump", asking_for("/_simulator/truth")},
  };
}

// The breaths change nothing: ids, times, cursors, and what the log says.
TEST(GatedHandler, AnswersByteForByteAsWithoutBreaths) {
  GatedSimulator s;
  InProcessSimulator plain({.world_text = std::string(default_world_text())});
  for (LongRequest& each : long_requests()) {
    const core::Response expected = plain.send_unchecked(each.request);
    const core::Response response = s.answer(std::move(each.request));
    EXPECT_EQ(response.status, expected.status) << each.name << ": " << response.body;
    EXPECT_EQ(response.body, expected.body) << each.name;
    // Those that only exchange pointers are over before anybody could come.
    const bool is_long =
        each.name != std::string_view("snapshot") && each.name != std::string_view("restore");
    if (is_long) {
      EXPECT_GT(s.healthy(), 0) << each.name << " let nobody in";
    }
  }
  for (const char* target : {"/_simulator/streams", "/_simulator/logs", "/_simulator/world",
                             "/_simulator/clock", "/_simulator/deliveries"}) {
    EXPECT_EQ(s.answer(asking_for(target)).body, plain.send_unchecked(asking_for(target)).body)
        << target;
  }
}

}  // namespace
}  // namespace terapi::simulator
