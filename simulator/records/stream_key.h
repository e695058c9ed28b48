// StreamKey: names a stream within its environment. A value.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace terapi::simulator {

inline constexpr std::string_view kBaseVariant = "base";

// Connections of two integrations may share an id.
struct StreamKey {
  std::string integration;
  std::string connection;
  std::string model;
  std::string variant = std::string(kBaseVariant);
  auto operator<=>(const StreamKey&) const = default;
};

// "github/demo/Issue", with "/v1" for a variant: for logs and messages.
std::string describe(const StreamKey& key);

}  // namespace terapi::simulator
