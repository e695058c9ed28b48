#include "simulator/records/merged_object.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::simulator {
namespace {

namespace json = core::json;
using Effect = MergedObject::Effect;

json::Document patch_of(const std::string& text) {
  auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return *std::move(document);
}

// What becomes of `base` by these patches, one after the other.
std::string merged_all(const std::string& base, const std::vector<std::string>& patches) {
  MergedObject object(base);
  for (const std::string& text : patches) {
    const json::Document patch = patch_of(text);
    object.merge(patch.root());
  }
  return object.text();
}

Effect effect(const std::string& base, const std::string& text) {
  MergedObject object(base);
  const json::Document patch = patch_of(text);
  const Effect found = object.effect_of(patch.root());
  EXPECT_EQ(object.text(), base) << "looking changes nothing";
  return found;
}

TEST(MergedObject, MergesObjectsAndReplacesTheRest) {
  EXPECT_EQ(merged_all(R"({"a":1,"b":{"x":1,"y":[1]}})", {R"({"b":{"y":[2],"z":3},"c":null})"}),
            R"({"a":1,"b":{"x":1,"y":[2],"z":3},"c":null})");
  EXPECT_EQ(merged_all(R"({"a":{"x":1}})", {R"({"a":[]})"}), R"({"a":[]})");
  EXPECT_EQ(merged_all(R"({"a":[]})", {R"({"a":{"x":1}})"}), R"({"a":{"x":1}})");
  EXPECT_EQ(merged_all("{}", {"{}"}), "{}");
  EXPECT_EQ(merged_all("nonsense", {R"({"a":1})"}), R"({"a":1})");
}

TEST(MergedObject, TakesOnePatchAfterTheOther) {
  EXPECT_EQ(merged_all("{}", {R"({"a":{"x":1}})", R"({"a":{"y":{"z":1}}})",
                              R"({"a":{"y":{"z":2}}})", R"({"b":1})", R"({"a":{"x":{"deep":1}}})"}),
            R"({"a":{"x":{"deep":1},"y":{"z":2}},"b":1})");
}

TEST(MergedObject, KeepsKeysAsTheyWereWritten) {
  EXPECT_EQ(merged_all(R"({"\u0061":1,"n":0.10})", {R"({"a":2,"\u0062":3})"}),
            R"({"\u0061":2,"n":0.10,"\u0062":3})");
}

// Half of a surrogate pair has no UTF-8; two of them are two keys all the same.
TEST(MergedObject, TellsHalvesOfSurrogatePairsApart) {
  EXPECT_EQ(merged_all(R"({"\ud83d":1})", {R"({"\ud83e":2})"}), R"({"\ud83d":1,"\ud83e":2})");
  EXPECT_EQ(merged_all(R"({"\ud83d":1})", {R"({"\uD83D":2})"}), R"({"\ud83d":2})");
  EXPECT_EQ(merged_all("{\"\xEF\xBF\xBD\":1}", {R"({"\ud83d":2})"}),
            "{\"\xEF\xBF\xBD\":1,\"\\ud83d\":2}");
}

TEST(MergedObject, SetsEachOfSeveralMembersOfOneName) {
  EXPECT_EQ(merged_all(R"({"a":1,"b":0,"a":{"x":1},"\u0061":3})", {R"({"a":{"y":2}})"}),
            R"({"a":{"y":2},"b":0,"a":{"x":1,"y":2},"\u0061":{"y":2}})");
  EXPECT_EQ(effect(R"({"a":1,"a":2})", R"({"a":2})"), Effect::kValue);
}

// What a key spells may look like another key's escapes.
TEST(MergedObject, TellsEscapesFromWhatTheySpell) {
  EXPECT_EQ(merged_all(R"({"\\u0061":1})", {R"({"a":2})"}), R"({"\\u0061":1,"a":2})");
  EXPECT_EQ(merged_all(R"({"\\u0061":1,"a":2})", {R"({"\u005cu0061":3})"}),
            R"({"\\u0061":3,"a":2})");
}

TEST(MergedObject, FindsEachOfManyKeys) {
  std::string expected = "{";
  MergedObject object("{}");
  for (int i = 0; i < 1'000; ++i) {
    const std::string key = "\"key" + std::to_string(i) + "\":";
    for (const std::string value : {"1", "2"}) {
      std::string member = "{";
      member.append(key).append(value) += '}';
      const json::Document patch = patch_of(member);
      object.merge(patch.root());
      EXPECT_EQ(object.effect_of(patch.root()), Effect::kNone) << key;
    }
    expected.append(i > 0 ? "," : "").append(key) += '2';
  }
  EXPECT_EQ(object.text(), expected += '}');
  const json::Document all = patch_of(expected);
  EXPECT_EQ(object.effect_of(all.root()), Effect::kNone);
}

TEST(MergedObject, SaysWhatAPatchWouldDo) {
  EXPECT_EQ(effect(R"({"a":1,"b":{"x":1}})", R"({"a":1,"b":{"x":1}})"), Effect::kNone);
  EXPECT_EQ(effect(R"({"a":1,"b":{"x":1}})", R"({"b":{"x":1.0}})"), Effect::kSpelling);
  EXPECT_EQ(effect(R"({"a":1,"b":{"x":1}})", R"({"b":{"x":2}})"), Effect::kValue);
  EXPECT_EQ(effect(R"({"a":1})", R"({"b":1})"), Effect::kValue);
  EXPECT_EQ(effect(R"({"a":{"x":1}})", R"({"a":[]})"), Effect::kValue);
  EXPECT_EQ(effect(R"({"a":[1,{"x":2}]})", R"({"a":[1.0,{"x":2}]})"), Effect::kSpelling);
}

TEST(MergedObject, PassesOverTheKeysThatItIsTold) {
  MergedObject object(R"({"id":"1","a":{"id":"x"}})");
  const json::Document patch = patch_of(R"({"id":2,"_m":1,"a":{"id":"y"}})");
  object.merge(patch.root(), {"id", "_m"});
  EXPECT_EQ(object.text(), R"({"id":"1","a":{"id":"y"}})") << "only on top";
}

}  // namespace
}  // namespace terapi::simulator
