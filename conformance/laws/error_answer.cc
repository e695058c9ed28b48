#include "conformance/laws/error_answer.h"

#include <algorithm>

#include "conformance/laws/findings.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// "filter.0:invalid_value", or "" after saying what is wrong with the entry.
std::string error_entry(const json::Value& entry, std::string& problem) {
  if (!entry["code"].is_string() || !entry["message"].is_string() || !entry["path"].is_array()) {
    problem = "an entry of error.errors lacks code, message or path: " + shortened(entry.text());
    return "";
  }
  std::string text;
  for (const json::Value part : entry["path"].items()) {
    text += (text.empty() ? "" : ".") + (part.is_string() ? part.string() : json::compact(part));
  }
  return text + ":" + entry["code"].string();
}

}  // namespace

bool ErrorAnswer::names(std::string_view path) const {
  return std::any_of(errors.begin(), errors.end(), [&](const std::string& error) {
    const std::string_view where = std::string_view(error).substr(0, error.rfind(':'));
    return where == path || (where.starts_with(path) && where.substr(path.size()).starts_with('.'));
  });
}

ErrorAnswer read_error(std::string_view body) {
  ErrorAnswer answer;
  const auto document = json::Document::parse(std::string(body));
  if (!document) {
    answer.problem = "the body is not JSON: " + shortened(body);
    return answer;
  }
  const json::Value error = document->root()["error"];
  if (!error.is_object() || !error["code"].is_string()) {
    answer.problem = "the body has no error.code: " + shortened(body);
    return answer;
  }
  answer.code = error["code"].string();
  if (error["errors"].is_array()) {
    for (const json::Value entry : error["errors"].items()) {
      const std::string text = error_entry(entry, answer.problem);
      if (!text.empty()) answer.errors.push_back(text);
    }
  } else if (!error["message"].is_string()) {
    answer.problem = "error has neither message nor errors: " + shortened(body);
    answer.lacks_message = true;
  }
  return answer;
}

}  // namespace terapi::conformance
