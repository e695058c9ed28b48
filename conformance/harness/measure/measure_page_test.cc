#include "conformance/harness/measure/measure_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "conformance/harness/measure/measure_json.h"
#include "conformance/harness/measure/measurement_sample.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string json_in(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"measurement\">";
  const std::size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find("</script", begin) - begin);
}

TEST(MeasurePage, HoldsAllOfTheJson) {
  EXPECT_EQ(nlohmann::json::parse(json_in(measure_page(sample_measurement()))),
            nlohmann::json::parse(measure_json(sample_measurement())));
}

TEST(MeasurePage, NothingThatAClientSaysEndsItsElement) {
  Measurement sample = sample_measurement();
  sample.clients[1].client.name = "<!--<script></script><SCRIPT>alert(1)</SCRIPT> @MEASUREMENT@";
  sample.clients[1].figures["catch-up/0ms"].missing = "it said last: </script><img onerror=x>";
  const std::string json = json_in(measure_page(sample));
  EXPECT_EQ(nlohmann::json::parse(json)["clients"][1]["name"], sample.clients[1].client.name);
  EXPECT_THAT(json, Not(HasSubstr("<")));
}

TEST(MeasurePage, NeverTakesDataForMarkupAndNeedsNothingFromElsewhere) {
  const std::string page = measure_page(Measurement());
  for (const char* risky : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                            "eval(", "srcdoc", "src=", "@import", "url(", "fetch(", "https:"}) {
    EXPECT_THAT(page, Not(HasSubstr(risky)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

}  // namespace
}  // namespace terapi::conformance
