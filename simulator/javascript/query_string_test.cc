#include "simulator/javascript/query_string.h"

#include <gmock/gmock.h>

namespace terapi::simulator {
namespace {

using testing::ElementsAre;

// "name=text", "name=[a|b]", "name={}"
std::vector<std::string> read(std::string_view query) {
  std::vector<std::string> out;
  for (const QueryEntry& entry : parse_query_string(query)) {
    std::string text = entry.name + "=";
    std::string values;
    for (const std::string& value : entry.values) values += (values.empty() ? "" : "|") + value;
    switch (entry.kind) {
      case QueryEntry::Kind::kText:
        text += values;
        break;
      case QueryEntry::Kind::kList:
        text += "[" + values + "]";
        break;
      case QueryEntry::Kind::kObject:
        text += "{}";
    }
    out.push_back(text);
  }
  return out;
}

TEST(QueryString, TellsTextsListsAndObjectsApart) {
  EXPECT_THAT(read("a=1&b=2&a=3"), ElementsAre("a=[1|3]", "b=2"));
  EXPECT_THAT(read("limit[]=2"), ElementsAre("limit=[2]"));
  EXPECT_THAT(read("ids=a&ids[]=b"), ElementsAre("ids=[a|b]"));
  EXPECT_THAT(read("ids[0]=a&ids[99]=b"), ElementsAre("ids=[a|b]"));
  EXPECT_THAT(read("ids[100]=a"), ElementsAre("ids={}"));
  EXPECT_THAT(read("ids[x]=a"), ElementsAre("ids={}"));
}

TEST(QueryString, LeavesWhatCannotBeDecoded) {
  EXPECT_THAT(read("a=%zz&b=%ff&c=a+b&d=%2B"), ElementsAre("a=%zz", "b=%ff", "c=a b", "d=+"));
}

TEST(QueryString, PassesOverWhatHasNoName) {
  EXPECT_THAT(read("&&=x&a&b="), ElementsAre("a=", "b="));
  EXPECT_THAT(read(""), ElementsAre());
  EXPECT_THAT(read("[a]=1&[]=2&[[b]]=3&c[=4"), ElementsAre("0=2", "a=1", "[b]=3", "c=4"));
}

TEST(QueryString, IsAnObjectOfJavaScripts) {
  EXPECT_THAT(read("b=1&10=a&2=b&a=1"), ElementsAre("2=b", "10=a", "b=1", "a=1"));
  EXPECT_THAT(read("toString=1&ids[__proto__]=2&a=1"), ElementsAre("a=1"));
  EXPECT_THAT(read("ids[][x]=1&limit[0][0]=2"), ElementsAre("ids={}", "limit={}"));
  EXPECT_THAT(read("ids[0]=a&ids[0]=b"), ElementsAre("ids={}"));
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a=1&";
  EXPECT_THAT(read(many), ElementsAre("a={}"));
}

}  // namespace
}  // namespace terapi::simulator
