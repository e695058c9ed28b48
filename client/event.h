// event_of(owner, handler): what a port is to call back. Nothing happens once the owner is gone;
// otherwise the handler is called with it and whatever the port brings, and afterwards the owner's
// invariants hold.
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
