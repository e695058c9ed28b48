#include "conformance/harness/mutants/reserialised.h"

#include <nlohmann/json.hpp>

#include "core/json.h"

namespace terapi::conformance {
namespace {

template <typename Json>
std::string written(const Json& tree, std::string_view otherwise) {
  if (tree.is_discarded()) return std::string(otherwise);
  return tree.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string reserialised(std::string_view text) {
  // What is nested deeper than the library's recursion bears stays as it is.
  if (!core::json::Document::parse(std::string(text), {.max_depth = 1000})) {
    return std::string(text);
  }
  return written(nlohmann::json::parse(text, nullptr, false), text);
}

std::string through_doubles(std::string_view text) {
  using Json = nlohmann::ordered_json;
  const auto as_double = [](int, Json::parse_event_t, Json& parsed) {
    if (parsed.is_number()) parsed = parsed.get<double>();
    return true;
  };
  return written(Json::parse(text, as_double, false), "null");
}

}  // namespace terapi::conformance
