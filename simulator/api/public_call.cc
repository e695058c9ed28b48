#include "simulator/api/public_call.h"

#include <algorithm>
#include <set>
#include <utility>

#include "simulator/api/input_check.h"

namespace terapi::simulator {

PublicBody::PublicBody(const PublicCall& call) {
  const std::string& body = call.request.body;
  core::Result<core::json::Document> document =
      core::json::Document::parse(body.empty() ? "{}" : body);
  if (!document) {
    issues_.push_back({"bad_json", document.error().message, {}});
    document = core::json::Document::parse("{}");
  }
  document_ = *std::move(document);
  fields_.emplace(document_->root(), core::json::Path{}, issues_);
}

std::optional<ApiError> PublicBody::refusal() {
  const bool unreadable = !issues_.empty() && issues_.front().code == "bad_json";
  if (unreadable) {
    issues_.resize(1);  // what else is missing is missing because of that
  } else {
    fields_->finish();
  }
  if (issues_.empty()) return std::nullopt;
  std::vector<ValidationError> errors;
  errors.reserve(issues_.size());
  for (core::json::Issue& issue : issues_) {
    errors.push_back({std::move(issue.code), std::move(issue.message), std::move(issue.path)});
  }
  return invalid_input("invalid_body", std::move(errors));
}

std::optional<ApiError> refuse_other_parameters(const PublicCall& call,
                                                std::initializer_list<std::string_view> known) {
  std::vector<ValidationError> errors;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : call.target.query) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      errors.push_back({"unrecognized_keys", "Unrecognized key: \"" + name + "\"", {}});
    } else if (!seen.insert(name).second) {
      errors.push_back({"invalid_type", "'" + name + "' is given more than once", {name}});
    }
  }
  if (errors.empty()) return std::nullopt;
  return invalid_input("invalid_query_params", std::move(errors));
}

namespace {

std::optional<std::string> text_of(std::optional<std::string_view> text) {
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

}  // namespace

std::optional<ApiError> read_connection(const PublicCall& call, StreamKey& stream) {
  std::vector<ValidationError> errors;
  const auto require = [&](std::string_view name, const std::string& path,
                           const TextPattern& pattern) -> std::string {
    // Node makes one value of several lines.
    const std::optional<std::string> value =
        pattern.empty() ? text_of(call.request.headers.get(name)) : call.request.headers.list(name);
    if (!value) {
      wrong_type("string", "undefined", {path}, errors);
    } else if (!pattern.empty()) {
      check_text(*value, {path}, {.pattern = pattern, .most = kLongestInput}, errors);
    } else if (value->empty()) {
      errors.push_back(
          {"invalid_format", "Invalid string: expected at least one character", {path}});
    }
    return value.value_or("");
  };
  const Dialect& dialect = call.engine.dialect();
  stream.connection = require("Connection-Id", "connection-id", dialect.connection_id);
  stream.integration =
      require("Provider-Config-Key", "provider-config-key", dialect.provider_config_key);
  if (!errors.empty()) return invalid_input("invalid_headers", std::move(errors));
  if (call.environment.find_connection(stream.integration, stream.connection) == nullptr) {
    return ApiError{400, "unknown_connection",
                    "Provided ConnectionId and ProviderConfigKey does not match a valid "
                    "connection"};
  }
  return std::nullopt;
}

ApiError bad_cursor(const Dialect& dialect, std::string_view doing) {
  if (dialect.has(Quirk::kBadCursor500)) {
    return {500, "server_error", "Failed to " + std::string(doing) + " records"};
  }
  return {400, "invalid_cursor",
          "the cursor is not one that this API gave out; expected the cursor of a record's "
          "metadata, or a next_cursor, unchanged"};
}

}  // namespace terapi::simulator
