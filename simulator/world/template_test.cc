#include "simulator/world/template.h"

#include <gmock/gmock.h>

#include <set>

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What is wrong with a template of these members, beside those that it has to have.
std::vector<std::string> mistakes(const std::string& members) {
  core::json::Issues issues;
  const auto document = core::json::Document::parse(
      R"({"name":"t","provider":"p","model":"M","collection":"c")" + members + "}");
  EXPECT_TRUE(document) << members;
  read_template(document->root(), {"templates", "0"}, issues);
  std::vector<std::string> messages;
  for (const core::json::Issue& issue : issues) messages.push_back(issue.message);
  return messages;
}

TEST(Template, ThoseThatComeWithTheSimulatorAreWhole) {
  std::set<std::string> names;
  for (const Template& each : own_templates()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_FALSE(each.description.empty()) << each.name;
    EXPECT_GE(each.fields.size(), 8U) << each.name;
    EXPECT_THAT(each.actions, SizeIs(1)) << each.name;
    EXPECT_FALSE(each.changes.empty()) << each.name;
    EXPECT_NE(provider_name(each.provider), each.provider);
    EXPECT_FALSE(each.sync().enabled) << "off until somebody enables it (SYNC-1)";
  }
  EXPECT_EQ(names, (std::set<std::string>{"github-issues", "hubspot-contacts", "stripe-invoices"}));
  EXPECT_EQ(provider_name("acme"), "acme");
}

TEST(Template, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(mistakes(""), IsEmpty());
  EXPECT_THAT(
      mistakes(R"(,"fields":{"a":{}})"),
      ElementsAre(HasSubstr("templates[0].fields.a has to have exactly one of number, id")));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"words":[1,2],"number":3}})"),
              ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"words":[5,2]}})"),
              ElementsAre(HasSubstr("has to be the least and the most")));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"integer":"many"}})"), SizeIs(1));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"choice":[]}})"),
              ElementsAre(HasSubstr("has nothing to choose from")));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"time":"then"}})"), SizeIs(1));
  EXPECT_THAT(mistakes(R"(,"fields":{"a":{"object":{"b":{"chioce":[1]}}}})"), SizeIs(2));
  EXPECT_THAT(mistakes(R"(,"changes":["b"])"),
              ElementsAre(HasSubstr("names 'b', and there is no such field")));
  EXPECT_THAT(mistakes(R"(,"frequency":"10ms")"), ElementsAre(HasSubstr("is less than 1s")));
  EXPECT_THAT(mistakes(R"(,"actions":[{"does":"nothing"}])"), SizeIs(2));
  EXPECT_THAT(mistakes(R"(,"colour":"red")"), ElementsAre(HasSubstr("colour")));
}

}  // namespace
}  // namespace terapi::simulator
