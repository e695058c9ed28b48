#include "simulator/runs/actions.h"

#include <algorithm>
#include <utility>

#include "core/url.h"
#include "simulator/records/object_members.h"
#include "simulator/upstream/object_generator.h"
#include "simulator/upstream/request_step.h"
#include "simulator/webhooks/webhook_payload.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kMostKept = 1'000;

bool is_json(std::string_view text) {
  json::Reader reader;
  return reader.read(text).has_value();
}

// What the external API's answer means for whoever triggered the action.
core::Result<std::string> output_of(const core::Request& request,
                                    const core::Result<core::Response>& answer) {
  const std::string what = request.method + " " + request.target;
  if (!answer) return core::Error{"action_failed", what + ": " + answer.error().message};
  if (answer->status < 200 || answer->status > 299) {
    return core::Error{"action_failed", what + " answered " + std::to_string(answer->status)};
  }
  if (answer->body.empty()) return std::string("null");
  if (!is_json(answer->body)) {
    return core::Error{"action_failed", what + " answered something that is not JSON"};
  }
  return answer->body;
}

// Those that have ended go first come, first gone; one that has not is still waited for.
void forget_oldest(State& state) {
  if (state.actions.size() <= kMostKept) return;
  const auto ended = std::find_if(state.actions.begin(), state.actions.end(), [](const auto& each) {
    return each.second.state != ActionState::kRunning;
  });
  if (ended != state.actions.end()) state.actions.erase(ended);
}

}  // namespace

Actions::Known Actions::find(const Integration& integration, std::string_view name) const {
  for (const Template* each : engine_.state().templates_of(integration)) {
    for (const ActionTemplate& action : each->actions) {
      if (action.name == name) return {each, &action};
    }
  }
  return {};
}

std::vector<std::string> Actions::missing(const ActionTemplate& action, const json::Value& input) {
  std::vector<std::string> names;
  for (const std::string& name : action.requires_members) {
    if (!input[name].present() || input[name].is_null()) names.push_back(name);
  }
  return names;
}

core::Request Actions::request_for(const Known& known, const json::Value& input) const {
  core::Request request;
  request.target = "/" + core::percent_encode(known.from->collection);
  request.headers.add("Content-Type", "application/json");
  ObjectMembers members;
  members.set_all(input);
  json::Reader reader;
  if (const auto sets = reader.read(known.action->sets)) members.set_all(*sets);
  if (known.action->does == ActionDoes::kCreate) {
    request.method = "POST";
    request.body = members.text();
    return request;
  }
  request.method = known.action->does == ActionDoes::kUpdate ? "PATCH" : "DELETE";
  request.target += "/" + core::percent_encode(object_id(input, known.from->id_key).value_or(""));
  if (known.action->does == ActionDoes::kUpdate) request.body = members.text();
  return request;
}

std::uint64_t Actions::begin_in_log(const Environment& environment, const Connection& connection,
                                    const std::string& name, const std::string& id) {
  Operation action;
  action.kind = LogKind::kAction;
  action.environment = environment.settings.name;
  action.integration = connection.integration;
  action.connection = connection.id;
  action.name = name;
  if (!id.empty()) action.fields = {{"id", id}};
  return engine_.begin_operation(std::move(action));
}

void Actions::end_in_log(std::uint64_t operation, const core::Result<std::string>& output,
                         Time at) {
  if (output) return engine_.end_operation_aloud(operation, {LogOutcome::kSuccess, at});
  engine_.end_operation_aloud(operation, {LogOutcome::kFailure, at, output.error().message});
}

Actions::Done Actions::carry_out(Environment& environment, const Connection& connection,
                                 const Known& known, const json::Value& input) {
  const std::uint64_t operation =
      begin_in_log(environment, connection, known.action->name, std::string());
  Done done = ask(environment, connection, known, input, operation);
  end_in_log(operation, done.output, engine_.now() + done.after);
  return done;
}

Actions::Done Actions::ask(Environment& environment, const Connection& connection,
                           const Known& known, const json::Value& input, std::uint64_t operation) {
  const core::Request request = request_for(known, input);
  const core::Delivery delivery =
      core::deliver(upstream_.handle(environment, connection, request), {});
  engine_.note_step(operation,
                    request_step(request.method + " " + request.target, engine_.now(), delivery));
  return {output_of(request, delivery.result), delivery.after};
}

std::string Actions::carry_out_later(Environment& environment, const Connection& connection,
                                     const std::string& name, const json::Value& input) {
  State& state = engine_.state();
  const std::uint64_t number = ++state.last_action;
  AsyncAction action;
  action.id = engine_.make_id("action", number);
  action.environment = environment.settings.name;
  action.integration = connection.integration;
  action.connection = connection.id;
  action.name = name;
  action.input = input.present() ? json::compact(input) : "{}";
  action.created_at = engine_.now();
  action.operation = begin_in_log(environment, connection, name, action.id);
  std::string id = action.id;
  state.actions.emplace(number, std::move(action));
  forget_oldest(state);
  engine_.note_settings();
  engine_.at(engine_.now(), [this, number] { begin(number); });
  return id;
}

void Actions::begin(std::uint64_t number) {
  const auto found = engine_.state().actions.find(number);
  if (found == engine_.state().actions.end()) return;
  const AsyncAction& action = found->second;
  Environment* environment = engine_.state().find_environment(action.environment);
  const Connection* connection =
      environment == nullptr ? nullptr
                             : environment->find_connection(action.integration, action.connection);
  const Integration* integration =
      environment == nullptr ? nullptr : environment->find_integration(action.integration);
  const Known known = integration == nullptr ? Known{} : find(*integration, action.name);
  if (connection == nullptr || known.action == nullptr) {
    return note_end(number, core::Error{"action_failed", "the connection or the action is gone"},
                    Duration(0));
  }
  json::Reader reader;
  const auto input = reader.read(action.input);
  const Done done =
      ask(*environment, *connection, known, input ? *input : json::Value(), action.operation);
  note_end(number, done.output, done.after);
}

void Actions::note_end(std::uint64_t number, const core::Result<std::string>& output,
                       Duration after) {
  AsyncAction& action = engine_.state().actions.at(number);
  action.output = output ? *output : output.error().message;
  action.ends_as = output ? ActionState::kSucceeded : ActionState::kFailed;
  action.ends_at = engine_.now() + after;
  engine_.note_settings();
  if (after == Duration(0)) return finish(number);
  engine_.at(*action.ends_at, [this, number] { finish(number); });
}

void Actions::finish(std::uint64_t number) {
  const auto found = engine_.state().actions.find(number);
  if (found == engine_.state().actions.end()) return;
  AsyncAction& action = found->second;
  action.state = action.ends_as;
  const bool succeeded = action.state == ActionState::kSucceeded;
  end_in_log(action.operation,
             succeeded ? core::Result<std::string>(action.output)
                       : core::Error{"action_failed", action.output},
             engine_.now());
  engine_.note_settings();
  const Environment* environment = engine_.state().find_environment(action.environment);
  if (environment == nullptr) return;
  const StreamKey about{action.integration, action.connection, "", ""};
  webhooks_.notify(*environment, {"async_action", about,
                                  async_action_body(about, action.id, "/action/" + action.id,
                                                    engine_.dialect())});
}

const AsyncAction* Actions::find_async(const Environment& environment, std::string_view id) const {
  for (const auto& [number, action] : engine_.state().actions) {
    if (action.id == id && action.environment == environment.settings.name) return &action;
  }
  return nullptr;
}

bool Actions::busy() const {
  const auto& actions = engine_.state().actions;
  return std::any_of(actions.begin(), actions.end(),
                     [](const auto& each) { return each.second.state == ActionState::kRunning; });
}

void Actions::resume() {
  for (const auto& [number, action] : engine_.state().actions) {
    if (action.state != ActionState::kRunning) continue;
    if (action.ends_at) {
      engine_.at(*action.ends_at, [this, number = number] { finish(number); });
    } else {
      engine_.at(engine_.now(), [this, number = number] { begin(number); });
    }
  }
}

}  // namespace terapi::simulator
