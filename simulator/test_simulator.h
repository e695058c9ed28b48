// For tests: a simulator with few records in virtual time, how to talk to it, and a webhook
// receiver that remembers what came. Two implementations: InProcessSimulator below, and
// SocketSimulator (program/simulator_under_test.h), which is the program with its real sockets.
//
//   InProcessSimulator simulator;
//   simulator.save({"1", "2"});
//   Json page = simulator.page({{"limit", "1"}});
//
// Thread rule: the test's thread; the receiver may be called from another.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/clock.h"
#include "core/transport.h"
#include "core/url.h"
#include "simulator/simulator.h"
#include "simulator/test_openapi.h"
#include "simulator/world/world.h"

namespace terapi::simulator {

using Json = nlohmann::ordered_json;
using Parameters = std::vector<std::pair<std::string, std::string>>;

// What a receiver of webhooks got, in order, and what it answers.
class TestReceiver {
 public:
  using Answer = std::function<core::Outcome(const core::Request&)>;

  static core::Outcome status(int code) { return {{code, {}, ""}, {}}; }
  core::Outcome receive(const core::Request& request) {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      answer = answer_;
    }
    return answer ? answer(request) : status(200);
  }
  // Called for each webhook, on whatever thread receives it.
  void set_answer(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  void answer_with(int code) {
    set_answer([code](const core::Request&) { return status(code); });
  }
  std::vector<core::Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    requests_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<core::Request> requests_;
  Answer answer_;
};

inline std::string header(const core::Headers& headers, std::string_view name) {
  return std::string(headers.get(name).value_or(""));
}

inline core::Request request_of(std::string method, std::string target, core::Headers headers = {},
                                std::string body = "") {
  core::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

struct TestSimulatorOptions {
  std::uint64_t seed = 1;
  // Members of the world's `environment`, JSON text: R"("always_send":true)".
  std::string environment = {};
  // Further members of the world: R"("faults":[…])".
  std::string world = {};
  // In place of all that.
  std::string world_text = {};
  std::string control_token = {};
  std::vector<LoadSpec> loads = {};
  Storage* storage = nullptr;
  std::vector<std::string> allowed_base_urls = {};
  const Dialect* dialect = &terapi_dialect();
};

// A world with the connection `demo` of the integration `github`, and no records.
inline std::string test_world(const TestSimulatorOptions& options) {
  if (!options.world_text.empty()) return options.world_text;
  return R"({"environment":{"name":"dev")" +
         (options.environment.empty() ? "" : "," + options.environment) +
         R"(},"integrations":[{"id":"github","syncs":[{"name":"github-issues",)"
         R"("models":["Issue"]}]}],"connections":[{"id":"demo","integration":"github"}])" +
         (options.world.empty() ? "" : "," + options.world) + "}";
}

class TestSimulator {
 public:
  virtual ~TestSimulator() = default;

  // `request.target` is in origin form. The answer has to be one that the OpenAPI document allows.
  core::Response send(const core::Request& request) {
    const core::Response response = exchange(request);
    if (is_documented()) {
      for (const std::string& fault : openapi_faults(request, response)) ADD_FAILURE() << fault;
    }
    return response;
  }
  // Whatever the answer; for dialects that the document does not describe.
  core::Response send_unchecked(const core::Request& request) { return exchange(request); }
  // A URL of the receiver, and one that refuses connections.
  virtual std::string receiver_url(std::string_view path) const = 0;
  // The same receiver, where an answer's wire faults happen, too.
  virtual std::string faulty_receiver_url(std::string_view path) const = 0;
  virtual std::string refusing_url() const = 0;

  TestReceiver& receiver() { return receiver_; }

  // --- the public API ---

  static core::Headers headers(std::string_view key = kDefaultSecretKey) {
    return {{"Authorization", "Bearer " + std::string(key)},
            {"Provider-Config-Key", "github"},
            {"Connection-Id", "demo"}};
  }
  static std::string query(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
      text += (text.empty() ? "?" : "&") + core::percent_encode(name) + "=" +
              core::percent_encode(value);
    }
    return text;
  }
  // GET /records of the model Issue, unless the parameters name another.
  core::Response get(Parameters parameters, core::Headers with = headers()) {
    bool has_model = false;
    for (const auto& parameter : parameters) has_model = has_model || parameter.first == "model";
    if (!has_model) parameters.insert(parameters.begin(), {"model", "Issue"});
    return send(request_of("GET", "/records" + query(parameters), std::move(with)));
  }
  Json page(const Parameters& parameters = {}, core::Headers with = headers()) {
    const core::Response response = get(parameters, std::move(with));
    EXPECT_EQ(response.status, 200) << response.body.substr(0, 400);
    return parse(response.body);
  }
  // All pages, from the first to the one whose next_cursor is null.
  std::vector<Json> walk(Parameters parameters = {}, core::Headers with = headers()) {
    std::vector<Json> records;
    parameters.emplace_back("cursor", "");
    std::string next;
    for (int pages = 0; pages < 10'000; ++pages) {
      Parameters asked = parameters;
      asked.back().second = next;
      if (next.empty()) asked.pop_back();
      const Json answer = page(asked, with);
      if (!answer.contains("records")) return records;
      for (const Json& record : answer["records"]) records.push_back(record);
      if (answer["next_cursor"].is_null()) return records;
      next = answer["next_cursor"].get<std::string>();
    }
    ADD_FAILURE() << "the pages do not end";
    return records;
  }
  core::Response prune(std::string_view until_cursor, const std::string& more = "") {
    core::Headers with = headers();
    with.add("Content-Type", "application/json");
    return send(request_of(
        "PATCH", "/records/prune", std::move(with),
        R"({"model":"Issue","until_cursor":")" + std::string(until_cursor) + "\"" + more + "}"));
  }

  // --- the control API ---

  core::Response control(std::string method, std::string_view path, std::string body = "") {
    core::Request request =
        request_of(std::move(method), "/_simulator" + std::string(path), {}, std::move(body));
    if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
    return send(std::move(request));
  }
  // A call that has to succeed.
  Json ok(std::string method, std::string_view path, std::string body = "") {
    const core::Response response = control(std::move(method), path, std::move(body));
    EXPECT_GE(response.status, 200) << path;
    EXPECT_LT(response.status, 300) << path << ": " << response.body.substr(0, 600);
    return response.body.empty() ? Json() : parse(response.body);
  }
  // One run of the members given, of github/demo/Issue unless they say otherwise.
  Json run(const std::string& members) {
    std::string body = "{";
    const auto unless_given = [&](const std::string& name, const std::string& value) {
      if (members.find("\"" + name + "\":") == std::string::npos) {
        body += "\"" + name + "\":\"" + value + "\",";
      }
    };
    unless_given("integration", "github");
    unless_given("connection", "demo");
    unless_given("model", "Issue");
    return ok("POST", "/runs", body + members + "}");
  }
  // One save of records {"id":…,"n":n}.
  Json save(const std::vector<std::string>& ids, int n = 0, const std::string& more = "") {
    Json records = Json::array();
    for (const std::string& id : ids) records.push_back({{"id", id}, {"n", n}});
    return run("\"save\":" + records.dump() + more);
  }
  Json remove(const std::vector<std::string>& ids) { return run("\"delete\":" + Json(ids).dump()); }
  void settings(const std::string& members) { ok("PATCH", "/environment", "{" + members + "}"); }
  void send_webhooks_to(const std::vector<std::string>& urls) {
    settings("\"webhook_urls\":" + Json(urls).dump());
  }
  void send_webhooks() { send_webhooks_to({receiver_url("/hook")}); }
  void faults(const std::string& rules) { ok("PUT", "/faults", rules); }
  int fired(std::string_view rule) {
    return ok("GET", "/faults/" + std::string(rule)).value("fired", -1);
  }
  Json advance(const std::string& by) {
    return ok("POST", "/clock/advance", R"({"by":")" + by + "\"}");
  }
  Json run_until_idle() { return ok("POST", "/clock/run-until-idle"); }
  std::string now() { return ok("GET", "/clock").value("now", ""); }
  Json delivery(const Json& run, std::size_t index = 0) {
    if (run["deliveries"].size() <= index) {
      ADD_FAILURE() << "the run has no such delivery: " << run.dump();
      return Json::object();
    }
    return ok("GET", "/deliveries/" + run["deliveries"][index].get<std::string>());
  }
  std::vector<std::string> advisory_codes() {
    std::vector<std::string> codes;
    for (const Json& advisory : Json(ok("GET", "/advisories")["advisories"]))
      codes.push_back(advisory["code"]);
    return codes;
  }

  static Json parse(const std::string& text) {
    Json value = Json::parse(text, nullptr, false);
    EXPECT_FALSE(value.is_discarded()) << "not JSON: " << text.substr(0, 400);
    return value;
  }

 private:
  virtual core::Response exchange(core::Request request) = 0;
  // False of a server that is made to answer wrongly.
  virtual bool is_documented() const { return true; }

  TestReceiver receiver_;
};

// --- what tests read in answers ---

inline std::vector<std::string> ids_of(const Json& records) {
  std::vector<std::string> ids;
  for (const Json& record : records) ids.push_back(record["id"]);
  return ids;
}
inline const Json& metadata(const Json& record) { return record["_terapi_metadata"]; }
inline std::string cursor_of(const Json& record) { return metadata(record)["cursor"]; }
inline std::string error_code(const core::Response& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  if (!body.is_object() || !body.contains("error")) return "no error: " + response.body;
  return body["error"].value("code", "");
}
// The paths and codes of a validation error: "limit:too_big".
inline std::vector<std::string> error_list(const core::Response& response) {
  std::vector<std::string> list;
  const Json body = Json::parse(response.body, nullptr, false);
  if (!body.is_object() || !body.contains("error") || !body["error"].contains("errors"))
    return list;
  for (const Json& error : body["error"]["errors"]) {
    std::string path;
    for (const Json& part : error["path"])
      path += (path.empty() ? "" : ".") + part.get<std::string>();
    list.push_back(path + ":" + error["code"].get<std::string>());
  }
  return list;
}

class InProcessSimulator final : public TestSimulator {
 public:
  explicit InProcessSimulator(TestSimulatorOptions options = {})
      : transport_(*this), simulator_(options_from(options), clock_, transport_, options.storage) {
    const auto started = simulator_.start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
  }

  // With what its fault rules do to the wire.
  core::Outcome outcome(const core::Request& request) { return simulator_.handle(request); }
  core::Outcome outcome_of(const Parameters& parameters) {
    return outcome(request_of("GET", "/records" + query(parameters), headers()));
  }

  std::string receiver_url(std::string_view path) const override {
    return "http://receiver.test" + std::string(path);
  }
  std::string faulty_receiver_url(std::string_view path) const override {
    return receiver_url(path);
  }
  std::string refusing_url() const override { return "http://refusing.test/hook"; }

  // From now on webhooks are received, but answered only by answer_held().
  void hold_answers() { transport_.holding = true; }
  // A control call whose answer nobody waits for: with answers held, time cannot move on.
  void begin(std::string method, std::string_view path, std::string body) {
    simulator_.handle(
        request_of(std::move(method), "/_simulator" + std::string(path), {}, std::move(body)),
        [](const core::Outcome&) {});
  }
  void answer_held() {
    transport_.holding = false;
    for (const auto& answer : std::exchange(transport_.held, {})) answer();
  }

  core::VirtualClock& clock() { return clock_; }
  Simulator& simulator() { return simulator_; }

 private:
  core::Response exchange(core::Request request) override { return outcome(request).response; }

  // Carries webhooks to the receiver, or refuses as the host "refusing.test" does.
  struct ReceiverTransport final : core::AsyncTransport {
    explicit ReceiverTransport(InProcessSimulator& owner)
        : to_receiver([&owner](const core::Request& request,
                               const std::function<void(core::Outcome)>& done) {
            done(owner.receiver().receive(request));
          }) {}
    void send(core::Request request, const core::SendOptions& options, Done done) override {
      if (request.target.starts_with("http://refusing.test")) {
        return done(core::Error{"connection_refused", "nobody listens"});
      }
      if (!holding) return to_receiver.send(std::move(request), options, std::move(done));
      to_receiver.send(std::move(request), options, [&](core::Result<core::Response> answer) {
        held.emplace_back([done, answer] { done(answer); });
      });
    }
    core::HandlerTransport to_receiver;
    bool holding = false;
    std::vector<std::function<void()>> held;
  };

  static SimulatorOptions options_from(const TestSimulatorOptions& given) {
    SimulatorOptions options;
    options.seed = given.seed;
    options.world_text = test_world(given);
    options.control_token = given.control_token;
    options.loads = given.loads;
    for (const std::string& each : given.allowed_base_urls) {
      options.allowed_base_urls.push_back(*core::parse_url(each));
    }
    options.dialect = given.dialect;
    return options;
  }

  core::VirtualClock clock_;
  ReceiverTransport transport_;
  Simulator simulator_;
};

}  // namespace terapi::simulator
