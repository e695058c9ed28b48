#include "simulator/upstream/object_generator.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace terapi::simulator {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

const Time kThen = Time(std::chrono::hours(24 * 365 * 54));

Template template_of_fields(const std::string& fields, const std::string& more = "") {
  core::json::Issues issues;
  const auto document = core::json::Document::parse(
      R"({"name":"t","provider":"p","model":"M","collection":"c","fields":)" + fields + more + "}");
  EXPECT_TRUE(document);
  Template made = read_template(document->root(), {}, issues);
  EXPECT_TRUE(issues.empty()) << issues.front().message;
  return made;
}

Json object(const Template& from, std::uint64_t sequence, std::uint64_t seed = 1) {
  return Json::parse(object_with(from, core::Random(seed), sequence, kThen, {}));
}

TEST(ObjectGenerator, DrawsEachFieldAsItsRuleSays) {
  const Template from = template_of_fields(
      R"({"id":{"number":100},"key":{"id":"in_"},"words":{"words":[2,3]},"n":{"integer":[5,6]},)"
      R"("choice":{"choice":["a",null,[1]]},"text":{"text":"{id}/{sequence}/{nothing}"},)"
      R"("created":{"time":"created"},"in":{"object":{"x":{"integer":[1,1]}}},)"
      R"("list":{"list":[2,2],"of":{"y":{"integer":[1,9]}}}})");
  const Json made = object(from, 7);
  EXPECT_EQ(made["id"], 107);
  EXPECT_EQ(made["key"].get<std::string>().size(), 3U + 14U);
  EXPECT_THAT(made["words"].get<std::string>(), HasSubstr(" "));
  EXPECT_GE(made["n"], 5);
  EXPECT_LE(made["n"], 6);
  EXPECT_EQ(made["text"], "107/7/");
  EXPECT_EQ(made["created"], format_timestamp(kThen));
  EXPECT_EQ(made["in"].dump(), R"({"x":1})");
  EXPECT_EQ(made["list"].size(), 2U);
}

TEST(ObjectGenerator, DrawsTheSameForTheSameSeedAndAnotherForAnother) {
  for (const Template& from : own_templates()) {
    EXPECT_EQ(object(from, 3), object(from, 3));
    EXPECT_NE(object(from, 3), object(from, 4));
    EXPECT_NE(object(from, 3, 1), object(from, 3, 2));
  }
  // One field more moves no other.
  const Template few = template_of_fields(R"({"a":{"integer":[0,1000000]}})");
  const Template more =
      template_of_fields(R"({"b":{"integer":[0,1000000]},"a":{"integer":[0,1000000]}})");
  EXPECT_EQ(object(few, 3)["a"], object(more, 3)["a"]);
}

TEST(ObjectGenerator, AChangeDrawsOneFieldAnew) {
  for (const Template& from : own_templates()) {
    const std::string before = object_with(from, core::Random(1), 3, kThen, {});
    const Time later = kThen + std::chrono::hours(1);
    const Json after = Json::parse(changed_object(from, core::Random(9), before, 3, kThen, later));
    const Json was = Json::parse(before);
    std::vector<std::string> changed;
    for (const auto& [name, value] : was.items()) {
      if (after[name] != value) changed.push_back(name);
    }
    EXPECT_EQ(changed.size(), 2U) << from.name << ": one field, and the time of the change";
    EXPECT_EQ(after[from.id_key], was[from.id_key]);
  }
}

TEST(ObjectGenerator, MergesPatchesMemberByMember) {
  core::json::Reader reader;
  const auto patch = reader.read(R"({"a":{"x":2},"b":[1],"c":null})");
  EXPECT_EQ(merge_object(R"({"a":{"x":1,"y":0.10},"b":{"z":1}})", *patch),
            R"({"a":{"x":2,"y":0.10},"b":[1],"c":null})");
  EXPECT_EQ(renamed_object(R"({"Package":"a","id":"a"})", "Package", "b"),
            R"({"Package":"b","id":"b"})");
  EXPECT_EQ(revised_object(R"({"Package":"a"})", 4), R"({"Package":"a","revision":4})");
}

}  // namespace
}  // namespace terapi::simulator
