#include "conformance/scenario/written_out.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(WholeWorld, LeavesAloneWhatIsWrittenOut) {
  const std::string world =
      kept(R"({"records":[{"model":"Issue","items":[{"id":"1","text":"\"generate\""}]}]})");
  EXPECT_EQ(whole_world(world), world);
  EXPECT_EQ(whole_world("no JSON, \"generate\""), "no JSON, \"generate\"");
}

}  // namespace
}  // namespace terapi::conformance
