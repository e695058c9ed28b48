#include "simulator/faults/fault_rule.h"

#include <gmock/gmock.h>

#include "simulator/faults/fault_plan.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FaultRule read(const std::string& text, json::Issues& issues) {
  auto document = json::Document::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return read_fault_rule(document->root(), {}, "rule", issues);
}
FaultRule rule_of(const std::string& text) {
  json::Issues issues;
  FaultRule rule = read(text, issues);
  for (const json::Issue& issue : issues) ADD_FAILURE() << text << ": " << issue.message;
  return rule;
}
std::vector<std::string> paths(const std::string& text) {
  json::Issues issues;
  read(text, issues);
  std::vector<std::string> all;
  for (const json::Issue& issue : issues) {
    EXPECT_FALSE(issue.message.empty());
    all.push_back(json::path_text(issue.path));
  }
  return all;
}
FaultEvent event(const std::string& id = "GET /records") {
  FaultEvent event;
  event.attributes = {{"path", "/records"}, {"model", "Issue"}};
  event.id = id;
  return event;
}
std::string pattern(FaultRule rule, int events, std::uint64_t seed = 1) {
  std::string text;
  for (int i = 0; i < events; ++i) text += rule.strikes(event(), seed) ? 'x' : '.';
  return text;
}

TEST(FaultRule, StrikesAlwaysUnlessToldOtherwise) {
  EXPECT_EQ(pattern(rule_of(R"({"on":"api","do":{"reset":true}})"), 4), "xxxx");
}

TEST(FaultRule, StrikesTheNthEvents) {
  EXPECT_EQ(pattern(rule_of(R"({"on":"api","nth":[2,5],"do":{"reset":true}})"), 6), ".x..x.");
}

TEST(FaultRule, StrikesEveryThird) {
  EXPECT_EQ(pattern(rule_of(R"({"on":"api","every":3,"do":{"reset":true}})"), 7), "..x..x.");
}

TEST(FaultRule, StrikesAtMostThatOften) {
  EXPECT_EQ(pattern(rule_of(R"({"on":"api","times":2,"do":{"reset":true}})"), 4), "xx..");
  EXPECT_EQ(pattern(rule_of(R"({"on":"api","every":2,"times":1,"do":{"reset":true}})"), 6),
            ".x....");
}

TEST(FaultRule, StrikesWithAProbability) {
  const auto hits = [](const std::string& probability, std::uint64_t seed) {
    const std::string text =
        pattern(rule_of(R"({"on":"api","probability":)" + probability + R"(,"do":{"reset":true}})"),
                2000, seed);
    return std::count(text.begin(), text.end(), 'x');
  };
  EXPECT_EQ(hits("0", 1), 0);
  EXPECT_EQ(hits("1", 1), 2000);
  EXPECT_NEAR(static_cast<double>(hits("0.5", 1)), 1000, 100);
  EXPECT_NEAR(static_cast<double>(hits("0.1", 2)), 200, 60);
}

TEST(FaultRule, CountsWhatMatchedAndWhatItStruck) {
  FaultRule rule = rule_of(R"({"on":"api","every":2,"do":{"reset":true}})");
  for (int i = 0; i < 5; ++i) static_cast<void>(rule.strikes(event(), 1));
  EXPECT_EQ(rule.matched, 5);
  EXPECT_EQ(rule.fired, 2);
}

// What a probability decides depends on seed, rule and event alone.
TEST(FaultRule, DecidesAProbabilityIndependentlyOfOtherRulesAndEvents) {
  const std::string text = R"({"id":"half","on":"api","probability":0.5,"do":{"reset":true}})";
  const std::string alone = pattern(rule_of(text), 200);
  EXPECT_EQ(alone, pattern(rule_of(text), 200));
  EXPECT_NE(alone, pattern(rule_of(text), 200, 2));
  EXPECT_NE(
      alone,
      pattern(rule_of(R"({"id":"other","on":"api","probability":0.5,"do":{"reset":true}})"), 200));
  FaultPlan plan;
  plan.put(rule_of(R"({"id":"first","on":"api","probability":0.3,"do":{"delay":"1s"}})"));
  plan.put(rule_of(text));
  std::string among;
  for (int i = 0; i < 200; ++i) {
    ApiEffect effect;
    static_cast<void>(plan.strike(event("something else"), 1, effect));
    ApiEffect own;
    static_cast<void>(plan.strike(event(), 1, own));
    among += own.wire.reset ? 'x' : '.';
  }
  EXPECT_EQ(among, alone);
}

TEST(FaultRule, MatchesAllItsAttributesWithStars) {
  const auto matches = [](const std::string& match) {
    return rule_of(R"({"on":"api","match":)" + match + R"(,"do":{"reset":true}})").matches(event());
  };
  EXPECT_TRUE(matches("{}"));
  EXPECT_TRUE(matches(R"({"path":"/records","model":"Issue"})"));
  EXPECT_TRUE(matches(R"({"path":"/rec*","model":"*"})"));
  EXPECT_FALSE(matches(R"({"path":"/records","model":"Label"})"));
  EXPECT_FALSE(matches(R"({"path":"/records*x"})"));
  EXPECT_FALSE(matches(R"({"model":"issue"})"));
}

// Clients of the public system ask for "/records/", which is answered like "/records".
TEST(FaultRule, TakesAPathWithASlashAtItsEndForThePath) {
  const auto matches = [](const std::string& pattern, const std::string& path) {
    FaultEvent with_path = event();
    with_path.attributes["path"] = path;
    return rule_of(R"({"on":"api","match":{"path":")" + pattern + R"("},"do":{"reset":true}})")
        .matches(with_path);
  };
  EXPECT_TRUE(matches("/records", "/records/"));
  EXPECT_TRUE(matches("/records/", "/records"));
  EXPECT_TRUE(matches("/records/", "/records/"));
  EXPECT_FALSE(matches("/records/", "/records/prune"));
  EXPECT_FALSE(matches("/records", "/records//"));
  EXPECT_TRUE(matches("/", "/"));
}

TEST(FaultPlan, StrikesOnlyEventsThatTheRuleIsAbout) {
  FaultPlan plan;
  plan.put(rule_of(R"({"on":"api","do":{"delay":"1s"}})"));
  WebhookEffect effect;
  EXPECT_EQ(plan.strike(event(), 1, effect), "");
  EXPECT_EQ(effect.delay, core::Duration(0));
  EXPECT_EQ(plan.find("rule")->matched, 0);
}

TEST(FaultRule, RefusesUnknownKeysEachWithItsPath) {
  EXPECT_THAT(paths(R"({"on":"api","every":2,"evry":2,"match":{"modle":"x"},"do":{"rest":true}})"),
              testing::UnorderedElementsAre("match.modle", "evry", "do", "do.rest"));
  json::Issues issues;
  read(R"({"on":"webhook","match":{"atempt":2},"do":{"drop":true}})", issues);
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_THAT(issues[0].message, HasSubstr("attempt"));  // the nearest right one
  EXPECT_GT(issues[0].offset, 0U);
}

TEST(FaultRule, RefusesWrongKindsEachWithItsPath) {
  for (const auto& [text, path] : std::vector<std::pair<std::string, std::string>>{
           {R"({"do":{"reset":true}})", "on"},
           {R"({"on":"apis","do":{"reset":true}})", "on"},
           {R"({"on":"api"})", "do"},
           {R"({"on":"api","do":{}})", "do"},
           {R"({"on":"api","do":"reset"})", "do"},
           {R"({"on":"api","do":{"drop":true}})", "do"},
           {R"({"on":"api","do":{"reset":"yes"}})", "do.reset"},
           {R"({"on":"api","do":{"delay":2}})", "do.delay"},
           {R"({"on":"api","do":{"delay":"2 parsecs"}})", "do.delay"},
           {R"({"on":"api","do":{"truncate_after":-1}})", "do.truncate_after"},
           {R"({"on":"api","do":{"truncate_after":1.5}})", "do.truncate_after"},
           {R"({"on":"api","do":{"stall":true}})", "do.stall"},
           {R"({"on":"api","do":{"drip":"fast"}})", "do.drip"},
           {R"({"on":"api","do":{"drip":"0B/s"}})", "do.drip"},
           {R"({"on":"api","do":{"stale":"-5s"}})", "do.stale"},
           {R"({"on":"api","do":{"status":42}})", "do.status"},
           {R"({"on":"api","do":{"status":"503"}})", "do.status"},
           {R"({"on":"api","nth":2,"do":{"reset":true}})", "nth"},
           {R"({"on":"api","nth":[0],"do":{"reset":true}})", "nth"},
           {R"({"on":"api","nth":[1],"every":2,"do":{"reset":true}})", "nth"},
           {R"({"on":"api","every":0,"do":{"reset":true}})", "every"},
           {R"({"on":"api","probability":1.5,"do":{"reset":true}})", "probability"},
           {R"({"on":"api","probability":"half","do":{"reset":true}})", "probability"},
           {R"({"on":"api","times":0,"do":{"reset":true}})", "times"},
           {R"({"on":"api","match":{"path":true},"do":{"reset":true}})", "match.path"},
           {R"({"on":"webhook","do":{"duplicate":0}})", "do.duplicate"},
           {R"({"on":"webhook","do":{"forge":"all"}})", "do.forge"},
           {R"({"on":"webhook","do":{"before_commit":5}})", "do.before_commit"},
           {R"({"on":"store","do":{"late_commit":true}})", "do.late_commit"},
           {R"({"on":"store","match":{"path":"/records"},"do":{"late_commit":"1s"}})",
            "match.path"}}) {
    EXPECT_THAT(paths(text), testing::Contains(path)) << text;
  }
}

// Of two rules that strike, the one that says nothing about something takes nothing from the other.
TEST(FaultPlan, AddsUpWhatItsRulesDo) {
  FaultPlan plan;
  plan.put(
      rule_of(R"({"id":"a","on":"webhook","do":{"duplicate":3,"delay":"1s","forge":"body"}})"));
  plan.put(rule_of(R"({"id":"b","on":"webhook","do":{"delay":"2s","forge":"signature"}})"));
  WebhookEffect effect;
  EXPECT_EQ(plan.strike(event(), 1, effect), "a,b");
  EXPECT_EQ(effect.copies, 3);
  EXPECT_EQ(effect.delay, std::chrono::seconds(3));
  EXPECT_TRUE(effect.forge_body);
  EXPECT_TRUE(effect.forge_signature);
  EXPECT_FALSE(effect.drop);
}

TEST(FaultPlan, ReplacesRulesByIdAndListsThoseThatStruck) {
  FaultPlan plan;
  plan.put(rule_of(R"({"id":"a","on":"api","do":{"delay":"1s"}})"));
  plan.put(rule_of(R"({"id":"b","on":"api","do":{"delay":"2s"}})"));
  ApiEffect effect;
  EXPECT_EQ(plan.strike(event(), 1, effect), "a,b");
  EXPECT_EQ(effect.wire.delay, std::chrono::seconds(3));
  EXPECT_EQ(plan.find("a")->fired, 1);
  plan.put(rule_of(R"({"id":"a","on":"api","do":{"delay":"5s"}})"));
  EXPECT_EQ(plan.find("a")->fired, 0);  // a new rule counts from the start
  EXPECT_EQ(plan.rules().size(), 2U);
  EXPECT_TRUE(plan.remove("a"));
  EXPECT_FALSE(plan.remove("a"));
  EXPECT_TRUE(plan.take_changed());
  EXPECT_FALSE(plan.take_changed());
}

}  // namespace
}  // namespace terapi::simulator
