// AUTH, ERR, RATE and the isolation of environments, in process and over sockets.
#include <gmock/gmock.h>

#include "simulator/program/simulator_under_test.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

class HttpContract : public ContractTest {
 public:
  core::Response get_with_auth(const std::string& value) {
    core::Headers with = TestSimulator::headers();
    with.set("Authorization", value);
    return simulator().get({}, with);
  }
  core::Response send(std::string method, std::string target, std::string body = "",
                      std::string type = "") {
    core::Request request =
        request_of(std::move(method), std::move(target), TestSimulator::headers(), std::move(body));
    if (!type.empty()) request.headers.add("Content-Type", std::move(type));
    return simulator().send(std::move(request));
  }
  // The server still lives after whatever it was sent.
  void expect_alive() { EXPECT_EQ(simulator().get({}).status, 200); }
};
TERAPI_ON_BOTH_BACKENDS(HttpContract);

// AUTH-1, AUTH-2
TEST_P(HttpContract, OpensWithTheKeyWhateverTheCaseOfTheScheme) {
  const std::string key(kDefaultSecretKey);
  for (const std::string scheme : {"Bearer", "bearer", "BEARER", "bEaReR"}) {
    EXPECT_EQ(get_with_auth(scheme + " " + key).status, 200) << scheme;
  }
}

// AUTH-2
TEST_P(HttpContract, SaysWhatIsWrongWithTheAuthorizationHeader) {
  const std::string key(kDefaultSecretKey);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Basic dXNlcjpwYXNz", "malformed_auth_header"},
      {"Token " + key, "malformed_auth_header"},
      {key, "malformed_auth_header"},
      {"Bearer", "malformed_auth_header"},
      {"Bearer   ", "malformed_auth_header"},
      {"Bearer" + key, "malformed_auth_header"},
      {"Bearer " + key + " more", "malformed_auth_header"},
      {"Bearer 00000000-0000-4000-8000-000000000000", "unknown_account"},
      {"Bearer x", "unknown_account"},
      {"Bearer " + key.substr(1), "unknown_account"},
      {"Bearer " + key + "0", "unknown_account"},
  };
  for (const auto& [value, code] : cases) {
    const core::Response response = get_with_auth(value);
    EXPECT_EQ(response.status, 401) << value;
    EXPECT_EQ(error_code(response), code) << value;
  }
  core::Headers none = TestSimulator::headers();
  none.erase("Authorization");
  EXPECT_EQ(error_code(simulator().get({}, none)), "missing_auth_header");
  none.add("Authorization", "");
  EXPECT_EQ(error_code(simulator().get({}, none)), "missing_auth_header");
  expect_alive();
}

// AUTH-5
TEST_P(HttpContract, NeverRepeatsAKeyInAnError) {
  const std::string guess = "11111111-2222-4333-8444-555555555555";
  EXPECT_THAT(get_with_auth("Bearer " + guess).body, Not(HasSubstr(guess)));
  EXPECT_THAT(get_with_auth(guess).body, Not(HasSubstr(guess)));
}

// AUTH-4: authentication, rate limit, query, headers, connection, store.
TEST_P(HttpContract, ChecksInTheDocumentedOrder) {
  simulator({.environment = R"("rate_limit":{"requests":4,"per":"1m"})"});
  const auto ask = [&](const std::string& key, const std::string& limit, bool with_headers,
                       const std::string& connection, const std::string& cursor) {
    core::Headers with{{"Authorization", "Bearer " + key}};
    if (with_headers) {
      with.add("Provider-Config-Key", "github");
      with.add("Connection-Id", connection);
    }
    return error_code(simulator().get({{"limit", limit}, {"cursor", cursor}}, with));
  };
  const std::string key(kDefaultSecretKey);
  // Everything is wrong, then one thing less each time.
  EXPECT_EQ(ask("wrong", "0", false, "", "bad"), "unknown_account");
  EXPECT_EQ(ask(key, "0", false, "", "bad"), "invalid_query_params");
  EXPECT_EQ(ask(key, "1", false, "", "bad"), "invalid_headers");
  EXPECT_EQ(ask(key, "1", true, "nobody", "bad"), "unknown_connection");
  EXPECT_EQ(ask(key, "1", true, "demo", "bad"), "invalid_cursor");
  // The four authenticated ones have used up the rate limit, which comes before the query.
  EXPECT_EQ(ask(key, "0", false, "", "bad"), "too_many_request");
  EXPECT_EQ(ask("wrong", "0", false, "", "bad"), "unknown_account");
}

// ERR-1
TEST_P(HttpContract, ReportsAllErrorsOfTheQueryAtOnce) {
  const core::Response response =
      send("GET", "/records?limit=0&filter=new&modified_after=yesterday&variant=a%20b&what=1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_code(response), "invalid_query_params");
  EXPECT_THAT(error_list(response),
              UnorderedElementsAre("model:invalid_type", "limit:too_small",
                                   "filter.0:invalid_value", "modified_after:invalid_format",
                                   "variant:invalid_format", ":unrecognized_keys"));
  for (const Json& error : Json(Json::parse(response.body)["error"]["errors"])) {
    EXPECT_FALSE(error["message"].get<std::string>().empty());
    EXPECT_TRUE(error["path"].is_array());
  }
}

// ERR-1, REC-3
TEST_P(HttpContract, NamesMissingHeadersInLowerCaseAllAtOnce) {
  const core::Response response =
      simulator().get({}, {{"Authorization", "Bearer " + std::string(kDefaultSecretKey)}});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_code(response), "invalid_headers");
  EXPECT_THAT(error_list(response), UnorderedElementsAre("connection-id:invalid_type",
                                                         "provider-config-key:invalid_type"));
}

// ERR-1
TEST_P(HttpContract, ReportsAllErrorsOfABodyAtOnce) {
  const core::Response response =
      send("PATCH", "/records/prune", R"({"limit":0,"modle":"Issue"})", "application/json");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(error_code(response), "invalid_body");
  EXPECT_EQ(error_list(response).size(), 4U) << response.body;
}

// ERR-2
TEST_P(HttpContract, AnswersUnknownPathsWithNotFoundInJson) {
  for (const std::string path : {"/", "/record", "/records/1", "/records/prune/x", "/Records",
                                 "/_simulatorx", "/favicon.ico", "/records//"}) {
    const core::Response response = send("GET", path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(error_code(response), "not_found") << path;
    EXPECT_THAT(header(response.headers, "Content-Type"), HasSubstr("application/json")) << path;
  }
  expect_alive();
}

// ERR-2
TEST_P(HttpContract, AnswersWrongMethodsWithAllow) {
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const core::Response response = send(method, "/records?model=Issue");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(error_code(response), "method_not_allowed") << method;
    EXPECT_EQ(header(response.headers, "Allow"), "GET, HEAD") << method;
  }
  const core::Response prune = send("GET", "/records/prune");
  EXPECT_EQ(prune.status, 405);
  EXPECT_EQ(header(prune.headers, "Allow"), "PATCH");
  expect_alive();
}

// ERR-2
TEST_P(HttpContract, RefusesBodiesThatAreNoJson) {
  const std::string good = R"({"model":"Issue","until_cursor":"x"})";
  for (const std::string type : {"text/plain", "application/x-www-form-urlencoded", "text/json",
                                 "application/jsonp", "multipart/form-data; boundary=x"}) {
    const core::Response response = send("PATCH", "/records/prune", good, type);
    EXPECT_EQ(response.status, 415) << type;
  }
  for (const std::string type : {"application/json", "APPLICATION/JSON; charset=utf-8"}) {
    EXPECT_EQ(error_code(send("PATCH", "/records/prune", good, type)), "invalid_cursor") << type;
  }
  for (const std::string body : {"{", "nonsense", "[]", "null", "{\"model\":\"a\"}{}", "\"x\""}) {
    const core::Response response = send("PATCH", "/records/prune", body, "application/json");
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(error_code(response), "invalid_body") << body;
  }
  expect_alive();
}

// ERR-2: the size of bodies is the edge's business.
TEST(HttpEdgeContract, AnswersABodyThatIsTooLargeWith413) {
  SocketSimulator simulator;
  core::Request request = request_of("PATCH", "/records/prune", TestSimulator::headers(),
                                     std::string((std::size_t{1} << 20) + 1, ' '));
  request.headers.add("Content-Type", "application/json");
  const core::Response response = simulator.send(request);
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(error_code(response), "body_too_large");
  EXPECT_EQ(simulator.get({}).status, 200);
}

// ERR-2
TEST_P(HttpContract, AnswersBrokenPercentEscapesWith400) {
  for (const std::string target : {"/records?model=%", "/records?model=%zz", "/rec%0rds"}) {
    EXPECT_EQ(send("GET", target).status, 400) << target;
  }
  expect_alive();
}

// RATE-1
TEST_P(HttpContract, SendsNoRateHeadersUnlessThereIsALimit) {
  const core::Response response = simulator().get({});
  EXPECT_FALSE(response.headers.get("X-RateLimit-Limit"));
}

// RATE-1
TEST_P(HttpContract, LimitsTheRateInFixedWindows) {
  TestSimulator& s = simulator({.environment = R"("rate_limit":{"requests":3,"per":"10s"})"});
  for (int i = 1; i <= 3; ++i) {
    const core::Response response = s.get({});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(header(response.headers, "X-RateLimit-Limit"), "3");
    EXPECT_EQ(header(response.headers, "X-RateLimit-Remaining"), std::to_string(3 - i));
    EXPECT_EQ(header(response.headers, "X-RateLimit-Reset"), "1704067210");
  }
  s.advance("7100ms");
  core::Response over = s.get({});
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(error_code(over), "too_many_request");
  EXPECT_EQ(header(over.headers, "Retry-After"), "3");  // 2.9 s, rounded up
  EXPECT_EQ(header(over.headers, "X-RateLimit-Remaining"), "0");
  EXPECT_EQ(header(over.headers, "X-RateLimit-Limit"), "3");
  s.advance("2899999us");
  over = s.get({});
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(header(over.headers, "Retry-After"), "1");  // never 0
  s.advance("1us");
  EXPECT_EQ(s.get({}).status, 200);
}

// RATE-1: errors of an authenticated caller count and carry the headers; others do not.
TEST_P(HttpContract, CountsEveryAuthenticatedAnswer) {
  simulator({.environment = R"("rate_limit":{"requests":5,"per":"10s"})"});
  EXPECT_FALSE(get_with_auth("Bearer nobody").headers.get("X-RateLimit-Limit"));
  EXPECT_EQ(header(simulator().get({{"limit", "0"}}).headers, "X-RateLimit-Remaining"), "4");
  EXPECT_EQ(header(simulator().get({}).headers, "X-RateLimit-Remaining"), "3");
}

constexpr std::string_view kTwoEnvironments = R"({
  "environments": [
    {"name":"dev","secret_key":"dev-key","rate_limit":{"requests":3,"per":"1m"},
     "integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}],
     "records":[{"connection":"demo","model":"Issue","items":[{"id":"1","of":"dev"}]}]},
    {"name":"prod","secret_key":"prod-key",
     "integrations":[{"id":"github"},{"id":"slack"}],
     "connections":[{"id":"demo","integration":"github"},{"id":"only-prod","integration":"slack"}],
     "records":[{"connection":"demo","integration":"github","model":"Issue",
                 "items":[{"id":"1","of":"prod"},{"id":"2","of":"prod"}]}]}]})";

// AUTH-3
TEST_P(HttpContract, OpensOnlyTheKeysOwnEnvironment) {
  TestSimulator& s = simulator({.world_text = std::string(kTwoEnvironments)});
  const Json dev = s.page({}, TestSimulator::headers("dev-key"));
  const Json prod = s.page({}, TestSimulator::headers("prod-key"));
  EXPECT_THAT(ids_of(dev["records"]), ElementsAre("1"));
  EXPECT_EQ(dev["records"][0]["of"], "dev");
  EXPECT_EQ(prod["records"].size(), 2U);
  core::Headers other{{"Provider-Config-Key", "slack"}, {"Connection-Id", "only-prod"}};
  other.set("Authorization", "Bearer prod-key");
  EXPECT_EQ(s.get({}, other).status, 200);
  other.set("Authorization", "Bearer dev-key");
  EXPECT_EQ(error_code(s.get({}, other)), "unknown_connection");
  // A cursor of one environment is only a position in the other.
  EXPECT_EQ(
      s.get({{"cursor", cursor_of(prod["records"][1])}}, TestSimulator::headers("dev-key")).status,
      200);
  // The one's rate limit is not the other's.
  EXPECT_EQ(s.get({}, TestSimulator::headers("dev-key")).status, 429);
  EXPECT_EQ(s.get({}, TestSimulator::headers("prod-key")).status, 200);
}

// AUTH-3: pruning in one environment leaves the other's records alone.
TEST_P(HttpContract, WritesOnlyToTheKeysOwnEnvironment) {
  TestSimulator& s = simulator({.world_text = std::string(kTwoEnvironments)});
  const Json prod = s.page({}, TestSimulator::headers("prod-key"));
  core::Headers with = TestSimulator::headers("dev-key");
  with.add("Content-Type", "application/json");
  s.send(
      request_of("PATCH", "/records/prune", with,
                 R"({"model":"Issue","until_cursor":")" + cursor_of(prod["records"][1]) + "\"}"));
  EXPECT_EQ(s.page({}, TestSimulator::headers("prod-key")), prod);
  EXPECT_FALSE(s.page({}, TestSimulator::headers("dev-key"))["records"][0].contains("of"));
}

}  // namespace
}  // namespace terapi::simulator
