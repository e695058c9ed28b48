#include "core/http_message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace terapi::core {
namespace {

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "text/plain");
  EXPECT_EQ(headers.get("Content-Typ"), std::nullopt);
  EXPECT_EQ(headers.get("Content-Type "), std::nullopt);
}

TEST(Headers, KeepOrderAndRepeats) {
  Headers headers;
  headers.add("B", "1");
  headers.add("a", "2");
  headers.add("b", "3");
  EXPECT_EQ(headers.get("b"), "1");
  EXPECT_EQ(headers.count("B"), 2U);
  EXPECT_EQ(headers.size(), 3U);
  std::vector<std::string> values;
  for (const auto& [name, value] : headers) values.push_back(value);
  EXPECT_EQ(values, (std::vector<std::string>{"1", "2", "3"}));
}

TEST(Headers, SetReplacesAllOfThatName) {
  Headers headers = {{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.set("a", "4");
  EXPECT_EQ(headers, (Headers{{"B", "2"}, {"a", "4"}}));
  headers.erase("A");
  EXPECT_EQ(headers.size(), 1U);
  headers.erase("not there");
  EXPECT_EQ(headers.count("B"), 1U);
}

TEST(EqualsIgnoringCase, FoldsAsciiLettersOnly) {
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_TRUE(equals_ignoring_case("Az", "aZ"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
}

TEST(ReasonPhrase, IsTheStandardOneOrNone) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(429), "Too Many Requests");
  EXPECT_EQ(reason_phrase(299), "");
  EXPECT_EQ(reason_phrase(-1), "");
}

TEST(Headers, AreOneListOnSeveralLines) {
  const Headers headers = {{"X-A", "1"}, {"Other", "0"}, {"x-a", "2, 3"}};
  EXPECT_EQ(headers.list("X-A"), "1, 2, 3");
  EXPECT_EQ(headers.list("other"), "0");
  EXPECT_EQ(headers.list("none"), std::nullopt);
}

}  // namespace
}  // namespace terapi::core
