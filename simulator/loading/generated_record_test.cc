#include "simulator/loading/generated_record.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace terapi::simulator {
namespace {

TEST(GeneratedRecord, DependsOnSeedModelAndNumberAlone) {
  EXPECT_EQ(generated_record(1, "Issue", 5, 300), generated_record(1, "Issue", 5, 300));
  EXPECT_NE(generated_record(1, "Issue", 5, 300), generated_record(2, "Issue", 5, 300));
  EXPECT_NE(generated_record(1, "Issue", 5, 300), generated_record(1, "Pull", 5, 300));
  std::set<std::string> all;
  for (int i = 1; i <= 1000; ++i)
    EXPECT_TRUE(all.insert(generated_record(1, "Issue", i, 300)).second);
}

TEST(GeneratedRecord, IsAnIssueWithItsNumberForAnId) {
  for (std::int64_t number = 1; number <= 300; ++number) {
    const auto record = nlohmann::json::parse(generated_record(7, "Issue", number, 300));
    EXPECT_EQ(record["id"], std::to_string(number));
    EXPECT_EQ(record["number"], number);
    EXPECT_TRUE(record["title"].is_string());
    EXPECT_TRUE(record["state"] == "open" || record["state"] == "closed");
    EXPECT_TRUE(record["labels"].is_array());
    EXPECT_TRUE(record["comments"].is_number_unsigned());
  }
}

TEST(GeneratedRecord, HasAboutTheBytesThatWereAskedFor) {
  for (const std::int64_t bytes : {300, 1000, 10000, 1000000}) {
    for (std::int64_t number = 1; number <= 20; ++number) {
      const std::size_t size = generated_record(1, "Issue", number, bytes).size();
      EXPECT_GE(size + 15, static_cast<std::size_t>(bytes));
      EXPECT_LE(size, static_cast<std::size_t>(bytes) + 15);
    }
  }
  const std::string small = generated_record(1, "Issue", 1, 1);
  EXPECT_LT(small.size(), 300U);
  EXPECT_TRUE(nlohmann::json::accept(small));
}

}  // namespace
}  // namespace terapi::simulator
