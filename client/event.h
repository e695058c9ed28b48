// event_of(owner, handler): a callback to hand to a port. It does nothing once the owner is gone;
// otherwise it calls the handler with the owner and the port's arguments, and then checks the
// owner's invariants.
//
//   clock.at(due, event_of(*this, [](StreamSync& self) { self.wake(); }));
//   run_in(background, task, event_of(*this, &StreamSync::on_opened));
//
// Thread rule: the driver's thread.
#pragma once

#include <functional>
#include <utility>

#include "core/check.h"

namespace terapi::client {

template <typename Owner, typename Handler>
auto event_of(Owner& owner, Handler handler) {
  return [weak = owner.weak_from_this(),
          handler = std::move(handler)]<typename... Arguments>(Arguments&&... arguments) {
    const auto self = weak.lock();
    if (!self) return;
    std::invoke(handler, *self, std::forward<Arguments>(arguments)...);
    core::check_invariants(*self);
  };
}

}  // namespace terapi::client
