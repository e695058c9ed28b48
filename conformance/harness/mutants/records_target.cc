#include "conformance/harness/mutants/records_target.h"

#include <algorithm>

namespace terapi::conformance {

std::optional<RecordsTarget> RecordsTarget::of(const core::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::size_t question = std::min(request.target.find('?'), request.target.size());
  RecordsTarget target;
  target.path_ = request.target.substr(0, question);
  const bool records = target.path_.ends_with("/records") || target.path_.ends_with("/records/");
  if (!records || target.path_.find("/_simulator") != std::string::npos) return std::nullopt;
  const auto parsed = core::parse_target("/" + request.target.substr(question));
  if (!parsed) return std::nullopt;
  target.query_ = parsed->query;
  return target;
}

std::optional<std::string> RecordsTarget::get(std::string_view name) const {
  return core::find_parameter(query_, name);
}

std::vector<std::string> RecordsTarget::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void RecordsTarget::set(std::string_view name, const std::string& value) {
  for (auto& [key, old] : query_) {
    if (key == name) {
      old = value;
      return;
    }
  }
  query_.emplace_back(name, value);
}

void RecordsTarget::erase(std::string_view name) {
  std::erase_if(query_, [&](const auto& parameter) { return parameter.first == name; });
}

void RecordsTarget::keep_only(const std::vector<std::string_view>& names) {
  std::erase_if(query_, [&](const auto& parameter) {
    return std::find(names.begin(), names.end(), parameter.first) == names.end();
  });
}

std::string RecordsTarget::text() const { return text_with_raw(""); }

std::string RecordsTarget::text_with_raw(std::string_view name) const {
  std::string text = path_;
  char separator = '?';
  for (const auto& [key, value] : query_) {
    text += separator + core::percent_encode(key) + "=";
    text += key == name ? value : core::percent_encode(value);
    separator = '&';
  }
  return text;
}

}  // namespace terapi::conformance
