#include "conformance/report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/report/json_report.h"
#include "conformance/report/report_sample.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

const Redactor& page_redactor() {
  static const Redactor kRedactor({std::string(kSampleSecret)});
  return kRedactor;
}

// To look at the page: TERAPI_SAMPLE_REPORT=report.html conformance_test
std::string sample_page() {
  std::string page = html_report(sample_run(), page_redactor());
  if (const char* path = std::getenv("TERAPI_SAMPLE_REPORT")) std::ofstream(path) << page;
  return page;
}

// What stands inside the element that holds the report, as a browser reads it.
std::string embedded_json(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"report\">";
  const std::size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find("</script", begin) - begin);
}

TEST(HtmlReport, HoldsTheWholeJsonReport) {
  EXPECT_EQ(nlohmann::json::parse(embedded_json(sample_page())),
            nlohmann::json::parse(json_report(sample_run(), page_redactor())));
}

TEST(HtmlReport, NothingInTheReportEndsItsElement) {
  RunSummary run = sample_run();
  run.results[0].title = "<!--<script></script><SCRIPT>alert(1)</SCRIPT> \u2028\u2029 @REPORT@";
  const std::string page = html_report(run, page_redactor());
  const std::string json = embedded_json(page);
  EXPECT_EQ(nlohmann::json::parse(json)["results"][0]["title"], run.results[0].title);
  EXPECT_THAT(json, Not(HasSubstr("<")));
  EXPECT_THAT(json, Not(HasSubstr("\u2028")));
  EXPECT_THAT(json, Not(HasSubstr("\u2029")));
}

TEST(HtmlReport, JsonForScriptMeansTheSame) {
  EXPECT_EQ(json_for_script("[\"</script>\u2028é\u2029\"]"),
            "[\"\\u003c/script>\\u2028é\\u2029\"]");
  EXPECT_EQ(json_for_script(R"({"a":1})"), R"({"a":1})");
}

TEST(HtmlReport, NeedsNothingFromElsewhere) {
  const std::string page = html_report(RunSummary(), Redactor());
  for (const char* loader : {"src=", "@import", "url(", "fetch(", "XMLHttpRequest", "<link rel=\"s",
                             "import(", "https:"}) {
    EXPECT_THAT(page, Not(HasSubstr(loader)));
  }
  // The one address is a name: that of SVG.
  const std::size_t address = page.find("http:");
  EXPECT_EQ(page.substr(address, 26), "http://www.w3.org/2000/svg");
  EXPECT_EQ(page.find("http:", address + 1), std::string::npos);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(HtmlReport, NeverTakesDataForMarkup) {
  const std::string page = html_report(RunSummary(), Redactor());
  for (const char* risky :
       {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"}) {
    EXPECT_THAT(page, Not(HasSubstr(risky)));
  }
}

TEST(HtmlReport, HoldsNoKey) { EXPECT_THAT(sample_page(), Not(HasSubstr("7f3d2a10"))); }

}  // namespace
}  // namespace terapi::conformance
