// What wire faults make of an answer over real sockets is what core::deliver says, and takes as
// long.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/delivery.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

struct Case {
  std::string name;
  WireFaults wire;
  SendOptions options{.timeout = 20s};
  std::size_t body_bytes = 100;
};

// What is told by the result, and what by the time: enough of either to tell one fault from
// another.
const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {"nothing", {}},
      {"delay", {.delay = 300ms}},
      {"stall", {.stall = 300ms}},
      {"drip", {.drip_bytes_per_second = 250}},
      {"reset", {.reset = true}},
      {"truncated", {.truncate_after = 40}},
      {"truncated to nothing", {.truncate_after = 0}},
      {"truncated after its end", {.truncate_after = 100}},
      {"delay, then a reset", {.delay = 300ms, .reset = true, .stall = 5s}},
      {"all that waits", {.delay = 200ms, .stall = 200ms, .drip_bytes_per_second = 500}},
      {"a slow half", {.truncate_after = 50, .stall = 200ms, .drip_bytes_per_second = 250}},
      {"delay and stall against the time-out",
       {.delay = 400ms, .stall = 400ms},
       {.timeout = 500ms}},
      {"stall and drip against the time-out",
       {.stall = 400ms, .drip_bytes_per_second = 250},
       {.timeout = 500ms}},
      {"a drip against the time-out", {.drip_bytes_per_second = 50}, {.timeout = 400ms}},
      {"a reset after the time-out", {.delay = 2s, .reset = true}, {.timeout = 400ms}},
      {"too large, by its head",
       {.delay = 200ms, .stall = 5s, .drip_bytes_per_second = 1},
       {.timeout = 20s, .max_response_bytes = 99}},
      {"an empty body", {.delay = 200ms, .stall = 5s, .drip_bytes_per_second = 1}, {}, 0},
  };
  return cases;
}

Outcome outcome_of(const Case& with) {
  return {{.status = 200, .headers = {}, .body = std::string(with.body_bytes, 'x')}, with.wire};
}

std::string told(const Result<Response>& result) {
  return result ? std::to_string(result->body.size()) + " bytes" : result.error().code;
}

// All of them at once, since they mostly wait.
TEST(DeliveryOnSockets, IsWhatIsDeliveredWithoutThem) {
  EventLoop loop;
  auto server = HttpServer::start(loop, {}, [](const Request& request, const auto& done) {
    done(outcome_of(cases().at(std::stoul(request.target.substr(1)))));
  });
  ASSERT_TRUE(server) << server.error().message;
  HttpSender sender(loop, {});
  std::size_t left = cases().size();
  for (std::size_t i = 0; i < cases().size(); ++i) {
    Request request;
    request.method = "POST";  // is not tried again after a reset
    request.target =
        "http://127.0.0.1:" + std::to_string((*server)->port()) + "/" + std::to_string(i);
    const auto began = Steady::now();
    sender.send(std::move(request), cases()[i].options,
                [&, i, began](const Result<Response>& result) {
                  const Delivery expected = deliver(outcome_of(cases()[i]), cases()[i].options);
                  const auto took = std::chrono::duration_cast<Duration>(Steady::now() - began);
                  EXPECT_EQ(told(result), told(expected.result)) << cases()[i].name;
                  EXPECT_GE(took + 1ms, expected.after) << cases()[i].name;
                  EXPECT_LT(took, expected.after + 2s) << cases()[i].name;
                  if (--left == 0) loop.stop();
                });
  }
  loop.run();
}

}  // namespace
}  // namespace terapi::core
