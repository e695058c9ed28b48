#include "conformance/harness/play/server_wire.h"

#include "conformance/laws/error_answer.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// "200, 5 records, next_cursor": an answer in a line.
std::string in_a_line(const core::Response& response, const Dialect& dialect) {
  std::string text = std::to_string(response.status);
  if (response.status >= 400) {
    const ErrorAnswer error = read_error(response.body);
    text += " " + error.code;
    if (!error.errors.empty()) text += " (" + listed(error.errors) + ")";
    return text;
  }
  const auto page =
      response.body.starts_with("{\"records\"") || response.body.starts_with("{\"next")
          ? read_page(response.body, dialect)
          : core::Result<ServedPage>(core::Error{});
  if (!page) return text + (response.body.empty() ? "" : " " + shortened(response.body));
  text += ", " + std::to_string(page->records.size()) + " records";
  if (!page->records.empty()) text += ": " + listed(ids_of(page->records), 5);
  return text + (page->next_cursor ? ", more follow" : ", no more");
}

std::string stream_of_run(const json::Value& run) {
  const std::string variant = run["variant"].present() ? run["variant"].string() : "base";
  return stream_name(run["integration"].string(), run["connection"].string(), run["model"].string(),
                     variant);
}

}  // namespace

std::size_t ServerWire::note(EventKind kind, std::string text) {
  Event event;
  event.at = stage_.now();
  event.kind = kind;
  event.text = std::move(text);
  return history_.add(std::move(event));
}

Answer ServerWire::call(core::Request request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (read_only_ && !reads) {
    return {core::Error{"read_only", "nothing but GET and HEAD is sent to this server"}, {}};
  }
  std::string line;
  if (history_.told) {
    line = request.method + " " + shortened(request.target, 240);
    if (!request.body.empty()) line += " " + shortened(request.body, 240);
  }
  const std::size_t asked = note(EventKind::kRequest, std::move(line));
  const bool head = request.method == "HEAD";
  Answer answer{stage_.call(std::move(request)), {asked}};
  // Leaving out the body is the HTTP server's business, and in this process there is none.
  if (head && answer.came() && stage_.world() == "virtual") answer.response->body.clear();
  Event event;
  event.at = stage_.now();
  event.kind = EventKind::kResponse;
  event.pair = asked;
  if (history_.told) {
    event.text = answer.came() ? in_a_line(*answer.response, dialect())
                               : "no answer: " + answer.response.error().message;
  }
  answer.events.push_back(history_.add(std::move(event)));
  return answer;
}

Answer ServerWire::control(std::string method, std::string_view path, std::string body) {
  core::Request request;
  request.method = std::move(method);
  request.target = "/_simulator" + std::string(path);
  request.body = std::move(body);
  if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
  return call(std::move(request));
}

Answer ServerWire::run(std::string body) {
  RunSeen seen;
  seen.policy = policy_;
  seen.waits = waits_;
  const auto document = json::Document::parse(body);
  if (document) {
    seen.stream = stream_of_run(document->root());
    seen.integration = document->root()["integration"].string();
    seen.connection = document->root()["connection"].string();
    const json::Value webhook = document->root()["webhook"];
    seen.silent = webhook.present() && !webhook.boolean();
    seen.failed = document->root()["error"].present() && !document->root()["error"].is_null();
    if (has_model_) seen.counts = model_.apply_run(document->root());
    seen.number = model_.runs();
  }
  runs_.push_back(seen);
  const std::size_t place = runs_.size() - 1;
  Answer answer = control("POST", "/runs", std::move(body));
  runs_[place].events = answer.events;
  if (answer.status() != 200) return answer;
  const auto told = json::Document::parse(answer.body());
  if (!told) return answer;
  for (const json::Value id : told->root()["deliveries"].items()) {
    runs_[place].deliveries.push_back(id.string());
  }
  runs_[place].taken = true;
  return answer;
}

}  // namespace terapi::conformance
