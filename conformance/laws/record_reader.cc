#include "conformance/laws/record_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/contract/cursor.h"
#include "conformance/contract/key_in_text.h"
#include "conformance/laws/answer_type.h"
#include "conformance/laws/error_answer.h"
#include "core/json.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostPages = 30'000;
constexpr std::uint64_t kMostOfAPart = 1'000;  // records of a page, where a part is looked at

std::vector<std::size_t> joined(std::vector<std::size_t> a, const std::vector<std::size_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string seen_of(const Answer& answer) {
  if (!answer.came()) return "no answer: " + answer.response.error().message;
  return std::to_string(answer.status()) + " " + shortened(answer.body());
}

std::uint64_t limit_in(const Query& query) {
  const auto limit = core::find_parameter(query, "limit");
  return limit ? std::strtoull(limit->c_str(), nullptr, 10) : 100;
}

}  // namespace

bool is_a_limits_way(const Answer& answer, const ErrorAnswer& error, const Habits& habits) {
  return habits.rounds_waits_down && answer.status() == 429 && error.lacks_message;
}

core::Headers RecordReader::headers() const {
  return {{"Authorization", "Bearer " + context_.server.secret_key()},
          {"Provider-Config-Key", context_.given.stream.integration},
          {"Connection-Id", context_.given.stream.connection}};
}

Answer RecordReader::ask(const Query& query, std::string_view method) const {
  return ask(query, headers(), method);
}

core::Request RecordReader::request(const Query& query) const {
  const StreamAsked& stream = context_.given.stream;
  Query whole;
  if (!core::find_parameter(query, "model")) whole.emplace_back("model", stream.model);
  if (stream.variant != "base" && !core::find_parameter(query, "variant")) {
    whole.emplace_back("variant", stream.variant);
  }
  whole.insert(whole.end(), query.begin(), query.end());
  core::Request request;
  request.target = "/records" + query_text(whole);
  request.headers = headers();
  return request;
}

Answer RecordReader::ask(const Query& query, core::Headers with, std::string_view method) const {
  core::Request asked = request(query);
  asked.method = std::string(method);
  asked.headers = std::move(with);
  return context_.server.call(std::move(asked));
}

RecordReader::Page RecordReader::page(const Query& query) {
  Page page = read(query);
  if (page.good) look_behind(query, page.page);
  return page;
}

void RecordReader::leave_part(ServedPage& page) const {
  const std::optional<Position>& until = context_.given.until;
  if (!until || page.records.empty()) return;
  const auto place_of = [&](const ServedRecord& record) {
    return read_cursor(record.cursor, context_.server.dialect());
  };
  const auto last = place_of(page.records.back());
  if (last && *last >= *until) page.next_cursor.reset();
  std::erase_if(page.records, [&](const ServedRecord& record) {
    const auto place = place_of(record);
    return place && *place > *until;
  });
}

// With a restriction, only records behind the part may follow: then nothing does. Of ids that is
// not asked: those that laws name are in the part.
void RecordReader::look_behind(const Query& query, ServedPage& page) {
  if (!context_.given.until || !page.next_cursor) return;
  const auto has = [&](const char* name) { return core::find_parameter(query, name).has_value(); };
  if ((!has("filter") && !has("modified_after")) || has("ids")) return;
  Query next;
  for (const auto& [name, value] : query) {
    if (name != "cursor" && name != "limit") next.emplace_back(name, value);
  }
  next.emplace_back("cursor", *page.next_cursor);
  next.emplace_back("limit", "1");
  const Page behind = read(next);
  if (behind.good && behind.page.records.empty()) page.next_cursor.reset();
}

RecordReader::Page RecordReader::read(const Query& query) {
  Page page;
  page.answer = ask(query);
  if (page.answer.status() != 200) {
    context_.findings.fail("REC-1", "a good request for records was not answered with 200",
                           "200 for " + query_text(query), seen_of(page.answer),
                           page.answer.events);
    return page;
  }
  auto read = read_page(page.answer.body(), context_.server.dialect());
  if (!read) {
    context_.findings.fail("REC-1", "the page cannot be read", "records and next_cursor",
                           read.error().message, page.answer.events);
    return page;
  }
  page.page = std::move(*read);
  page.good = true;
  notice_type(page.answer, "REC-1", context_.findings);
  notice_page(page, limit_in(query));
  leave_part(page.page);
  return page;
}

void RecordReader::notice_page(const Page& page, std::uint64_t limit) {
  const ServedPage& served = page.page;
  if (served.records.size() > limit) {
    context_.findings.fail("REC-5", "a page holds more records than its limit",
                           "at most " + std::to_string(limit),
                           std::to_string(served.records.size()), page.answer.events);
  }
  if (!served.next_cursor) return;
  if (served.records.empty()) {
    context_.findings.fail("REC-11", "a page says that more follows, but holds no record",
                           "at least one record, or a null next_cursor", "none",
                           page.answer.events);
  } else if (*served.next_cursor != served.records.back().cursor) {
    context_.findings.fail("CUR-4", "next_cursor is not the cursor of the page's last record",
                           served.records.back().cursor, *served.next_cursor, page.answer.events);
  }
}

Walk RecordReader::walk(std::uint64_t limit, const Query& more, std::size_t most_pages) {
  Walk walk;
  std::set<std::string> been;
  Query query = more;
  if (context_.given.until) limit = std::min(limit, kMostOfAPart);
  query.emplace_back("limit", std::to_string(limit));
  const auto cursor_at =
      std::find_if(query.begin(), query.end(), [](const auto& p) { return p.first == "cursor"; });
  std::size_t cursor = static_cast<std::size_t>(cursor_at - query.begin());
  while (walk.pages < kMostPages) {
    Page page = read(query);
    ++walk.pages;
    if (walk.pages == 1) walk.events = page.answer.events;
    if (!page.good) return walk;
    std::move(page.page.records.begin(), page.page.records.end(), std::back_inserter(walk.records));
    if (!page.page.next_cursor) {
      walk.whole = true;
      if (walk.pages > 1) walk.events = joined(walk.events, page.answer.events);
      return walk;
    }
    if (walk.pages >= most_pages) {
      walk.cut = true;
      return walk;
    }
    if (!been.insert(*page.page.next_cursor).second) {
      context_.findings.fail(
          "CUR-3", "paging goes in a circle", "each next_cursor leads to new records",
          "next_cursor " + *page.page.next_cursor + " again", page.answer.events);
      return walk;
    }
    if (cursor == query.size()) query.emplace_back("cursor", "");
    query[cursor].second = *page.page.next_cursor;
  }
  context_.findings.fail("CUR-4", "paging does not end", "a null next_cursor",
                         std::to_string(walk.pages) + " pages without an end");
  return walk;
}

void RecordReader::expect_alive(std::string_view after) {
  // Without a key: it costs nothing of a rate limit, and any server has an answer to it.
  core::Request request;
  request.target = "/records?model=Alive";
  const Answer answer = context_.server.call(std::move(request));
  if (answer.came() && answer.status() < 500) return;
  context_.findings.fail("ERR-2", "the server no longer answers",
                         "an answer after " + std::string(after), seen_of(answer), answer.events);
}

void RecordReader::expect_cursor_refused(const Answer& answer, const std::string& what) {
  if (answer.status() < 500)
    return expect_refused(answer, 400, "invalid_cursor", "", "CUR-7", what);
  context_.findings.fail("CUR-7", "a cursor that cannot be decoded is answered with a server error",
                         "400 invalid_cursor", seen_of(answer), answer.events);
  expect_alive(what);
}

void RecordReader::expect_refused(const Answer& answer, int status, const ErrorCodes& codes,
                                  std::string_view path, std::string_view clause,
                                  const std::string& what) {
  const std::string expected = std::to_string(status) + " " + listed(codes.any) +
                               (path.empty() ? "" : " about " + std::string(path));
  Findings& findings = context_.findings;
  if (answer.status() != status) {
    const std::string at_stake = answer.status() >= 500 ? "ERR-2" : std::string(clause);
    findings.fail(at_stake, what, expected, seen_of(answer), answer.events);
    return expect_alive(what);
  }
  const ErrorAnswer error = read_error(answer.body());
  const bool right_code =
      std::find(codes.any.begin(), codes.any.end(), error.code) != codes.any.end();
  if (!error.problem.empty() && !is_a_limits_way(answer, error, context_.server.dialect().habits)) {
    findings.fail("ERR-1", what + ", and the error has another form", expected, error.problem,
                  answer.events);
  } else if (!right_code || (!path.empty() && !error.names(path))) {
    findings.fail(std::string(clause), what + ", and the error says something else", expected,
                  error.code + " (" + listed(error.errors) + ")", answer.events);
  }
  if (error.problem.empty()) notice_type(answer, "ERR-1", findings);
  if (holds_key(answer.body(), context_.server.secret_key())) {
    findings.fail("AUTH-5", "an error repeats the secret key", "no key in it",
                  shortened(error.code), answer.events);
  }
  expect_alive(what);
}

void RecordReader::expect_error_form(const Answer& answer, const std::string& what) {
  if (context_.server.dialect().habits.refuses_in_html) return;
  const ErrorAnswer error = read_error(answer.body());
  if (error.problem.empty()) return notice_type(answer, "ERR-1", context_.findings);
  context_.findings.fail("ERR-1", what + ", and the error has another form",
                         R"({"error":{"code","message"}})", error.problem, answer.events);
}

std::vector<ServedRecord> so_far(std::vector<ServedRecord> expected, const Walk& walk) {
  if (walk.cut && walk.records.size() < expected.size()) expected.resize(walk.records.size());
  return expected;
}

std::string last_cursor(const ServedPage& page) {
  return page.records.empty() ? "" : page.records.back().cursor;
}

std::vector<std::string> ids_of(const std::vector<ServedRecord>& records) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const ServedRecord& record : records) ids.push_back(record.id);
  return ids;
}

namespace {

// White space between its tokens is no part of a payload, and may be another one each time.
bool same_tokens(const std::string& a, const std::string& b) {
  if (a == b) return true;
  core::json::Reader first({.max_depth = 100'000});
  core::json::Reader second({.max_depth = 100'000});
  const auto left = first.read(a);
  const auto right = second.read(b);
  return left && right && core::json::compact(*left) == core::json::compact(*right);
}

}  // namespace

bool same_sight(const ServedRecord& a, const ServedRecord& b) {
  return a.id == b.id && a.cursor == b.cursor && a.last_action == b.last_action &&
         a.first_seen_at == b.first_seen_at && a.last_modified_at == b.last_modified_at &&
         a.deleted_at == b.deleted_at && a.pruned_at == b.pruned_at && a.problems == b.problems &&
         same_tokens(a.payload, b.payload);
}

std::string difference(const std::vector<ServedRecord>& expected,
                       const std::vector<ServedRecord>& actual) {
  const std::size_t both = std::min(expected.size(), actual.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (same_sight(expected[i], actual[i])) continue;
    const std::string place = "record " + std::to_string(i + 1) + " is ";
    if (expected[i].id != actual[i].id) {
      return place + actual[i].id + " instead of " + expected[i].id;
    }
    // A member that is missing reads as null.
    std::string told =
        place + actual[i].id + " in both, with another cursor, action, time or payload";
    if (!actual[i].problems.empty() && actual[i].problems != expected[i].problems) {
      told.append(" (").append(actual[i].problems.front().text).append(")");
    }
    return told;
  }
  if (expected.size() == actual.size()) return "";
  const bool fewer = actual.size() < expected.size();
  return std::to_string(actual.size()) + " records instead of " + std::to_string(expected.size()) +
         (fewer ? "; first missing: " + expected[both].id : "; first too many: " + actual[both].id);
}

}  // namespace terapi::conformance
