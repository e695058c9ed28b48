// First look: one request before anything is judged, which shows what would make every scenario
// fail for one reason: a dialect that the server does not speak, a wrong key, a stream that is not
// there. Those are wrong usage, and no defect of the server.
//
//   const auto looked = first_look(stage, stream, {.stream_is_there = true});
//
// Thread rule: one thread.
#pragma once

#include "conformance/contract/stream_asked.h"
#include "conformance/harness/stage/server_stage.h"
#include "core/result.h"

namespace terapi::conformance {

struct FirstLook {
  // The stream has to be there: nothing will be put in its place.
  bool stream_is_there = false;
};

// Code "bad_usage": what was asked for, what was found, which flag it is about.
core::Result<void> first_look(ServerStage& stage, const StreamAsked& stream, FirstLook options);

}  // namespace terapi::conformance
