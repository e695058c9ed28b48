// The port that a client under test is told to listen on. Thread rule: any thread.
#pragma once

#include <cstdint>

namespace terapi::conformance {

// A port for the client, which opens it in a moment and again after each kill. Not one of those
// from which the system takes the near ends of outgoing connections: some other process would have
// it by then. 0: none is free.
std::uint16_t port_for_client();

}  // namespace terapi::conformance
