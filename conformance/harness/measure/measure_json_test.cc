#include "conformance/harness/measure/measure_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "conformance/harness/measure/measurement_sample.h"
#include "core/test_json_schema.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;
using testing::IsEmpty;

Json measure_schema() {
  std::ifstream file(core::source_folder() + "/conformance/harness/measure/measure.schema.json");
  return Json::parse(file);
}

std::vector<std::string> schema_faults(const Json& document) {
  const Json schema = measure_schema();
  return core::SchemaCheck(schema).faults(schema, document);
}

TEST(MeasureJson, KeepsItsSchema) {
  EXPECT_THAT(schema_faults(Json::parse(measure_json(sample_measurement()))), IsEmpty());
  EXPECT_THAT(schema_faults(Json::parse(measure_json([] {
                Measurement least;
                least.records = least.large_records = least.changes = least.limit = 1;
                least.cores = 1;
                return least;
              }()))),
              IsEmpty());
}

TEST(MeasureJson, SchemaRequiresEverythingThatItNames) {
  const Json schema = measure_schema();
  std::vector<Json> objects = {schema};
  for (const auto& [name, part] : schema.at("$defs").items()) objects.push_back(part);
  for (const Json& object : objects) {
    if (!object.contains("properties")) continue;
    EXPECT_EQ(object.at("properties").size(), object.at("required").size());
  }
}

TEST(MeasureJson, TellsFiguresWithTheirRatioOrWhyThereIsNone) {
  const Json document = Json::parse(measure_json(sample_measurement()));
  const Json& client = document["clients"][1];
  EXPECT_EQ(client["name"], "client.py");
  EXPECT_EQ(client["dump"], nullptr);
  EXPECT_EQ(client["until"], "served");
  EXPECT_EQ(client["figures"][0]["row"], "first-sync/300B/0ms/records-per-second");
  EXPECT_EQ(client["figures"][0]["value"], 30'000);
  EXPECT_DOUBLE_EQ(client["figures"][0]["ratio"].get<double>(), 0.1);
  EXPECT_EQ(client["figures"][1]["value"], nullptr);
  EXPECT_EQ(client["figures"][1]["ratio"], nullptr);
  EXPECT_EQ(client["figures"][1]["missing"], "nobody listens on TERAPI_WEBHOOK_PORT");
  EXPECT_EQ(document["clients"][0]["latencies"][0]["milliseconds"], Json({2.5, 2.4, 3.25}));
  EXPECT_EQ(document["bare_reader"][0]["value"], 950'000);
}

TEST(MeasureJson, WhatIsNoUtf8DoesNotSpoilIt) {
  Measurement sample = sample_measurement();
  sample.clients[1].client.name = "caf\xe9";
  EXPECT_THAT(schema_faults(Json::parse(measure_json(sample))), IsEmpty());
}

TEST(RatioToReference, IsThereWhereBothFiguresAre) {
  const Measurement sample = sample_measurement();
  const auto ratio = [&](std::size_t client, const std::string& row) {
    return ratio_to_reference(sample, sample.clients[client], row);
  };
  EXPECT_DOUBLE_EQ(ratio(1, "first-sync/300B/0ms/records-per-second").value_or(0), 0.1);
  EXPECT_DOUBLE_EQ(ratio(0, "first-sync/300B/0ms/records-per-second").value_or(0), 1);
  EXPECT_EQ(ratio(1, "webhooks/1/0ms/p50"), std::nullopt);
  EXPECT_EQ(ratio(1, "catch-up/0ms"), std::nullopt);
}

}  // namespace
}  // namespace terapi::conformance
