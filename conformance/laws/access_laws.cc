// Who may call, where, and in which order that is found out: AUTH, REC-2, ERR-2, PRUNE-1.
#include <algorithm>

#include "conformance/laws/error_answer.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kUnknownKey = "00000000-0000-4000-8000-000000000000";

Answer ask_with_authorization(LawContext& context, const std::string& value) {
  RecordReader reader(context);
  core::Headers with = reader.headers();
  with.set("Authorization", value);
  return reader.ask({{"limit", "1"}}, with);
}

bool takes_key_from_behind_bearer(const LawContext& context) {
  return context.server.dialect().habits.takes_the_key_from_behind_bearer;
}

// A 401 of that kind, which repeats nothing of what was sent.
void expect_unauthorized(LawContext& context, const std::string& value, const char* code) {
  const Answer answer = ask_with_authorization(context, value);
  ErrorCodes codes = code;
  if (takes_key_from_behind_bearer(context)) {
    // Whoever reads it so still names the key itself a good one.
    const std::string key = context.server.secret_key();
    if (answer.status() == 200 && value == key) return;
    codes.any = {"malformed_auth_header", "unknown_account", "invalid_secret_key_format",
                 "missing_auth_header"};
  }
  RecordReader(context).expect_refused(answer, 401, codes, "", "AUTH-2",
                                       "a wrong Authorization header does not get its own error");
  const std::size_t space = value.rfind(' ');
  const std::string token = value.substr(space == std::string::npos ? 0 : space + 1);
  if (token.size() >= 8 && answer.body().find(token) != std::string::npos) {
    context.findings.fail("AUTH-5", "an error repeats the key that was sent", "no key in it",
                          "the token is in the body", answer.events);
  }
}

}  // namespace

void check_authentication(LawContext& context) {
  const std::string key = context.server.secret_key();
  for (const char* scheme : {"Bearer", "bearer", "BEARER", "bEaReR"}) {
    const Answer answer = ask_with_authorization(context, std::string(scheme) + " " + key);
    if (answer.status() == 200) continue;
    if (takes_key_from_behind_bearer(context) && std::string_view(scheme) != "Bearer") continue;
    context.findings.fail(
        "AUTH-2", "the scheme is not accepted in every case", "200 with " + std::string(scheme),
        std::to_string(answer.status()) + " " + shortened(answer.body()), answer.events);
  }
  RecordReader reader(context);
  core::Headers none = reader.headers();
  none.erase("Authorization");
  reader.expect_refused(reader.ask({}, none), 401, "missing_auth_header", "", "AUTH-2",
                        "a request without Authorization is not refused");
  expect_unauthorized(context, "", "missing_auth_header");
  for (const std::string& value :
       {std::string("Basic dXNlcjpwYXNzd29yZA"), "Token " + key, key, std::string("Bearer"),
        std::string("Bearer   "), "Bearer" + key}) {
    expect_unauthorized(context, value, "malformed_auth_header");
  }
  for (const std::string& token : {std::string(kUnknownKey), key.substr(1), key + "0",
                                   std::string("x"), std::string(400, 'k')}) {
    if (token.empty() || token == key) continue;  // the key is a single letter
    expect_unauthorized(context, "Bearer " + token, "unknown_account");
  }
}

void check_order_of_checks(LawContext& context) {
  RecordReader reader(context);
  const StreamAsked& stream = context.given.stream;
  // Everything is wrong, then one thing less each time.
  const auto ask = [&](std::string_view key, const char* limit, bool headers,
                       const std::string& connection) {
    core::Headers with = {{"Authorization", "Bearer " + std::string(key)}};
    if (headers) {
      with.add("Provider-Config-Key", stream.integration);
      with.add("Connection-Id", connection);
    }
    return reader.ask({{"limit", limit}, {"cursor", "nonsense"}}, with);
  };
  const std::string key = context.server.secret_key();
  const std::string what = "of several mistakes, not the first one is reported";
  reader.expect_refused(ask(kUnknownKey, "0", false, ""), 401, "unknown_account", "", "AUTH-4",
                        what);
  reader.expect_refused(ask(key, "0", false, ""), 400, "invalid_query_params", "limit", "AUTH-4",
                        what);
  reader.expect_refused(ask(key, "1", false, ""), 400, "invalid_headers", "connection-id", "AUTH-4",
                        what);
  reader.expect_refused(ask(key, "1", true, "nobody-has-this"), 400, "unknown_connection", "",
                        "AUTH-4", what);
  // How a cursor is refused is another law's.
  const Answer last = ask(key, "1", true, stream.connection);
  if (last.status() == 500 && context.server.dialect().habits.reads_cursors_as_node) return;
  reader.expect_refused(last, 400, "invalid_cursor", "", "AUTH-4", what);
}

namespace {

// Of two answers to one question. A page may be shorter than another one (REC-11).
bool same_answer(const Answer& a, const Answer& b, const Dialect& dialect) {
  if (a.status() != b.status()) return false;
  const auto first = read_page(a.body(), dialect);
  const auto second = read_page(b.body(), dialect);
  if (!first || !second) return read_error(a.body()).code == read_error(b.body()).code;
  const std::size_t both = std::min(first->records.size(), second->records.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (!same_sight(first->records[i], second->records[i])) return false;
  }
  if (first->records.size() == second->records.size()) {
    return first->next_cursor == second->next_cursor;
  }
  const ServedPage& shorter = first->records.size() == both ? *first : *second;
  return both > 0 && shorter.next_cursor.has_value();
}

bool is_html_refusal(const LawContext& context, const Answer& answer) {
  return context.server.dialect().habits.refuses_in_html && answer.status() == 404 &&
         answer.header("Content-Type").starts_with("text/html");
}

}  // namespace

void check_routes(LawContext& context) {
  RecordReader reader(context);
  const auto send = [&](std::string method, std::string target) {
    core::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = reader.headers();
    return context.server.call(std::move(request));
  };
  const std::string query = query_text({{"model", context.given.stream.model}, {"limit", "2"}});
  const Answer plain = send("GET", "/records" + query);
  const Answer slash = send("GET", "/records/" + query);
  if (!same_answer(plain, slash, context.server.dialect())) {
    context.findings.fail("REC-2", "a slash at the end of the path changes the answer",
                          std::to_string(plain.status()) + ", the same page",
                          std::to_string(slash.status()) + " " + shortened(slash.body()),
                          slash.events);
  }
  for (const auto& [target, status] :
       {std::pair<std::string, int>{"/records" + query, 200}, {"/records?limit=0", 400}}) {
    const Answer head = send("HEAD", target);
    if (head.status() != status || !head.body().empty()) {
      context.findings.fail("REC-2", "HEAD does not answer like GET without a body",
                            std::to_string(status) + " and no body",
                            std::to_string(head.status()) + " " + shortened(head.body()),
                            head.events);
    }
  }
  for (const char* path : {"/", "/record", "/records/1", "/records/prune/x", "/records//",
                           "/favicon.ico", "/wp-login.php"}) {
    const Answer answer = send("GET", path);
    if (is_html_refusal(context, answer)) continue;
    if (answer.status() == 200) {
      context.findings.fail("ERR-2", "an unknown path is answered as if there were something",
                            "404 not_found", "200 " + std::string(answer.header("Content-Type")),
                            answer.events);
      continue;
    }
    reader.expect_refused(answer, 404, "not_found", "", "ERR-2",
                          "an unknown path is not refused with a JSON error");
  }
}

namespace {

// True when it is an answer in HTML: as it should be there, or that is what is wrong, and was told.
bool is_a_page(LawContext& context, const Answer& answer) {
  if (is_html_refusal(context, answer)) return true;
  if (!answer.header("Content-Type").starts_with("text/html")) return false;
  context.findings.fail("ERR-2", "a wrong method is answered with a page of HTML",
                        "405 method_not_allowed, in JSON", std::to_string(answer.status()),
                        answer.events);
  return true;
}

}  // namespace

void check_methods(LawContext& context) {
  RecordReader reader(context);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const Answer answer = reader.ask({}, method);
    if (is_a_page(context, answer)) continue;
    const bool preflight = std::string_view(method) == "OPTIONS" && answer.status() == 204;
    if (preflight && context.server.dialect().habits.refuses_in_html) continue;
    reader.expect_refused(answer, 405, "method_not_allowed", "", "ERR-2",
                          "a wrong method is not refused");
    const std::string_view allow = answer.header("Allow");
    if (answer.status() == 405 && (allow.find("GET") == std::string_view::npos ||
                                   allow.find("HEAD") == std::string_view::npos)) {
      context.findings.fail("ERR-2", "Allow does not list the right methods", "GET, HEAD",
                            std::string(allow), answer.events);
    }
  }
}

void check_prune_body(LawContext& context) {
  RecordReader reader(context);
  const Walk before = reader.walk(1000);
  if (before.records.empty()) context.unproven = "an empty stream has nothing to prune";
  const auto prune = [&](std::string body, std::string type = "application/json") {
    core::Request request;
    request.method = "PATCH";
    request.target = "/records/prune";
    request.headers = reader.headers();
    request.headers.set("Content-Type", std::move(type));
    request.body = std::move(body);
    return context.server.call(std::move(request));
  };
  const std::string cursor = before.records.empty() ? "x" : before.records.back().cursor;
  const std::string good =
      R"({"model":")" + context.given.stream.model + R"(","until_cursor":")" + cursor + "\"";
  const std::string what = "a wrong body is not refused";
  const bool coerces = context.server.dialect().habits.coerces_bodies;
  for (const char* body : {"{", "nonsense", "[]", "null", "\"x\"", "{\"model\":\"A\"}{}"}) {
    ErrorCodes codes = "invalid_body";
    if (coerces) codes.any.emplace_back("invalid_json");
    reader.expect_refused(prune(body), 400, codes, "", "ERR-2", what);
  }
  for (const char* more : {R"(,"limit":0})", R"(,"limit":10001})", R"(,"limit":1.5})"}) {
    if (coerces && std::string_view(more).find("1.5") != std::string_view::npos) continue;
    reader.expect_refused(prune(good + more), 400, "invalid_body", "limit", "PRUNE-1", what);
  }
  reader.expect_refused(prune(good + R"(,"modle":"A"})"), 400, "invalid_body", "", "ERR-1", what);
  const Answer empty = prune("{}");
  reader.expect_refused(empty, 400, "invalid_body", "model", "PRUNE-1", what);
  reader.expect_refused(empty, 400, "invalid_body", "until_cursor", "ERR-1", what);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "text/json"}) {
    const Answer answer = prune(good + "}", type);
    if (answer.status() == 415) {
      reader.expect_error_form(answer, "a body whose content type is not JSON is refused");
      continue;
    }
    context.findings.fail("ERR-2", "a body whose content type is not JSON is not refused", "415",
                          std::to_string(answer.status()), answer.events);
  }
  for (const char* method : {"GET", "POST", "DELETE"}) {
    core::Request request;
    request.method = method;
    request.target = "/records/prune";
    request.headers = reader.headers();
    const Answer answer = context.server.call(std::move(request));
    if (is_a_page(context, answer)) continue;
    reader.expect_refused(answer, 405, "method_not_allowed", "", "ERR-2",
                          "a wrong method is not refused");
    if (answer.status() == 405 && answer.header("Allow").find("PATCH") == std::string_view::npos) {
      context.findings.fail("ERR-2", "Allow does not list the right method", "PATCH",
                            std::string(answer.header("Allow")), answer.events);
    }
  }
  const std::string parted = difference(before.records, reader.walk(1000).records);
  if (!parted.empty()) {
    context.findings.fail("PRUNE-1", "a refused request has changed records", "no change", parted);
  }
}

}  // namespace terapi::conformance
