// check_answer(): one answer against what a scenario expects of it. Pure.
#pragma once

#include <string>

#include "conformance/laws/findings.h"
#include "conformance/laws/record_reader.h"
#include "conformance/scenario/server_step.h"

namespace terapi::conformance {

// `clause`: what is at stake. `asked`: the request, for people.
void check_answer(const AnswerExpected& expected, const Answer& answer, const Dialect& dialect,
                  const std::string& clause, const std::string& asked, Findings& findings);
// The same of records that were read in several pages.
void check_records(const AnswerExpected& expected, const std::vector<ServedRecord>& records,
                   const std::vector<std::size_t>& events, const std::string& clause,
                   const std::string& asked, Findings& findings);

}  // namespace terapi::conformance
