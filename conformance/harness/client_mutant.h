#pragma once
namespace terapi::conformance {
struct ClientMutant {};
}  // namespace terapi::conformance
