#include "client/page.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::client {
namespace {

const std::string kMeta =
    R"("_terapi_metadata":{"deleted_at":null,"last_action":"ADDED","first_seen_at":"2024-01-01T00:00:00.000001+00:00","last_modified_at":"2024-01-01T00:00:00.000001+00:00","cursor":"c1","pruned_at":null})";

core::Result<Page> parse_page(const std::string& body) {
  return Page::parse(body, terapi_dialect());
}

std::string page_of(const std::string& records, const std::string& next = "null") {
  return R"({"records":[)" + records + R"(],"next_cursor":)" + next + "}";
}

std::string payload_of(const std::string& record) {
  const auto page = parse_page(page_of(record));
  if (!page) return page.error().message;
  if (page->poison()) return "poison: " + page->poison()->reason;
  if (page->records().size() != 1) return "not one record";
  return std::string(page->records()[0].payload);
}

TEST(Page, TakesTheMetadataOutWhereverItStands) {
  EXPECT_EQ(payload_of(R"({"id":"1","a":2,)" + kMeta + "}"), R"({"id":"1","a":2})");
  EXPECT_EQ(payload_of("{" + kMeta + R"(,"id":"1","a":2})"), R"({"id":"1","a":2})");
  EXPECT_EQ(payload_of(R"({"id":"1",)" + kMeta + R"(,"a":2})"), R"({"id":"1","a":2})");
  EXPECT_EQ(payload_of(R"({ "a" : [1] , )" + kMeta + R"( , "id":"1" })"),
            R"({ "a" : [1] , "id":"1" })");
  EXPECT_EQ(payload_of(R"({ "id":"1" , )" + kMeta + " }"), R"({ "id":"1" })");
  EXPECT_EQ(payload_of("{ " + kMeta + R"( , "id":"1" })"), R"({ "id":"1" })");
}

TEST(Page, KeepsTheViewsRightWhenMetadataStandsInTheMiddle) {
  const auto page = parse_page(
      page_of(R"({"a":1,)" + kMeta + R"(,"id":"one","b":")" + std::string(400, 'x') + R"("})"));
  ASSERT_TRUE(page) << page.error().message;
  const Record& record = page->records()[0];
  EXPECT_EQ(record.id, "one");
  EXPECT_EQ(record.cursor, "c1");
  EXPECT_EQ(record.payload, R"({"a":1,"id":"one","b":")" + std::string(400, 'x') + R"("})");
}

TEST(Page, TakesOutMetadataThatIsThereTwice) {
  EXPECT_EQ(payload_of("{" + kMeta + R"(,"id":"1",)" + kMeta + "}"), R"({"id":"1"})");
}

TEST(Page, ChangesNoValue) {
  const std::string odd =
      R"("n":[9223372036854775808,1e400,0.10,-0],"s":"\u2028\u0000\/\"é","o":{"z":1,"a":{}})";
  EXPECT_EQ(payload_of(R"({"id":"1",)" + odd + "," + kMeta + "}"), R"({"id":"1",)" + odd + "}");
}

TEST(Page, ReadsTheMetadata) {
  const auto page = parse_page(page_of(
      R"({"id":"a\"b","_terapi_metadata":{"deleted_at":"2024-01-02T00:00:00.5Z","last_action":"DELETED","first_seen_at":"2024-01-01T00:00:00Z","last_modified_at":"2024-01-02T00:00:00.5Z","cursor":"+/=\u0026%","pruned_at":"2024-01-03T00:00:00Z"}})",
      R"("n%xt")"));
  ASSERT_TRUE(page) << page.error().message;
  const Record& record = page->records()[0];
  EXPECT_EQ(record.id, "a\"b");
  EXPECT_EQ(record.cursor, "+/=&%");
  EXPECT_TRUE(record.deleted);
  EXPECT_EQ(record.action, Action::kDeleted);
  EXPECT_EQ(record.deleted_at, "2024-01-02T00:00:00.5Z");
  EXPECT_EQ(record.pruned_at, "2024-01-03T00:00:00Z");
  EXPECT_EQ(record.modified, core::Time(std::chrono::microseconds(1704153600500000)));
  EXPECT_EQ(page->next_cursor(), "n%xt");
}

TEST(Page, TellsTheActionFromDeletedAtWhereItIsMissing) {
  const auto page = parse_page(page_of(
      R"({"id":"1","_terapi_metadata":{"deleted_at":"2024-01-02T00:00:00Z","last_modified_at":"2024-01-02T00:00:00Z","cursor":"c"}})"));
  ASSERT_TRUE(page && page->records().size() == 1);
  EXPECT_TRUE(page->records()[0].deleted);
}

TEST(Page, IgnoresMembersItDoesNotKnow) {
  const auto page = parse_page(R"( {"x":{"records":[1]},"next_cursor":null,"records":[],"y":[]} )");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_TRUE(page->records().empty());
  EXPECT_FALSE(page->next_cursor());
}

TEST(Page, PassesOverAByteOrderMark) {
  const auto page = parse_page("\xEF\xBB\xBF" + page_of(R"({"id":"1",)" + kMeta + "}"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records().size(), 1U);
  EXPECT_FALSE(parse_page("\xEF\xBB\xBF\xEF\xBB\xBF" + page_of("")));
}

TEST(Page, StopsAtAPoisonRecordAndNamesIt) {
  const std::string good = R"({"id":"1",)" + kMeta + "}";
  const auto page = parse_page(page_of(good + R"(,{"id":"2"},)" + good, R"("n")"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records().size(), 1U);
  ASSERT_TRUE(page->poison());
  EXPECT_EQ(page->poison()->record, "2");
  EXPECT_EQ(page->poison()->reason, "its \"_terapi_metadata\" is missing, expected an object");
}

TEST(Page, TakesNoHalvesOfSurrogatePairsForText) {
  const auto first =
      parse_page(page_of(R"({"id":"x\ud83d",)" + kMeta + R"(},{"id":"x\ud83e",)" + kMeta + "}"));
  ASSERT_TRUE(first && first->poison());
  EXPECT_TRUE(first->records().empty());
  EXPECT_EQ(first->poison()->record, R"(x\ud83d)");  // as it came, since it spells nothing
  EXPECT_EQ(first->poison()->reason,
            R"(its "id" holds half of a surrogate pair, expected Unicode text)");
  for (const char* key : {"cursor", "first_seen_at", "deleted_at", "pruned_at", "last_action"}) {
    const auto page = parse_page(page_of(
        R"({"id":"1","_terapi_metadata":{"last_modified_at":"2024-01-01T00:00:00Z","cursor":"c",")" +
        std::string(key) + R"(":"\uDE00"}})"));
    ASSERT_TRUE(page && page->poison()) << key;
    EXPECT_EQ(page->poison()->record, "1");
  }
  const auto next = parse_page(page_of("", R"("n\udc00\ud83d")"));
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, "bad_page");
  // A pair, however it is written; and text that only looks like half of one.
  EXPECT_EQ(parse_page(page_of(R"({"id":"\ud83D\uDe00",)" + kMeta + "}"))->records()[0].id, "😀");
  EXPECT_EQ(parse_page(page_of(R"({"id":"\\ud83d",)" + kMeta + "}"))->records()[0].id, "\\ud83d");
  // What is no name may hold anything.
  EXPECT_EQ(payload_of(R"({"id":"1","a":"\ud83d",)" + kMeta + "}"), R"({"id":"1","a":"\ud83d"})");
}

TEST(Page, NamesARecordThatIsNotJsonAndKeepsThoseBeforeIt) {
  const std::string good = R"({"id":"1",)" + kMeta + "}";
  const auto page = parse_page(page_of(good + R"(,{"id":"2","n":01},)" + good, R"("n")"));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records().size(), 1U);
  ASSERT_TRUE(page->poison());
  EXPECT_EQ(page->poison()->record, "2");
  EXPECT_TRUE(page->poison()->is_damage);
  EXPECT_NE(page->poison()->reason.find("it cannot be read: line 1, column "), std::string::npos)
      << page->poison()->reason;
  const auto nameless = parse_page(page_of(good + ",{\"n\":\"\xff\"}"));
  ASSERT_TRUE(nameless && nameless->poison());
  EXPECT_EQ(nameless->poison()->record, "record 2 of a page, the one after \"1\"");
  const auto deep = parse_page(
      page_of(R"({"id":"3","a":)" + std::string(100'001, '[') + std::string(100'001, ']') + "}"));
  ASSERT_TRUE(deep && deep->poison());
  EXPECT_EQ(deep->poison()->record, "3");
  EXPECT_FALSE(deep->poison()->is_damage);  // it will not be any other the next time
}

TEST(Page, TakesNumbersForIdsInTheNangoDialect) {
  const std::string body =
      R"({"records":[{"n":1,"id":123,"_nango_metadata":{"last_modified_at":"2024-01-01T00:00:00Z","cursor":"c"}}],"next_cursor":null})";
  const auto page = Page::parse(body, nango_dialect());
  ASSERT_TRUE(page && page->records().size() == 1);
  EXPECT_EQ(page->records()[0].id, "123");
  EXPECT_EQ(page->records()[0].payload, R"({"n":1,"id":123})");
  for (const char* id : {"null", "true", "[1]", "\"\""}) {
    std::string other = body;
    other.replace(other.find("123"), 3, id);
    EXPECT_TRUE(Page::parse(other, nango_dialect())->poison()) << id;
  }
  const auto terapi = parse_page(page_of(R"({"id":123,)" + kMeta + "}"));
  ASSERT_TRUE(terapi && terapi->poison());
  EXPECT_EQ(terapi->poison()->record, "123");
}

// As the database session of the public system has it. The same instant is the same version.
TEST(Page, ReadsTimesOfAnyOffsetInTheNangoDialect) {
  const auto modified = [](const std::string& time) {
    const auto page = Page::parse(R"({"next_cursor":null,"records":[{"id":"1","_nango_metadata":)"
                                  R"({"last_modified_at":")" +
                                      time + R"(","cursor":"c"}}]})",
                                  nango_dialect());
    EXPECT_TRUE(page && page->records().size() == 1) << time;
    return page && !page->records().empty() ? page->records().front().modified : core::Time{};
  };
  const core::Time time = modified("2026-11-23T14:31:34.98+00:00");
  EXPECT_EQ(modified("2026-11-23T09:31:34.98-05:00"), time);
  EXPECT_EQ(modified("2026-11-24T00:01:34.98+09:30"), time);
  // Later, though the text is less.
  EXPECT_GT(modified("2026-11-23T09:31:35-05:00"), time);
}

TEST(Page, RefusesRecordsWithoutWhatAStreamNeeds) {
  for (
      const std::string& record : std::vector<std::string>{
          std::string("1"),
          std::string("null"),
          std::string("[]"),
          std::string("{}"),
          "{" + kMeta + "}",
          R"({"id":7,)" + kMeta + "}",
          R"({"id":"",)" + kMeta + "}",
          std::string(R"({"id":"1","_terapi_metadata":null})"),
          std::string(
              R"({"id":"1","_terapi_metadata":{"last_modified_at":"2024-01-01T00:00:00Z"}})"),
          std::string(R"({"id":"1","_terapi_metadata":{"cursor":"c","last_modified_at":"soon"}})"),
          std::string(R"({"id":"1","_terapi_metadata":{"cursor":"c","last_modified_at":5}})"),
          std::string(
              R"({"id":"1","_terapi_metadata":{"cursor":"c","last_action":"GONE","last_modified_at":"2024-01-01T00:00:00Z"}})"),
      }) {
    const auto page = parse_page(page_of(record));
    ASSERT_TRUE(page) << record << ": " << page.error().message;
    ASSERT_TRUE(page->poison()) << record;
    EXPECT_FALSE(page->poison()->reason.empty());
    EXPECT_TRUE(page->records().empty());
  }
}

TEST(Page, RefusesWhatIsNoPage) {
  const std::string whole = page_of(R"({"id":"1",)" + kMeta + "}", R"("c")");
  ASSERT_TRUE(parse_page(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto page = parse_page(whole.substr(0, size));
    ASSERT_FALSE(page) << "cut after " << size << " bytes";
    // After `{"records":[` and up to its `]`.
    const bool in_records = size >= 12 && size <= whole.find("],\"next");
    EXPECT_EQ(page.error().code, in_records ? "broken_record" : "bad_page") << size;
  }
  for (const char* body :
       {"", "[]", "null", "<html>", R"({"records":[]})", R"({"next_cursor":null})",
        R"({"records":{},"next_cursor":null})", R"({"records":[],"next_cursor":3})",
        R"({"records":[],"next_cursor":""})", R"({"records":[],"next_cursor":null}x)",
        R"({"records":[],"records":[],"next_cursor":null})",
        "{\"records\":[\"\xff\"],\"next_cursor\":null}"}) {
    EXPECT_FALSE(parse_page(body)) << body;
  }
}

TEST(Page, ReadsDeepRecordsWithoutAStack) {
  const std::string deep = std::string(50'000, '[') + std::string(50'000, ']');
  EXPECT_EQ(payload_of(R"({"id":"1","deep":)" + deep + "," + kMeta + "}"),
            R"({"id":"1","deep":)" + deep + "}");
}

TEST(Page, SurvivesBeingMoved) {
  auto page = parse_page(page_of(R"({"id":"1",)" + kMeta + "}"));
  ASSERT_TRUE(page);
  const Page moved = std::move(*page);
  EXPECT_EQ(moved.records()[0].id, "1");
  EXPECT_EQ(moved.records()[0].payload, R"({"id":"1"})");
}

}  // namespace
}  // namespace terapi::client
