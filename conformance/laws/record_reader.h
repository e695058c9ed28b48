// RecordReader: reads a stream as a careful caller does, and notices what no page may ever do.
// What all laws about records have in common.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/contract/served_page.h"
#include "conformance/laws/error_answer.h"
#include "conformance/laws/law.h"

namespace terapi::conformance {

// All pages of one reading, put together.
struct Walk {
  std::vector<ServedRecord> records;
  bool whole = false;  // it came to a null next_cursor
  bool cut = false;    // it ended after as many pages as it was to have
  std::size_t pages = 0;
  std::vector<std::size_t> events;  // of the first and the last page
};

// Codes of an error, any of which will do.
struct ErrorCodes {
  std::vector<std::string> any;
  ErrorCodes(const char* code) : any{code} {}                    // NOLINT: one is as good as a list
  ErrorCodes(std::string_view code) : any{std::string(code)} {}  // NOLINT: the same
  ErrorCodes(std::vector<std::string> codes) : any(std::move(codes)) {}  // NOLINT: the same
};

// True when an error says no more because the dialect has it so for requests over the limit.
bool is_a_limits_way(const Answer& answer, const ErrorAnswer& error, const Habits& habits);

class RecordReader {
 public:
  explicit RecordReader(LawContext& context) : context_(context) {}

  // Authorization, Provider-Config-Key and Connection-Id, as they should be.
  core::Headers headers() const;
  // GET /records, or another method; the model and a variant other than "base" are put in front
  // unless the query names them.
  Answer ask(const Query& query, std::string_view method = "GET") const;
  // What that would send.
  core::Request request(const Query& query) const;
  Answer ask(const Query& query, core::Headers with, std::string_view method = "GET") const;

  // One page. A missing or useless answer is a finding; `good` says whether it is one.
  struct Page {
    ServedPage page;
    Answer answer;
    bool good = false;
  };
  Page page(const Query& query);
  // From the beginning, or from where `more` says, to a null next_cursor, or for so many pages.
  Walk walk(std::uint64_t limit, const Query& more = {}, std::size_t most_pages = SIZE_MAX);
  // The part of a page that is looked at (LawParameters::until): what stands behind it is as if it
  // was not there.
  void leave_part(ServedPage& page) const;

  // The server still answers; if not, `after` says what killed it.
  void expect_alive(std::string_view after);
  // The answer refuses: that status and code, in JSON, naming `path` if one is given, repeating no
  // key. Then the server has to be alive.
  void expect_refused(const Answer& answer, int status, const ErrorCodes& codes,
                      std::string_view path, std::string_view clause, const std::string& what);
  // The same of a cursor that cannot be decoded.
  void expect_cursor_refused(const Answer& answer, const std::string& what);
  // The form alone, of a refusal of which no clause names the code (ERR-1). Not where refusals are
  // pages of HTML.
  void expect_error_form(const Answer& answer, const std::string& what);

 private:
  Page read(const Query& query);
  void notice_page(const Page& page, std::uint64_t limit);
  void look_behind(const Query& query, ServedPage& page);

  LawContext& context_;
};

// What a walk has to bring of those: all, or where it was cut as many.
std::vector<ServedRecord> so_far(std::vector<ServedRecord> expected, const Walk& walk);
std::string last_cursor(const ServedPage& page);
std::vector<std::string> ids_of(const std::vector<ServedRecord>& records);
// The same version of the same record, with the same metadata: what "the same sequence" means.
bool same_sight(const ServedRecord& a, const ServedRecord& b);
// Says where two sequences part; empty if they do not.
std::string difference(const std::vector<ServedRecord>& expected,
                       const std::vector<ServedRecord>& actual);

}  // namespace terapi::conformance
