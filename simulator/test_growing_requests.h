// For tests and benchmarks: requests whose work is to grow with what they carry, and not with its
// square: each of them for any n. Values.
//
//   for (const GrowthCase& each : growth_cases()) measure(each.requests(4'000));
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/http_message.h"
#include "simulator/world/world.h"

namespace terapi::simulator {

struct GrowthCase {
  std::string name;
  std::size_t n;  // in the benchmark, which compares it with twice as much
  // The last one is measured; of the others each is answered with a 2xx. They need the integration
  // "github" with the connection "demo".
  std::vector<core::Request> (*requests)(std::size_t n);
};

namespace growing {

inline core::Request json_request(std::string method, std::string target, std::string body) {
  core::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"Authorization", "Bearer " + std::string(kDefaultSecretKey)},
                     {"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// `one(i)` for each i below `count`, with commas.
inline std::string listed(std::size_t count,
                          const std::function<std::string(const std::string&)>& one) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += one(std::to_string(i));
  }
  return text;
}

inline std::string keys(std::size_t count, const std::string& value) {
  return listed(count, [&](const std::string& i) { return "\"key" + i + "\":" + value; });
}

inline core::Request run_with(const std::string& members) {
  return json_request(
      "POST", "/_simulator/runs",
      R"({"integration":"github","connection":"demo","model":"Issue",)" + members + "}");
}

inline core::Request world_with(const std::string& members) {
  return json_request("PUT", "/_simulator/world", "{" + members + "}");
}

inline core::Request wide_record(std::size_t n) {
  return run_with(R"("save":[{"id":"1",)" + keys(n, "1") + "}]");
}

inline std::string connections(std::size_t n) {
  return R"("connections":[)" +
         listed(n,
                [](const std::string& i) {
                  return R"({"id":"c)" + i + R"(","integration":"github"})";
                }) +
         "]";
}

inline core::Request world_of_connections(std::size_t n) {
  return world_with(R"("integrations":[{"id":"github","syncs":[{"name":"github-issues"}]}],)" +
                    connections(n) + R"(,"upstream":[)" +
                    listed(n,
                           [](const std::string& i) {
                             return R"({"connection":"c)" + i +
                                    R"(","collection":"issues","items":[]})";
                           }) +
                    "]");
}

inline std::string rules(std::size_t n, const std::string& members) {
  return "[" +
         listed(n,
                [&](const std::string& i) {
                  return R"({"id":"r)" + i + R"(","on":"api",)" + members +
                         R"("do":{"reset":true}})";
                }) +
         "]";
}

}  // namespace growing

inline const std::vector<GrowthCase>& growth_cases() {
  using namespace growing;  // NOLINT: the words of the list below
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
      {"a-world-of-mistakes", 10'000,
       [](std::size_t n) {
         return Requests{world_with(R"("integrations":[)" +
                                    listed(n, [](const std::string&) { return "{}"; }) + "]")};
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

}  // namespace terapi::simulator
