#include "core/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace terapi::core::json {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  Writer out;
  out.begin_object()
      .field("a", 1)
      .key("list")
      .begin_array()
      .number(1)
      .string("two")
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .null()
      .boolean(true)
      .end_array()
      .key("empty")
      .begin_array()
      .end_array()
      .field("z", false)
      .end_object();
  EXPECT_EQ(out.take(), R"({"a":1,"list":[1,"two",{},[],null,true],"empty":[],"z":false})");
}

// The comma is told from the text's last character: values that end in a bracket must not fool it.
TEST(JsonWriter, IsNotFooledByBracketsInsideValues) {
  Writer out;
  out.begin_array().string("[").string("{").raw(R"({"x":[]})").raw("[[]]").string("").end_array();
  EXPECT_EQ(out.take(), R"(["[","{",{"x":[]},[[]],""])");
  Writer keys;
  keys.begin_object().field("{", "[").field("[", "{").key("o").begin_object().end_object();
  keys.field("end", 1).end_object();
  EXPECT_EQ(keys.take(), R"({"{":"[","[":"{","o":{},"end":1})");
}

TEST(JsonWriter, WritesWholeNumbersOfEverySize) {
  Writer out;
  out.begin_array()
      .number(std::numeric_limits<std::int64_t>::min())
      .number(std::numeric_limits<std::uint64_t>::max())
      .number(0)
      .end_array();
  EXPECT_EQ(out.take(), "[-9223372036854775808,18446744073709551615,0]");
}

TEST(JsonWriter, EscapesKeysAndText) {
  Writer out;
  out.begin_object().field("a\"b\n", "c\\d").end_object();
  const std::string text = out.take();
  EXPECT_EQ(text, R"({"a\"b\n":"c\\d"})");
  EXPECT_EQ(nlohmann::json::parse(text)["a\"b\n"], "c\\d");
}

TEST(JsonWriter, WritesNothingThereAsNull) {
  Writer out;
  out.begin_object()
      .optional_field("x", std::nullopt)
      .optional_field("y", std::string("1"))
      .null_field("z")
      .raw_field("n", "1e400")
      .end_object();
  EXPECT_EQ(out.take(), R"({"x":null,"y":"1","z":null,"n":1e400})");
}

TEST(JsonWriter, WritesBooleansAndTextAsWhatTheyAre) {
  Writer out;
  const std::string text = "t";
  out.begin_object()
      .field("b", true)
      .field("s", text)
      .field("v", std::string_view("u"))
      .end_object();
  EXPECT_EQ(out.text(), R"({"b":true,"s":"t","v":"u"})");
}

TEST(JsonWriter, WritesABareValue) {
  Writer out;
  out.string("x");
  EXPECT_EQ(out.take(), "\"x\"");
}

}  // namespace
}  // namespace terapi::core::json
