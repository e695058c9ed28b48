// check_expected(): the webhooks that came against what a scenario expects of them. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/laws/findings.h"
#include "core/clock.h"
#include "core/json.h"

namespace terapi::conformance {

struct Timing;
struct WebhookSeen;

// What a scenario expects of the webhooks that came since it was asked last.
struct WebhooksExpected {
  std::string path{};  // only those that came there; empty: all
  std::optional<std::size_t> deliveries{};
  std::optional<std::size_t> attempts{};            // of each of them
  std::optional<std::size_t> requests{};            // of all of them
  std::optional<core::Duration> within{};           // from the first to the last of them
  std::optional<std::vector<core::Duration>> gaps;  // between the starts of attempts
  std::optional<std::vector<std::string>> models;   // one for each delivery, in any order
  std::map<std::string, std::size_t> paths;         // requests for each path
  std::vector<core::json::Value> bodies;  // parts of bodies, one for each delivery, in any order
  std::vector<std::string> signed_by;     // keys, in the order of their values; empty: the one
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// What a scenario expects of all that came.
void check_expected(const WebhooksExpected& expected, const std::vector<WebhookSeen>& seen,
                    const Dialect& dialect, const Timing& timing, Findings& findings);

}  // namespace terapi::conformance
