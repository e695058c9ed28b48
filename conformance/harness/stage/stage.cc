#include "conformance/harness/stage/stage.h"

#include "core/json.h"

namespace terapi::conformance {

core::Result<std::uint64_t> Stage::fired(const std::string& fault) {
  const auto answer = call(control_request("GET", "/faults"));
  const auto list = core::json::Document::parse(answer ? answer->body : "");
  if (list) {
    for (const core::json::Value rule : list->root()["faults"].items()) {
      if (rule["id"].string() != fault) continue;
      return static_cast<std::uint64_t>(rule["fired"].integer().value_or(0));
    }
  }
  return core::Error{"no_answer",
                     "GET /_simulator/faults does not list the fault '" + fault + "' that was put"};
}

core::Request control_request(std::string method, std::string_view path, std::string body) {
  core::Request request;
  request.method = std::move(method);
  request.target = "/_simulator" + std::string(path);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  return request;
}

std::vector<core::Result<core::Response>> Stage::call_together(
    std::vector<core::Request> requests) {
  std::vector<core::Result<core::Response>> answers;
  answers.reserve(requests.size());
  for (core::Request& request : requests) answers.push_back(call(std::move(request)));
  return answers;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace terapi::conformance
