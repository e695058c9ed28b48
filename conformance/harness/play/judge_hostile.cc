#include "conformance/harness/play/judge_hostile.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "core/duration.h"

namespace terapi::conformance {
namespace {

// Less than this in all the time is a slow line to the server, not a server that takes too much.
constexpr std::uint64_t kSlowLine = std::uint64_t{4} << 20U;

std::string told_of_end(const HostileEnd& end) {
  const std::string after =
      " after " + std::to_string(end.sent) + " bytes and " +
      core::format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(end.took));
  switch (end.how) {
    case HostileEnd::How::kUnreachable:
      return "no connection";
    case HostileEnd::How::kAnswered:
      return std::to_string(end.status) + after;
    case HostileEnd::How::kClosed:
      return "it hung up" + after;
    case HostileEnd::How::kTookAll:
      return "it took all, and no end" + after;
    case HostileEnd::How::kHeld:
      return "neither an answer nor an end" + after;
  }
  return "";
}

bool has_html(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return head.find("\r\ncontent-type: text/html") != std::string::npos;
}

class HostileJudge {
 public:
  HostileJudge(const HostileRequest& request, const std::string& clause, Caller& caller,
               Findings& findings)
      : request_(request), clause_(clause), caller_(caller), findings_(findings) {}

  HostileJudgement judge(std::optional<std::int64_t> status) {
    const bool slow = request_.kind == Hostility::kSlowHeader;
    note(EventKind::kRequest, "hostile: " + told_kind());
    const auto ends = send_hostile(request_, [&] {
      if (slow) expect_answer("while there is ");
    });
    for (const HostileEnd& end : ends) judge_end(end, status);
    if (judgement_.answers) expect_answer("after ");
    return judgement_;
  }

 private:
  std::string told_kind() const {
    std::string text(core::word_of(kHostilities, request_.kind));
    if (request_.connections > 1) text += " × " + std::to_string(request_.connections);
    return text;
  }

  std::size_t note(EventKind kind, std::string text) { return caller_.note(kind, std::move(text)); }

  void judge_end(const HostileEnd& end, std::optional<std::int64_t> status) {
    const std::string told = told_of_end(end);
    const std::size_t event = note(EventKind::kResponse, told);
    const std::string kind(core::word_of(kHostilities, request_.kind));
    const std::string expected =
        status ? std::to_string(*status) : "an answer of 4xx, or the end of the connection";
    const auto fail = [&](const std::string& what) {
      findings_.fail(clause_, what, expected, told, {event});
    };
    switch (end.how) {
      case HostileEnd::How::kUnreachable:
        return fail("the server takes no connection");
      case HostileEnd::How::kAnswered:
        if (status ? end.status != *status : end.status / 100 != 4) {
          return fail("an answer to a hostile request (" + kind + ") is another one");
        }
        if (has_html(end.head)) {
          findings_.warn(clause_, "a hostile request (" + kind + ") is refused in HTML", "JSON",
                         shortened(end.head), {event});
        }
        return;
      case HostileEnd::How::kClosed:
        if (status) fail("a hostile request (" + kind + ") is not answered");
        return;
      case HostileEnd::How::kTookAll:
        if (may_be_waited_for()) return;
        return fail("a hostile request (" + kind + ") is taken without an end");
      case HostileEnd::How::kHeld:
        return judge_held(end, event, expected);
    }
  }

  // Others are answered meanwhile: that is looked at, too.
  bool may_be_waited_for() const {
    return request_.kind == Hostility::kHugeLength &&
           caller_.dialect().habits.waits_for_giant_bodies;
  }

  void judge_held(const HostileEnd& end, std::size_t event, const std::string& expected) {
    const std::string kind(core::word_of(kHostilities, request_.kind));
    const std::string told = told_of_end(end);
    // How long a slow one may take is nobody's rule; what it must not do is keep others out.
    if (may_be_waited_for() || !request_.wants_end) return;
    if (request_.kind == Hostility::kSlowHeader) {
      findings_.warn(clause_, "a request that comes a byte at a time is let be",
                     expected + " within " + core::format_duration(request_.limits.time), told,
                     {event});
    } else if (end.flowed && end.sent < kSlowLine) {
      judgement_.unproven =
          "the line to the server is too slow for a hostile request (" + kind + "): " + told;
    } else {
      findings_.fail(clause_, "a hostile request (" + kind + ") is not ended", expected, told,
                     {event});
    }
  }

  void expect_answer(std::string_view when) {
    const std::string target = "/records?model=Issue";
    note(EventKind::kRequest, "GET " + target);
    const HostileEnd end = ask_usually(request_, target);
    const std::size_t event = note(EventKind::kResponse, told_of_end(end));
    if (end.how == HostileEnd::How::kAnswered && end.status < 500) return;
    judgement_.answers = end.how == HostileEnd::How::kAnswered;
    findings_.fail(clause_, "the server no longer answers",
                   "an answer to GET " + target + " within " +
                       core::format_duration(request_.limits.answer) + " " + std::string(when) +
                       told_kind(),
                   told_of_end(end), {event});
  }

  const HostileRequest& request_;
  const std::string& clause_;
  Caller& caller_;
  Findings& findings_;
  HostileJudgement judgement_;
};

}  // namespace

HostileJudgement judge_hostile(const HostileRequest& request, std::optional<std::int64_t> status,
                               const std::string& clause, Caller& caller, Findings& findings) {
  return HostileJudge(request, clause, caller, findings).judge(status);
}

}  // namespace terapi::conformance
