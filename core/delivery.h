// Delivery: what a sender gets of an Outcome, and when. The one place that says what wire faults do
// to an answer, for every network that has no sockets; core/system does the same to real bytes, and
// a test compares the two (core/system/delivery_on_sockets_test.cc).
//
// Pure functions over values.
//
//   Delivery delivery = deliver(std::move(outcome), options);
//   clock.at(clock.now() + delivery.after, [=] { done(delivery.result); });
#pragma once

#include "core/clock.h"
#include "core/http_message.h"
#include "core/result.h"
#include "core/transport.h"

namespace terapi::core {

struct Delivery {
  Duration after{0};  // from the server's answer until the sender knows
  Result<Response> result;
  Duration head_after{0};  // until its head is there, if one comes
};

// Delay, stall and drip add up, and count together against the time-out: whoever asks waits for the
// whole answer, and no longer than that.
Delivery deliver(Outcome outcome, const SendOptions& options);

// How long the wire faults keep back the end of the answer, or the reset in its place.
Duration time_on_wire(const Outcome& outcome);

// True when nothing is missing of it.
bool arrives_whole(const Outcome& outcome);

}  // namespace terapi::core
