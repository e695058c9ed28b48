#include "conformance/scenario/written_out.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace terapi::conformance {
namespace {

namespace json = core::json;

std::string kept(const std::string& world, json::Issues* issues = nullptr) {
  const auto document = json::Document::parse(world);
  EXPECT_TRUE(document);
  json::Issues own;
  std::string text = kept_world(document->root(), own);
  if (issues != nullptr) *issues = own;
  return text;
}

std::size_t records_in(const std::string& world) {
  const auto document = json::Document::parse(world);
  EXPECT_TRUE(document) << (document ? "" : document.error().message);
  std::size_t count = 0;
  for (const json::Value entry : document->root()["records"].items()) {
    for ([[maybe_unused]] const json::Value record : entry["items"].items()) ++count;
  }
  return count;
}

constexpr const char* kSmall =
    R"({"records":[{"connection":"demo","model":"Issue","generate":{"count":3}}]})";
constexpr const char* kLarge =
    R"({"records":[{"connection":"demo","model":"Issue","generate":{"count":30000,"bytes":90}}]})";

TEST(KeptWorld, IsWrittenOutWhereItIsSmall) { EXPECT_EQ(records_in(kept(kSmall)), 3u); }

TEST(KeptWorld, IsKeptAsItIsWhereItWouldBeLarge) {
  const std::string text = kept(kLarge);
  EXPECT_LT(text.size(), 200u);
  EXPECT_EQ(records_in(whole_world(text)), 30'000u);
}

TEST(KeptWorld, IsCheckedAllTheSame) {
  json::Issues issues;
  kept(R"({"records":[{"model":"Issue","generate":{"count":-1}}]})", &issues);
  EXPECT_EQ(issues.size(), 1u);
}

// As the body of POST /_simulator/runs has it.
std::string run_of(const std::string& save) {
  const auto document = json::Document::parse(save);
  EXPECT_TRUE(document);
  json::Issues issues;
  const std::string records = kept_records(document->root(), {}, issues);
  EXPECT_TRUE(issues.empty());
  return R"({"connection":"demo","save":)" + records + R"(,"delete":["1"]})";
}

TEST(WholeRun, HasWhatWasKept) {
  const std::string kept = run_of(R"({"generate":{"count":2,"bytes":1500000}})");
  EXPECT_LT(kept.size(), 200u);
  const std::string whole = whole_run(kept);
  const auto document = json::Document::parse(whole);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["connection"].string(), "demo");
  EXPECT_EQ(document->root()["delete"].text(), R"(["1"])");
  std::vector<std::size_t> sizes;
  for (const json::Value record : document->root()["save"].items()) {
    sizes.push_back(record.text().size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1500000, 1500000}));
}

TEST(WholeRun, LeavesAloneWhatIsWrittenOut) {
  const std::string small = run_of(R"({"generate":{"count":2}})");
  EXPECT_EQ(whole_run(small), small);
  const std::string given = run_of(R"([{"id":"1","text":"\"generate\""}])");
  EXPECT_EQ(whole_run(given), given);
}

TEST(WholeWorld, LeavesAloneWhatIsWrittenOut) {
  const std::string world =
      kept(R"({"records":[{"model":"Issue","items":[{"id":"1","text":"\"generate\""}]}]})");
  EXPECT_EQ(whole_world(world), world);
  EXPECT_EQ(whole_world("no JSON, \"generate\""), "no JSON, \"generate\"");
}

}  // namespace
}  // namespace terapi::conformance
