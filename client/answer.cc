#include "client/answer.h"

#include <string>
#include <string_view>
#include <utility>

#include "client/retry_after.h"
#include "core/json.h"
#include "core/utf8.h"

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
  const auto shortened = [](std::string_view text) {
    return core::shortened(core::as_utf8(text), kMost);
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
      return {error["code"].string(), shortened(message)};
    }
  }
  return {"", shortened(body)};
}

// What the body is packed in, though nobody asked for that; "" where it is as it should be.
std::string foreign_encoding(const core::Response& response) {
  const auto encoding = response.headers.list("Content-Encoding");
  if (!encoding || encoding->empty() || core::equals_ignoring_case(*encoding, "identity")) {
    return "";
  }
  return *encoding;
}

ServerError error_in(const core::Response& response) {
  const std::string encoding = foreign_encoding(response);
  if (encoding.empty()) return server_error(response.body);
  return {"", "a body with Content-Encoding '" + encoding + "', which was not asked for"};
}

// As long as the server meant, whatever its clock says; ours where it does not tell.
std::optional<core::Duration> retry_after_of(const core::Response& response, core::Time now) {
  const auto value = response.headers.get("Retry-After");
  if (!value) return std::nullopt;
  const auto date = response.headers.get("Date");
  return parse_retry_after(*value,
                           (date ? parse_http_date(*date, now) : std::nullopt).value_or(now));
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

Answer answer_of(const core::Result<core::Response>& response, core::Time now,
                 const Dialect& dialect) {
  if (!response) {
    const bool hopeless = response.error().code == "bad_url";
    return {hopeless ? Answer::Kind::kStop : Answer::Kind::kTryAgain, response.error()};
  }
  if (response->status == 200) {
    const std::string encoding = foreign_encoding(*response);
    if (encoding.empty()) return {.status = 200};
    return {Answer::Kind::kTryAgain,
            {"unknown_encoding", "the page has Content-Encoding '" + encoding +
                                     "', which was not asked for and is not read here (Accept-"
                                     "Encoding: identity); something on the way packs it"},
            200};
  }
  const ServerError error = error_in(*response);
  const std::string text = described(*response, error);
  const std::string code =
      error.code.empty() ? "http_" + std::to_string(response->status) : error.code;
  const int status = response->status;
  const bool no_keys_now =
      dialect.malformed_auth_passes && status == 401 && error.code == "malformed_auth_header";
  if (passes_by_itself(status) || no_keys_now) {
    Answer answer{Answer::Kind::kTryAgain, {code, text}, status};
    answer.retry_after = retry_after_of(*response, now);
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
