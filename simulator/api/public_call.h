// PublicCall: a call of the public API that has been let in, and what its handler makes of it. A
// new endpoint is one handler of this form in a file of its own, and one line in public_api.cc.
//
// Thread rule: the simulator's thread.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/http_message.h"
#include "core/url.h"
#include "simulator/api/api_error.h"
#include "simulator/engine/engine.h"

namespace terapi::simulator {

// The caller is known, within its rate limit, and its body, if any, says that it is JSON.
struct PublicCall {
  Engine& engine;
  const core::Request& request;
  const core::Target& target;
  Environment& environment;  // the caller's
  Duration stale{0};         // records are shown as they were that long ago
};

// What is answered, and what the journal says about it.
struct PublicAnswer {
  std::string body;  // JSON
  StreamKey stream;  // what the call was about
  std::size_t records = 0;
  std::optional<Position> after;  // the cursor that it gave
  std::string next_cursor;
};

using PublicResult = std::variant<PublicAnswer, ApiError>;
using PublicHandler = PublicResult (*)(PublicCall&);

// Checks the headers that name a connection, and puts it into `stream`; or the error to answer.
std::optional<ApiError> read_connection(const PublicCall& call, StreamKey& stream);
// CUR-7
ApiError bad_cursor(const Dialect& dialect);

}  // namespace terapi::simulator
