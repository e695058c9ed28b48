#include "simulator/control/openapi_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "simulator/control/openapi_parts.h"
#include "simulator/test_openapi.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(OpenapiDocument, HasEveryPartAndNothingTwice) {
  const Json document = Json::parse(openapi_document());
  std::set<std::string> seen;
  for (const std::string_view text : openapi_parts()) {
    const Json part = Json::parse(text);
    for (const std::string member : {"paths", "webhooks"}) {
      const Json items = part.value(member, Json::object());
      for (const auto& [name, value] : items.items()) {
        EXPECT_TRUE(seen.insert(member + name).second) << name << " stands in two parts";
        EXPECT_EQ(document[member][name], value);
      }
    }
    const Json components = part.value("components", Json::object());
    for (const auto& [section, items] : components.items()) {
      for (const auto& [name, value] : items.items()) {
        EXPECT_TRUE(seen.insert(section + name).second) << name << " stands in two parts";
        EXPECT_EQ(document["components"][section][name], value);
      }
    }
  }
  EXPECT_EQ(document["openapi"], "3.1.0");
}

void expect_that_references_lead_somewhere(const Json& document, const Json& value) {
  if (value.is_object() && value.contains("$ref") && value["$ref"].is_string()) {
    const std::string pointer = value["$ref"].get<std::string>().substr(1);
    EXPECT_TRUE(document.contains(Json::json_pointer(pointer))) << pointer;
  }
  if (value.is_structured()) {
    for (const Json& inner : value) expect_that_references_lead_somewhere(document, inner);
  }
}

TEST(OpenapiDocument, NamesOnlyWhatItDefines) {
  const Json document = Json::parse(openapi_document());
  expect_that_references_lead_somewhere(document, document);
}

// The check that TestSimulator::send makes of every answer: each of these must be seen.
TEST(OpenapiCheck, SeesWhatTheDocumentDoesNotAllow) {
  InProcessSimulator s;
  s.save({"1"});
  const core::Request records = request_of("GET", "/records?model=Issue", TestSimulator::headers());
  core::Response page = s.send(records);
  EXPECT_THAT(openapi_faults(records, page), IsEmpty());

  EXPECT_THAT(openapi_faults(request_of("GET", "/_simulator/secret"), page),
              ElementsAre("/_simulator/secret is not in the document, and answers 200"));
  EXPECT_THAT(openapi_faults(request_of("DELETE", "/metrics"), page),
              ElementsAre("DELETE /metrics is not in the document, and answers 200"));
  core::Response created = page;
  created.status = 201;
  EXPECT_THAT(openapi_faults(request_of("GET", "/_simulator/health"), created),
              ElementsAre(HasSubstr("answers 201, which is not in the document")));
  core::Response bare = page;
  bare.body = R"({"records":[]})";
  EXPECT_THAT(openapi_faults(records, bare), Contains(HasSubstr("misses \"next_cursor\"")));
  core::Response html = page;
  html.headers = {{"Content-Type", "text/html"}};
  EXPECT_THAT(openapi_faults(records, html), Contains(HasSubstr("a body of the type 'text/html'")));
  core::Response broken = page;
  broken.body.pop_back();
  EXPECT_THAT(openapi_faults(records, broken), Contains(HasSubstr("is not JSON")));
}

}  // namespace
}  // namespace terapi::simulator
