#include "conformance/harness/measure/measure_page.h"

#include <string_view>

#include "conformance/harness/measure/embedded_page.h"
#include "conformance/harness/measure/measure_json.h"
#include "conformance/report/html_report.h"
#include "core/check.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kMeasurementPlace = "@MEASUREMENT@";

}  // namespace

std::string measure_page(const Measurement& measurement) {
  const std::size_t at = kMeasurePage.find(kMeasurementPlace);
  TERAPI_CHECK(at != std::string_view::npos, "measure.html has no place for the measurement");
  std::string page(kMeasurePage.substr(0, at));
  page += json_for_script(measure_json(measurement));
  page += kMeasurePage.substr(at + kMeasurementPlace.size());
  return page;
}

}  // namespace terapi::conformance
