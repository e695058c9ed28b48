#include "conformance/harness/mutants/reserialised.h"

#include <nlohmann/json.hpp>

namespace terapi::conformance {
namespace {

template <typename Json>
std::string written(const Json& tree, std::string_view otherwise) {
  if (tree.is_discarded()) return std::string(otherwise);
  return tree.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string reserialised(std::string_view text) {
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
