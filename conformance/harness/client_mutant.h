#pragma once
#include <string_view>
#include <vector>
namespace terapi::conformance {
struct ClientMutant {
  std::string_view id;
  std::string_view defect;
};
inline const std::vector<ClientMutant>& client_mutants() {
  static const std::vector<ClientMutant> kNone;
  return kNone;
}
}  // namespace terapi::conformance
