// The port that a client under test is told to listen on. Thread rule: any thread, each port one.
#pragma once

#include <cstdint>

namespace terapi::conformance {

// A port for a client, which opens it in a moment, and again after each kill. For as long as this
// lives nobody else who asks for one here is given it, in this process or another on the machine:
// a client whose port another judge's client has is not the one that gets its webhooks. Nor is it
// one of those from which the system takes the near ends of outgoing connections.
class ClientPort {
 public:
  // Of none.
  ClientPort() = default;
  static ClientPort take();
  ClientPort(ClientPort&& other) noexcept;
  ClientPort& operator=(ClientPort&& other) noexcept;
  ~ClientPort();

  // 0: none was free.
  std::uint16_t number() const { return number_; }

 private:
  ClientPort(std::uint16_t number, int claim) : number_(number), claim_(claim) {}

  std::uint16_t number_ = 0;
  int claim_ = -1;  // the descriptor that it is claimed by
};

}  // namespace terapi::conformance
