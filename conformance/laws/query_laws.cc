// What a query may say, and what it is told when it is wrong: REC-3, REC-4, REC-5, ERR-1.
#include <algorithm>
#include <utility>

#include "conformance/laws/error_answer.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {

namespace {

// 1.5 is no number of records. Who takes it for one has to get on with it all the same.
void check_fraction(LawContext& context, RecordReader& reader, std::size_t count) {
  const Answer answer = reader.ask({{"limit", "1.5"}});
  const auto page = read_page(answer.body(), context.server.dialect());
  if (answer.status() == 200 && page && page->records.size() < count && !page->next_cursor) {
    context.findings.fail(
        "REC-5", "a fraction as limit ends the paging before the last record",
        "400, or a next_cursor",
        std::to_string(page->records.size()) + " of " + std::to_string(count) + " records and null",
        answer.events);
    return;
  }
  const bool harmless = context.server.dialect().habits.reads_limits_as_javascript && page;
  if (answer.status() == 200 && harmless) return;
  reader.expect_refused(answer, 400, "invalid_query_params", "limit", "REC-5",
                        "limit=1.5 is not refused");
}

// Whoever asks for 10000 may be given fewer where a page has a byte budget (REC-11). One that ends
// at the same round number wherever it begins has another limit than it says.
void check_highest_limit(LawContext& context, RecordReader& reader,
                         const std::vector<ServedRecord>& all) {
  constexpr std::size_t kHighest = 10'000;
  constexpr std::size_t kRound = 100;
  std::size_t highest = 0;
  Answer last;
  for (const std::size_t after : {std::size_t{0}, all.size() / 2}) {
    Query query = {{"limit", std::to_string(kHighest)}};
    if (after > 0) query.emplace_back("cursor", all[after - 1].cursor);
    last = reader.ask(query);
    const auto page = read_page(last.body(), context.server.dialect());
    if (last.status() != 200 || !page || !page->next_cursor) return;
    const std::size_t count = page->records.size();
    if (count >= kHighest || count == 0 || count % kRound != 0) return;
    if (highest != 0 && count != highest) return;
    highest = count;
  }
  context.findings.warn("REC-5", "a limit above the server's own is taken, and served as that one",
                        "pages of up to " + std::to_string(kHighest) + " records",
                        std::to_string(highest) + " for limit=" + std::to_string(kHighest) +
                            ", wherever the page begins",
                        last.events);
}

}  // namespace

void check_limits(LawContext& context) {
  RecordReader reader(context);
  const Walk all = reader.walk(1000);
  if (!all.whole) return;
  const std::size_t count = all.records.size();
  if (count < 2) context.unproven = "fewer than two records show no limit";
  const auto expect_count = [&](const Query& query, std::size_t limit) {
    const auto page = reader.page(query);
    const std::size_t expected = std::min(count, limit);
    // A byte budget may make a page shorter (REC-11), but never empty.
    if (!page.good || page.page.records.size() == expected) return;
    if (page.page.next_cursor && !page.page.records.empty() && page.page.records.size() < expected)
      return;
    context.findings.fail("REC-5", "a page is not as large as its limit allows",
                          query_text(query) + ": " + std::to_string(expected) + " records",
                          std::to_string(page.page.records.size()), page.answer.events);
  };
  const auto expect_page = [&](const Answer& answer, const char* text, std::size_t limit) {
    auto page = read_page(answer.body(), context.server.dialect());
    if (page) reader.leave_part(*page);
    const std::size_t expected = std::min(count, limit);
    if (page && (page->records.size() == expected ||
                 (page->next_cursor && !page->records.empty() && page->records.size() < expected)))
      return;
    context.findings.fail(
        "REC-5", "a page is not as large as its limit allows",
        "limit=" + std::string(text) + ": " + std::to_string(expected) + " records",
        page ? std::to_string(page->records.size()) : page.error().message, answer.events);
  };
  expect_count({}, 100);
  for (const std::uint64_t limit : {1U, 2U, 99U, 100U, 101U, 9'999U, 10'000U}) {
    expect_count({{"limit", std::to_string(limit)}}, limit);
  }
  if (count > 100) check_highest_limit(context, reader, all.records);
  const bool javascript = context.server.dialect().habits.reads_limits_as_javascript;
  // What only some languages take for a whole number, and for which one.
  static constexpr std::pair<const char*, std::size_t> kNumbers[] = {
      {"1.0", 1}, {"1e3", 1'000}, {"+5", 5}, {"0x10", 16}, {" 5", 5}, {"5 ", 5}};
  for (const auto& [text, number] : kNumbers) {
    const Answer answer = reader.ask({{"limit", text}});
    if (javascript && answer.status() == 200) {
      expect_page(answer, text, number);
      continue;
    }
    reader.expect_refused(answer, 400, "invalid_query_params", "limit", "REC-5",
                          "limit=" + std::string(text) + " is not refused");
  }
  check_fraction(context, reader, count);
  for (const char* bad : {"0", "10001", "-1", "", "ten", "NaN", "18446744073709551617",
                          "99999999999999999999999999", "1,000", "true", "５"}) {
    reader.expect_refused(reader.ask({{"limit", bad}}), 400, "invalid_query_params", "limit",
                          "REC-5", "limit=" + std::string(bad) + " is not refused");
  }
}

namespace {

// All of a request's errors at once, each once.
void expect_errors(LawContext& context, const Answer& answer, std::string_view code,
                   const std::vector<std::string>& paths, const std::string& what) {
  RecordReader(context).expect_refused(answer, 400, code, paths.front(), "ERR-1", what);
  const ErrorAnswer error = read_error(answer.body());
  for (const std::string& path : paths) {
    const bool named = path.empty() ? std::any_of(error.errors.begin(), error.errors.end(),
                                                  [](const auto& e) { return e.starts_with(':'); })
                                    : error.names(path);
    if (named || answer.status() != 400) continue;
    context.findings.fail("ERR-1", "not all errors of a request are reported at once",
                          listed(paths), listed(error.errors), answer.events);
  }
}

void check_repeated(LawContext& context, RecordReader& reader, const std::string& cursor) {
  Query once = {{"model", context.given.stream.model},
                {"limit", "1"},
                {"filter", "added"},
                {"variant", context.given.stream.variant},
                {"modified_after", "2124-01-01T00:00:00Z"},
                {"delta", "2124-01-01T00:00:00Z"}};
  if (!cursor.empty()) once.emplace_back("cursor", cursor);
  for (const auto& [name, value] : once) {
    reader.expect_refused(reader.ask({{name, value}, {name, value}}), 400, "invalid_query_params",
                          name, "REC-3", "a parameter given twice is not refused: " + name);
  }
}

}  // namespace

void check_parameters(LawContext& context) {
  RecordReader reader(context);
  const auto first = reader.page({{"limit", "1"}});
  for (const char* name : {"Limit", "modifiedAfter", "page", "offset", "_", "cursor[]", "colour"}) {
    reader.expect_refused(reader.ask({{name, "1"}}), 400, "invalid_query_params", "", "REC-3",
                          "an unknown parameter is not refused");
  }
  check_repeated(context, reader, last_cursor(first.page));

  core::Request no_model;
  no_model.target = "/records";
  no_model.headers = reader.headers();
  expect_errors(context, context.server.call(no_model), "invalid_query_params", {"model"},
                "a request without a model is not refused");
  core::Request all_wrong = no_model;
  all_wrong.target = "/records?limit=0&filter=new&modified_after=yesterday&colour=red";
  expect_errors(context, context.server.call(all_wrong), "invalid_query_params",
                {"model", "limit", "filter", "modified_after", ""},
                "a query that is wrong in five ways is not refused");

  const auto without = [&](std::initializer_list<std::string_view> names) {
    core::Headers with = reader.headers();
    for (const std::string_view name : names) with.erase(name);
    return reader.ask({}, with);
  };
  expect_errors(context, without({"Connection-Id"}), "invalid_headers", {"connection-id"},
                "a request without Connection-Id is not refused");
  expect_errors(context, without({"Provider-Config-Key"}), "invalid_headers",
                {"provider-config-key"}, "a request without Provider-Config-Key is not refused");
  expect_errors(context, without({"Connection-Id", "Provider-Config-Key"}), "invalid_headers",
                {"connection-id", "provider-config-key"},
                "a request without both headers is not refused");
  for (const char* name : {"Connection-Id", "Provider-Config-Key"}) {
    core::Headers other = reader.headers();
    other.set(name, "nobody-has-this");
    reader.expect_refused(reader.ask({}, other), 400, "unknown_connection", "", "REC-3",
                          "a connection that does not exist is not refused");
  }
}

void check_empty_stream(LawContext& context) {
  RecordReader reader(context);
  for (const char* model : {"NeverWritten", "AlsoNeverWritten"}) {
    for (const Query& more : {Query{}, Query{{"limit", "1"}}, Query{{"filter", "added"}}}) {
      Query query = {{"model", model}};
      query.insert(query.end(), more.begin(), more.end());
      const auto page = reader.page(query);
      if (!page.good || (page.page.records.empty() && !page.page.next_cursor)) continue;
      context.findings.fail("REC-4", "a model that was never written to is not an empty page",
                            "no records, null", shortened(page.answer.body()), page.answer.events);
    }
  }
}

}  // namespace terapi::conformance
