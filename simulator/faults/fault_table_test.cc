#include "simulator/faults/fault_table.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "core/test_places.h"
#include "simulator/faults/fault_rule.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// docs/faults.md has a row for each fault, with the table's own words: it cannot be forgotten.
TEST(FaultTable, IsWhatTheDocumentSays) {
  std::ifstream file(core::source_folder() + "/docs/faults.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `{\"")) rows.push_back(line);
  }
  std::set<std::string> seen;
  for (const FaultDoc& fault : all_faults()) {
    EXPECT_TRUE(seen.insert(std::string(fault.on) + "." + std::string(fault.word)).second);
    EXPECT_THAT(rows, testing::Contains(testing::AllOf(
                          testing::StartsWith("| `{\"" + std::string(fault.word) + "\":"),
                          testing::HasSubstr("| " + std::string(fault.doc)))));
  }
}

// What the journal says about an answer that somebody else gave.
TEST(FaultTable, AnInjectedAnswerHasTheCodeOfItsBodyAndItsRetryAfter) {
  const auto answer_of = [](const std::string& doing) {
    json::Issues issues;
    const auto document = json::Document::parse(R"({"on":"api","do":)" + doing + "}");
    const FaultRule rule = read_fault_rule(document->root(), {}, "rule", issues);
    EXPECT_TRUE(issues.empty()) << doing;
    return std::get<ApiEffect>(rule.effect).answer.value();
  };
  EXPECT_EQ(answer_of(R"({"status":429})").error_code, "injected_fault");
  EXPECT_EQ(answer_of(R"({"status":429,"body":{"error":{"code":"slow"}}})").error_code, "slow");
  EXPECT_EQ(answer_of(R"({"status":429,"body":"{\"error\":{\"code\":\"slow\"}}"})").error_code,
            "slow");
  EXPECT_EQ(answer_of(R"({"status":502,"body":"<html>"})").error_code, "");
  EXPECT_EQ(answer_of(R"({"status":502,"body":{"error":"none"}})").error_code, "");
  EXPECT_EQ(answer_of(R"({"status":200,"body":{"error":{"code":"slow"}}})").error_code, "");
  EXPECT_EQ(answer_of(R"({"status":429,"headers":{"Retry-After":3}})").retry_after,
            std::chrono::seconds(3));
  for (const std::string no_seconds : {"\"-1\"", "\"soon\"", "\"1.5\"", "100000001", "\"\""}) {
    EXPECT_FALSE(
        answer_of(R"({"status":429,"headers":{"Retry-After":)" + no_seconds + "}}").retry_after)
        << no_seconds;
  }
}

}  // namespace
}  // namespace terapi::simulator
