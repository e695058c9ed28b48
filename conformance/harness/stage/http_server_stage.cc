#include "conformance/harness/stage/http_server_stage.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "conformance/contract/timestamp.h"
#include "conformance/harness/stage/limit_wait.h"
#include "conformance/scenario/step.h"
#include "core/json.h"
#include "core/shell_word.h"
#include "core/url.h"
#include "core/version.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kGlance = 2ms;
constexpr core::Duration kSimulatorStarts = 10s;

// Over the limit again and again, it is no limit that a pause would help with.
constexpr int kMostTries = 5;

core::AnswerManners manners_of(core::Response& answer) {
  using What = ReceiverAnswer::What;
  const std::string said(answer.headers.get(ReceiverAnswer::kOnTheWire).value_or(""));
  answer.headers.erase(ReceiverAnswer::kOnTheWire);
  return {.gives_reason = said != core::word_of(ReceiverAnswer::kWhats, What::kNoReason),
          .announces_close = said != core::word_of(ReceiverAnswer::kWhats, What::kCloses)};
}

}  // namespace

HttpServerStage::HttpServerStage(HttpServerStageOptions options)
    : ServerStage(*options.dialect), options_(std::move(options)) {
  while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
  while (options_.control_url.ends_with('/')) options_.control_url.pop_back();
  // With or without the prefix: "http://127.0.0.1:3003/_simulator" is what a ready file says.
  constexpr std::string_view kPrefix = "/_simulator";
  if (options_.control_url.ends_with(kPrefix)) {
    options_.control_url.resize(options_.control_url.size() - kPrefix.size());
  }
}

core::Result<std::unique_ptr<ServerStage>> HttpServerStage::make(HttpServerStageOptions options) {
  for (const std::string& url : {options.base_url, options.control_url}) {
    if (url.empty()) continue;
    if (auto parsed = core::parse_url(url); !parsed) return parsed.error();
  }
  std::unique_ptr<HttpServerStage> stage(new HttpServerStage(std::move(options)));
  if (auto listens = stage->listen(); !listens) return listens.error();
  if (auto clock = stage->learn_clock(); !clock) return clock.error();
  return std::unique_ptr<ServerStage>(std::move(stage));
}

core::Result<std::unique_ptr<ServerStage>> HttpServerStage::make_with_simulator(
    const std::string& program, HttpServerStageOptions options, std::uint64_t seed) {
  std::unique_ptr<HttpServerStage> stage(new HttpServerStage(std::move(options)));
  auto folder = core::TemporaryFolder::make("terapi-server");
  if (!folder) return folder.error();
  const std::string ready = folder->file("ready.json");
  stage->folder_ = *std::move(folder);
  constexpr const char* kMark = "TERAPI_CONFORMANCE_FOLDER";
  stage->live_.emplace(stage->folder_->path(), kMark, stage->folder_->path());
  auto started = ChildProcess::start(
      stage->loop_,
      {.command = "exec " + core::shell_word(program) +
                  " serve --no-project --port 0 --clock virtual --seed " + std::to_string(seed) +
                  " --dialect " + std::string(stage->options_.dialect->name) + " --ready-file " +
                  core::shell_word(ready),
       .variables = {{kMark, stage->folder_->path()}}});
  if (!started) return started.error();
  stage->simulator_ = *std::move(started);
  stage->run_until([&] { return std::filesystem::exists(ready) || !stage->simulator_->alive(); },
                   kSimulatorStarts);
  const auto document = core::json::Document::parse(file_text(ready));
  if (!document) {
    return core::Error{"no_server",
                       "terapi-simulator did not start: " + stage->simulator_->output().tail(400)};
  }
  stage->options_.base_url = document->root()["base_url"].string();
  stage->options_.control_url = stage->options_.base_url;
  stage->options_.secret_key = document->root()["secret_key"].string();
  if (auto listens = stage->listen(); !listens) return listens.error();
  if (auto clock = stage->learn_clock(); !clock) return clock.error();
  return std::unique_ptr<ServerStage>(std::move(stage));
}

HttpServerStage::~HttpServerStage() {
  if (simulator_) {
    simulator_->signal(SIGKILL);
    run_until([this] { return !simulator_->alive(); }, 5s);
  }
  server_.reset();
  sender_.reset();
  folder_.reset();
  live_.reset();
}

core::Result<void> HttpServerStage::listen() {
  sender_ = std::make_unique<core::HttpSender>(loop_, core::HttpSenderOptions{});
  core::HttpServerOptions options;
  options.stop_timeout = 100ms;
  options.max_body_bytes = [](std::string_view, std::string_view) {
    return std::size_t{64} << 20U;
  };
  options.manners = manners_of;
  auto server = core::HttpServer::start(
      loop_, std::move(options),
      [this](const core::Request& request, const auto& done) { receive(request, done); });
  if (!server) return server.error();
  server_ = *std::move(server);
  return {};
}

core::Result<void> HttpServerStage::learn_clock() {
  core::Request request;
  request.target = "/records";
  if (const auto answer = call(request); !answer) {
    if (answer.error().code == "out_of_budget") return answer.error();
    return core::Error{"no_server",
                       options_.base_url + " does not answer: " + answer.error().message};
  }
  if (!has_control()) return {};
  request.target = "/_simulator/clock";
  const auto answer = call(request);
  if (!answer || answer->status != 200) {
    return core::Error{"no_control",
                       options_.control_url + "/_simulator/clock does not answer: " +
                           (answer ? std::to_string(answer->status) : answer.error().message)};
  }
  const auto clock = core::json::Document::parse(answer->body);
  exact_time_ = clock && clock->root()["mode"].string() == "virtual";
  return {};
}

core::Time HttpServerStage::now() const {
  return const_cast<core::EventLoop&>(loop_).clock().now();  // NOLINT: the clock changes nothing
}

bool HttpServerStage::run_until(const std::function<bool()>& done, core::Duration limit) {
  core::Clock& clock = loop_.clock();
  const core::Time until = clock.now() + limit;
  while (!done() && clock.now() < until) {
    if (answer_one_webhook()) continue;
    const core::TimerId timer =
        clock.at(std::min(until, clock.now() + kGlance), [this] { loop_.stop(); });
    loop_.run();
    clock.cancel(timer);
  }
  return done();
}

core::Result<core::Response> HttpServerStage::call(core::Request request) {
  if (has_control()) return send(std::move(request));
  for (int tries = 1;; ++tries) {
    if (const auto turn = wait_for_turn(); !turn) return turn.error();
    core::Result<core::Response> answer = send(request);
    if (!answer || answer->status != 429) return answer;
    // That it does not say how long is a defect of its own; asking at once would be none of ours.
    const core::Duration wait = wait_of(*answer).value_or(options_.untold_wait * tries);
    if (tries == kMostTries) {
      if (!options_.budget) return answer;
      options_.budget->end(
          "not asked any further: the server limits how often it is asked (429), " +
          std::to_string(tries) + " times in a row");
      if (const auto over = wait_for_turn(); !over) return over.error();
    }
    if (options_.on_limited) options_.on_limited(wait);
    run_until([] { return false; }, wait);
  }
}

core::Result<void> HttpServerStage::wait_for_turn() {
  if (!options_.budget) return {};
  refused_ = options_.budget->spent(now());
  if (!refused_.empty()) return core::Error{"out_of_budget", refused_};
  const core::Duration wait = options_.budget->take(now());
  if (options_.on_asked) options_.on_asked(*options_.budget, now());
  if (wait.count() > 0) run_until([] { return false; }, wait);
  return {};
}

core::Result<core::Response> HttpServerStage::send(core::Request request) {
  std::optional<core::Result<core::Response>> answer;
  begin_to_send(std::move(request), [&](core::Result<core::Response> response) {
    answer = std::move(response);
    loop_.stop();
  });
  // The sender answers within its time-out, and webhooks are received meanwhile.
  while (!answer) {
    if (!answer_one_webhook()) loop_.run();
  }
  return *std::move(answer);
}

std::vector<core::Result<core::Response>> HttpServerStage::call_together(
    std::vector<core::Request> requests) {
  std::vector<core::Result<core::Response>> answers(
      requests.size(), core::Error{"not_asked", "it was not answered"});
  std::size_t open = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    begin_to_send(std::move(requests[i]), [&, i](core::Result<core::Response> response) {
      answers[i] = std::move(response);
      --open;
      loop_.stop();
    });
  }
  while (open > 0) {
    if (!answer_one_webhook()) loop_.run();
  }
  return answers;
}

void HttpServerStage::begin_to_send(core::Request request, core::AsyncTransport::Done done) {
  const bool control = request.target.starts_with("/_simulator") || request.target == "/metrics";
  request.target = (control ? options_.control_url : options_.base_url) + request.target;
  if (!request.headers.get("User-Agent")) {
    request.headers.add("User-Agent", "terapi-conformance/" + std::string(core::kVersion));
  }
  core::SendOptions options;
  options.timeout = options_.timeout;
  options.max_response_bytes = std::size_t{512} << 20U;
  sender_->send(std::move(request), options, std::move(done));
}

std::string HttpServerStage::receiver_url(std::string_view path) const {
  return server_->base_url() + std::string(path);
}

// On a virtual clock, the time at which a webhook came is the server's.
void HttpServerStage::receive(const core::Request& request,
                              const std::function<void(core::Outcome)>& done) {
  if (!exact_time_) return answer_webhook(request, now(), done);
  core::Request ask;
  ask.target = options_.control_url + "/_simulator/clock";
  sender_->send(std::move(ask), core::SendOptions{},
                [this, request, done](const core::Result<core::Response>& answer) {
                  core::Time at = now();
                  if (answer) {
                    const auto clock = core::json::Document::parse(answer->body);
                    if (clock) {
                      at = read_timestamp(clock->root()["now"].string()).value_or(at);
                    }
                  }
                  answer_webhook(request, at, done);
                });
}

// Not within the loop's callback: the receiver may well make calls of its own.
void HttpServerStage::answer_webhook(const core::Request& request, core::Time at,
                                     const std::function<void(core::Outcome)>& done) {
  webhooks_.emplace_back([this, request, at, done] {
    core::Outcome outcome = receiver_ ? receiver_(request, at) : core::Outcome{{200, {}, ""}, {}};
    // Else a reset could be that of a connection gone stale, after which a sender may send again.
    // Where the manners are to be bad ones, no word of it is said.
    if (!outcome.response.headers.get(ReceiverAnswer::kOnTheWire)) {
      outcome.response.headers.set("Connection", "close");
    }
    done(std::move(outcome));
  });
  loop_.stop();
}

bool HttpServerStage::answer_one_webhook() {
  if (webhooks_.empty()) return false;
  const auto answer = std::move(webhooks_.front());
  webhooks_.pop_front();
  answer();
  return true;
}

}  // namespace terapi::conformance
