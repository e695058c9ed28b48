#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/transport.h"

namespace terapi::conformance {
class ServerMutation {
 public:
  virtual ~ServerMutation() = default;
  virtual core::Handler around(core::Handler inner) { return inner; }
  virtual std::unique_ptr<core::AsyncTransport> around(core::AsyncTransport&) { return nullptr; }
};
struct ServerMutant {
  std::string_view id;
  std::string_view defect;
  std::string_view clause;
  std::function<std::unique_ptr<ServerMutation>(core::Clock&)> make;
};
inline const std::vector<ServerMutant>& server_mutants() {
  static const std::vector<ServerMutant> kNone;
  return kNone;
}
}  // namespace terapi::conformance
