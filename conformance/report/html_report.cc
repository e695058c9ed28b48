#include "conformance/report/html_report.h"

#include "conformance/report/embedded_report.h"
#include "conformance/report/json_report.h"
#include "core/check.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kReportPlace = "@REPORT@";

}  // namespace

std::string json_for_script(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    // "<" stands only inside strings. Every one of them, since "<!--" matters as "</" does.
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json.substr(i, 3) == "\u2028") {
      out += "\\u2028";
      i += 2;
    } else if (json.substr(i, 3) == "\u2029") {
      out += "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::string html_report(const RunSummary& run, const Redactor& redactor) {
  const std::size_t at = kReportPage.find(kReportPlace);
  TERAPI_CHECK(at != std::string_view::npos, "report.html has no place for the report");
  std::string page(kReportPage.substr(0, at));
  page += json_for_script(json_report(run, redactor));
  page += kReportPage.substr(at + kReportPlace.size());
  return page;
}

}  // namespace terapi::conformance
