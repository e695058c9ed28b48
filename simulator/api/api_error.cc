#include "simulator/api/api_error.h"

#include "core/json_writer.h"

namespace terapi::simulator {

core::Response json_response(int status, std::string body) {
  core::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json; charset=utf-8");
  response.body = std::move(body);
  return response;
}

core::Response error_response(int status, std::string_view code, std::string_view message) {
  core::json::Writer out;
  out.begin_object().key("error").begin_object();
  out.field("code", code).field("message", message).end_object().end_object();
  return json_response(status, out.take());
}

core::Response validation_response(std::string_view code,
                                   const std::vector<ValidationError>& errors) {
  core::json::Writer out;
  out.begin_object().key("error").begin_object().field("code", code).key("errors").begin_array();
  for (const ValidationError& error : errors) {
    out.begin_object().field("code", error.code).field("message", error.message);
    out.key("path").begin_array();
    for (const std::string& part : error.path) out.string(part);
    out.end_array();
    if (error.line > 0) out.field("line", error.line).field("column", error.column);
    out.end_object();
  }
  out.end_array().end_object().end_object();
  return json_response(400, out.take());
}

}  // namespace terapi::simulator
