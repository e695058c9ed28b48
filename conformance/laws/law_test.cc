// Each law passes on a server that keeps it, and fails on one with a defect made by hand. The
// server here is a list of records and what GET /records does with it, written for this test alone.
#include "conformance/laws/law.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"
#include "conformance/laws/record_reader.h"
#include "core/json_writer.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

using core::json::Writer;

struct Kept {
  std::string id;
  core::Time at;
  core::Time first;
  std::string action = "ADDED";
  std::string uuid;
};

// What the server does wrong.
struct Defect {
  bool by_first_seen = false;
  bool inclusive = false;
  bool more_when_full = false;
  bool millis = false;
  bool server_error = false;
  bool silent = false;
  bool plain_filter = false;  // the first word only
  bool any_limit = false;
  bool ignores_ids = false;
  bool ignores_unknown = false;
  bool open = false;  // needs no key
  bool tells_key = false;
  bool html = false;
  bool never_empty = false;
  bool exclusive_time = false;
  bool no_retry_after = false;
  bool counts_nothing = false;  // of a rate limit
  bool other_type = false;      // says that its pages are something else than JSON
  bool other_times = false;     // of records that a filter chose
  bool no_null = false;         // in those, what is null is left out
  bool other_error_type = false;
  bool one_letter = false;  // no defect: its key is "k"
};

class ListServer final : public ServerCaller {
 public:
  // `limit`: how many requests in all; 0: any number.
  explicit ListServer(Defect defect = {}, std::int64_t limit = 0) : defect_(defect), limit_(limit) {
    const core::Time start = *read_timestamp("2024-01-01T00:00:00.000001Z");
    for (int i = 0; i < 24; ++i) {
      Kept record;
      record.id = "r" + std::to_string(i);
      record.at = start + std::chrono::microseconds(i / 5);
      record.first = record.at;
      if (i % 3 == 1) {
        record.action = i % 2 == 0 ? "UPDATED" : "DELETED";
        record.first = start - std::chrono::microseconds(i);
      }
      record.uuid = "1a161601-2399-4836-aab2-0000000000" + std::to_string(10 + i);
      records_.push_back(std::move(record));
    }
    if (defect.by_first_seen) {
      std::stable_sort(records_.begin(), records_.end(),
                       [](const Kept& a, const Kept& b) { return a.first < b.first; });
    }
  }

  const Dialect& dialect() const override { return terapi_dialect(); }
  std::string secret_key() const override { return defect_.one_letter ? "k" : "the-secret-key"; }
  Answer run(std::string /*body*/) override { return {}; }
  std::vector<Answer> run_side_by_side(std::vector<std::string> /*bodies*/,
                                       core::Request /*read*/) override {
    return {};
  }
  Answer call(core::Request request) override {
    if (defect_.silent) return {core::Error{"connection_reset", "reset"}, {1}};
    core::Response response = respond(request);
    if (request.method == "HEAD") response.body.clear();
    if (limit_ > 0 && request.headers.get("Authorization")) count(response);
    return {core::Result<core::Response>(std::move(response)), {1}};
  }

 private:
  void count(core::Response& response) {
    if (used_ == limit_) {
      response = error(429, "too_many_request");
      if (!defect_.no_retry_after) response.headers.set("Retry-After", "7");
    } else if (!defect_.counts_nothing) {
      ++used_;
    }
    response.headers.set("X-RateLimit-Limit", std::to_string(limit_));
    response.headers.set("X-RateLimit-Remaining", std::to_string(limit_ - used_));
    response.headers.set("X-RateLimit-Reset", "1704067200");
  }

  using Errors = std::vector<std::pair<std::string, std::string>>;

  core::Response error(int status, const std::string& code, const Errors& errors = {}) const {
    Writer out;
    out.begin_object().key("error").begin_object().field("code", code);
    if (errors.empty()) out.field("message", defect_.tells_key ? secret_key() : "it is wrong");
    if (!errors.empty()) out.key("errors").begin_array();
    for (const auto& [what, path] : errors) {
      out.begin_object().field("code", what).field("message", "wrong").key("path").begin_array();
      if (!path.empty()) out.string(path);
      out.end_array().end_object();
    }
    if (!errors.empty()) out.end_array();
    out.end_object().end_object();
    const std::string type = defect_.other_error_type ? "text/plain" : "application/json";
    return {status, {{"Content-Type", type}}, out.take()};
  }

  core::Response respond(const core::Request& request) const {
    const auto target = core::parse_target(request.target);
    const std::string path = target ? target->path : "";
    if (path != "/records" && path != "/records/") {
      if (defect_.html) return {404, {}, "<html>no</html>"};
      return error(404, "not_found");
    }
    if (request.method != "GET" && request.method != "HEAD") {
      core::Response response = error(405, "method_not_allowed");
      response.headers.set("Allow", "GET, HEAD");
      return response;
    }
    if (!defect_.open) {
      const std::string_view given = request.headers.get("Authorization").value_or("");
      if (given.empty()) return error(401, "missing_auth_header");
      const std::size_t space = given.find(' ');
      const std::string_view token =
          space == std::string_view::npos ? "" : given.substr(given.find_last_of(' ') + 1);
      if (!core::equals_ignoring_case(given.substr(0, space), "bearer") || token.empty()) {
        return error(401, "malformed_auth_header");
      }
      if (token != secret_key()) return error(401, "unknown_account");
    }
    return checked(request, target->query);
  }

  static std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      std::transform(words.back().begin(), words.back().end(), words.back().begin(), ::toupper);
      begin = end + 1;
    }
    return words;
  }

  struct Asked {
    std::size_t limit = 100;
    std::optional<Position> after{};
    std::optional<core::Time> from{};
    std::optional<std::set<std::string>> actions{};
    std::set<std::string> ids{};
    bool has_model = false;
    bool empty_model = false;
    bool bad_cursor = false;
  };

  void read_limit(const std::string& value, Asked& asked, Errors& errors) const {
    const bool digits = !value.empty() && value.size() < 6 &&
                        value.find_first_not_of("0123456789") == std::string::npos;
    asked.limit = digits ? std::stoul(value) : 0;
    if (asked.limit >= 1 && asked.limit <= 10'000) return;
    if (!defect_.any_limit) errors.emplace_back("too_small", "limit");
    asked.limit = 100;
  }

  void read_parameter(const std::string& name, const std::string& value, Asked& asked,
                      Errors& errors) const {
    if (name == "model") {
      asked.has_model = true;
      asked.empty_model = value.find("Never") != std::string::npos;
    } else if (name == "limit") {
      read_limit(value, asked, errors);
    } else if (name == "cursor") {
      if (value.empty()) errors.emplace_back("too_small", "cursor");
      const auto position = read_cursor(value, dialect());
      asked.bad_cursor = !position;
      if (position) asked.after = *position;
    } else if (name == "modified_after" || name == "delta") {
      asked.from = read_timestamp(value);
      if (!asked.from || *asked.from < *read_timestamp("2023-01-01T00:00:00Z")) {
        errors.emplace_back("invalid_format", name);
      }
    } else if (name == "filter") {
      asked.actions.emplace();
      for (const std::string& word : split(value)) {
        if (word != "ADDED" && word != "UPDATED" && word != "DELETED") {
          errors.emplace_back("invalid_value", "filter");
        }
        if (!defect_.plain_filter || asked.actions->empty()) asked.actions->insert(word);
      }
    } else if (name == "ids") {
      if (value.empty() || value.size() > 256) errors.emplace_back("invalid_union", "ids");
      if (!defect_.ignores_ids) asked.ids.insert(value);
    } else if (name != "variant" && !defect_.ignores_unknown) {
      errors.emplace_back("unrecognized_keys", "");
    }
  }

  core::Response checked(const core::Request& request,
                         const std::vector<std::pair<std::string, std::string>>& query) const {
    Asked asked;
    Errors errors;
    std::map<std::string, int> times;
    for (const auto& [name, value] : query) {
      if (++times[name] == 2 && name != "ids") errors.emplace_back("invalid_type", name);
      read_parameter(name, value, asked, errors);
    }
    if (times["ids"] > 100) errors.emplace_back("invalid_union", "ids");
    if (!asked.has_model) errors.emplace_back("invalid_type", "model");
    if (!errors.empty()) return error(400, "invalid_query_params", errors);
    for (const char* name : {"Connection-Id", "Provider-Config-Key"}) {
      if (!request.headers.get(name)) errors.emplace_back("invalid_type", name);
    }
    for (auto& [code, path] : errors) {
      std::transform(path.begin(), path.end(), path.begin(), ::tolower);
    }
    if (!errors.empty()) return error(400, "invalid_headers", errors);
    if (request.headers.get("Connection-Id") != "demo" ||
        request.headers.get("Provider-Config-Key") != "github") {
      return error(400, "unknown_connection");
    }
    if (asked.bad_cursor) return error(defect_.server_error ? 500 : 400, "invalid_cursor");
    return page(asked);
  }

  bool passes(const Kept& record, const Asked& asked) const {
    const Position place{record.at, record.uuid};
    if (asked.after && (defect_.inclusive ? place < *asked.after : place <= *asked.after)) {
      return false;
    }
    if (asked.from && (defect_.exclusive_time ? record.at <= *asked.from : record.at < *asked.from))
      return false;
    if (asked.actions && !asked.actions->contains(record.action)) return false;
    return asked.ids.empty() || asked.ids.contains(record.id);
  }

  core::Response page(const Asked& asked) const {
    std::vector<const Kept*> all;
    for (const Kept& record : records_) {
      if (passes(record, asked) && (!asked.empty_model || defect_.never_empty)) {
        all.push_back(&record);
      }
    }
    const std::size_t count = std::min(all.size(), asked.limit);
    Writer out;
    out.begin_object().key("records").begin_array();
    const bool other_times = defect_.other_times && asked.actions;
    for (std::size_t i = 0; i < count; ++i) {
      Kept record = *all[i];
      if (other_times) record.first += std::chrono::microseconds(1);
      write(out, record, defect_.no_null && asked.actions);
    }
    out.end_array();
    const bool more = defect_.more_when_full ? count == asked.limit : all.size() > count;
    if (more && count > 0) {
      out.field("next_cursor", cursor_of(*all[count - 1]));
    } else {
      out.null_field("next_cursor");
    }
    const std::string type = defect_.other_type ? "text/plain" : "Application/JSON; charset=utf-8";
    return {200, {{"Content-Type", type}}, out.end_object().take()};
  }

  std::string cursor_of(const Kept& record) const {
    return write_cursor({record.at, record.uuid}, dialect());
  }
  std::string spelled(core::Time time) const {
    return defect_.millis ? write_millis(time) : write_timestamp(time);
  }
  void write(Writer& out, const Kept& record, bool no_null) const {
    out.begin_object().field("id", record.id).key("_terapi_metadata").begin_object();
    if (record.action == "DELETED") {
      out.field("deleted_at", spelled(record.at));
    } else if (!no_null) {
      out.null_field("deleted_at");
    }
    out.field("last_action", record.action)
        .field("first_seen_at", spelled(record.first))
        .field("last_modified_at", spelled(record.at))
        .field("cursor", cursor_of(record));
    if (!no_null) out.null_field("pruned_at");
    out.end_object().end_object();
  }

  Defect defect_;
  std::int64_t limit_ = 0;
  std::int64_t used_ = 0;
  std::vector<Kept> records_;
};

// The clauses of what a law found on a server with that defect.
std::set<std::string> found_by(std::string_view law, Defect defect, std::int64_t limit = 0) {
  ListServer server(defect, limit);
  Findings findings;
  LawContext context{server, findings};
  find_law(law)->check(context);
  std::set<std::string> clauses;
  for (const Finding& finding : findings.take()) {
    EXPECT_FALSE(finding.expected.empty()) << finding.what;
    EXPECT_FALSE(finding.actual.empty()) << finding.what;
    clauses.insert(finding.clause);
  }
  return clauses;
}

const std::vector<std::string>& reading_laws() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Law& law : all_laws()) {
      if (!law.needs.model && !law.needs.runs && !law.needs.webhooks && law.name != "prune-body" &&
          law.name != "rate-limit") {
        all.emplace_back(law.name);
      }
    }
    return all;
  }();
  return names;
}

TEST(Law, PassesOnAServerThatKeepsIt) {
  for (const std::string& name : reading_laws()) {
    ListServer server;
    Findings findings;
    LawContext context{server, findings};
    find_law(name)->check(context);
    EXPECT_EQ(context.unproven, "") << name;
    for (const Finding& finding : findings.take()) {
      ADD_FAILURE() << name << ": " << finding.what << "\n  expected: " << finding.expected
                    << "\n  actual: " << finding.actual;
    }
  }
}

TEST(Law, TakesSilenceForAFailure) {
  for (const std::string& name : reading_laws()) {
    EXPECT_FALSE(found_by(name, {.silent = true}).empty()) << name;
  }
}

TEST(Law, FindsRecordsInAnotherOrder) {
  EXPECT_TRUE(found_by("order", {.by_first_seen = true}).contains("CUR-2"));
}

TEST(Law, FindsACursorThatIncludesItsRecord) {
  for (const char* law : {"suffix", "pages-agree", "combined"}) {
    EXPECT_FALSE(found_by(law, {.inclusive = true}).empty()) << law;
  }
}

TEST(Law, FindsANextCursorAfterTheLastRecord) {
  EXPECT_TRUE(found_by("exact-page", {.more_when_full = true}).contains("CUR-4"));
}

TEST(Law, FindsTimesThatLostTheirMicroseconds) {
  EXPECT_TRUE(found_by("metadata", {.millis = true}).contains("META-2"));
  EXPECT_TRUE(found_by("cursors-readable", {.millis = true}).contains("CUR-6"));
  EXPECT_FALSE(found_by("modified-after", {.millis = true}).empty());
}

TEST(Law, FindsAServerErrorForABadCursor) {
  EXPECT_TRUE(found_by("hostile-cursors", {.server_error = true}).contains("CUR-7"));
}

TEST(Law, FindsAFilterThatTakesItsFirstWordOnly) {
  EXPECT_TRUE(found_by("filters", {.plain_filter = true}).contains("REC-7"));
  EXPECT_TRUE(found_by("combined", {.plain_filter = true}).contains("REC-9"));
}

TEST(Law, FindsOtherTimesOfRecordsThatAFilterChose) {
  EXPECT_EQ(found_by("filters", {.other_times = true}), (std::set<std::string>{"REC-7"}));
}

TEST(Law, FindsMembersThatAreMissingWhereAFilterChose) {
  EXPECT_EQ(found_by("filters", {.no_null = true}), (std::set<std::string>{"REC-7"}));
}

TEST(Law, FindsAnErrorThatIsSaidToBeSomethingElse) {
  EXPECT_EQ(found_by("authentication", {.other_error_type = true}),
            (std::set<std::string>{"ERR-1"}));
}

// "unknown_account" does not repeat the key "k", nor does an empty token open no environment.
TEST(Law, AccusesNobodyWhoseKeyIsALetter) {
  for (const std::string& name : reading_laws()) {
    EXPECT_EQ(found_by(name, {.one_letter = true}), std::set<std::string>()) << name;
  }
}

TEST(Law, FindsAPageThatIsSaidToBeSomethingElse) {
  EXPECT_EQ(found_by("order", {.other_type = true}), (std::set<std::string>{"REC-1"}));
}

TEST(Law, FindsALimitThatIsTakenAnyhow) {
  EXPECT_TRUE(found_by("limits", {.any_limit = true}).contains("REC-5"));
}

TEST(Law, FindsIdsThatAreIgnored) {
  EXPECT_TRUE(found_by("ids", {.ignores_ids = true}).contains("REC-6"));
}

TEST(Law, FindsParametersThatAreIgnored) {
  EXPECT_TRUE(found_by("parameters", {.ignores_unknown = true}).contains("REC-3"));
}

TEST(Law, FindsAnOpenDoor) {
  EXPECT_TRUE(found_by("authentication", {.open = true}).contains("AUTH-2"));
  EXPECT_TRUE(found_by("order-of-checks", {.open = true}).contains("AUTH-4"));
}

TEST(Law, FindsAKeyInAnError) {
  EXPECT_TRUE(found_by("authentication", {.tells_key = true}).contains("AUTH-5"));
}

TEST(Law, FindsAPageOfHtmlInPlaceOfAnError) {
  EXPECT_TRUE(found_by("routes", {.html = true}).contains("ERR-1"));
}

TEST(Law, FindsRecordsWhereThereAreNone) {
  EXPECT_TRUE(found_by("empty-stream", {.never_empty = true}).contains("REC-4"));
}

TEST(Law, FindsATimeThatIsLeftOut) {
  EXPECT_TRUE(found_by("modified-after", {.exclusive_time = true}).contains("REC-8"));
}

TEST(Law, FindsAnyQueryThatIsTakenForAnotherOne) {
  EXPECT_TRUE(found_by("any-query", {.inclusive = true}).contains("REC-9"));
  EXPECT_TRUE(found_by("any-query", {.plain_filter = true}).contains("REC-9"));
  EXPECT_TRUE(found_by("any-query", {.ignores_ids = true}).contains("REC-9"));
  EXPECT_TRUE(found_by("any-query", {.exclusive_time = true}).contains("REC-9"));
  EXPECT_TRUE(found_by("any-query", {.more_when_full = true}).contains("CUR-4"));
}

TEST(Law, FindsALimitThatDoesNotSayWhenToComeAgain) {
  EXPECT_EQ(found_by("rate-limit", {}, 3), std::set<std::string>{});
  EXPECT_TRUE(found_by("rate-limit", {.no_retry_after = true}, 3).contains("RATE-1"));
  EXPECT_TRUE(found_by("rate-limit", {.counts_nothing = true}, 3).contains("RATE-1"));
  EXPECT_TRUE(found_by("rate-limit", {.silent = true}, 3).contains("RATE-1"));
}

TEST(Law, OfALimitSaysNothingWhereThereIsNone) {
  ListServer server;
  Findings findings;
  LawContext context{server, findings};
  find_law("rate-limit")->check(context);
  EXPECT_NE(context.unproven, "");
  EXPECT_TRUE(findings.empty());
}

TEST(Findings, KeepsAFewOfAKindAndCountsTheRest) {
  Findings findings(2);
  for (int i = 0; i < 5; ++i) findings.fail("CUR-2", "again", "once", std::to_string(i));
  findings.warn("CUR-1", "other", "a", "b");
  EXPECT_EQ(findings.count(), 6U);
  const auto kept = findings.take();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[1].what, "again (and 3 more of this kind)");
}

}  // namespace
}  // namespace terapi::conformance
