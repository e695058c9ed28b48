#include "client/program/run_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace terapi::client {
namespace {

using Json = nlohmann::json;

TEST(RunJson, SaysWhereItListens) {
  const Json line = Json::parse(ready_line({"http://127.0.0.1:8080/webhooks", ""}));
  EXPECT_EQ(line["event"], "ready");
  EXPECT_EQ(line["webhook_url"], "http://127.0.0.1:8080/webhooks");
  EXPECT_TRUE(line["metrics_url"].is_null());
  EXPECT_TRUE(line["pid"].is_number());
}

TEST(RunJson, SaysHowEachStreamStandsAndWhy) {
  StreamProgress good;
  good.stream = {"github", "demo", "Issue", "base"};
  good.counts.records = 1000;
  good.counts.pages = 1;
  StreamProgress bad;
  bad.stream = {"github", "demo", "Note", "base"};
  bad.error = {"bad_record", "the record \"7\" has no id"};
  bad.record = "7";
  const std::string text = ended_line(1, {good, bad});
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const Json line = Json::parse(text);
  EXPECT_EQ(line["exit_code"], 1);
  EXPECT_EQ(line["streams"][0]["stream"], "github/demo/Issue");
  EXPECT_EQ(line["streams"][0]["records"], 1000);
  EXPECT_TRUE(line["streams"][0]["error"].is_null());
  EXPECT_EQ(line["streams"][1]["error"]["code"], "bad_record");
  EXPECT_EQ(line["streams"][1]["error"]["record"], "7");
}

}  // namespace
}  // namespace terapi::client
