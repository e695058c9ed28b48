#include "conformance/contract/served_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"

namespace terapi::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTime[] = "2024-01-01T00:00:00.000000+00:00";
constexpr char kLater[] = "2024-01-01T00:00:00.000001+00:00";

std::string cursor_text(const Dialect& dialect = terapi_dialect()) {
  return write_cursor({*read_timestamp(kTime), "1a161601-2399-8836-aab2-f695eb6a6ac2"}, dialect);
}

// Sound metadata, in the order of the guide.
std::string sound_metadata() {
  return std::string(R"({"deleted_at":null,"last_action":"ADDED","first_seen_at":")") + kTime +
         R"(","last_modified_at":")" + kTime + R"(","pruned_at":null,"cursor":")" + cursor_text() +
         "\"}";
}

std::string with_metadata(const std::string& metadata) {
  return R"({"id":"1","_terapi_metadata":)" + metadata + "}";
}

std::string page_of(const std::string& records) {
  return "{\"records\":[" + records + "],\"next_cursor\":null}";
}

// The only record of a page that is read without an error.
ServedRecord record_of(const std::string& record, const Dialect& dialect = terapi_dialect()) {
  core::Result<ServedPage> page = read_page(page_of(record), dialect);
  EXPECT_TRUE(page) << page.error().message;
  if (!page || page->records.size() != 1) return {};
  return std::move(page->records[0]);
}

std::string page_error(std::string_view body) {
  const core::Result<ServedPage> page = read_page(body, terapi_dialect());
  if (page) return "read";
  EXPECT_EQ(page.error().code, "bad_page");
  return page.error().message;
}

// Sound metadata in which one text is another.
std::string changed(const std::string& from, const std::string& to) {
  std::string metadata = sound_metadata();
  const std::size_t at = metadata.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return metadata.replace(at, from.size(), to);
}

// "META-2" …, of a record with this metadata.
std::vector<std::string> problem_clauses(const std::string& metadata) {
  std::vector<std::string> clauses;
  for (const ShapeProblem& problem : record_of(with_metadata(metadata)).problems) {
    clauses.push_back(problem.clause);
  }
  return clauses;
}

TEST(ServedPage, IsRead) {
  const std::string body = std::string(R"({"records":[{"id":"1","title":"a","_terapi_metadata":)") +
                           sound_metadata() + R"(}],"next_cursor":")" + cursor_text() + "\"}";
  const core::Result<ServedPage> page = read_page(body, terapi_dialect());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next_cursor, cursor_text());
  ASSERT_EQ(page->records.size(), 1U);
  const ServedRecord& record = page->records[0];
  EXPECT_EQ(record.id, "1");
  EXPECT_EQ(record.payload, R"({"id":"1","title":"a"})");
  EXPECT_EQ(record.cursor, cursor_text());
  EXPECT_EQ(record.last_action, "ADDED");
  EXPECT_EQ(record.first_seen_at, kTime);
  EXPECT_EQ(record.last_modified_at, kTime);
  EXPECT_EQ(record.deleted_at, std::nullopt);
  EXPECT_EQ(record.pruned_at, std::nullopt);
  EXPECT_THAT(record.problems, IsEmpty());
}

TEST(ServedPage, MayBeEmptyAndMayHaveItsMembersInAnyOrder) {
  const core::Result<ServedPage> page =
      read_page(" {\"next_cursor\" : null , \"records\" : [ ] }\n", terapi_dialect());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next_cursor, std::nullopt);
  EXPECT_THAT(page->records, IsEmpty());
}

TEST(ServedPage, TimesOfDeletionAndPruningAreRead) {
  const std::string metadata = std::string(R"({"deleted_at":")") + kLater +
                               R"(","last_action":"DELETED","first_seen_at":")" + kTime +
                               R"(","last_modified_at":")" + kLater + R"(","pruned_at":")" +
                               kLater + R"(","cursor":")" + cursor_text() + "\"}";
  const ServedRecord record = record_of(with_metadata(metadata));
  EXPECT_EQ(record.deleted_at, kLater);
  EXPECT_EQ(record.pruned_at, kLater);
  EXPECT_EQ(record.last_action, "DELETED");
  EXPECT_EQ(record.first_seen_at, kTime);
  EXPECT_EQ(record.last_modified_at, kLater);
  EXPECT_THAT(record.problems, IsEmpty());
}

TEST(ServedPage, PayloadKeepsEveryByteButItsMetadata) {
  const std::string m = "\"_terapi_metadata\":" + sound_metadata();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{" + m + "}", "{}"},
      {"{ " + m + " }", "{ }"},
      {"{" + m + R"(,"id":"1"})", R"({"id":"1"})"},
      {R"({"id":"1",)" + m + "}", R"({"id":"1"})"},
      {R"({"id":"1",)" + m + R"(,"b":2})", R"({"id":"1","b":2})"},
      {"{ \"id\" : \"1\" , " + m + " , \"b\" : 2 }", "{ \"id\" : \"1\" , \"b\" : 2 }"},
      {"{\n  " + m + ",\n  \"id\": \"1\"\n}", "{\n  \"id\": \"1\"\n}"},
      {"{\n  \"id\": \"1\",\n  " + m + "\n}", "{\n  \"id\": \"1\"\n}"},
      {"{" + m + "," + m + R"(,"id":"1"})", R"({"id":"1"})"},
      {R"({"id":"1",)" + m + "," + m + "}", R"({"id":"1"})"},
      {R"({"id":"1","n":12345678901234567890,"d":1.10,"e":1E400,"u":"\u2028\/","o":{"z":1,"a":{}},)" +
           m + "}",
       R"({"id":"1","n":12345678901234567890,"d":1.10,"e":1E400,"u":"\u2028\/","o":{"z":1,"a":{}}})"},
      {R"({"id":"1","o":{"_terapi_metadata":1},)" + m + "}",
       R"({"id":"1","o":{"_terapi_metadata":1}})"},
      {R"({"id":"1","\u005fterapi_metadata":)" + sound_metadata() + "}", R"({"id":"1"})"},
  };
  for (const auto& [record, payload] : cases) EXPECT_EQ(record_of(record).payload, payload);
}

TEST(ServedPage, StringsAreDecoded) {
  const ServedRecord record = record_of(R"({"\u0069d":"\u00e4\n😀","_terapi_metadata":)" +
                                        changed("\"ADDED\"", R"("\u0041DDED")") + "}");
  EXPECT_EQ(record.id, "ä\n😀");
  EXPECT_EQ(record.last_action, "ADDED");
  EXPECT_THAT(record.problems, IsEmpty());
}

TEST(ServedPage, EachMissingFieldIsAProblemOfMeta1) {
  for (const char* name :
       {"deleted_at", "last_action", "first_seen_at", "last_modified_at", "pruned_at", "cursor"}) {
    const std::string quoted = std::string("\"") + name + "\"";
    const ServedRecord record =
        record_of(with_metadata(changed(quoted, std::string("\"other_") + name + "\"")));
    ASSERT_EQ(record.problems.size(), 1U) << name;
    EXPECT_EQ(record.problems[0].clause, "META-1") << name;
    EXPECT_THAT(record.problems[0].text, HasSubstr(std::string(name) + " is missing; expected"));
  }
  EXPECT_EQ(problem_clauses("{}").size(), 6U);
}

TEST(ServedPage, MetadataThatIsNoObjectIsAProblemOfMeta1) {
  EXPECT_THAT(
      record_of(R"({"id":"1"})").problems,
      ElementsAre(ShapeProblem{"META-1", "_terapi_metadata is missing; expected an object"}));
  EXPECT_THAT(record_of(with_metadata("null")).problems,
              ElementsAre(ShapeProblem{"META-1", "_terapi_metadata is null; expected an object"}));
  EXPECT_THAT(problem_clauses("[]"), ElementsAre("META-1"));
  const std::string twice =
      with_metadata(sound_metadata() + ",\"_terapi_metadata\":" + sound_metadata());
  EXPECT_THAT(record_of(twice).problems,
              ElementsAre(ShapeProblem{"META-1", "_terapi_metadata appears in the record twice"}));
  EXPECT_THAT(problem_clauses(changed("\"deleted_at\"", "\"cursor\":\"x\",\"deleted_at\"")),
              ElementsAre("META-1"));
}

TEST(ServedPage, TimestampsThatAreNotTheDialectsAreProblemsOfMeta2) {
  const std::string first = std::string("\"first_seen_at\":\"") + kTime + "\"";
  for (const char* text : {"\"2024-01-01T00:00:00.000Z\"", "\"2024-01-01T00:00:00+00:00\"", "\"\"",
                           "\"today\"", "null", "1704067200", "{}"}) {
    EXPECT_THAT(problem_clauses(changed(first, std::string("\"first_seen_at\":") + text)),
                ElementsAre("META-2"))
        << text;
  }
  EXPECT_THAT(problem_clauses(changed("\"deleted_at\":null", "\"deleted_at\":false")),
              ElementsAre("META-2"));
  EXPECT_THAT(problem_clauses(changed("\"pruned_at\":null", "\"pruned_at\":\"2024-01-01\"")),
              ElementsAre("META-2"));
  const ServedRecord record =
      record_of(with_metadata(changed("\"deleted_at\":null", "\"deleted_at\":\"\"")));
  EXPECT_EQ(record.deleted_at, "") << "what was served is there to be judged";
  EXPECT_THAT(record.problems,
              ElementsAre(ShapeProblem{"META-2",
                                       "deleted_at is \"\"; expected a timestamp like "
                                       "2023-09-18T15:20:35.941305+00:00, or null"}));
}

TEST(ServedPage, OtherActionsAreProblemsOfMeta3) {
  for (const char* action : {"\"added\"", "\"CHANGED\"", "\"\"", "null", "1"}) {
    EXPECT_THAT(problem_clauses(changed("\"ADDED\"", action)), ElementsAre("META-3")) << action;
  }
  EXPECT_THAT(problem_clauses(changed("\"ADDED\"", "\"UPDATED\"")), IsEmpty());
}

TEST(ServedPage, CursorsThatDoNotDecodeAreProblemsOfCur6) {
  const std::string good = "\"" + cursor_text() + "\"";
  EXPECT_THAT(problem_clauses(changed(good, "\"opaque\"")), ElementsAre("CUR-6"));
  EXPECT_THAT(problem_clauses(changed(good, "\"" + cursor_text() + "=\"")), ElementsAre("CUR-6"));
  EXPECT_THAT(problem_clauses(changed(good, "null")), ElementsAre("META-1"));
  EXPECT_EQ(record_of(with_metadata(changed(good, "\"opaque\""))).cursor, "opaque");
}

TEST(ServedPage, AnIdThatIsNoStringIsAProblemOfRec10) {
  const std::string rest = ",\"_terapi_metadata\":" + sound_metadata() + "}";
  EXPECT_THAT(record_of("{\"id\":1" + rest).problems,
              ElementsAre(ShapeProblem{"REC-10", "id is 1; expected a string"}));
  EXPECT_THAT(record_of("{\"ID\":\"1\"" + rest).problems,
              ElementsAre(ShapeProblem{"REC-10", "id is missing; expected a string"}));
  EXPECT_THAT(record_of("{\"id\":\"1\",\"id\":\"1\"" + rest).problems,
              ElementsAre(ShapeProblem{"REC-10", "id appears in the record twice"}));
}

TEST(ServedPage, OfNangoHasItsOwnNamesAndFormats) {
  const std::string metadata =
      R"({"first_seen_at":"2026-11-23T14:28:36.543+00:00",)"
      R"("last_modified_at":"2026-11-23T09:28:36-05:00","last_action":"UPDATED",)"
      R"("deleted_at":null,"pruned_at":null,"cursor":")" +
      cursor_text(nango_dialect()) + "\"}";
  const std::string text = R"({"id":"1","_nango_metadata":)" + metadata + "}";
  const ServedRecord record = record_of(text, nango_dialect());
  EXPECT_THAT(record.problems, IsEmpty());
  EXPECT_EQ(record.payload, R"({"id":"1"})");
  EXPECT_EQ(record.last_modified_at, "2026-11-23T09:28:36-05:00");
  EXPECT_EQ(record_of(text).problems.size(), 1U) << "to the other dialect it has no metadata";
}

TEST(ServedPage, ErrorsSayWhatIsWrongAndWhere) {
  EXPECT_THAT(page_error(""), HasSubstr("line 1, column 1"));
  EXPECT_THAT(page_error("<!DOCTYPE html>"), HasSubstr("line 1, column 1"));
  EXPECT_THAT(page_error("{\"records\":[],\n\"next_cursor\":null"), HasSubstr("line 2, column 19"));
  EXPECT_EQ(page_error("[]"), "line 1, column 1: the page is an array; expected an object");
  EXPECT_EQ(page_error("{\"next_cursor\":null}"), "line 1, column 1: records is missing");
  EXPECT_EQ(page_error("{\"records\":[]}"), "line 1, column 1: next_cursor is missing");
  EXPECT_EQ(page_error("{\"records\":null,\"next_cursor\":null}"),
            "line 1, column 12: records is null; expected an array");
  EXPECT_EQ(page_error("{\"records\":[],\n \"next_cursor\":7}"),
            "line 2, column 16: next_cursor is 7; expected a string or null");
  EXPECT_EQ(page_error("{\"records\":[{},\n null],\"next_cursor\":null}"),
            "line 2, column 2: records[1] is null; expected an object");
  EXPECT_THAT(page_error("{\"records\":[],\"records\":[],\"next_cursor\":null}"),
              HasSubstr("column 15: records appears in the page twice"));
  EXPECT_THAT(page_error("{\"records\":[],\"next_cursor\":null,\"next_cursor\":null}"),
              HasSubstr("next_cursor appears in the page twice"));
  EXPECT_THAT(page_error("{\"records\":[],\"next_cursor\":null}{}"), HasSubstr("the end"));
}

TEST(ServedPage, OfTenThousandRecordsIsReadInAMoment) {
  constexpr int kCount = 10000;
  std::string records;
  for (int i = 0; i < kCount; ++i) {
    if (i > 0) records += ',';
    records += R"({"id":")" + std::to_string(i) + R"(","text":")" + std::string(300, 'x') +
               R"(","_terapi_metadata":)" + sound_metadata() + "}";
  }
  const auto begin = std::chrono::steady_clock::now();
  const core::Result<ServedPage> page = read_page(page_of(records), terapi_dialect());
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->records.size(), static_cast<std::size_t>(kCount));
  EXPECT_EQ(page->records.back().id, "9999");
  // Far above what it takes anywhere, far below what reading in squares would take.
  EXPECT_LT(took, std::chrono::seconds(10));
  RecordProperty(
      "milliseconds",
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace terapi::conformance
