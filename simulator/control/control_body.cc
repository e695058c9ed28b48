#include "simulator/control/control_body.h"

#include "simulator/api/api_error.h"

namespace terapi::simulator {

namespace json = core::json;

std::optional<ControlBody> read_body(const ControlCall& call, const Reply& reply) {
  const std::string& body = call.request.body;
  // curl -d says form-urlencoded; nobody means it here, so any type that is not multipart is read.
  const auto type = call.request.headers.get("Content-Type").value_or("");
  if (!body.empty() && type.starts_with("multipart/")) {
    reply(ApiError{415, "unsupported_media_type", "the body has to be application/json"});
    return std::nullopt;
  }
  ControlBody read;
  read.text_ = body.empty() ? std::string_view("{}") : body;
  const core::Result<json::Value> root = read.reader_.read(read.text_);
  if (!root) {
    reply(invalid_input("invalid_body", {{"bad_json", root.error().message, {}}}));
    return std::nullopt;
  }
  read.root_ = *root;
  return read;
}

bool no_issues(const json::Issues& issues, std::string_view text, const Reply& reply) {
  if (issues.empty()) return true;
  std::vector<ValidationError> errors;
  const json::Places places(text);
  for (const json::Issue& issue : issues) {
    ValidationError error{issue.code, issue.message, issue.path};
    if (issue.offset != std::string_view::npos) {
      const json::Place place = places.of(issue.offset);
      error.line = place.line;
      error.column = place.column;
    }
    errors.push_back(std::move(error));
  }
  reply(invalid_input("invalid_body", std::move(errors)));
  return false;
}

Environment* chosen_environment(State& state, const std::string& name, const Reply& reply) {
  if (name.empty()) return &state.environments.front();
  Environment* environment = state.find_environment(name);
  if (environment == nullptr) {
    reply(ApiError{404, "unknown_environment", "there is no environment '" + name + "'"});
  }
  return environment;
}

}  // namespace terapi::simulator
