#include "conformance/laws/answer_expectation.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace terapi::conformance {
namespace {

TEST(MatchesPart, LooksAtWhatIsNamedOnly) {
  const auto matches = [](const std::string& part, const std::string& whole) {
    const auto a = core::json::Document::parse(part);
    const auto b = core::json::Document::parse(whole);
    std::string where = "body";
    return matches_part(a->root(), b->root(), where) ? "yes" : where;
  };
  EXPECT_EQ(matches(R"({"a":{"b":1}})", R"({"x":0,"a":{"b":1.0,"c":2}})"), "yes");
  EXPECT_EQ(matches(R"({"a":[{"b":"v1,*"}]})", R"({"a":[{"b":"v1,abc"}]})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", R"({"a":[1]})"), "yes");
  EXPECT_EQ(matches(R"({"a":null})", R"({"a":null})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", "{}"), "body.a is missing");
  EXPECT_EQ(matches(R"({"a":[1]})", R"({"a":[1,2]})"), "body.a has 2 items");
  EXPECT_EQ(matches(R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":3}]})"), "body.a[1].b is 3");
}

std::set<std::string> faults_of_refusal(int status, const Dialect& dialect,
                                        const std::string& type = "application/json") {
  const core::Response response{
      status, {{"Content-Type", type}}, R"({"error":{"code":"no","message":"no"}})"};
  AnswerExpected expected;
  expected.refused = true;
  Findings findings;
  check_answer(expected, {core::Result<core::Response>(response), {1}}, dialect, "WRITE-2",
               "GET /proxy/x", findings);
  std::set<std::string> clauses;
  for (const Finding& finding : findings.take()) clauses.insert(finding.clause);
  return clauses;
}

// ERR-2: who asks what is wrong is told so, and not that the server is in trouble.
TEST(AnswerExpectation, TakesARefusalForOneOfTheCaller) {
  EXPECT_EQ(faults_of_refusal(403, terapi_dialect()), std::set<std::string>());
  EXPECT_EQ(faults_of_refusal(422, terapi_dialect()), std::set<std::string>());
  EXPECT_EQ(faults_of_refusal(500, terapi_dialect()), std::set<std::string>{"WRITE-2"});
  EXPECT_EQ(faults_of_refusal(200, terapi_dialect()), std::set<std::string>{"WRITE-2"});
  EXPECT_EQ(faults_of_refusal(500, nango_dialect()), std::set<std::string>());
}

TEST(AnswerExpectation, NoticesARefusalThatIsSaidToBeSomethingElse) {
  EXPECT_EQ(faults_of_refusal(403, terapi_dialect(), "text/html"), std::set<std::string>{"ERR-1"});
}

TEST(AnswerExpectation, NoticesAJsonBodyThatIsSaidToBeSomethingElse) {
  const auto wanted = core::json::Document::parse(R"({"a":1})");
  const auto verdicts = [&](int status, const std::string& type) {
    AnswerExpected expected;
    expected.status = status;
    expected.body = wanted->root();
    Findings findings;
    check_answer(expected,
                 {core::Result<core::Response>(
                      core::Response{status, {{"Content-Type", type}}, R"({"a":1})"}),
                  {1}},
                 terapi_dialect(), "SYNC-6", "GET /connections", findings);
    std::vector<Verdict> found;
    for (const Finding& finding : findings.take()) found.push_back(finding.verdict);
    return found;
  };
  EXPECT_EQ(verdicts(200, "Application/JSON; charset=utf-8"), std::vector<Verdict>{});
  EXPECT_EQ(verdicts(200, "text/plain"), std::vector{Verdict::kWarn});
  EXPECT_EQ(verdicts(404, "text/plain"), std::vector<Verdict>{});
}

}  // namespace
}  // namespace terapi::conformance
