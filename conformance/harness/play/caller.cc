#include "conformance/harness/play/caller.h"

#include <algorithm>
#include <utility>

#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

std::string stream_of_run(const json::Value& run) {
  const std::string variant = run["variant"].present() ? run["variant"].string() : "base";
  return stream_name(run["integration"].string(), run["connection"].string(), run["model"].string(),
                     variant);
}

}  // namespace

Answer Caller::call(core::Request request) {
  const bool head = request.method == "HEAD";
  if (options_.read_only && !head && request.method != "GET") {
    return {core::Error{"read_only", "nothing but GET and HEAD is sent to this server"}, {}};
  }
  if (!options_.noted) return {stage_.call(std::move(request)), {}};
  const std::size_t place = stage_.wire().asked_by_judge(request);
  auto response = stage_.call(std::move(request));
  // Leaving out the body is the HTTP server's business, and in this process there is none.
  if (head && response && stage_.world() == "virtual") response->body.clear();
  return note_answer(place, std::move(response));
}

Answer Caller::note_answer(std::size_t place, core::Result<core::Response> response) {
  if (response) {
    core::Outcome outcome{std::move(*response), {}};
    stage_.wire().answered(place, outcome,
                           options_.pages ? Wire::Pages::kRead : Wire::Pages::kLeftAlone);
    response = std::move(outcome.response);
  } else {
    stage_.wire().unanswered(place, response.error().message);
  }
  const Exchange& exchange = stage_.history().exchanges[place];
  return {std::move(response), {exchange.request, *exchange.response}};
}

Answer Caller::control(std::string method, std::string_view path, std::string body) {
  return call(control_request(std::move(method), path, std::move(body)));
}

std::size_t Caller::begin_run(const std::string& body) {
  RunSeen seen;
  seen.policy = policy_;
  seen.waits = waits_;
  const auto document = json::Document::parse(body, {.max_depth = 100'000});
  if (document) {
    const json::Value run = document->root();
    seen.stream = stream_of_run(run);
    seen.integration = run["integration"].string();
    seen.connection = run["connection"].string();
    const json::Value webhook = run["webhook"];
    seen.silent = webhook.present() && !webhook.boolean();
    seen.failed = run["error"].present() && !run["error"].is_null();
    if (has_model_) {
      seen.counts = model().apply_run(run);
      stage_.syncs().saved_by_hand(run);
      stage_.model_changed();
    }
    seen.number = model().runs();
  }
  note_run(seen);
  runs_.push_back(seen);
  return runs_.size() - 1;
}

void Caller::end_run(std::size_t place, const Answer& answer) {
  runs_[place].events = answer.events;
  if (!options_.noted || answer.status() != 200) return;
  const auto told = json::Document::parse(answer.body());
  if (!told) return;
  for (const json::Value id : told->root()["deliveries"].items()) {
    runs_[place].deliveries.push_back(id.string());
  }
  runs_[place].taken = true;
}

Answer Caller::run(std::string body) {
  const std::size_t place = begin_run(body);
  Answer answer = control("POST", "/runs", std::move(body));
  end_run(place, answer);
  return answer;
}

std::vector<Answer> Caller::run_side_by_side(std::vector<std::string> bodies, core::Request read) {
  std::vector<std::size_t> runs;
  std::vector<core::Request> requests;
  for (std::string& body : bodies) {
    runs.push_back(begin_run(body));
    requests.push_back(control_request("POST", "/runs", std::move(body)));
  }
  requests.push_back(std::move(read));
  std::vector<std::size_t> places;
  for (const core::Request& request : requests) {
    if (options_.noted) places.push_back(stage_.wire().asked_by_judge(request));
  }
  auto responses = stage_.call_together(std::move(requests));
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    answers.push_back(options_.noted ? note_answer(places[i], std::move(responses[i]))
                                     : Answer{std::move(responses[i]), {}});
    if (i < runs.size()) end_run(runs[i], answers.back());
  }
  return answers;
}

const RunSeen* Caller::run_of(const std::string& delivery) const {
  const auto named = std::find_if(runs_.begin(), runs_.end(), [&](const RunSeen& run) {
    return std::find(run.deliveries.begin(), run.deliveries.end(), delivery) !=
           run.deliveries.end();
  });
  return named == runs_.end() ? nullptr : &*named;
}

std::size_t Caller::acknowledged() const {
  const auto last =
      std::find_if(runs_.rbegin(), runs_.rend(), [](const RunSeen& run) { return run.taken; });
  return last == runs_.rend() ? 0 : last->number;
}

void Caller::note_run(const RunSeen& run) {
  std::string text;
  if (stage_.history().told && has_model_) {
    text = std::to_string(run.counts.added) + " added, " + std::to_string(run.counts.updated) +
           " updated, " + std::to_string(run.counts.deleted) + " deleted";
  }
  note(EventKind::kRun, std::move(text), run.stream);
}

std::size_t Caller::note(EventKind kind, std::string text, std::string stream) {
  return stage_.history().add(
      {.at = stage_.now(), .kind = kind, .stream = std::move(stream), .text = std::move(text)});
}

}  // namespace terapi::conformance
