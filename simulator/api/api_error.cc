#include "simulator/api/api_error.h"

#include <utility>

#include "core/json_writer.h"

namespace terapi::simulator {
namespace {

void write_errors(core::json::Writer& out, const std::vector<ValidationError>& errors,
                  const Secrets& secrets) {
  out.key("errors").begin_array();
  for (const ValidationError& error : errors) {
    out.begin_object().field("code", error.code).field("message", secrets.hide(error.message));
    out.key("path").begin_array();
    for (const std::string& part : error.path) out.string(secrets.hide(part));
    out.end_array();
    if (error.line > 0) out.field("line", error.line).field("column", error.column);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

ApiError invalid_input(std::string code, std::vector<ValidationError> errors) {
  return {.status = 400, .code = std::move(code), .errors = std::move(errors)};
}

core::Response json_response(int status, std::string body) {
  core::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(body);
  return response;
}

core::Response error_response(const ApiError& error, const Secrets& secrets) {
  core::json::Writer out;
  out.begin_object().key("error").begin_object();
  if (error.message_first) {
    out.field("message", secrets.hide(error.message)).field("code", error.code);
    out.key("payload").begin_object().end_object();
  } else {
    out.field("code", error.code);
    for (const auto& [name, value] : error.facts) out.field(name, secrets.hide(value));
    if (!error.errors.empty()) write_errors(out, error.errors, secrets);
    if (error.errors.empty() && error.facts.empty()) {
      out.field("message", secrets.hide(error.message));
    }
  }
  out.end_object().end_object();
  core::Response response = json_response(error.status, out.take());
  for (const auto& [name, value] : error.headers) response.headers.add(name, secrets.hide(value));
  if (error.retry_after) {
    response.headers.add("Retry-After", std::to_string(error.retry_after->count()));
  }
  return response;
}

core::Response rendered(Answer answer, const Secrets& secrets) {
  if (const ApiError* error = std::get_if<ApiError>(&answer))
    return error_response(*error, secrets);
  return std::get<core::Response>(std::move(answer));
}

}  // namespace terapi::simulator
