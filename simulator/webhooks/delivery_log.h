// DeliveryLog: what webhooks leave in the log (HOOK-11, LOG-1): an operation for each delivery, a
// step for each attempt and for whatever else became of it; and a line of the program's own log for
// each attempt. A delivery whose operation is not in the log any more, as after a snapshot was
// restored, gets a new one.
//
// Thread rule: the simulator's thread.
#pragma once

#include <string>

#include "simulator/engine/engine.h"
#include "simulator/world/delivery.h"

namespace terapi::simulator {

class DeliveryLog {
 public:
  explicit DeliveryLog(Engine& engine) : engine_(engine) {}

  void begin(Delivery& delivery);
  // A fault rule has decided about its next attempt.
  void struck(Delivery& delivery);
  void held(Delivery& delivery);
  // An attempt has ended; `copy`: a fault sent it beside another.
  void attempted(Delivery& delivery, const Attempt& attempt, bool copy);
  // It is over, as its state says.
  void ended(Delivery& delivery);
  void sent_again(Delivery& delivery);

 private:
  void note(Delivery& delivery, LogLevel level, std::string event, std::string message,
            LogFields fields = {});
  void keep_under_way(Delivery& delivery);

  Engine& engine_;
};

}  // namespace terapi::simulator
