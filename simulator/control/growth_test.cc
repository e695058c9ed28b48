// Work on the one thread grows with what a request carries, and not with its square. CPU time of
// this thread is compared with itself, generously: eight times as much may cost 24 times as much,
// where the square would be 64. (benchmarks/growth_bench.cc measures it.)
#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <functional>

#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using Requests = std::vector<core::Request>;

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

core::Request growing_call(std::string method, std::string target, std::string body) {
  core::Headers with = TestSimulator::headers();
  with.add("Content-Type", "application/json");
  return request_of(std::move(method), std::move(target), std::move(with), std::move(body));
}

std::string joined(int count, const std::function<std::string(const std::string&)>& one) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + one(std::to_string(i));
  return text;
}

core::Request growing_run(const std::string& members) {
  return growing_call(
      "POST", "/_simulator/runs",
      R"({"integration":"github","connection":"demo","model":"Issue",)" + members + "}");
}

core::Request wide_save(int n, const std::string& begin, const std::string& end) {
  return growing_run(R"("save":[{"id":"1",)" + begin +
                     joined(n, [](const std::string& i) { return "\"k" + i + "\":1"; }) + end +
                     "}]");
}

core::Request many_connections(int n) {
  return growing_call(
      "PUT", "/_simulator/world",
      R"({"integrations":[{"id":"github","syncs":[{"name":"github-issues"}]}],"connections":[)" +
          joined(n,
                 [](const std::string& i) {
                   return R"({"id":"c)" + i + R"(","integration":"github"})";
                 }) +
          R"(],"records":[)" +
          joined(n,
                 [](const std::string& i) {
                   return R"({"connection":"c)" + i + R"(","model":"M","items":[]})";
                 }) +
          R"(],"upstream":[)" +
          joined(n,
                 [](const std::string& i) {
                   return R"({"connection":"c)" + i + R"(","collection":"issues","items":[]})";
                 }) +
          "]}");
}

double seconds_for(const Requests& requests) {
  double least = 1e9;
  for (int i = 0; i < 2; ++i) {
    InProcessSimulator s;
    for (std::size_t j = 0; j + 1 < requests.size(); ++j) {
      EXPECT_LT(s.outcome(requests[j]).response.status, 300);
    }
    const double began = thread_cpu_seconds();
    s.outcome(requests.back());
    least = std::min(least, thread_cpu_seconds() - began);
  }
  return least;
}

void expect_near_linear(const char* what, const std::function<Requests(int)>& requests) {
  constexpr int kSmall = 500;
  const double small = seconds_for(requests(kSmall));
  const double large = seconds_for(requests(8 * kSmall));
  EXPECT_LT(large, 24 * small) << what << ": " << small * 1e3 << " ms, " << large * 1e3 << " ms";
}

TEST(Growth, OfUpdatesIsNearLinear) {
  expect_near_linear("one wide patch", [](int n) {
    return Requests{
        wide_save(n, "", ""),
        growing_run(R"("update":[{"id":"1",)" +
                    joined(n, [](const std::string& i) { return "\"k" + i + "\":2"; }) + "}]")};
  });
  expect_near_linear("many small patches", [](int n) {
    return Requests{
        wide_save(n, "", ""),
        growing_run(
            R"("update":[)" +
            joined(n, [](const std::string& i) { return R"({"id":"1","k)" + i + R"(":2})"; }) +
            "]")};
  });
  expect_near_linear("patches of a nested object", [](int n) {
    return Requests{wide_save(n, R"("a":{"b":{)", "}}"),
                    growing_run(R"("update":[)" +
                                joined(n,
                                       [](const std::string& i) {
                                         return R"({"id":"1","a":{"b":{"k)" + i + R"(":2}}})";
                                       }) +
                                "]")};
  });
}

TEST(Growth, OfFaultRulesIsNearLinear) {
  for (const std::string more : {"", R"("every":"x",)"}) {
    expect_near_linear("fault rules", [&](int n) {
      return Requests{growing_call("PUT", "/_simulator/faults",
                                   "[" + joined(n, [&](const std::string& i) {
                                     return R"({"id":"r)" + i + R"(","on":"api",)" + more +
                                            R"("do":{"reset":true}})";
                                   }) + "]")};
    });
  }
}

TEST(Growth, OfWorldsIsNearLinear) {
  expect_near_linear("connections", [](int n) { return Requests{many_connections(n)}; });
  expect_near_linear("a world as text", [](int n) {
    return Requests{many_connections(n), growing_call("GET", "/_simulator/world", "")};
  });
  expect_near_linear("environments", [](int n) {
    return Requests{growing_call("PUT", "/_simulator/world",
                                 R"({"environments":[)" + joined(n, [](const std::string& i) {
                                   return R"({"name":"e)" + i + R"(","secret_key":"key-)" + i +
                                          "\"}";
                                 }) + "]}")};
  });
  expect_near_linear("mistakes", [](int n) {
    return Requests{growing_call(
        "PUT", "/_simulator/world",
        R"({"integrations":[)" + joined(n, [](const std::string&) { return "{}"; }) + "]}")};
  });
}

TEST(Growth, OfListsOfConnectionsIsNearLinear) {
  expect_near_linear("metadata", [](int n) {
    return Requests{
        many_connections(n),
        growing_call("POST", "/connections/metadata",
                     R"({"provider_config_key":"github","metadata":{},"connection_id":[)" +
                         joined(n, [](const std::string& i) { return "\"c" + i + "\""; }) + "]}")};
  });
  expect_near_linear("a trigger of all", [](int n) {
    return Requests{many_connections(n),
                    growing_call("POST", "/sync/trigger",
                                 R"({"provider_config_key":"github","syncs":["github-issues"]})")};
  });
}

}  // namespace
}  // namespace terapi::simulator
