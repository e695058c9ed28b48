#include "simulator/records/payload.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace terapi::simulator {
namespace {

namespace json = core::json;

core::Result<Payload> made(const std::string& text, std::string_view id_key = "id",
                           const Dialect& dialect = terapi_dialect()) {
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return make_payload(document->root(), id_key, dialect);
}

std::string text_of(const std::string& text, std::string_view id_key = "id") {
  const auto payload = made(text, id_key);
  return payload ? payload->text : payload.error().code + ": " + payload.error().message;
}

std::string refusal(const std::string& text, std::string_view id_key = "id") {
  const auto payload = made(text, id_key);
  EXPECT_FALSE(payload) << text;
  if (payload) return "";
  EXPECT_EQ(payload.error().code, "bad_record");
  return payload.error().message;
}

std::string merged(const std::string& base, const std::string& patch) {
  const auto document = json::Document::parse(patch);
  EXPECT_TRUE(document) << patch;
  return merge_payload(base, document->root());
}

// REC-10: value for value, and here even character for character.
TEST(Payload, KeepsEveryValueAsItWasWritten) {
  for (const std::string member : {R"("n":9223372036854775808)",
                                   R"("n":-9223372036854775809)",
                                   R"("n":18446744073709551616)",
                                   R"("n":1e400)",
                                   R"("n":1E-400)",
                                   R"("n":0.10)",
                                   R"("n":1.0)",
                                   R"("n":-0)",
                                   R"("n":-0.0)",
                                   R"("n":123456789.123456789123456789)",
                                   R"("z":1,"a":2,"m":3)",
                                   "\"s\":\"\xE2\x80\xA8\xE2\x80\xA9\"",
                                   "\"s\":\"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\"",
                                   R"("s":"\u2028\u0000\u001f\u007f")",
                                   R"("s":"\ud83d\ude00")",
                                   R"("s":"\ud800")",
                                   R"("s":"\udc00\ud800")",
                                   R"("s":"\/\\\"\b\f\n\r\t")",
                                   "\"s\":\"e\xCC\x81\"",
                                   R"("s":"")",
                                   R"("":"")",
                                   R"("o":{},"a":[],"n":null,"t":true,"f":false)",
                                   R"("a":[[],{},[{}],null])",
                                   R"("__proto__":{"x":1},"constructor":1)",
                                   R"("10":1,"9":2,"1":3)",
                                   R"("k":1,"k":2)",
                                   R"("\u0069d2":1)"}) {
    const std::string text = R"({"id":"1",)" + member + "}";
    EXPECT_EQ(text_of(text), text);
  }
}

TEST(Payload, KeepsAHundredLevels) {
  std::string deep = "1e400";
  for (int i = 0; i < 50; ++i) deep = R"({"k":[)" + deep + "]}";
  const std::string text = R"({"id":"1","deep":)" + deep + "}";
  EXPECT_EQ(text_of(text), text);
}

TEST(Payload, TakesOutTheSpaceBetweenTokensOnly) {
  EXPECT_EQ(text_of(" { \"id\" : \"1\" ,\n\t\"a b\" : [ 1 , \"x  y\" , { } ] } "),
            R"({"id":"1","a b":[1,"x  y",{}]})");
}

TEST(Payload, MakesNumericIdsStringsWhereTheyStand) {
  EXPECT_EQ(text_of(R"({"a":1,"id":42,"b":2})"), R"({"a":1,"id":"42","b":2})");
  EXPECT_EQ(text_of(R"({"id":9223372036854775808})"), R"({"id":"9223372036854775808"})");
  EXPECT_EQ(text_of(R"({"id":1.50})"), R"({"id":"1.50"})");
  EXPECT_EQ(made(R"({"id":42})")->id, "42");
}

TEST(Payload, KnowsItsIdHoweverItIsSpelled) {
  EXPECT_EQ(made(R"({"\u0069d":"\u0041\ud83d\ude00"})")->id, "A\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of(R"({"\u0069d":"\u0041"})"), R"({"id":"A"})");
  EXPECT_EQ(made(R"({"id":"a\"b"})")->text, R"({"id":"a\"b"})");
}

TEST(Payload, LeavesOutTheMetadataWhichIsOurs) {
  EXPECT_EQ(text_of(R"({"id":"1","_terapi_metadata":{"cursor":"x"},"a":1})"),
            R"({"id":"1","a":1})");
  EXPECT_EQ(text_of(R"({"_terapi_metadat\u0061":1,"id":"1"})"), R"({"id":"1"})");
  EXPECT_EQ(text_of(R"({"id":"1","o":{"_terapi_metadata":1}})"),
            R"({"id":"1","o":{"_terapi_metadata":1}})");
  EXPECT_EQ(text_of(R"({"id":"1","_nango_metadata":1})"), R"({"id":"1","_nango_metadata":1})");
  EXPECT_EQ(made(R"({"id":"1","_nango_metadata":1})", "id", nango_dialect())->text,
            R"({"id":"1"})");
}

TEST(Payload, TakesTheIdFromAnotherMember) {
  EXPECT_EQ(text_of(R"({"Package":"bash","Size":1})", "Package"),
            R"({"id":"bash","Package":"bash","Size":1})");
  EXPECT_EQ(text_of(R"({"n":7})", "n"), R"({"id":"7","n":7})");
  EXPECT_EQ(text_of(R"({"n":7,"id":7})", "n"), R"({"id":"7","n":7})");
  EXPECT_NE(refusal(R"({"n":7,"id":8})", "n").find("would lose it"), std::string::npos);
  EXPECT_NE(refusal(R"({"n":7,"id":null})", "n").find("would lose it"), std::string::npos);
  EXPECT_NE(refusal(R"({"id":"1"})", "Package").find("has no 'Package'"), std::string::npos);
}

TEST(Payload, RefusesWhatHasNoUsableId) {
  for (const std::string text :
       {R"({})", R"({"ID":"1"})", R"({"id":null})", R"({"id":true})", R"({"id":[]})",
        R"({"id":{}})", R"({"id":""})", R"({"id":"a\u0000b"})", R"({"id":"1","id":"2"})",
        R"({"id":"1","\u0069d":"1"})", R"([])", R"("x")", R"(1)", R"(null)"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
  EXPECT_NE(refusal("[]").find("is an array; expected an object"), std::string::npos);
  EXPECT_TRUE(made("{\"id\":\"" + std::string(kLongestId, 'x') + "\"}"));
  EXPECT_NE(refusal("{\"id\":\"" + std::string(kLongestId + 1, 'x') + "\"}").find("256 bytes"),
            std::string::npos);
}

// Decoding makes U+FFFD of it: two ids would become one.
TEST(Payload, RefusesAnIdOfHalfASurrogatePair) {
  for (const std::string id :
       {R"(\ud800)", R"(\uDFFF)", R"(x\ud800y)", R"(\ud800\ud800)", R"(\ud83d\u0041)",
        R"(\ude00\ud83d)", R"(\\\ud800)", R"(\ud83d\ude00\ude00)"}) {
    EXPECT_NE(refusal("{\"id\":\"" + id + "\"}").find("surrogate"), std::string::npos) << id;
  }
  for (const std::string id :
       {R"(\ud83d\ude00)", R"(\\ud800)", R"(\ufffd)", R"(\ud83d\ude00\u0041)",
        R"(\uD83D\uDE00\uD83D\uDE00)", R"(\ud7ff\ue000)"}) {
    EXPECT_TRUE(made("{\"id\":\"" + id + "\"}")) << id;
  }
}

TEST(SamePayload, ComparesValuesNotText) {
  const auto same = [](std::string_view a, std::string_view b) { return same_payload(a, b); };
  EXPECT_TRUE(same(R"({"id":"1","a":1})", R"({"a":1.0,"id":"\u0031"})"));
  EXPECT_FALSE(same(R"({"id":"1","a":1e400})", R"({"id":"1","a":1e401})"));
  EXPECT_FALSE(same(R"({"id":"1","a":9007199254740993})", R"({"id":"1","a":9007199254740992})"));
  EXPECT_FALSE(same(R"({"id":"1","a":null})", R"({"id":"1"})"));
  EXPECT_FALSE(same(R"({"id":"1","a":[1,2]})", R"({"id":"1","a":[2,1]})"));
}

TEST(InputHash, IsOfWhatWasSentInJavaScriptsOrder) {
  const auto hash = [](std::string_view text) {
    core::json::Reader reader;
    return input_hash(*reader.read(text));
  };
  EXPECT_EQ(hash(R"({"id":"1","a":1})"), hash(R"({"a":1.0,"id":"\u0031"})")) << "id comes first";
  EXPECT_NE(hash(R"({"id":"1","a":1,"b":2})"), hash(R"({"id":"1","b":2,"a":1})"));
  EXPECT_NE(hash(R"({"id":1})"), hash(R"({"id":"1"})"));
  EXPECT_EQ(hash(R"({"id":"\u00e9"})"), id_only_hash("\u00e9"));
}

TEST(MergePayload, MergesObjectsAndReplacesTheRest) {
  EXPECT_EQ(merged(R"({"id":"1","a":{"x":1,"y":{"z":0.10}},"l":[1,2],"n":1e400})",
                   R"({"a":{"y":{"w":2},"v":3},"l":[3],"new":null})"),
            R"({"id":"1","a":{"x":1,"y":{"z":0.10,"w":2},"v":3},"l":[3],"n":1e400,"new":null})");
  EXPECT_EQ(merged(R"({"id":"1","a":{"x":1}})", R"({"a":7})"), R"({"id":"1","a":7})");
  EXPECT_EQ(merged(R"({"id":"1","a":7})", R"({"a":{"x":1}})"), R"({"id":"1","a":{"x":1}})");
  EXPECT_EQ(merged(R"({"id":"1","a":1})", R"({"a":null})"), R"({"id":"1","a":null})");
  EXPECT_EQ(merged(R"({"id":"1","a":1})", "{}"), R"({"id":"1","a":1})");
  EXPECT_EQ(merged(R"({"id":"1","a":1})", R"({ "b" : [ 1 , 2 ] })"),
            R"({"id":"1","a":1,"b":[1,2]})");
}

TEST(MergePayload, KeepsTheRecordsOwnIdAndOnlyThat) {
  EXPECT_EQ(merged(R"({"id":"1","o":{"id":"x"}})", R"({"id":"2","o":{"id":"y"}})"),
            R"({"id":"1","o":{"id":"y"}})");
  EXPECT_EQ(merged(R"({"id":"1"})", R"({"\u0069d":"2"})"), R"({"id":"1"})");
}

TEST(IdOnlyPayload, QuotesTheId) { EXPECT_EQ(id_only_payload("a\"b"), R"({"id":"a\"b"})"); }

}  // namespace
}  // namespace terapi::simulator
