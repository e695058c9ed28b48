#include "conformance/laws/answer_expectation.h"

#include <algorithm>
#include <set>

#include "conformance/laws/answer_type.h"
#include "conformance/laws/error_answer.h"
#include "core/glob.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

bool differs(std::string& where, const std::string& what) {
  where = what;
  return false;
}

class AnswerCheck {
 public:
  AnswerCheck(const AnswerExpected& expected, const Answer& answer, const std::string& clause,
              const std::string& asked, Findings& findings, const CompletePage& complete)
      : expected_(expected),
        answer_(answer),
        clause_(clause),
        asked_(asked),
        findings_(findings),
        complete_(complete) {}

  void check(const Dialect& dialect) {
    habits_ = dialect.habits;
    if (!answer_.came()) {
      return fail("there was no answer", "an answer", answer_.response.error().message);
    }
    check_status();
    check_error();
    check_headers();
    check_body();
    if (answer_.status() == 200 && looks_at_records()) check_page(dialect);
  }

 private:
  void fail(const std::string& what, std::string expected, std::string actual) {
    findings_.fail(clause_, what + ": " + asked_, std::move(expected), std::move(actual),
                   answer_.events);
  }
  bool looks_at_records() const {
    return expected_.ids || expected_.actions || expected_.count ||
           expected_.next != AnswerExpected::Next::kAny;
  }

  void check_status() {
    // What is not expected to be an error is expected to be none.
    const bool refusal = expected_.code || expected_.errors || expected_.refused;
    if (expected_.status ? answer_.status() == *expected_.status
                         : refusal == (answer_.status() >= 400)) {
      // ERR-2: who asks what is wrong is told that it is wrong, and not that the server is.
      // The system whose cursors are read as Node does has 500 for those that cannot be
      // (docs/nango.md).
      const bool blames_itself = expected_.refused && !expected_.status && answer_.status() >= 500;
      if (!blames_itself || habits_.reads_cursors_as_node) return;
    }
    fail("the answer has the wrong status",
         expected_.status ? std::to_string(*expected_.status)
         : refusal        ? "an error of the caller's, 4xx"
                          : "no error",
         std::to_string(answer_.status()) + " " + shortened(answer_.body()));
  }

  void check_error() {
    if (!expected_.code && !expected_.errors && !expected_.refused) return;
    const ErrorAnswer error = read_error(answer_.body());
    if (!error.problem.empty() && !is_a_limits_way(answer_, error, habits_)) {
      findings_.fail("ERR-1", "an error does not have the form of ERR-1", asked_, error.problem,
                     answer_.events);
    }
    if (error.problem.empty()) notice_type(answer_, "ERR-1", findings_);
    if (expected_.code && error.code != *expected_.code) {
      fail("the error has the wrong code", *expected_.code, error.code);
    }
    if (!expected_.errors) return;
    for (const std::string& one : *expected_.errors) {
      const bool there =
          std::find(error.errors.begin(), error.errors.end(), one) != error.errors.end() ||
          error.names(one);
      if (!there) fail("a mistake is not reported", one, listed(error.errors));
    }
    for (const std::string& told : error.errors) {
      ErrorAnswer one;
      one.errors = {told};
      const bool meant =
          std::any_of(expected_.errors->begin(), expected_.errors->end(),
                      [&](const auto& each) { return each == told || one.names(each); });
      if (!meant) fail("a mistake is reported that was not made", listed(*expected_.errors), told);
    }
  }

  void check_headers() {
    for (const auto& [name, pattern] : expected_.headers) {
      const auto value = answer_.response->headers.get(name);
      const bool right = pattern ? value && core::glob_matches(*pattern, *value) : !value;
      if (!right) {
        fail("a header of the answer is wrong", name + ": " + pattern.value_or("(absent)"),
             std::string(value.value_or("(absent)")));
      }
    }
    for (const std::string& text : expected_.lacks) {
      bool found = answer_.body().find(text) != std::string::npos;
      for (const auto& [name, value] : answer_.response->headers) {
        found = found || value.find(text) != std::string::npos;
      }
      if (found) fail("the answer contains what it must not", "not " + text, "it does");
    }
  }

  void check_body() {
    if (!expected_.body.present()) return;
    if (expected_.body.is_string()) {
      if (!core::glob_matches(expected_.body.string(), answer_.body())) {
        fail("the body is not the expected one", expected_.body.string(),
             shortened(answer_.body()));
      }
      return;
    }
    const auto document = json::Document::parse(answer_.body());
    if (document && answer_.status() < 400) notice_type(answer_, clause_, findings_);
    std::string where = "body";
    if (!document) {
      fail("the body is not JSON", json::compact(expected_.body), shortened(answer_.body()));
    } else if (!matches_part(expected_.body, document->root(), where)) {
      fail("the body is not the expected one", shortened(json::compact(expected_.body), 400),
           where);
    }
  }

  // How many records there have to be; a null next_cursor comes after all of them.
  std::size_t wanted() const {
    if (expected_.ids) return expected_.ids->size();
    if (expected_.actions) return expected_.actions->size();
    if (expected_.count) return static_cast<std::size_t>(*expected_.count);
    return expected_.next == AnswerExpected::Next::kNull ? std::string::npos : 0;
  }

  void check_page(const Dialect& dialect) {
    auto page = read_page(answer_.body(), dialect);
    if (!page) return fail("the page cannot be read", "records", page.error().message);
    std::vector<std::size_t> events = answer_.events;
    if (complete_) {
      const std::vector<std::size_t> more = complete_(*page, wanted());
      events.insert(events.end(), more.begin(), more.end());
    }
    check_records(expected_, page->records, events, clause_, asked_, findings_);
    if (expected_.next == AnswerExpected::Next::kNull && page->next_cursor) {
      fail("next_cursor is not null", "null", *page->next_cursor);
    }
    if (expected_.next == AnswerExpected::Next::kLast &&
        (page->records.empty() || page->next_cursor != page->records.back().cursor)) {
      fail("next_cursor is not the last record's cursor",
           page->records.empty() ? "a record" : page->records.back().cursor,
           page->next_cursor.value_or("null"));
    }
  }

  const AnswerExpected& expected_;
  const Answer& answer_;
  Habits habits_;
  const std::string& clause_;
  const std::string& asked_;
  Findings& findings_;
  const CompletePage& complete_;
};

}  // namespace

void check_answer(const AnswerExpected& expected, const Answer& answer, const Dialect& dialect,
                  const std::string& clause, const std::string& asked, Findings& findings,
                  const CompletePage& complete) {
  AnswerCheck(expected, answer, clause, asked, findings, complete).check(dialect);
}

void check_records(const AnswerExpected& expected, const std::vector<ServedRecord>& records,
                   const std::vector<std::size_t>& events, const std::string& clause,
                   const std::string& asked, Findings& findings) {
  const auto fail = [&](const std::string& what, std::string wanted, std::string actual) {
    findings.fail(clause, what + ": " + asked, std::move(wanted), std::move(actual), events);
  };
  if (expected.count && records.size() != static_cast<std::size_t>(*expected.count)) {
    fail("the number of records is wrong", std::to_string(*expected.count),
         std::to_string(records.size()));
  }
  if (expected.ids) {
    std::vector<std::string> wanted = *expected.ids;
    std::vector<std::string> actual = ids_of(records);
    if (expected.any_order) {
      std::sort(wanted.begin(), wanted.end());
      std::sort(actual.begin(), actual.end());
    }
    if (wanted != actual) {
      const std::size_t most = 40;
      fail("these are not the expected records", listed(wanted, most), listed(actual, most));
    }
  }
  if (!expected.actions) return;
  std::vector<std::string> actions;
  actions.reserve(records.size());
  for (const ServedRecord& record : records) actions.push_back(record.last_action);
  if (actions != *expected.actions) {
    fail("last_action of the records is wrong", listed(*expected.actions), listed(actions));
  }
}

bool matches_part(const json::Value& part, const json::Value& whole, std::string& where) {
  const std::string inner = where;
  if (part.is_string() && part.string() == "*") {
    return whole.present() || differs(where, inner + " is missing");
  }
  if (part.is_string() && whole.is_string()) {
    return core::glob_matches(part.string(), whole.string()) ||
           differs(where, inner + " is " + std::string(whole.text()));
  }
  if (part.is_object() && whole.is_object()) {
    for (const json::Member member : part.members()) {
      where = inner + "." + member.key.string();
      if (!matches_part(member.value, whole[member.key.string()], where)) return false;
    }
    where = inner;
    return true;
  }
  if (part.is_array() && whole.is_array()) {
    if (part.size() != whole.size()) {
      return differs(where, inner + " has " + std::to_string(whole.size()) + " items");
    }
    auto item = whole.items().begin();
    std::size_t i = 0;
    for (const json::Value expected : part.items()) {
      where = inner + "[" + std::to_string(i++) + "]";
      if (!matches_part(expected, *item, where)) return false;
      ++item;
    }
    where = inner;
    return true;
  }
  if (whole.present() && json::same_value(part, whole)) return true;
  return differs(where, inner + " is " + (whole.present() ? json::compact(whole) : "missing"));
}

}  // namespace terapi::conformance
