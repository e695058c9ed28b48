// How the work of one request grows with what it carries: each at n and at 2n, which is to cost
// twice as much and not four times. In one thread, without sockets: the simulator as a class.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/clock.h"
#include "core/transport.h"
#include "simulator/simulator.h"
#include "simulator/world/world.h"

namespace terapi::benchmarks {
namespace {

core::Request json_request(std::string method, std::string target, std::string body) {
  core::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"Authorization", "Bearer " + std::string(simulator::kDefaultSecretKey)},
                     {"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// `one(i)` for each i below `count`, with commas.
std::string listed(std::size_t count, const std::function<std::string(const std::string&)>& one) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += one(std::to_string(i));
  }
  return text;
}

std::string keys(std::size_t count, const std::string& value) {
  return listed(count, [&](const std::string& i) { return "\"key" + i + "\":" + value; });
}

core::Request run_with(const std::string& members) {
  return json_request(
      "POST", "/_simulator/runs",
      R"({"integration":"github","connection":"demo","model":"Issue",)" + members + "}");
}

core::Request world_with(const std::string& members) {
  return json_request("PUT", "/_simulator/world", "{" + members + "}");
}

core::Request wide_record(std::size_t n) {
  return run_with(R"("save":[{"id":"1",)" + keys(n, "1") + "}]");
}

std::string connections(std::size_t n) {
  return R"("connections":[)" +
         listed(n,
                [](const std::string& i) {
                  return R"({"id":"c)" + i + R"(","integration":"github"})";
                }) +
         "]";
}

core::Request world_of_connections(std::size_t n) {
  return world_with(R"("integrations":[{"id":"github","syncs":[{"name":"github-issues"}]}],)" +
                    connections(n) + R"(,"upstream":[)" +
                    listed(n,
                           [](const std::string& i) {
                             return R"({"connection":"c)" + i +
                                    R"(","collection":"issues","items":[]})";
                           }) +
                    "]");
}

std::string rules(std::size_t n, const std::string& members) {
  return "[" +
         listed(n,
                [&](const std::string& i) {
                  return R"({"id":"r)" + i + R"(","on":"api",)" + members +
                         R"("do":{"reset":true}})";
                }) +
         "]";
}

struct GrowthCase {
  std::string name;
  std::size_t n;
  std::vector<core::Request> (*requests)(std::size_t n);  // the last one is measured
};

const std::vector<GrowthCase>& growth_cases() {
  using Requests = std::vector<core::Request>;
  static const std::vector<GrowthCase> kCases = {
      {"update-of-a-wide-record", 40'000,
       [](std::size_t n) {
         return Requests{wide_record(n), run_with(R"("update":[{"id":"1",)" + keys(n, "2") + "}]")};
       }},
      {"updates-of-one-record", 10'000,
       [](std::size_t n) {
         return Requests{wide_record(n), run_with(R"("update":[)" +
                                                  listed(n,
                                                         [](const std::string& i) {
                                                           return R"({"id":"1","key)" + i +
                                                                  R"(":2})";
                                                         }) +
                                                  "]")};
       }},
      {"updates-of-a-nested-object", 10'000,
       [](std::size_t n) {
         return Requests{run_with(R"("save":[{"id":"1","a":{"b":{)" + keys(n, "1") + "}}}]"),
                         run_with(R"("update":[)" +
                                  listed(n,
                                         [](const std::string& i) {
                                           return R"({"id":"1","a":{"b":{"key)" + i + R"(":2}}})";
                                         }) +
                                  "]")};
       }},
      {"runs-that-delete", 20'000,
       [](std::size_t n) {
         const auto record = [](const std::string& i) { return R"({"id":")" + i + R"("})"; };
         const auto id = [](const std::string& i) { return "\"" + i + "\""; };
         return Requests{run_with(R"("save":[)" + listed(n, record) + "]"),
                         run_with(R"("delete":[)" + listed(n, id) + "]")};
       }},
      {"fault-rules", 10'000,
       [](std::size_t n) {
         return Requests{json_request("PUT", "/_simulator/faults", rules(n, ""))};
       }},
      {"fault-rules-with-mistakes", 10'000,
       [](std::size_t n) {
         return Requests{json_request("PUT", "/_simulator/faults", rules(n, R"("every":"x",)"))};
       }},
      {"a-world-of-connections", 10'000,
       [](std::size_t n) { return Requests{world_of_connections(n)}; }},
      {"a-world-of-integrations", 10'000,
       [](std::size_t n) {
         return Requests{
             world_with(R"("integrations":[)" +
                        listed(n, [](const std::string& i) { return R"({"id":"i)" + i + "\"}"; }) +
                        R"(],"connections":[)" +
                        listed(n,
                               [](const std::string& i) {
                                 return R"({"id":"c","integration":"i)" + i + "\"}";
                               }) +
                        "]")};
       }},
      {"a-world-of-environments", 10'000,
       [](std::size_t n) {
         return Requests{world_with(R"("environments":[)" +
                                    listed(n,
                                           [](const std::string& i) {
                                             return R"({"name":"e)" + i +
                                                    R"(","secret_key":"key-)" + i + "\"}";
                                           }) +
                                    "]")};
       }},
      {"a-world-of-records", 10'000,
       [](std::size_t n) {
         return Requests{world_with(
             R"("integrations":[{"id":"github"}],)" + connections(n) + R"(,"records":[)" +
             listed(n,
                    [](const std::string& i) {
                      return R"({"connection":"c)" + i + R"(","model":"M","items":[{"id":"1"}]})";
                    }) +
             "]")};
       }},
      {"a-world-as-text", 10'000,
       [](std::size_t n) {
         return Requests{world_of_connections(n), json_request("GET", "/_simulator/world", "")};
       }},
      {"metadata-of-many-connections", 10'000,
       [](std::size_t n) {
         return Requests{
             world_of_connections(n),
             json_request("POST", "/connections/metadata",
                          R"({"provider_config_key":"github","metadata":{},"connection_id":[)" +
                              listed(n, [](const std::string& i) { return "\"c" + i + "\""; }) +
                              "]}")};
       }},
      {"a-trigger-of-all-connections", 5'000, [](std::size_t n) {
         return Requests{
             world_of_connections(n),
             json_request("POST", "/sync/trigger",
                          R"({"provider_config_key":"github","syncs":["github-issues"]})")};
       }}};
  return kCases;
}

void grow(benchmark::State& state, const GrowthCase& of) {
  const std::vector<core::Request> requests = of.requests(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    {
      core::VirtualClock clock;
      core::HandlerTransport nobody(
          [](const core::Request&, const std::function<void(core::Outcome)>& done) { done({}); });
      simulator::SimulatorOptions options;
      options.world_text =
          R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
      simulator::Simulator simulator(options, clock, nobody);
      TERAPI_CHECK(simulator.start().has_value(), "the world is a good one");
      for (std::size_t i = 0; i + 1 < requests.size(); ++i) {
        TERAPI_CHECK(simulator.handle(requests[i]).response.status < 300, "it is prepared");
      }
      state.ResumeTiming();
      benchmark::DoNotOptimize(simulator.handle(requests.back()).response.status);
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const GrowthCase& each : growth_cases()) {
    benchmark::RegisterBenchmark(("growth/" + each.name).c_str(), grow, each)
        ->Arg(static_cast<std::int64_t>(each.n))
        ->Arg(static_cast<std::int64_t>(2 * each.n))
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace terapi::benchmarks
