// rate-limit: what a limit that is in force tells its callers: RATE-1.
#include <charconv>
#include <optional>

#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

// More than this is not spent to see a limit's end.
constexpr std::int64_t kMostToSpend = 60;

std::optional<std::int64_t> number_in(const Answer& answer, std::string_view name) {
  const std::string_view text = answer.header(name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void check_over_limit(LawContext& context, const Answer& answer) {
  RecordReader(context).expect_refused(answer, 429, "too_many_request", "", "RATE-1",
                                       "a request over the limit is not refused");
  const auto wait = number_in(answer, "Retry-After");
  const std::int64_t least = context.server.dialect().habits.rounds_waits_down ? 0 : 1;
  if (wait && *wait >= least) return;
  context.findings.fail("RATE-1", "429 does not say when to try again",
                        "Retry-After, a whole number of seconds from " + std::to_string(least),
                        "'" + std::string(answer.header("Retry-After")) + "'", answer.events);
}

}  // namespace

void check_rate_limit(LawContext& context) {
  RecordReader reader(context);
  const auto ask = [&] { return reader.ask({{"limit", "1"}}); };
  Answer answer = ask();
  if (!answer.came()) {
    context.findings.fail("RATE-1", "there was no answer", "an answer",
                          answer.response.error().message, answer.events);
    return;
  }
  const auto limit = number_in(answer, "X-RateLimit-Limit");
  if (!limit || *limit > kMostToSpend) {
    context.unproven = limit ? "the limit is too large to be used up" : "no rate limit is in force";
    return;
  }
  const std::string window(answer.header("X-RateLimit-Reset"));
  std::optional<std::int64_t> left;
  for (std::int64_t i = 0; i <= *limit; ++i) {
    if (answer.header("X-RateLimit-Reset") != window) {
      context.unproven = "the window has ended meanwhile";
      return;
    }
    if (answer.status() == 429) return check_over_limit(context, answer);
    const auto now = number_in(answer, "X-RateLimit-Remaining");
    if (!now || (left && *now != *left - 1)) {
      context.findings.fail("RATE-1", "X-RateLimit-Remaining does not count down",
                            left ? std::to_string(*left - 1) : "a whole number",
                            "'" + std::string(answer.header("X-RateLimit-Remaining")) + "'",
                            answer.events);
    }
    left = now;
    answer = ask();
  }
  check_over_limit(context, answer);
}

}  // namespace terapi::conformance
