#include "simulator/api/actions.h"

#include <utility>

#include "core/json_writer.h"
#include "simulator/runs/actions.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// What the external API makes fail is not the caller's mistake, nor this API's.
ApiError failed(std::string message) { return {424, "action_failed", std::move(message)}; }

bool asks_async(const core::Request& request) {
  return core::equals_ignoring_case(request.headers.get("X-Async").value_or(""), "true");
}

}  // namespace

PublicResult post_action_trigger(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  PublicBody body(call);
  const std::string name = body.fields().required("action_name");
  const json::Value input = body.fields().any("input");
  if (auto refused = body.refusal()) return std::move(*refused);
  PublicAnswer answer;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  const Connection& connection =
      *call.environment.find_connection(answer.stream.integration, answer.stream.connection);
  const Integration& integration = *call.environment.find_integration(connection.integration);
  Actions& actions = call.machines.actions;
  const Actions::Known known = actions.find(integration, name);
  if (known.action == nullptr) {
    return ApiError{404, "unknown_action", "'" + integration.id + "' has no action '" + name + "'"};
  }
  std::vector<ValidationError> errors;
  for (const std::string& member : Actions::missing(*known.action, input)) {
    errors.push_back({"required", "input." + member + " is missing", {"input", member}});
  }
  if (!errors.empty()) return invalid_input("invalid_body", std::move(errors));
  if (asks_async(call.request)) {
    const std::string id = actions.carry_out_later(call.environment, connection, name, input);
    json::Writer out;
    out.begin_object().field("id", id).field("statusUrl", "/action/" + id).end_object();
    answer.body = out.take();
    return answer;
  }
  Actions::Done done = actions.carry_out(call.environment, connection, known, input);
  if (!done.output) return failed(done.output.error().message);
  answer.body = *std::move(done.output);
  answer.wire.delay = done.after;
  return answer;
}

PublicResult get_action(PublicCall& call) {
  if (auto refused = refuse_other_parameters(call, {})) return std::move(*refused);
  const std::string& id = call.parts.at("id");
  const AsyncAction* action = call.machines.actions.find_async(call.environment, id);
  if (action == nullptr) return ApiError{404, "not_found", "there is no action '" + id + "'"};
  switch (action->state) {
    case ActionState::kRunning:
      return ApiError{404, "action_not_finished", "the action has not ended yet; ask again later"};
    case ActionState::kFailed:
      return failed(action->output);
    case ActionState::kSucceeded:
      break;
  }
  PublicAnswer answer;
  answer.body = action->output;
  return answer;
}

}  // namespace terapi::simulator
