// SlowPost: a POST whose body comes a byte at a time, or without an end, over a socket of its own,
// until the client hangs up or this goes: what a hostile sender of webhooks does.
//
// Thread rule: made and destroyed on one thread; it sends on another.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "conformance/scenario/step.h"
#include "core/http_message.h"

namespace terapi::conformance {

class SlowPost {
 public:
  SlowPost(std::uint16_t port, const core::Request& request, JudgeWebhook::Comes comes);
  // Hangs up.
  ~SlowPost();
  SlowPost(const SlowPost&) = delete;
  SlowPost& operator=(const SlowPost&) = delete;

  std::uint64_t sent() const { return sent_; }

 private:
  void send_all(const std::string& head, const std::string& body, JudgeWebhook::Comes comes);
  bool send_text(const std::string& text);
  bool wait(int milliseconds) const;

  int socket_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::thread thread_;
};

}  // namespace terapi::conformance
