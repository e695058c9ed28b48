#include "core/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/breather.h"
#include "core/random.h"

namespace terapi::core::json {
namespace {

bool accepts(const std::string& text, ParseOptions options = {}) {
  return Document::parse(text, options).has_value();
}

std::string error_of(const std::string& text, ParseOptions options = {}) {
  const auto document = Document::parse(text, options);
  if (document) return "";
  EXPECT_EQ(document.error().code, "bad_json");
  return document.error().message;
}

bool same(const std::string& a, const std::string& b) {
  const auto left = Document::parse(a);
  const auto right = Document::parse(b);
  EXPECT_TRUE(left) << a;
  EXPECT_TRUE(right) << b;
  if (!left || !right) return false;
  const bool forth = same_value(left->root(), right->root());
  EXPECT_EQ(forth, same_value(right->root(), left->root())) << a << " and " << b;
  return forth;
}

std::string nested(std::size_t depth, std::string_view open, std::string_view inside,
                   std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += inside;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonParse, AcceptsTheWholeGrammar) {
  const std::vector<std::string> good = {"null",
                                         "true",
                                         "false",
                                         "0",
                                         "-0",
                                         "1",
                                         "-1",
                                         "10",
                                         "1.0",
                                         "0.10",
                                         "-0.0",
                                         "1e5",
                                         "1E5",
                                         "1e+5",
                                         "1e-5",
                                         "0e0",
                                         "1e400",
                                         "-1e-400",
                                         "123456789012345678901234567890",
                                         "9223372036854775808",
                                         "1e99999999999999999999",
                                         R"("")",
                                         R"("a")",
                                         "[]",
                                         "{}",
                                         "[ ]",
                                         "{ }",
                                         " \t\r\n1\n",
                                         "[1,2,3]",
                                         "[[],{},[{}]]",
                                         R"({"":0})",
                                         R"({"a":{"b":[1,{"c":null}]}})",
                                         R"({"a":1,"a":2})",
                                         R"("\"\\\/\b\f\n\r\t")",
                                         R"("\u0000")",
                                         R"("\uD83D\uDE00")",
                                         R"("\ud800")",
                                         R"("\udc00\ud800")",
                                         R"("\uABCD\uabcd")",
                                         "\"\x7f\"",
                                         "\"\xC2\x80\"",
                                         "\"\xE2\x80\xA8\"",
                                         "\"\xED\x9F\xBF\"",
                                         "\"\xEE\x80\x80\"",
                                         "\"\xEF\xBF\xBF\"",
                                         "\"\xF0\x90\x80\x80\"",
                                         "\"\xF4\x8F\xBF\xBF\""};
  for (const std::string& text : good) EXPECT_EQ(error_of(text), "") << text;
}

TEST(JsonParse, RefusesEverythingElse) {
  const std::vector<std::string> bad = {"",
                                        " ",
                                        "nul",
                                        "nulll",
                                        "True",
                                        "NaN",
                                        "Infinity",
                                        "-Infinity",
                                        "undefined",
                                        "+1",
                                        "-",
                                        "--1",
                                        "01",
                                        "-01",
                                        "00",
                                        "1.",
                                        ".5",
                                        "-.5",
                                        "1.e5",
                                        "1e",
                                        "1e+",
                                        "1e5.5",
                                        "0x10",
                                        "1_000",
                                        "1 2",
                                        "1,",
                                        "'a'",
                                        "\"",
                                        "\"a",
                                        "a\"",
                                        "\"a\"b",
                                        "[",
                                        "]",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "[1,,2]",
                                        "[1]]",
                                        "[}",
                                        "{",
                                        "}",
                                        "{]",
                                        "{\"a\"",
                                        "{\"a\":",
                                        "{\"a\":1",
                                        "{\"a\":1,",
                                        "{\"a\":1,}",
                                        "{,}",
                                        "{a:1}",
                                        "{1:1}",
                                        "{\"a\" 1}",
                                        "{\"a\",1}",
                                        "{\"a\":}",
                                        "{\"a\":1 \"b\":2}",
                                        "{\"a\"::1}",
                                        "{}{}",
                                        R"("\a")",
                                        R"("\x41")",
                                        R"("\u12")",
                                        R"("\u123g")",
                                        R"("\U0041")",
                                        R"("\)",
                                        R"("\")",
                                        R"("\u")",
                                        "\"\n\"",
                                        "\"\t\"",
                                        std::string("\"\0\"", 3),
                                        std::string("1\0", 2),
                                        "\"\x1f\"",
                                        "[1]x",
                                        "\v1",
                                        "\f1",
                                        "\xC2\xA0"
                                        "1",
                                        "// c\n1",
                                        "/* c */ 1",
                                        "#1",
                                        "1\xEF\xBB\xBF",
                                        "\xEF\xBB\xBF"};
  for (const std::string& text : bad) EXPECT_FALSE(accepts(text)) << text;
}

TEST(JsonParse, RefusesWhatIsNotUtf8) {
  for (const std::string bytes :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x80", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFE", "\xFF"}) {
    EXPECT_FALSE(accepts("\"" + bytes + "\"")) << testing::PrintToString(bytes);
    EXPECT_FALSE(accepts("{\"" + bytes + "\":1}")) << testing::PrintToString(bytes);
  }
}

// Strings are scanned in blocks: what is special is found wherever in a block it stands, and what
// stands behind something special as well.
TEST(JsonString, FindsWhatIsSpecialAtEveryPlace) {
  const std::vector<std::string> refused = {"\x01", "\x1f", "\x80", "\xff", "\xc3\x22", "\\x"};
  const std::vector<std::string> taken = {" ",    "!",        "#",   "[",   "]",
                                          "\x7f", "\xc3\xa9", "\\n", "\\\""};
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const auto text = [&](const std::string& special) {
        return "\"" + std::string(before, 'a') + special + std::string(after, 'b') + "\"";
      };
      for (const std::string& special : refused) {
        const auto parsed = Document::parse(text(special));
        ASSERT_FALSE(parsed) << text(special);
        EXPECT_TRUE(
            parsed.error().message.starts_with("line 1, column " + std::to_string(before + 2)) ||
            special.size() > 1)
            << parsed.error().message;
      }
      for (const std::string& special : taken) {
        const auto parsed = Document::parse(text(special));
        ASSERT_TRUE(parsed) << text(special);
        EXPECT_EQ(parsed->root().text(), text(special));
      }
    }
  }
}

TEST(JsonParse, LimitsDepthToExactlyWhatWasAskedFor) {
  for (const std::size_t most : {1U, 2U, 100U, 512U}) {
    const ParseOptions options{.comments = false, .max_depth = most};
    EXPECT_TRUE(accepts(nested(most, "[", "1", "]"), options)) << most;
    EXPECT_FALSE(accepts(nested(most + 1, "[", "", "]"), options)) << most;
    EXPECT_TRUE(accepts(nested(most, "{\"a\":", "1", "}"), options)) << most;
    EXPECT_FALSE(accepts(nested(most + 1, "{\"a\":", "1", "}"), options)) << most;
  }
  EXPECT_NE(error_of(nested(100000, "[", "", "")).find("512 levels"), std::string::npos);
}

TEST(JsonParse, CountsDepthNotBrackets) {
  std::string wide = "[";
  for (int i = 0; i < 5000; ++i) wide += "[{}],";
  EXPECT_TRUE(accepts(wide + "0]", {.comments = false, .max_depth = 3}));
}

TEST(JsonParse, PassesOverOneByteOrderMark) {
  const auto document = Document::parse("\xEF\xBB\xBF[1]");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().text(), "[1]");
  Reader reader;
  EXPECT_TRUE(reader.read("\xEF\xBB\xBF[1]"));
  for (const std::string text :
       {" \xEF\xBB\xBF{}", "\xEF\xBB\xBF\xEF\xBB\xBF{}", "\xEF\xBB{}", "[\xEF\xBB\xBF 1]"}) {
    EXPECT_FALSE(accepts(text)) << text;
  }
}

TEST(JsonParse, AllowsCommentsOnlyWhenAsked) {
  const ParseOptions commented{.comments = true};
  for (const std::string text :
       {"// one\n1", "/* a */1/* b */", "[1,// x\n2]", "[/**/]", "{/**/\"a\"/**/:/**/1/**/}",
        "1 // no newline at the end", "/***/1", "/* * / */1"}) {
    EXPECT_FALSE(accepts(text)) << text;
    EXPECT_TRUE(accepts(text, commented)) << text;
  }
  for (const std::string text : {"/* open", "1 /", "/ 1", "1 /*/", "[1 / 2]", "// only"}) {
    EXPECT_FALSE(accepts(text, commented)) << text;
  }
  const auto slashes = Document::parse(R"({"url":"http://x/*y*/"})", commented);
  ASSERT_TRUE(slashes);
  EXPECT_EQ(slashes->root()["url"].string(), "http://x/*y*/");
}

TEST(JsonParse, SaysLineColumnWhatWasFoundAndWhatWasExpected) {
  EXPECT_EQ(error_of("{\n  \"a\": 01\n}"),
            "line 2, column 9: found '1', expected no digit after a leading zero");
  EXPECT_EQ(error_of("[1,\n2,\n}"), "line 3, column 1: found '}', expected a value");
  EXPECT_EQ(error_of(""), "line 1, column 1: found the end of the text, expected a value");
  EXPECT_EQ(error_of("\"\xFF\""), "line 1, column 2: found byte 0xff, expected UTF-8");
  EXPECT_EQ(error_of("{\"a\" 1}"), "line 1, column 6: found '1', expected ':' after the key");
  EXPECT_NE(error_of("{'a':1}").find("column 2: found ''', expected a key in double quotes"),
            std::string::npos);
}

TEST(JsonParse, KeepsThePlaceOfEveryValue) {
  const auto document = Document::parse("{\n  \"a\": [1,\r\n    true]\n}");
  ASSERT_TRUE(document);
  const Value list = document->root()["a"];
  auto item = list.items().begin();
  EXPECT_EQ(document->place(list).line, 2U);
  EXPECT_EQ(document->place(list).column, 8U);
  EXPECT_EQ(document->place(*item).column, 9U);
  ++item;
  EXPECT_EQ(document->place(*item).line, 3U);
  EXPECT_EQ(document->place(*item).column, 5U);
}

// More nodes than are moved at once; whoever waits meanwhile is let in.
TEST(JsonParse, BreathesInALongTextAndKeepsAllOfIt) {
  constexpr std::size_t kCount = 300'000;
  std::string text = "[";
  for (std::size_t i = 0; i < kCount; ++i) text += (i > 0 ? "," : "") + std::to_string(i);
  int breaths = 0;
  const Breather breather([&] { ++breaths; });
  const Result<Document> document = Document::parse(text + "]");
  ASSERT_TRUE(document.has_value());
  EXPECT_GT(breaths, 100);
  ASSERT_EQ(document->root().size(), kCount);
  std::size_t next = 0;
  for (const Value item : document->root().items()) {
    ASSERT_EQ(item.text(), std::to_string(next)) << "item " << next;
    ++next;
  }
}

TEST(JsonPlace, StopsAtTheEndOfTheText) {
  EXPECT_EQ(place_of("ab\ncd", 99).line, 2U);
  EXPECT_EQ(place_of("ab\ncd", 99).column, 3U);
  EXPECT_EQ(place_of("", 0).column, 1U);
}

TEST(Json, FindsManyPlacesInOneReading) {
  for (const std::string_view text : {"", "\n", "ab", "ab\ncd\n\n\xC3\xA9x", "\n\n\n"}) {
    const Places places(text);
    for (std::size_t offset = 0; offset <= text.size() + 2; ++offset) {
      EXPECT_EQ(places.of(offset).line, place_of(text, offset).line) << offset;
      EXPECT_EQ(places.of(offset).column, place_of(text, offset).column) << offset;
    }
  }
}

TEST(JsonValue, SlicesTheTextVerbatim) {
  const std::vector<std::string> values = {"9223372036854775808",
                                           "1e400",
                                           "0.10",
                                           "-0",
                                           "1E+05",
                                           "\"\\u0041\\/\"",
                                           "\"\xE2\x80\xA8\"",
                                           "[ 1 ,2]",
                                           "{ \"z\" : 1, \"a\":2 }",
                                           "null"};
  for (const std::string& value : values) {
    const auto document = Document::parse("{\"before\":0 , \"n\" :\t" + value + " ,\"after\":[]}");
    ASSERT_TRUE(document) << value;
    EXPECT_EQ(document->root()["n"].text(), value);
  }
}

TEST(JsonValue, IsAbsentWhenThereIsNoSuchMember) {
  const auto document = Document::parse(R"({"a":null})");
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root()["a"].present());
  EXPECT_TRUE(document->root()["a"].is_null());
  const Value absent = document->root()["b"];
  EXPECT_FALSE(absent.present());
  EXPECT_FALSE(absent.is_null());
  EXPECT_EQ(absent.text(), "");
  EXPECT_EQ(absent.string(), "");
  EXPECT_FALSE(absent["c"].present());
  EXPECT_EQ(absent.size(), 0U);
  EXPECT_FALSE(absent.integer());
  for (const Value item : absent.items()) FAIL() << item.text();
  for (const Member member : absent.members()) FAIL() << member.key.text();
}

TEST(JsonValue, FindsMembersByWhatTheirKeysSpellAndTakesTheLast) {
  const auto document = Document::parse(R"({"a":1,"\u0061":2,"b\"":3,"":4,"\ud83d\ude00":5})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["a"].text(), "2");
  EXPECT_EQ(document->root()["b\""].text(), "3");
  EXPECT_EQ(document->root()[""].text(), "4");
  EXPECT_EQ(document->root()["\xF0\x9F\x98\x80"].text(), "5");
  EXPECT_EQ(document->root().size(), 5U);
}

TEST(JsonValue, IteratesPastNestedValues) {
  const auto document = Document::parse(R"([[1,[2,{"x":[]}]],{},{"a":{"b":[1,2]},"c":3},4])");
  ASSERT_TRUE(document);
  std::vector<std::string> items;
  for (const Value item : document->root().items()) items.emplace_back(item.text());
  EXPECT_EQ(items, (std::vector<std::string>{R"([1,[2,{"x":[]}]])", "{}",
                                             R"({"a":{"b":[1,2]},"c":3})", "4"}));
  std::vector<std::string> keys;
  auto third = document->root().items().begin();
  ++third;
  ++third;
  for (const Member member : (*third).members()) keys.push_back(member.key.string());
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "c"}));
}

TEST(JsonValue, ReadsWholeNumbersInRangeOnly) {
  const auto integer = [](const std::string& text) {
    const auto document = Document::parse(text);
    EXPECT_TRUE(document) << text;
    return document->root().integer();
  };
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("-0"), 0);
  EXPECT_EQ(integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(integer("-9223372036854775808"), INT64_MIN);
  for (const std::string text :
       {"9223372036854775808", "-9223372036854775809", "1.0", "1e2", "1e400", "\"1\"", "true"}) {
    EXPECT_EQ(integer(text), std::nullopt) << text;
  }
}

TEST(JsonValue, ReadsTheNearestDoubleAlsoBeyondItsRange) {
  const auto number = [](const std::string& text) {
    return Document::parse(text)->root().number();
  };
  EXPECT_EQ(number("0.1"), 0.1);
  EXPECT_EQ(number("-2.5e3"), -2500);
  EXPECT_GT(number("1e400"), 1e308);
  EXPECT_LT(number("-1e400"), -1e308);
  EXPECT_EQ(number("1e-400"), 0);
  EXPECT_EQ(number("\"7\""), 0);
}

TEST(JsonString, DecodesEscapesAndSurrogatePairs) {
  const auto decoded = [](const std::string& text) { return decode_string(text); };
  EXPECT_EQ(decoded(R"("\u0041\u00e9\u20AC")"), "A\xC3\xA9\xE2\x82\xAC");
  EXPECT_EQ(decoded(R"("\ud83d\ude00")"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(decoded(R"("\uDBFF\uDFFF")"), "\xF4\x8F\xBF\xBF");
  EXPECT_EQ(decoded(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decoded(R"("a\u0000b")"), std::string("a\0b", 3));
  EXPECT_EQ(decoded(R"("\ud800")"), "\xEF\xBF\xBD");
  EXPECT_EQ(decoded(R"("\ud800x")"), "\xEF\xBF\xBDx");
  EXPECT_EQ(decoded(R"("\udc00\ud800")"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(decoded(R"("\ud800\ud83d\ude00")"), "\xEF\xBF\xBD\xF0\x9F\x98\x80");
  EXPECT_EQ(decoded(R"("\ud800\u0041")"),
            "\xEF\xBF\xBD"
            "A");
}

TEST(JsonSameValue, ComparesNumbersByTheirExactDecimalValue) {
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
           {"1", "1.0"},
           {"1", "10e-1"},
           {"1.0", "10e-1"},
           {"10e2", "1000"},
           {"0.10", "0.1"},
           {"-0", "0"},
           {"0", "0.000e99"},
           {"1e400", "10e399"},
           {"1e400", "0.1e401"},
           {"1E5", "1e+05"},
           {"100", "1e2"},
           {"1.50e-3", "0.0015"},
           {"1e-400", "0.1e-399"},
           {"12345678901234567890.0", "12345678901234567890"},
           {"1e99999999999999999999", "1.0e99999999999999999999"}}) {
    EXPECT_TRUE(same(a, b)) << a << " and " << b;
  }
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{
           {"1e400", "1e401"},
           {"1e400", "-1e400"},
           {"9223372036854775808", "9223372036854775807"},
           {"0.1", "0.10000000000000000001"},
           {"1", "-1"},
           {"1e400", "1e-400"},
           {"9007199254740993", "9007199254740992"},
           {"1", "10"},
           {"1", "\"1\""},
           {"0", "null"},
           {"0", "false"},
           {"1e99999999999999999999", "10e99999999999999999999"},
           {"1e99999999999999999999", "1e99999999999999999998"}}) {
    EXPECT_FALSE(same(a, b)) << a << " and " << b;
  }
}

TEST(JsonSameValue, ComparesStringsByWhatTheySpell) {
  EXPECT_TRUE(same(R"("\u0041")", R"("A")"));
  EXPECT_TRUE(same(R"("\/")", R"("/")"));
  EXPECT_TRUE(same(R"("\ud83d\ude00")", "\"\xF0\x9F\x98\x80\""));
  EXPECT_TRUE(same(R"("\u2028")", "\"\xE2\x80\xA8\""));
  EXPECT_FALSE(same(R"("A")", R"("a")"));
  EXPECT_FALSE(same(R"("\u00e9")", R"("e\u0301")"));
  EXPECT_FALSE(same(R"("\u0000")", R"("")"));
}

// What cannot be said in UTF-8 is a value all the same: a change of it must not pass unseen.
TEST(JsonString, KnowsHalvesOfSurrogatePairs) {
  for (const char* half :
       {R"("\ud83d")", R"("a\uDC00b")", R"("\ude00\ud83d")", R"("\ud83d\ud83d\ude00")",
        R"("\ud83d\n\ude00")", R"("\\\ud83d")", R"("\ud83d\u0041")"}) {
    EXPECT_TRUE(has_unpaired_surrogate(half)) << half;
  }
  for (const char* text :
       {R"("")", R"("a")", R"("\ud83d\uDE00")", R"("\\ud83d")", R"("\u0041\n\ufffd")"}) {
    EXPECT_FALSE(has_unpaired_surrogate(text)) << text;
  }
}

TEST(JsonSameValue, TellsUnpairedSurrogatesApart) {
  EXPECT_FALSE(same(R"("\ud800")", R"("\ud801")"));
  EXPECT_FALSE(same(R"("\ud800")", R"("\ufffd")"));
  EXPECT_FALSE(same(R"({"\ud800":1})", R"({"\udc01":1})"));
  EXPECT_TRUE(same(R"("\ud800")", R"("\uD800")"));
}

TEST(JsonSameValue, IgnoresKeyOrderAndSpaceButNotItemOrder) {
  EXPECT_TRUE(
      same(R"({"a":1,"b":{"c":[1,2],"d":null}})", R"({ "b":{"d":null,"c":[1.0,2]}, "a":1 })"));
  EXPECT_FALSE(same("[1,2]", "[2,1]"));
  EXPECT_FALSE(same("[1]", "[1,1]"));
  EXPECT_FALSE(same(R"({"a":1})", R"({"a":1,"b":null})"));
  EXPECT_FALSE(same(R"({"a":1,"b":2})", R"({"a":1,"c":2})"));
  EXPECT_FALSE(same("{}", "[]"));
  EXPECT_FALSE(same("true", "false"));
  EXPECT_TRUE(same(R"({"\u0061":1})", R"({"a":1})"));
}

TEST(JsonCompact, TakesOutOnlyTheSpaceBetweenTokens) {
  const auto document = Document::parse(
      "{ /* c */ \"a b\" : [ 1.50 , { } , [ ] , \"x  y\\u0041\" ] , // d\n \"n\":null }",
      {.comments = true});
  ASSERT_TRUE(document);
  EXPECT_EQ(compact(document->root()), R"({"a b":[1.50,{},[],"x  y\u0041"],"n":null})");
  std::string appended = "[[";
  append_compact(appended, document->root()["n"]);
  EXPECT_EQ(appended, "[[null");
}

TEST(JsonQuoted, EscapesOnlyWhatItMust) {
  EXPECT_EQ(json::quoted("a\"b\\c/\b\f\n\r\t\x01\x7f"),
            "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\x7f\"");
  EXPECT_EQ(json::quoted(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(json::quoted("\xE2\x80\xA8\xF0\x9F\x98\x80"), "\"\xE2\x80\xA8\xF0\x9F\x98\x80\"");
  EXPECT_EQ(json::quoted("a\xFF"
                         "b\xC2"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
}

TEST(JsonQuoted, RoundTripsEveryCodePoint) {
  for (std::uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 37) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    std::string text = "<";
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 63));
    } else if (code < 0x10000) {
      text += static_cast<char>(0xE0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 63));
      text += static_cast<char>(0x80 | (code & 63));
    } else {
      text += static_cast<char>(0xF0 | code >> 18);
      text += static_cast<char>(0x80 | (code >> 12 & 63));
      text += static_cast<char>(0x80 | (code >> 6 & 63));
      text += static_cast<char>(0x80 | (code & 63));
    }
    text += ">";
    const std::string as_json = json::quoted(text);
    ASSERT_EQ(decode_string(as_json), text) << "U+" << std::hex << code;
    ASSERT_EQ(nlohmann::json::parse(as_json).get<std::string>(), text) << "U+" << std::hex << code;
  }
}

TEST(JsonReader, ReadsOneValueAfterAnother) {
  const std::string text = " {\"a\":1} , [2]x 3";
  Reader reader;
  std::size_t at = 0;
  auto value = reader.read_one(text, at);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->text(), R"({"a":1})");
  EXPECT_EQ(at, 8U);
  EXPECT_FALSE(reader.read_one(text, at));
  EXPECT_EQ(at, 8U) << "a failure must not move the offset";
  at += 2;
  value = reader.read_one(text, at);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->text(), "[2]");
  EXPECT_EQ(text[at], 'x');
  ++at;
  value = reader.read_one(text, at);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->integer(), 3);
  EXPECT_EQ(at, text.size());
  EXPECT_FALSE(reader.read_one(text, at));
}

TEST(JsonReader, ForgetsTheValueBeforeIt) {
  Reader reader;
  ASSERT_TRUE(reader.read(R"({"a":[1,2,3]})"));
  ASSERT_FALSE(reader.read("[[[1,"));
  const auto value = reader.read("[7]");
  ASSERT_TRUE(value);
  EXPECT_EQ(compact(*value), "[7]");
  EXPECT_FALSE(reader.read("[7] 8"));
}

// --- an independent oracle ---------------------------------------------------------------------

bool is_surrogate_escape(const std::string& text) {
  return text.size() == 6 && text[1] == 'u' && (text[2] == 'd' || text[2] == 'D') &&
         std::string("89abcdefABCDEF").find(text[3]) != std::string::npos &&
         std::isxdigit(static_cast<unsigned char>(text[4])) != 0 &&
         std::isxdigit(static_cast<unsigned char>(text[5])) != 0;
}

// The oracle refuses numbers that overflow a double and unpaired surrogate escapes, which are no
// matter of RFC 8259's grammar: makes exponents outside strings short, and surrogate escapes an A.
std::string within_grammar_alone(const std::string& text) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    out += c;
    if (in_string) {
      if (c == '\\' && is_surrogate_escape(text.substr(i, 6))) {
        out += "u0041";
        i += 5;
      } else if (c == '\\' && i + 1 < text.size()) {
        out += text[++i];
      }
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c != 'e' && c != 'E') continue;
    if (i + 1 < text.size() && (text[i + 1] == '+' || text[i + 1] == '-')) out += text[++i];
    const std::size_t digits = i + 1;
    while (i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') ++i;
    if (i >= digits) out += '1';
  }
  return out;
}

std::string mutated(Random& random, const std::vector<std::string>& corpus) {
  static const std::vector<std::string> kTokens = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "\\",
                                                   "\\u00",
                                                   "\\ud83d",
                                                   "0",
                                                   "01",
                                                   "-",
                                                   "+",
                                                   ".",
                                                   "e",
                                                   "E+",
                                                   "1e400",
                                                   "null",
                                                   "tru",
                                                   "false",
                                                   " ",
                                                   "\n",
                                                   "\t",
                                                   "\x01",
                                                   "\x7f",
                                                   "\x80",
                                                   "\xC2\xA0",
                                                   "\xE2\x80\xA8",
                                                   "\xF0\x9F\x98\x80",
                                                   "\xED\xA0\x80",
                                                   "/",
                                                   "//",
                                                   "/**/",
                                                   "\"a\":",
                                                   "[]",
                                                   "{}",
                                                   std::string(1, '\0'),
                                                   "'",
                                                   "NaN"};
  std::string text = corpus[random.below(corpus.size())];
  const std::uint64_t changes = 1 + random.below(3);
  for (std::uint64_t i = 0; i < changes; ++i) {
    const std::size_t at = random.below(text.size() + 1);
    const std::size_t length = random.below(std::min<std::size_t>(text.size() - at, 6) + 1);
    switch (random.below(5)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kTokens[random.below(kTokens.size())]);
        break;
      case 2:
        text.replace(at, length, kTokens[random.below(kTokens.size())]);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> kCorpus = {
      R"({"id":"1","n":[0,-1.5e-7,1e400,true,false,null],"o":{"k":"v","e":{}}})",
      R"(["\u0041\n\"\\/","é\ud83d\ude00",[[[]]],{"":""}])",
      " [ 1 , 2.50 , { \"a\" : \"b\" } ]\r\n",
      "-0.0e+00",
      R"("plain")",
      "true",
      "[]",
      R"({"a":{"a":{"a":[{"a":[0]}]}}})",
      "[10,20,30,-4,5e6,0.7,100000000000000000000000]"};
  return kCorpus;
}

class JsonOracle : public testing::TestWithParam<std::uint64_t> {};

TEST_P(JsonOracle, AcceptsExactlyWhatAnIndependentParserAccepts) {
  Random random = Random(GetParam()).stream("json-mutations");
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = mutated(random, corpus());
    // The oracle allows a byte order mark, and takes a NUL for the end of the text.
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string::npos) continue;
    const bool ours = accepts(text);
    ASSERT_EQ(ours, nlohmann::json::accept(within_grammar_alone(text)))
        << "seed " << GetParam() << ", mutation " << i << ": " << testing::PrintToString(text);
    accepted += ours ? 1 : 0;
  }
  EXPECT_GT(accepted, 100) << "seed " << GetParam() << ": mutations too wild to prove anything";
  EXPECT_LT(accepted, 2900) << "seed " << GetParam();
}

TEST_P(JsonOracle, MeansWhatAnIndependentParserMeans) {
  Random random = Random(GetParam()).stream("json-meaning");
  for (int i = 0; i < 3000; ++i) {
    const std::string text = mutated(random, corpus());
    const auto document = Document::parse(text);
    const auto theirs = nlohmann::json::parse(text, nullptr, false);
    if (!document || theirs.is_discarded()) continue;  // overflowing or lone surrogates
    const std::string packed = compact(document->root());
    ASSERT_EQ(nlohmann::json::parse(packed), theirs)
        << "seed " << GetParam() << ", mutation " << i << ": " << testing::PrintToString(text);
    ASSERT_TRUE(same(packed, text)) << "seed " << GetParam() << ": " << text;
    // The oracle's own writing of it: other spaces, other escapes, sorted keys; it keeps doubles
    // only, so numbers are compared where they survive that.
    if (text.find_first_of(".eE0123456789") != std::string::npos) continue;
    ASSERT_TRUE(same(theirs.dump(2, ' ', true), text)) << "seed " << GetParam() << ": " << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, JsonOracle, testing::Range<std::uint64_t>(1, 11));

}  // namespace
}  // namespace terapi::core::json
