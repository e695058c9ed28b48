#include "simulator/api/authentication.h"

#include "simulator/records/uuid.h"

namespace terapi::simulator {
namespace {

ApiError refuse(std::string code, std::string_view message, const Dialect& dialect) {
  ApiError error{.status = 401,
                 .code = std::move(code),
                 .message = "Authentication failed. " + std::string(message),
                 .message_first = dialect.message_first};
  if (!dialect.express) error.headers.add("WWW-Authenticate", "Bearer");
  return error;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the same time whatever the first difference: keys are not to be guessed byte by byte.
bool same_key(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

// "Bearer KEY", the scheme in any case (RFC 9110).
bool read_bearer(std::string_view header, std::string_view& token) {
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos) return false;
  token = trim(header.substr(space));
  return core::equals_ignoring_case(header.substr(0, space), "Bearer") && !token.empty() &&
         token.find(' ') == std::string_view::npos;
}

}  // namespace

ApiError database_down(const Dialect& dialect) {
  if (dialect.has(Quirk::kDatabaseDown401)) {
    return refuse("malformed_auth_header", "The Authorization header is malformed.", dialect);
  }
  return {500, "server_error", "the database cannot be reached"};
}

std::variant<Environment*, ApiError> authenticate(const core::Request& request, State& state,
                                                  const Dialect& dialect) {
  const std::string_view header = trim(request.headers.get("Authorization").value_or(""));
  if (header.empty()) {
    return refuse("missing_auth_header", "The request is missing the Authorization header.",
                  dialect);
  }
  std::string_view token;
  if (dialect.bearer_by_split) {
    constexpr std::string_view kMark = "Bearer ";
    const std::size_t mark = header.rfind(kMark);
    token = mark == std::string_view::npos ? header : header.substr(mark + kMark.size());
    if (!is_uuid_v4(token)) {
      return refuse("invalid_secret_key_format", "The provided secret key is not a UUID v4.",
                    dialect);
    }
  } else if (!read_bearer(header, token)) {
    return refuse("malformed_auth_header",
                  "The Authorization header is malformed; expected 'Bearer <secret key>'.",
                  dialect);
  }
  for (Environment& environment : state.environments) {
    if (same_key(environment.settings.secret_key, token)) return &environment;
  }
  return refuse("unknown_account", "The provided authorization header does not match any account.",
                dialect);
}

}  // namespace terapi::simulator
