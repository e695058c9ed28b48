#include "conformance/laws/answer_type.h"

#include <algorithm>

namespace terapi::conformance {

void notice_type(const Answer& answer, const std::string& clause, Findings& findings) {
  std::string type(answer.header("Content-Type"));
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (type.find("json") != std::string::npos) return;
  findings.warn(clause, "an answer's Content-Type does not say JSON", "application/json",
                type.empty() ? "(absent)" : type, answer.events);
}

}  // namespace terapi::conformance
