// /sync/… (SYNC-5, SYNC-7): trigger, start, pause, status, frequency and variants of syncs.
// Handlers; thread rule: the simulator's thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult post_sync_trigger(PublicCall& call);
PublicResult post_sync_start(PublicCall& call);
PublicResult post_sync_pause(PublicCall& call);
PublicResult get_sync_status(PublicCall& call);
PublicResult put_sync_frequency(PublicCall& call);
PublicResult post_sync_variant(PublicCall& call);
PublicResult delete_sync_variant(PublicCall& call);

// "5m", "every 5 minutes", "every hour", "every half day": code "bad_duration".
core::Result<Duration> parse_frequency(std::string_view text);

}  // namespace terapi::simulator
