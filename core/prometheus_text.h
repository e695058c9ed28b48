// PrometheusText: metrics in Prometheus' text format. Thread rule: one thread at a time.
//
//   PrometheusText out;
//   out.family("terapi_records", "gauge", "Records of each stream.");
//   out.sample({{"model", "Issue"}, {"variant", "base"}}, std::uint64_t{12});
//   out.take();
//   // # HELP terapi_records Records of each stream.
//   // # TYPE terapi_records gauge
//   // terapi_records{model="Issue",variant="base"} 12
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace terapi::core {

class PrometheusText {
 public:
  // Names and values, which are escaped here.
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // The samples that follow are of this family. `type` is "counter" or "gauge".
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(const Labels& labels, std::uint64_t value);
  // In seconds, to the microsecond.
  void sample(const Labels& labels, Duration value);
  // A family of one sample.
  void single(std::string_view name, std::string_view type, std::string_view help,
              std::uint64_t value);
  std::string take() { return std::move(text_); }

 private:
  void line(const Labels& labels, std::string_view value);

  std::string name_;
  std::string text_;
};

}  // namespace terapi::core
