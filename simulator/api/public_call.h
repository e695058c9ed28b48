// PublicCall: a call of the public API that has been let in, and what its handler makes of it. A
// new endpoint is one handler of this form in a file of its own, and one line in public_api.cc.
//
// Thread rule: the simulator's thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/http_message.h"
#include "core/json_fields.h"
#include "core/url.h"
#include "simulator/api/api_error.h"
#include "simulator/api/router.h"
#include "simulator/engine/engine.h"

namespace terapi::simulator {

class Actions;
class SyncRunner;
class Upstream;
class WebhookQueue;

// What handlers act on beside the state.
struct PublicMachines {
  Engine& engine;
  WebhookQueue& webhooks;
  Upstream& upstream;
  SyncRunner& runner;
  Actions& actions;
};

// The caller is known, within its rate limit, and its body, if any, says that it is JSON.
struct PublicCall {
  Engine& engine;
  const PublicMachines& machines;
  const core::Request& request;
  const core::Target& target;
  Environment& environment;  // the caller's
  Duration stale{0};         // records are shown as they were that long ago
  const PathParts& parts;    // what the route's braces stand for
};

// What is answered, and what the journal says about it.
struct PublicAnswer {
  int status = 200;
  std::string body;                         // JSON
  std::optional<core::Response> passed_on;  // in place of both: somebody else's answer
  core::WireFaults wire;                    // of the external API, on top of the caller's own
  StreamKey stream;                         // what the call was about
  std::size_t records = 0;
  std::optional<Position> after;  // the cursor that it gave
  std::string next_cursor;
};

using PublicResult = std::variant<PublicAnswer, ApiError>;
using PublicHandler = PublicResult (*)(PublicCall&);

// The call's body, a JSON object; an empty one is {}. What is wrong with it, once it was read, is
// answered all at once.
//
//   PublicBody body(call);
//   const std::string name = body.fields().required("name");
//   if (auto refused = body.refusal()) return std::move(*refused);
class PublicBody {
 public:
  explicit PublicBody(const PublicCall& call);
  core::json::Fields& fields() { return *fields_; }
  std::optional<ApiError> refusal();

 private:
  std::optional<core::json::Document> document_;
  core::json::Issues issues_;
  std::optional<core::json::Fields> fields_;
};

// What is wrong with a query that has other parameters than these, or one of them twice.
std::optional<ApiError> refuse_other_parameters(const PublicCall& call,
                                                std::initializer_list<std::string_view> known);

// Checks the headers that name a connection, and puts it into `stream`; or the error to answer.
std::optional<ApiError> read_connection(const PublicCall& call, StreamKey& stream);
// CUR-7
ApiError bad_cursor(const Dialect& dialect);

}  // namespace terapi::simulator
