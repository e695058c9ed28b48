#include "core/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>

#include <chrono>
#include <string>
#include <vector>

namespace terapi::core::json {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

enum class Number { kOne, kTwo };
constexpr auto kNumbers =
    std::to_array<Word<Number>>({{Number::kOne, "one"}, {Number::kTwo, "two"}});

Document parsed(const std::string& text) {
  Result<Document> document = Document::parse(text);
  EXPECT_TRUE(document) << text;
  return std::move(*document);
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> all;
  for (const Issue& issue : issues) all.push_back(issue.code + " " + path_text(issue.path));
  return all;
}

TEST(JsonFields, ReadsEachKind) {
  const Document doc = parsed(R"({"s":"x","b":true,"i":7,"d":"1.5s",)"
                              R"("c":"two","n":0.25,"l":["a","b"],"o":{},"a":[],"r":"y"})");
  Issues issues;
  Fields fields(doc.root(), {}, issues);
  EXPECT_EQ(fields.string("s"), "x");
  EXPECT_EQ(fields.boolean("b"), true);
  EXPECT_EQ(fields.integer("i", 0, 7), 7);
  EXPECT_EQ(fields.duration("d"), milliseconds(1500));
  EXPECT_EQ(fields.word("c", kNumbers), Number::kTwo);
  EXPECT_EQ(fields.decimal("n", 1000, 1), 250);
  EXPECT_THAT(fields.strings("l"), ElementsAre("a", "b"));
  EXPECT_TRUE(fields.object("o").is_object());
  EXPECT_TRUE(fields.array("a").is_array());
  EXPECT_EQ(fields.required("r"), "y");
  fields.finish();
  EXPECT_TRUE(issues.empty()) << issues.front().message;
}

TEST(JsonFields, SaysWhereAComplaintBelongs) {
  const Document doc = parsed(R"({"outer":[{"name":""}]})");
  Issues issues;
  Fields fields(*doc.root()["outer"].items().begin(), {"outer", "0"}, issues);
  fields.report("name", "invalid_value", "must not be empty");
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].message, "outer[0].name must not be empty");
}

TEST(JsonFields, TakesNullAsAbsent) {
  const Document doc =
      parsed(R"({"s":null,"b":null,"i":null,"d":null,"c":null,"n":null,"l":null,"o":null})");
  Issues issues;
  Fields fields(doc.root(), {}, issues);
  EXPECT_FALSE(fields.string("s"));
  EXPECT_FALSE(fields.boolean("b"));
  EXPECT_FALSE(fields.integer("i", 0, 1));
  EXPECT_FALSE(fields.duration("d"));
  EXPECT_FALSE(fields.word("c", kNumbers));
  EXPECT_FALSE(fields.decimal("n", 1, 1));
  EXPECT_TRUE(fields.strings("l").empty());
  EXPECT_FALSE(fields.object("o").present());
  EXPECT_FALSE(fields.string("missing"));
  EXPECT_TRUE(fields.has("s"));
  EXPECT_FALSE(fields.has("missing"));
  EXPECT_TRUE(issues.empty());
}

TEST(JsonFields, ReportsEveryFaultAtOnceWithItsPath) {
  const std::string text =
      R"({"s":1,"b":"yes","i":8,"d":"soon","c":"three","n":1.5,"l":["a",2],"o":[],"a":{},)"
      R"("r":"","extra":0})";
  const Document doc = parsed(text);
  Issues issues;
  Fields fields(doc.root(), {"records", "3"}, issues);
  EXPECT_FALSE(fields.string("s"));
  EXPECT_FALSE(fields.boolean("b"));
  EXPECT_FALSE(fields.integer("i", 0, 7));
  EXPECT_FALSE(fields.duration("d"));
  EXPECT_FALSE(fields.word("c", kNumbers));
  EXPECT_FALSE(fields.decimal("n", 1000, 1));
  EXPECT_EQ(fields.strings("l").size(), 2U);
  EXPECT_FALSE(fields.object("o").present());
  EXPECT_FALSE(fields.array("a").present());
  EXPECT_EQ(fields.required("r"), "");
  EXPECT_EQ(fields.required("gone"), "");
  fields.finish();
  EXPECT_THAT(codes(issues),
              ElementsAre("invalid_type records[3].s", "invalid_type records[3].b",
                          "invalid_type records[3].i", "invalid_type records[3].d",
                          "invalid_type records[3].c", "invalid_type records[3].n",
                          "invalid_type records[3].l[1]", "invalid_type records[3].o",
                          "invalid_type records[3].a", "invalid_type records[3].r",
                          "required records[3].gone", "unrecognized_keys records[3].extra"));
  EXPECT_EQ(issues[0].message, "records[3].s is 1; expected a string");
  EXPECT_THAT(issues[2].message, HasSubstr("from 0 to 7"));
  EXPECT_THAT(issues[4].message, HasSubstr("\"one\", \"two\""));
  EXPECT_THAT(issues[5].message, HasSubstr("a number from 0 to 1"));
  EXPECT_EQ(issues[1].offset, text.find("\"yes\""));
  EXPECT_EQ(issues[6].offset, text.find("2]"));
  EXPECT_EQ(issues[10].offset, 0U);
  EXPECT_EQ(issues[11].offset, text.find("\"extra\""));
}

TEST(JsonFields, RefusesHalvesOfSurrogatePairs) {
  const Document doc = parsed(R"({"s":"x\ud83d","r":"\ude00","l":["a","b\ud83d"]})");
  Issues issues;
  Fields fields(doc.root(), {}, issues);
  fields.string("s");
  fields.required("r");
  fields.strings("l");
  EXPECT_THAT(codes(issues),
              ElementsAre("invalid_value s", "invalid_value r", "invalid_value l[1]"));
  EXPECT_EQ(issues[0].message, "s holds half of a surrogate pair; expected Unicode text");
}

TEST(JsonFields, NamesTheNearestRightKey) {
  const Document doc = parsed(R"({"webook_urls":[],"zzz":1})");
  Issues issues;
  Fields fields(doc.root(), {}, issues);
  fields.strings("webhook_urls");
  fields.string("name");
  fields.finish();
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_EQ(issues[0].message,
            "unknown key 'webook_urls' in the document; did you mean 'webhook_urls'?");
  EXPECT_EQ(issues[1].message, "unknown key 'zzz' in the document; known: webhook_urls, name");
}

TEST(JsonFields, RefusesNumbersOutOfRangeHoweverTheyAreWritten) {
  for (const std::string number : {"-0.1", "1.001", "1e400", "-1e400", "\"1\"", "true"}) {
    const Document doc = parsed("{\"p\":" + number + "}");
    Issues issues;
    Fields fields(doc.root(), {}, issues);
    EXPECT_FALSE(fields.decimal("p", 1000000, 1)) << number;
    EXPECT_EQ(issues.size(), 1U) << number;
  }
  for (const std::string number : {"1.5", "1e2", "11", "-1", "9223372036854775808", "\"5\""}) {
    const Document doc = parsed("{\"p\":" + number + "}");
    Issues issues;
    Fields fields(doc.root(), {}, issues);
    EXPECT_FALSE(fields.integer("p", 0, 10)) << number;
    EXPECT_EQ(issues.size(), 1U) << number;
  }
}

TEST(JsonFields, ReportsOnceWhatIsNoObject) {
  const Document doc = parsed("[1]");
  Issues issues;
  Fields fields(doc.root(), {"environment"}, issues);
  EXPECT_FALSE(fields.string("name"));
  EXPECT_EQ(fields.required("key"), "");
  fields.finish();
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].message, "environment is an array; expected an object");
}

TEST(JsonFields, ShortensLongValuesInMessages) {
  const Document doc = parsed("{\"s\":" + std::string(5000, '1') + "}");
  Issues issues;
  Fields fields(doc.root(), {}, issues);
  EXPECT_FALSE(fields.string("s"));
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_LT(issues[0].message.size(), 200U);
}

TEST(JsonPathText, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(path_text({}), "the document");
  EXPECT_EQ(path_text({"records", "0", "model"}), "records[0].model");
  EXPECT_EQ(path_text({"0", "1", "a"}), "[0][1].a");
}

}  // namespace
}  // namespace terapi::core::json
