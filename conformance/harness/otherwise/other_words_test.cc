#include "conformance/harness/otherwise/other_words.h"

#include <gtest/gtest.h>

#include <set>

#include "conformance/contract/served_page.h"
#include "conformance/laws/error_answer.h"

namespace terapi::conformance {
namespace {

constexpr const char* kTwoRecords =
    R"({"records":[{"id":"a","n":1e400,"_terapi_metadata":{"cursor":"c1","last_action":"ADDED",)"
    R"("first_seen_at":"2024-01-01T00:00:00.000000+00:00","deleted_at":null,"pruned_at":null,)"
    R"("last_modified_at":"2024-01-01T00:00:00.000000+00:00"}},)"
    R"({"z":{"b":1,"a":2},"id":"b","_terapi_metadata":{"cursor":"c2","last_action":"ADDED",)"
    R"("first_seen_at":"2024-01-01T00:00:00.000000+00:00","deleted_at":null,"pruned_at":null,)"
    R"("last_modified_at":"2024-01-01T00:00:00.000000+00:00"}}],"next_cursor":null})";

TEST(OtherWords, SayTheSamePageInManyWays) {
  core::Random random(1);
  std::set<std::string> texts;
  for (int i = 0; i < 50; ++i) {
    const std::string text =
        page_in_other_words(kTwoRecords, "_terapi_metadata", {.says_more = i % 2 == 0}, random);
    texts.insert(text);
    const auto page = read_page(text, terapi_dialect(), PageChecks::kShape);
    ASSERT_TRUE(page) << page.error().message << text;
    ASSERT_EQ(page->records.size(), 2U);
    EXPECT_EQ(page->records[0].id, "a");
    EXPECT_EQ(page->records[0].cursor, "c1");
    EXPECT_EQ(page->next_cursor, std::nullopt);
    const auto payload = core::json::Document::parse(page->records[1].payload);
    ASSERT_TRUE(payload) << page->records[1].payload;
    // The order of a payload's own keys is the record's (REC-10).
    EXPECT_EQ(core::json::compact(payload->root()), R"({"z":{"b":1,"a":2},"id":"b"})");
  }
  EXPECT_GT(texts.size(), 40U);
}

TEST(OtherWords, CutAPageShortAndSayThatMoreFollows) {
  core::Random random(1);
  const std::string text =
      page_in_other_words(kTwoRecords, "_terapi_metadata", {.percent = 20}, random);
  const auto page = read_page(text, terapi_dialect(), PageChecks::kShape);
  ASSERT_TRUE(page) << text;
  ASSERT_EQ(page->records.size(), 1U);
  EXPECT_EQ(page->next_cursor, "c1");
}

TEST(OtherWords, TellAnErrorOtherwiseAndMeanTheSame) {
  const std::string error =
      R"({"error":{"code":"invalid_query_params","errors":[)"
      R"({"code":"too_small","message":"limit is too small","path":["limit"]},)"
      R"({"code":"invalid_type","message":"model is missing","path":["model"]}]}})";
  core::Random random(1);
  std::set<std::string> first;
  for (int i = 0; i < 30; ++i) {
    const std::string text = error_in_other_words(error, true, random);
    const ErrorAnswer read = read_error(text);
    EXPECT_EQ(read.problem, "") << text;
    EXPECT_EQ(read.code, "invalid_query_params");
    ASSERT_EQ(read.errors.size(), 2U);
    EXPECT_TRUE(read.names("limit") && read.names("model"));
    EXPECT_EQ(text.find("too small"), std::string::npos);
    first.insert(read.errors.front());
  }
  EXPECT_EQ(first.size(), 2U);
}

TEST(OtherWords, PutObjectsInAnotherOrderAndListsInNone) {
  core::Random random(3);
  const std::string text = R"({"a":[3,1,2],"b":{"c":1,"d":[{"e":1,"f":2}]}})";
  const auto before = core::json::Document::parse(text);
  std::set<std::string> texts;
  for (int i = 0; i < 20; ++i) {
    const auto after = core::json::Document::parse(object_in_other_words(text, random));
    ASSERT_TRUE(after);
    EXPECT_TRUE(core::json::same_value(before->root(), after->root()));
    texts.insert(core::json::compact(after->root()));
  }
  EXPECT_GT(texts.size(), 3U);
  EXPECT_EQ(object_in_other_words("no JSON", random), "no JSON");
}

TEST(OtherWords, NameHeadersInAnotherCaseAndKeepTheirLists) {
  core::Random random(1);
  const core::Headers headers = {{"Content-Type", "application/json"},
                                 {"Set-Cookie", "a=1"},
                                 {"set-cookie", "b=2"},
                                 {"ETag", "x"}};
  std::set<std::string> names;
  for (int i = 0; i < 30; ++i) {
    const core::Headers changed = headers_in_other_words(headers, random);
    EXPECT_EQ(changed.size(), 4U);
    EXPECT_EQ(changed.get("content-type"), "application/json");
    EXPECT_EQ(changed.list("Set-Cookie"), "a=1, b=2");
    for (const auto& [name, value] : changed) names.insert(name);
  }
  EXPECT_TRUE(names.contains("content-type") && names.contains("CONTENT-TYPE"));
}

}  // namespace
}  // namespace terapi::conformance
