#include "client/answer.h"

#include <string>
#include <string_view>
#include <utility>

#include "client/retry_after.h"
#include "core/json.h"

namespace terapi::client {
namespace {

struct ServerError {
  std::string code;
  std::string message;
};

// {"error":{"code","message"}} or {"error":{"code","errors":[{"message","path"}…]}} (ERR-1), or
// whatever else came, shortened.
ServerError server_error(const std::string& body) {
  constexpr std::size_t kMost = 300;
  const auto shortened = [](std::string text) {
    if (text.size() > kMost) text = text.substr(0, kMost) + "…";
    return text;
  };
  if (body.size() <= (std::size_t{1} << 20)) {
    const auto document = core::json::Document::parse(body);
    if (document && document->root()["error"].is_object()) {
      const core::json::Value error = document->root()["error"];
      std::string message = error["message"].string();
      for (const core::json::Value item : error["errors"].items()) {
        if (!message.empty()) message += "; ";
        message += item["message"].string();
      }
      return {error["code"].string(), shortened(std::move(message))};
    }
  }
  return {"", shortened(body.substr(0, kMost + 1))};
}

std::string described(const core::Response& response, const ServerError& error) {
  std::string text = "the server answered " + std::to_string(response.status);
  if (!error.code.empty()) text += " " + error.code;
  if (!error.message.empty()) text += ": " + error.message;
  return text;
}

// Beside 5xx: a time-out or a conflict of the moment, not of the request.
bool passes_by_itself(int status) {
  return status >= 500 || status == 408 || status == 425 || status == 429;
}

}  // namespace

Answer answer_of(const core::Result<core::Response>& response, core::Time now) {
  if (!response) {
    const bool hopeless = response.error().code == "bad_url";
    return {hopeless ? Answer::Kind::kStop : Answer::Kind::kTryAgain, response.error()};
  }
  if (response->status == 200) return {.status = 200};
  const ServerError error = server_error(response->body);
  const std::string text = described(*response, error);
  const std::string code =
      error.code.empty() ? "http_" + std::to_string(response->status) : error.code;
  const int status = response->status;
  if (passes_by_itself(status)) {
    Answer answer{Answer::Kind::kTryAgain, {code, text}, status};
    if (const auto value = response->headers.get("Retry-After")) {
      answer.retry_after = parse_retry_after(*value, now);
    }
    return answer;
  }
  if (status == 400 && error.code == "invalid_cursor") {
    return {Answer::Kind::kBadCursor, {code, text}, status};
  }
  if (status < 300) return {Answer::Kind::kTryAgain, {code, text + "; expected 200"}, status};
  if (status < 400) {
    // Following it could carry the key to another host.
    return {Answer::Kind::kStop,
            {"redirected", text + "; redirects are not followed, correct the base URL"},
            status};
  }
  return {Answer::Kind::kStop, {code, text}, status};
}

}  // namespace terapi::client
