// check_answer(): one answer against what a scenario expects of it. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/laws/findings.h"
#include "conformance/laws/record_reader.h"
#include "core/json.h"

namespace terapi::conformance {

// What an answer has to be. What is not named may be anything.
struct AnswerExpected {
  std::optional<std::int64_t> status{};
  bool refused = false;               // an error, whichever
  std::optional<std::string> code{};  // of an error
  std::optional<std::vector<std::string>>
      errors;                                   // "limit:too_small" or "limit", these and no more
  std::optional<std::vector<std::string>> ids;  // of the records, in order
  bool any_order = false;                       // of the ids
  std::optional<std::vector<std::string>> actions;  // of the records: "ADDED", …
  std::optional<std::int64_t> count{};              // of the records
  enum class Next : std::uint8_t { kAny, kNull, kLast };
  Next next = Next::kAny;  // null, or the last record's cursor
  // Name → value; "*" stands for any text, null for its absence.
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  core::json::Value body;          // a part of the body: see matches_part()
  std::vector<std::string> lacks;  // texts that must not be in the body or headers
};

// Asks for what a page has left out that may be shorter than its limit (REC-11), until it has as
// many records as that, or nothing follows. Events of the answers.
using CompletePage = std::function<std::vector<std::size_t>(ServedPage& page, std::size_t wanted)>;

// `clause`: what is at stake. `asked`: the request, for the reader. `complete`: where more than one
// page may be asked for.
void check_answer(const AnswerExpected& expected, const Answer& answer, const Dialect& dialect,
                  const std::string& clause, const std::string& asked, Findings& findings,
                  const CompletePage& complete = {});
// The same of records that were read in several pages.
void check_records(const AnswerExpected& expected, const std::vector<ServedRecord>& records,
                   const std::vector<std::size_t>& events, const std::string& clause,
                   const std::string& asked, Findings& findings);

// True when `part` is in `whole`: members that are named are there and match, arrays are as long
// and match item by item, "*" matches anything, other values are the same. If not, `where` says
// what is different.
bool matches_part(const core::json::Value& part, const core::json::Value& whole,
                  std::string& where);

}  // namespace terapi::conformance
