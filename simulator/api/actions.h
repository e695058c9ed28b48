// /action/… (WRITE-1): actions, at once or asynchronously. Handlers; thread rule: the simulator's
// thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult post_action_trigger(PublicCall& call);
PublicResult get_action(PublicCall& call);

}  // namespace terapi::simulator
