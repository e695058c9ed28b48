#include "conformance/harness/explore/drawn_rule.h"

#include <array>
#include <utility>

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

template <std::size_t N>
const char* one_of(const std::array<const char*, N>& choices, core::Random& random) {
  return choices[random.below(N)];
}

using When = DrawnRuleOptions::When;

// Which events it strikes: the first, some, or all while it is in force.
std::string drawn_when_any(core::Random& random) {
  switch (random.below(6)) {
    case 0:
      return R"("nth":[)" + std::to_string(1 + random.below(4)) + "],";
    case 1: {
      const std::uint64_t first = 1 + random.below(3);
      return R"("nth":[)" + std::to_string(first) + "," + std::to_string(first + 1) + "],";
    }
    case 2:
      return R"("every":)" + std::to_string(2 + random.below(2)) + ",";
    case 3:
      return R"("times":)" + std::to_string(1 + random.below(3)) + ",";
    case 4:
      return R"("probability":0.5,)";
    default:
      return "";
  }
}

// The same, where few events come.
std::string drawn_when_soon(core::Random& random) {
  switch (random.below(5)) {
    case 0:
      return R"("nth":[1],)";
    case 1:
      return R"("nth":[)" + std::to_string(1 + random.below(2)) + "],";
    case 2:
      return R"("nth":[1,2],)";
    case 3:
      return R"("times":)" + std::to_string(1 + random.below(3)) + ",";
    default:
      return "";
  }
}

std::string drawn_when(When when, core::Random& random) {
  if (when == When::kAlways) return "";
  return when == When::kSoon ? drawn_when_soon(random) : drawn_when_any(random);
}

// {"NAME":VALUE}
std::string effect(const char* name, const std::string& value) {
  return R"({")" + std::string(name) + R"(":)" + value + "}";
}
std::string quoted(const char* text) { return "\"" + std::string(text) + "\""; }

std::string status_fault(const std::string& status, const std::string& rest = "") {
  return effect("status", status + rest);
}

// Somebody in front of the API answers.
std::string drawn_status(FaultKind kind, core::Random& random, core::Duration& retry_after) {
  static constexpr std::array kStatuses = {"500", "502", "503", "504"};
  static constexpr std::array kWaits = {"1", "2", "3", "8"};
  static constexpr std::array kNoPages = {R"("<html>Please sign in</html>")", R"("")",
                                          R"({"status":"ok"})", R"({"records":7})"};
  switch (kind) {
    case FaultKind::kRateLimited: {
      const std::string wait = one_of(kWaits, random);
      retry_after = std::chrono::seconds(std::stoi(wait));
      return status_fault("429", R"(,"headers":{"Retry-After":")" + wait +
                                     R"("},"body":{"error":{"code":"too_many_request"}})");
    }
    case FaultKind::kRetryAfterZero:
      return status_fault(random.below(2) == 0 ? "429" : "503",
                          R"(,"headers":{"Retry-After":"0"})");
    case FaultKind::kUnauthorized:
      return status_fault("401", R"(,"body":{"error":{"code":"unknown_account"}})");
    case FaultKind::kBadRequest:
      return status_fault("400", R"(,"body":{"error":{"code":"invalid_query_params"}})");
    case FaultKind::kInvalidCursor:
      return status_fault("400", R"(,"body":{"error":{"code":"invalid_cursor"}})");
    case FaultKind::kRedirect:
      return status_fault(random.below(2) == 0 ? "302" : "308",
                          R"(,"headers":{"Location":"{elsewhere}"})");
    case FaultKind::kNoPage:
      return status_fault("200", std::string(R"(,"body":)") + one_of(kNoPages, random));
    default:
      return status_fault(one_of(kStatuses, random));
  }
}

std::string drawn_delay(bool short_waits, core::Random& random) {
  static constexpr std::array kDelays = {"300ms", "1s", "2500ms", "7s"};
  static constexpr std::array kShortDelays = {"300ms", "1s"};
  return effect("delay",
                quoted(short_waits ? one_of(kShortDelays, random) : one_of(kDelays, random)));
}

// The API's own answer, on its way.
std::string drawn_trouble(FaultKind kind, const DrawnRuleOptions& options, core::Random& random) {
  const bool short_waits = options.short_waits;
  static constexpr std::array kCuts = {"0", "1", "14", "40", "200"};
  static constexpr std::array kStalls = {"1s", "4s", "40s"};
  static constexpr std::array kShortStalls = {"1s", "2s"};
  static constexpr std::array kLags = {"50ms", "2s", "1h"};
  static constexpr std::array kLagsPastTheLastRun = {"2s", "2s", "1h"};
  switch (kind) {
    case FaultKind::kDelay:
      return drawn_delay(short_waits, random);
    case FaultKind::kTruncate:
      return effect("truncate_after", one_of(kCuts, random));
    case FaultKind::kStall:
      return effect("stall",
                    quoted(short_waits ? one_of(kShortStalls, random) : one_of(kStalls, random)));
    case FaultKind::kStale:
      return effect(
          "stale",
          quoted(one_of(options.when == When::kAnyTime ? kLags : kLagsPastTheLastRun, random)));
    default:
      return effect("reset", "true");
  }
}

std::string drawn_webhook_trouble(FaultKind kind, bool short_waits, core::Random& random) {
  switch (kind) {
    case FaultKind::kWebhookDrop:
      return effect("drop", "true");
    case FaultKind::kWebhookDuplicate:
      return effect("duplicate", std::to_string(2 + random.below(4)));
    case FaultKind::kWebhookDelay:
      return drawn_delay(short_waits, random);
    case FaultKind::kWebhookReorder:
      return effect("reorder", "true");
    case FaultKind::kWebhookForge:
      return effect("forge", quoted(random.below(2) == 0 ? "signature" : "body"));
    default:
      return effect("before_commit", quoted("500ms"));
  }
}

WireRule drawn_wire_rule(FaultKind kind, const DrawnRuleOptions& options, core::Random& random) {
  const std::uint64_t latest = options.when == When::kAnyTime ? 3 : 2;
  WireRule rule;
  switch (kind) {
    case FaultKind::kPoison: {
      static constexpr std::array kLacks = {"id", "metadata", "cursor", "object"};
      rule.what = WireRule::What::kPoison;
      rule.record = options.record;
      rule.lacks = one_of(kLacks, random);
      return rule;
    }
    case FaultKind::kOddCursors:
      rule.what = WireRule::What::kOddCursors;
      return rule;
    case FaultKind::kBrokenGzip:
      rule.what = WireRule::What::kBrokenGzip;
      break;
    case FaultKind::kTooLong:
      rule.what = WireRule::What::kTooLong;
      break;
    case FaultKind::kExtraFields:
      rule.what = WireRule::What::kExtraFields;
      return rule;
    default:
      rule.what = WireRule::What::kEmptyPage;
      rule.nth = {1 + random.below(latest)};
      rule.times = 1;
      return rule;
  }
  rule.times = 1 + random.below(3);
  if (random.below(2) == 0) rule.nth = {1 + random.below(latest)};
  return rule;
}

}  // namespace

DrawnRule draw_rule(FaultKind kind, const DrawnRuleOptions& options, core::Random& random) {
  DrawnRule rule;
  rule.kind = kind;
  const std::string id = std::string(word_of(kind)) + "-" + std::to_string(options.number);
  const FaultPlace place = place_of(kind);
  if (place == FaultPlace::kWire) {
    rule.wire = drawn_wire_rule(kind, options, random);
    rule.wire.id = id;
    return rule;
  }
  const bool api = place == FaultPlace::kApi;
  const bool webhook = place == FaultPlace::kWebhook;
  const char* on = api ? "api" : webhook ? "webhook" : "store";
  rule.text = R"({"id":")" + id + R"(","on":")" + on + "\",";
  if (kind == FaultKind::kInvalidCursor) {
    // Of requests with one; all cursors of the dialect begin so.
    rule.text += R"("match":{"cursor":"Y3J*"},)";
  } else if (api && options.when == When::kAnyTime && random.below(4) == 0) {
    rule.text +=
        random.below(2) == 0 ? R"("match":{"cursor":""},)" : R"("match":{"cursor":"Y3J*"},)";
  } else if (webhook && random.below(2) == 0) {
    rule.text += R"("match":{"attempt":1},)";
  }
  // A commit that is late has to be the only one: others would come before it (CUR-8).
  rule.text += traits_of(kind).comes_late ? R"("nth":[1],)" : drawn_when(options.when, random);
  std::string does = effect("late_commit", quoted("1s"));
  if (webhook) {
    does = drawn_webhook_trouble(kind, options.short_waits, random);
  } else if (api && traits_of(kind).by_status) {
    does = drawn_status(kind, random, rule.retry_after);
  } else if (api) {
    does = drawn_trouble(kind, options, random);
  }
  rule.text += R"("do":)" + does + "}";
  return rule;
}

}  // namespace terapi::conformance
