#include "core/prometheus_text.h"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace terapi::core {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void PrometheusText::sample(const Labels& labels, std::uint64_t value) {
  line(labels, std::to_string(value));
}

void PrometheusText::sample(const Labels& labels, Duration value) {
  const std::int64_t micros = std::abs(value.count());
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s%" PRId64 ".%06" PRId64, value.count() < 0 ? "-" : "",
                micros / 1'000'000, micros % 1'000'000);
  line(labels, text.data());
}

void PrometheusText::single(std::string_view name, std::string_view type, std::string_view help,
                            std::uint64_t value) {
  family(name, type, help);
  sample({}, value);
}

void PrometheusText::line(const Labels& labels, std::string_view value) {
  text_ += name_;
  char before = '{';
  for (const auto& [name, label] : labels) {
    text_ += before;
    text_.append(name).append("=\"");
    append_escaped(text_, label);
    text_ += '"';
    before = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_.append(" ").append(value).append("\n");
}

}  // namespace terapi::core
