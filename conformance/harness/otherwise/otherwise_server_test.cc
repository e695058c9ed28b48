#include "conformance/harness/otherwise/otherwise_server.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

#include "conformance/contract/served_page.h"
#include "core/check.h"
#include "core/json.h"
#include "simulator/simulator.h"

namespace terapi::conformance {
namespace {

constexpr const char* kOneSave = R"({
  "integrations":[{"id":"github","syncs":[{"name":"s","models":["Issue"]}]}],
  "connections":[{"id":"demo","integration":"github"}],
  "records":[{"connection":"demo","model":"Issue","items":[
    {"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"},{"id":"f"}]}]})";

// A simulator in this process, with the server of that seed around it.
class Surrounded {
 public:
  explicit Surrounded(std::uint64_t seed, std::optional<core::Duration> slowness = {})
      : otherwise_(clock_, {.seed = seed, .slowness = slowness}),
        post_(otherwise_.around(receiver_)),
        simulator_({}, clock_, *post_),
        handler_(otherwise_.around([this](core::Request request, auto done) {
          simulator_.handle(std::move(request), std::move(done));
        })) {
    const auto started = simulator_.start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
  }

  core::Response ask(const std::string& method, const std::string& target, std::string body = "") {
    core::Request request;
    request.method = method;
    request.target = target;
    request.headers = {{"Authorization", "Bearer " + simulator_.secret_key()},
                       {"Provider-Config-Key", "github"},
                       {"Connection-Id", "demo"}};
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    std::optional<core::Outcome> outcome;
    handler_(std::move(request), [&](core::Outcome answer) { outcome = std::move(answer); });
    while (!outcome) TERAPI_CHECK(clock_.run_next(clock_.now() + std::chrono::seconds(9)), "none");
    return outcome->response;
  }
  // The ids of the stream, read page by page.
  std::vector<std::string> read() {
    std::vector<std::string> ids;
    std::string cursor;
    do {
      const std::string target =
          "/records?model=Issue" + (cursor.empty() ? "" : "&cursor=" + cursor);
      const auto page = read_page(ask("GET", target).body, terapi_dialect());
      TERAPI_CHECK(page.has_value(), page ? "" : page.error().message);
      for (const ServedRecord& record : page->records) ids.push_back(record.id);
      ++pages;
      cursor = page->next_cursor.value_or("");
    } while (!cursor.empty());
    return ids;
  }
  core::VirtualClock& clock() { return clock_; }
  OtherwiseServer& otherwise() { return otherwise_; }
  std::vector<std::string> received;
  int pages = 0;

 private:
  core::VirtualClock clock_;
  core::HandlerTransport receiver_{
      [this](const core::Request& request, const std::function<void(core::Outcome)>& done) {
        received.push_back(request.body);
        done(core::Outcome{});
      }};
  OtherwiseServer otherwise_;
  std::unique_ptr<core::AsyncTransport> post_;
  simulator::Simulator simulator_;
  core::Handler handler_;
};

TEST(OtherwiseServer, ServesTheRecordsOfOneSaveInAnotherOrderForAnotherSeed) {
  std::set<std::vector<std::string>> orders;
  bool short_pages = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Surrounded server(seed);
    EXPECT_EQ(server.ask("PUT", "/_simulator/world", kOneSave).status, 200);
    const std::vector<std::string> ids = server.read();
    const std::set<std::string> once(ids.begin(), ids.end());
    EXPECT_EQ(once.size(), 6U) << seed;
    EXPECT_EQ(ids.size(), 6U) << seed;
    orders.insert(ids);
    short_pages = short_pages || server.pages > 1;
  }
  EXPECT_GT(orders.size(), 10U);
  EXPECT_TRUE(short_pages);
}

TEST(OtherwiseServer, IsTheSameAgainForTheSameSeed) {
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    Surrounded one(seed);
    Surrounded other(seed);
    one.ask("PUT", "/_simulator/world", kOneSave);
    other.ask("PUT", "/_simulator/world", kOneSave);
    EXPECT_EQ(one.ask("GET", "/records?model=Issue").body,
              other.ask("GET", "/records?model=Issue").body);
    EXPECT_EQ(one.ask("GET", "/records?limit=0&colour=red").body,
              other.ask("GET", "/records?limit=0&colour=red").body);
  }
}

TEST(OtherwiseServer, LeavesAloneWhatIsNotItsOwn) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Surrounded server(seed);
    const std::string named = R"({"environment":{"name":"mine"}})";
    EXPECT_EQ(server.ask("PUT", "/_simulator/world", named).status, 200);
    const core::Response environment = server.ask("GET", "/_simulator/environment");
    EXPECT_TRUE(environment.body.starts_with(R"({"name":"mine",)")) << environment.body;
    EXPECT_EQ(server.ask("PUT", "/_simulator/world", "{").status, 400);
  }
}

TEST(OtherwiseServer, LetsWebhooksOvertakeEachOther) {
  const std::string world = R"({"environment":{"webhook_urls":["http://receiver.test/hook"]},)" +
                            std::string(kOneSave).substr(1);
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Surrounded server(seed, std::chrono::milliseconds(50));
    ASSERT_EQ(server.ask("PUT", "/_simulator/world", world).status, 200);
    for (const char* model : {"A", "B", "C"}) {
      server.ask("POST", "/_simulator/runs",
                 std::string(R"({"integration":"github","connection":"demo","model":")") + model +
                     R"(","save":[{"id":"1"}]})");
    }
    server.ask("POST", "/_simulator/clock/run-until-idle");
    std::vector<std::string> models;
    for (const std::string& body : server.received) {
      const auto read = core::json::Document::parse(body);
      models.push_back(read->root()["model"].string());
    }
    EXPECT_EQ(models.size(), 3U) << seed;
    orders.insert(models);
  }
  EXPECT_GT(orders.size(), 2U);
}

TEST(OtherwiseServer, TakesNoTimeWhereItIsNotSlow) {
  Surrounded server(1, core::Duration(0));
  const core::Time began = server.clock().now();
  server.ask("GET", "/records?model=Issue");
  EXPECT_EQ(server.clock().now(), began);
}

}  // namespace
}  // namespace terapi::conformance
