#include "conformance/harness/play/judge_kept_connection.h"

#include <array>
#include <cstddef>

#include "conformance/harness/play/kept_connection.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostFaults = 3;  // the rest is more of the same

struct KeptQuestion {
  const char* method;
  std::string target;
  bool with_key = true;
};

}  // namespace

void judge_kept_connection(const core::Url& server, const core::Headers& headers,
                           const std::string& records, const std::string& clause, Caller& caller,
                           Findings& findings) {
  const std::array questions = {KeptQuestion{"HEAD", records + "&limit=1"},
                                KeptQuestion{"GET", records + "&limit=1"},
                                KeptQuestion{"HEAD", "/records"},
                                KeptQuestion{"GET", "/records"},
                                KeptQuestion{"HEAD", records, false},
                                KeptQuestion{"GET", records, false},
                                KeptQuestion{"HEAD", "/no-such-path"},
                                KeptQuestion{"GET", "/no-such-path"},
                                KeptQuestion{"HEAD", records + "&limit=0"},
                                KeptQuestion{"GET", records + "&limit=0"},
                                KeptQuestion{"HEAD", records + "&limit=10"},
                                KeptQuestion{"GET", records + "&limit=10"}};
  using Kept = KeptConnection::Kept;
  KeptConnection connection(server, headers);
  std::size_t faults = 0;
  for (const KeptQuestion& question : questions) {
    const bool last = &question == &questions.back();
    const std::string told = std::string(question.method) + " " + question.target +
                             (question.with_key ? "" : ", without a key");
    const std::size_t asked = caller.note(EventKind::kRequest, told + ", on a kept connection");
    const KeptAnswer answer =
        question.with_key
            ? connection.ask(question.method, question.target, last ? Kept::kLast : Kept::kGoesOn)
            : connection.ask_without_key(question.method, question.target);
    const std::size_t answered = caller.note(
        EventKind::kResponse, answer.wrong.empty() ? std::to_string(answer.status) : answer.wrong);
    if (answer.wrong.empty()) continue;
    findings.fail(clause, "an answer does not begin and end where HTTP says: " + told,
                  "one answer of HTTP/1.1, and nothing behind it", answer.wrong, {asked, answered});
    if (++faults == kMostFaults) return;
  }
}

}  // namespace terapi::conformance
