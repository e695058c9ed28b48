// For tests: every answer is held to the OpenAPI document. A route, a method or a status that the
// document does not name, another content type, or a body that its schema does not allow, fails the
// test that asked.
//
//   EXPECT_THAT(openapi_faults(request, response), IsEmpty());
//
// TestSimulator::send does so for each request. Thread rule: any thread.
#pragma once

#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.h"
#include "core/json.h"
#include "core/test_json_schema.h"
#include "core/url.h"
#include "simulator/control/openapi_document.h"

namespace terapi::simulator {

class OpenapiCheck {
 public:
  using Json = nlohmann::ordered_json;

  std::vector<std::string> faults(const core::Request& request,
                                  const core::Response& response) const {
    const std::string path = path_of(request.target);
    const Json* operations = operations_of(path);
    if (operations == nullptr) {
      // The control API refuses a stranger before it looks at the path.
      const bool refused = response.status == 403 && path.starts_with("/_simulator");
      const bool broken = response.status == 400 && !core::parse_target(request.target);
      if (response.status == 404 || refused || broken) return {};
      return {path + " is not in the document, and answers " + std::to_string(response.status)};
    }
    const Json* operation = operation_of(*operations, request.method);
    if (operation == nullptr) {
      if (response.status == 405) return {};
      return {request.method + " " + path + " is not in the document, and answers " +
              std::to_string(response.status)};
    }
    const Json* answer = answer_of((*operation)["responses"], response.status);
    if (answer == nullptr) {
      return {request.method + " " + path + " answers " + std::to_string(response.status) +
              ", which is not in the document"};
    }
    return faults_of(*answer, request, response);
  }

 private:
  static std::string path_of(const std::string& target) {
    std::string path = target.substr(0, target.find('?'));
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
  }

  // "/faults/{id}" stands for any one segment in place of {id}; the last of one that says
  // `x-deeper` for all that are left.
  static bool matches(std::string_view pattern, std::string_view path, bool deeper) {
    while (!pattern.empty() && !path.empty()) {
      if (pattern.front() == '{') {
        pattern.remove_prefix(pattern.find('}') + 1);
        if (deeper && pattern.empty()) return true;
        path.remove_prefix(std::min(path.find('/'), path.size()));
      } else if (pattern.front() == path.front()) {
        pattern.remove_prefix(1);
        path.remove_prefix(1);
      } else {
        return false;
      }
    }
    return path.empty() && (pattern.empty() || pattern == "/");
  }

  const Json* operations_of(const std::string& path) const {
    for (const auto& [pattern, operations] : document_["paths"].items()) {
      if (matches(pattern, path, operations.contains("x-deeper"))) return &operations;
    }
    return nullptr;
  }

  static const Json* operation_of(const Json& operations, std::string method) {
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (operations.contains(method)) return &operations[method];
    // HEAD answers wherever GET does.
    return method == "head" && operations.contains("get") ? &operations["get"] : nullptr;
  }

  const Json* answer_of(const Json& answers, int status) const {
    for (const std::string& key :
         {std::to_string(status), std::to_string(status / 100) + "XX", std::string("default")}) {
      if (answers.contains(key)) return &resolved(answers[key]);
    }
    return nullptr;
  }

  const Json& resolved(const Json& value) const {
    if (!value.contains("$ref")) return value;
    return document_.at(Json::json_pointer(value["$ref"].get<std::string>().substr(1)));
  }

  std::vector<std::string> faults_of(const Json& answer, const core::Request& request,
                                     const core::Response& response) const {
    std::vector<std::string> faults;
    const std::string where =
        request.method + " " + request.target + " " + std::to_string(response.status) + " ";
    if (answer.contains("headers")) {
      for (const auto& [name, header] : answer["headers"].items()) {
        const Json& rule = resolved(header);
        if (rule.contains("required") && rule["required"] == true && !response.headers.get(name)) {
          faults.push_back(where + "lacks the header " + name);
        }
      }
    }
    if (request.method == "HEAD" || response.body.empty()) return faults;
    const std::string type(response.headers.get("Content-Type").value_or(""));
    const std::string media_type = type.substr(0, type.find(';'));
    if (answer.contains("content") && answer["content"].contains("*/*")) return faults;
    if (!answer.contains("content") || !answer["content"].contains(media_type)) {
      faults.push_back(where + "has a body of the type '" + type +
                       "', which is not in the document");
      return faults;
    }
    const bool is_json = media_type == "application/json";
    const Json body = is_json ? Json::parse(response.body, nullptr, false) : Json(response.body);
    const Json& content = answer["content"][media_type];
    if (body.is_discarded()) {
      // Payloads may hold what this reader has no place for (1e400): then only that it is JSON is
      // seen.
      if (!core::json::Document::parse(response.body)) faults.push_back(where + "is not JSON");
    } else if (content.contains("schema")) {
      for (const std::string& fault : check_.faults(content["schema"], body)) {
        faults.push_back(where + fault);
      }
    }
    return faults;
  }

  Json document_ = Json::parse(openapi_document());
  core::SchemaCheck check_{document_};
};

inline std::vector<std::string> openapi_faults(const core::Request& request,
                                               const core::Response& response) {
  static const OpenapiCheck check;
  return check.faults(request, response);
}

}  // namespace terapi::simulator
