#include "client/broken_record.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(BrokenRecord, IsNamedByItsIdWhereverThatStands) {
  EXPECT_EQ(look_at_broken_record("{\"id\":\"7\",\"text\":\"\xff\"},{\"id\":\"8\"}").id, "7");
  EXPECT_EQ(
      look_at_broken_record("{ \"a\" : [1,{\"id\":\"no\"}], \"b\":\"\xff\\\"}\" , \"id\" : \"7\" }")
          .id,
      "7");
  EXPECT_EQ(look_at_broken_record("{\"x\":\"id\",\"y\":\"no\",\"n\":01}").id, "");
  EXPECT_EQ(look_at_broken_record("{\"id\":\"a\xff\",\"n\":1}").id, "a\xEF\xBF\xBD");
}

TEST(BrokenRecord, IsWholeWhenItsLastBracketIsThere) {
  EXPECT_TRUE(look_at_broken_record("{\"id\":\"7\",\"n\":01}],\"next_cursor\":null}").whole);
  for (const char* text : {"", "{", "{\"id\":\"7\"", "{\"id\":\"7", "{\"id\":\"7\\",
                           "{\"id\":\"7\",\"o\":{}", "<html>", "\"text\"", "]}"}) {
    EXPECT_FALSE(look_at_broken_record(text).whole) << text;
  }
}

TEST(BrokenRecord, KnowsHowDeepItIs) {
  EXPECT_EQ(look_at_broken_record("{\"a\":[[[]]],\"b\":{}}").depth, 4U);
}

}  // namespace
}  // namespace terapi::client
