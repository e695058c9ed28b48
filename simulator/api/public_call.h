// PublicCall: a call of the public API that has passed the checks, and the result of its handler. A
// new endpoint is one handler of this form in a file of its own, and one line in public_api.cc.
//
// Thread rule: the simulator's thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
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
class ProxyCalls;
class SyncRunner;
class Upstream;
class WebhookQueue;

// What handlers act on besides the state.
struct PublicMachines {
  Engine& engine;
  WebhookQueue& webhooks;
  Upstream& upstream;
  SyncRunner& runner;
  Actions& actions;
  ProxyCalls& proxy;
};

// The caller is known and within its rate limit; the body, if any, is declared as JSON.
struct PublicCall {
  Engine& engine;
  const PublicMachines& machines;
  const core::Request& request;
  const core::Target& target;
  Environment& environment;  // the caller's
  Duration stale{0};         // records are shown as they were that long ago
  const PathParts& parts;    // the values of the route's placeholders
};

struct PublicAnswer;
using PublicResult = std::variant<PublicAnswer, ApiError>;

// The answer, and what the journal records about it.
struct PublicAnswer {
  int status = 200;
  std::string body;                         // JSON
  std::optional<core::Response> passed_on;  // instead of both: another server's answer
  core::WireFaults wire;                    // of the external API, on top of the caller's own
  std::shared_ptr<core::BodySource> rest;   // what follows on passed_on's body
  // Instead of all of this: begins what ends with the answer, now or later.
  std::function<void(std::function<void(PublicResult)>)> later;
  StreamKey stream;  // what the call was about
  std::size_t records = 0;
  std::optional<Position> after;  // the cursor in the request
  std::string next_cursor;
};

using PublicHandler = PublicResult (*)(PublicCall&);

// The call's body, a JSON object; an empty body counts as {}. Once it has been read, refusal()
// reports all of its problems at once.
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

// The error for a query with parameters other than these, or with one of them twice.
std::optional<ApiError> refuse_other_parameters(const PublicCall& call,
                                                std::initializer_list<std::string_view> known);

// Checks the headers that name a connection and puts it into `stream`, or returns the error.
std::optional<ApiError> read_connection(const PublicCall& call, StreamKey& stream);
// CUR-7; `doing`: "fetch", "prune".
ApiError bad_cursor(const Dialect& dialect, std::string_view doing);

}  // namespace terapi::simulator
