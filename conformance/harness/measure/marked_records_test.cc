#include "conformance/harness/measure/marked_records.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace terapi::conformance {
namespace {

TEST(MarkedRecords, ARunSavesAndDeletesThem) {
  const auto run = nlohmann::json::parse(run_of_marked({.first = 7,
                                                        .count = 2,
                                                        .mark = 100,
                                                        .bytes = 300,
                                                        .delete_from = 50,
                                                        .delete_count = 2,
                                                        .announced = false}));
  EXPECT_EQ(run["webhook"], false);
  ASSERT_EQ(run["save"].size(), 2u);
  EXPECT_EQ(run["save"][1]["id"], "8");
  EXPECT_EQ(run["save"][1]["measured_change"], 101);
  EXPECT_EQ(run["delete"], nlohmann::json({"50", "51"}));
}

TEST(MarkedRecords, AreAsLargeAsTheyShouldBe) {
  const auto run =
      nlohmann::json::parse(run_of_marked({.first = 12'345, .mark = 100, .bytes = 300}));
  EXPECT_NEAR(static_cast<double>(run["save"][0].dump().size()), 300, 15);
}

// A dump has its payloads as the client writes JSON.
TEST(MarkedRecords, AreCountedHoweverTheyAreSpaced) {
  const std::vector<DumpRecord> dump = {
      {"s", "1", false, R"({"id": "1", "measured_change": 10})", ""},
      {"s", "2", false, R"({"measured_change":11,"id":"2"})", ""},
      {"s", "3", false, R"({"measured_change":12,"id":"3"})", ""},
      {"s", "4", true, R"({"measured_change":11,"id":"4"})", ""},
      {"s", "5", false, R"({"id":"5","text":"no measured_change"})", ""},
      {"s", "6", false, R"({"measured_change":9,"id":"6"})", ""}};
  EXPECT_EQ(count_marked(dump, 10, 2), 2u);
  EXPECT_EQ(count_living(dump), 5u);
}

}  // namespace
}  // namespace terapi::conformance
