// GatedTransport: a sender whose answers, and the pieces of their bodies, enter a simulator through
// its gate. While a long event is inside, the sender begins no request: it would ask for the
// headers of a webhook, which are the simulator's to say.
//
// Thread rule: the loop's thread.
#pragma once

#include <memory>

#include "core/system/http_sender.h"
#include "simulator/program/event_gate.h"

namespace terapi::simulator {

class GatedTransport final : public core::AsyncTransport {
 public:
  // Both have to outlive it; and the gate is closed before the sender goes.
  GatedTransport(core::HttpSender& sender, EventGate& gate);
  void send(core::Request request, const core::SendOptions& options, Done done) override;
  void open(core::Request request, const core::SendOptions& options, Opened opened) override;

 private:
  core::HttpSender& sender_;
  EventGate& gate_;
};

// The same of a body: what it tells, and its end, are events. Null for none.
std::shared_ptr<core::BodySource> gated_body(std::shared_ptr<core::BodySource> body,
                                             EventGate& gate);

}  // namespace terapi::simulator
