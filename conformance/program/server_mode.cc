// terapi-conformance server: judges any server, by its URL.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "conformance/harness/play/first_look.h"
#include "conformance/harness/stage/http_server_stage.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "conformance/report/redactor.h"
#include "core/duration.h"
#include "core/shell_word.h"

namespace terapi::conformance {
namespace {

constexpr const char* kSnapshot = "/_simulator/snapshots/before-terapi-conformance";

// Of a server that others rely on: what leaves most of a usual limit (200 a minute) to them.
constexpr std::uint64_t kCarefulRequests = 2'000;
constexpr std::uint64_t kCarefulRate = 2;  // a second
constexpr core::Duration kCarefulTime = std::chrono::minutes(20);

struct ServerFlags {
  HttpServerStageOptions stage;
  bool read_only = false;
  std::vector<std::string> streams;
  std::optional<std::uint64_t> most_requests;
  std::optional<std::uint64_t> rate;
  std::optional<core::Duration> most_time;
  std::uint64_t sample = 1'000;
  bool help = false;

  // What this run may ask: less where others rely on the server.
  RequestBudget::Limits limits() const {
    return {most_requests.value_or(read_only ? kCarefulRequests : 0),
            rate.value_or(read_only ? kCarefulRate : 0),
            most_time.value_or(read_only ? kCarefulTime : core::Duration{0})};
  }

  void add_to(core::Flags& flags) {
    flags.text("base-url", "URL", "the server", stage.base_url);
    flags.text("secret-key", "KEY", "also from TERAPI_SECRET_KEY", stage.secret_key);
    flags.text("control-url", "URL",
               "of its control API; without it, only what can be seen from outside",
               stage.control_url);
    flags.toggle("read-only", "send nothing but GET and HEAD, and few of them: safe on production",
                 read_only);
    flags.number("max-requests", "N", "of the whole run; 0: any number (2000 with --read-only)", {},
                 most_requests);
    flags.add("rate", "N/s", "requests a second at most (2/s with --read-only)",
              [this](const std::string& text) -> core::Result<void> {
                const auto read = read_rate(text);
                if (!read) return read.error();
                rate = *read;
                return {};
              });
    flags.duration("max-time", "DURATION", "of the whole run (20m with --read-only)",
                   std::chrono::seconds(1), most_time);
    flags.number("sample", "N",
                 "without a control URL: how many records of a stream are looked at; 0: all "
                 "(1000)",
                 {}, sample);
    flags.add("stream", "STREAM",
              "INTEGRATION/CONNECTION/MODEL to read; several times, if you like",
              [this](const std::string& text) {
                streams.push_back(text);
                return core::Result<void>();
              });
    flags.toggle("help", "this text", help);
  }
};

// A call of the control API that may fail.
bool control(const HttpServerStageOptions& options, const char* method, const std::string& path) {
  auto stage = HttpServerStage::make(options);
  if (!stage) return false;
  core::Request request;
  request.method = method;
  request.target = path;
  const auto answer = (*stage)->call(std::move(request));
  return answer && answer->status < 300;
}

std::string rerun_of(const ServerFlags& given) {
  std::string text = "TERAPI_SECRET_KEY=… terapi-conformance server --base-url " +
                     core::shell_word(given.stage.base_url);
  if (!given.stage.control_url.empty()) {
    text += " --control-url " + core::shell_word(given.stage.control_url);
  }
  if (given.read_only) text += " --read-only";
  for (const std::string& stream : given.streams) text += " --stream " + core::shell_word(stream);
  if (given.most_requests) text += " --max-requests " + std::to_string(*given.most_requests);
  if (given.rate) text += " --rate " + std::to_string(*given.rate) + "/s";
  if (given.most_time) text += " --max-time " + core::format_duration(*given.most_time);
  if (given.sample != 1'000) text += " --sample " + std::to_string(given.sample);
  return text;
}

// A line now and then: a careful run takes its time, and says nothing of itself meanwhile.
std::function<void(const RequestBudget&, core::Time)> tell_progress() {
  return [told = std::make_shared<core::Time>()](const RequestBudget& budget, core::Time now) {
    constexpr core::Duration kEvery = std::chrono::seconds(15);
    if (*told == core::Time{}) *told = now;
    if (now - *told < kEvery) return;
    *told = now;
    const auto lasted = std::chrono::round<std::chrono::seconds>(budget.lasted(now));
    std::fprintf(stderr, "terapi-conformance: %llu requests in %s\n",
                 static_cast<unsigned long long>(budget.asked()),
                 core::format_duration(lasted).c_str());
  };
}

std::vector<std::string> streams_of(const ServerFlags& given) {
  std::vector<std::string> streams = given.streams;
  if (streams.empty()) streams = {"github/demo/Issue"};
  if (!given.stage.control_url.empty()) streams.resize(1);
  return streams;
}

int judge_server(const ServerFlags& given, const JudgeFlags& judge,
                 const std::vector<Scenario>& scenarios, std::vector<std::string> left_out) {
  JudgeRun run;
  run.mode = "server";
  run.subject = given.stage.base_url;
  run.secrets = {given.stage.secret_key};
  run.rerun = rerun_of(given);
  run.jobs = 1;
  run.judges_servers = true;
  run.filter = judge.filter;
  run.left_out = std::move(left_out);
  const bool steered = !given.stage.control_url.empty() && !given.read_only;
  const std::vector<std::string> streams = streams_of(given);
  std::vector<JudgeJob> jobs;
  for (const std::string& stream : streams) {
    const std::string world = streams.size() > 1 ? "http " + stream : "http";
    for (const Scenario& scenario : scenarios) {
      if (scenario.judges != Subject::kServer) continue;
      jobs.push_back(server_job(scenario, judge, given.stage,
                                {.read_only = given.read_only,
                                 .stream = stream_asked(stream),
                                 .sample = given.sample,
                                 .thrifty = given.read_only},
                                world));
    }
  }
  // What was there before is put back.
  const bool kept = steered && control(given.stage, "POST", kSnapshot);
  if (steered && !kept)
    refuse("the server took no snapshot: its present state will not be restored");
  const int status = run.run(jobs, judge);
  if (!kept) return status;
  if (!control(given.stage, "POST", std::string(kSnapshot) + "/restore")) {
    return refuse("the server's former state is lost: its snapshot could not be restored");
  }
  control(given.stage, "DELETE", kSnapshot);
  return status;
}

}  // namespace

int run_server_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  ServerFlags given;
  core::Flags flags;
  given.add_to(flags);
  judge.add_to(flags, "server");
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (given.help) {
    std::printf("terapi-conformance server --base-url URL --secret-key KEY [FLAGS]\n\n%s\n",
                flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("server takes no '" + rest->front() + "'");
  if (given.stage.base_url.empty()) {
    return refuse(
        "--base-url is missing; expected the server's URL, such as http://127.0.0.1:3003");
  }
  if (given.stage.secret_key.empty()) {
    const char* key = std::getenv("TERAPI_SECRET_KEY");
    given.stage.secret_key = key == nullptr ? "" : key;
  }
  if (given.stage.secret_key.empty()) {
    return refuse("--secret-key is missing; expected the environment's secret key");
  }
  given.stage.dialect = &judge.the_dialect();
  given.stage.on_limited = [told = std::make_shared<bool>(false)](core::Duration wait) {
    if (std::exchange(*told, true)) return;
    std::fprintf(stderr,
                 "terapi-conformance: the server limits how often it is asked (429). Each time it "
                 "is waited for as long as it says, now %s; that takes a while.\n",
                 core::format_duration(wait).c_str());
  };
  if (given.read_only) given.stage.control_url.clear();
  given.stage.budget = std::make_shared<RequestBudget>(given.limits());
  given.stage.on_asked = tell_progress();
  const auto reached = HttpServerStage::make(given.stage);
  if (!reached) return refuse(reached.error().message);
  for (const std::string& stream : streams_of(given)) {
    const bool there = given.stage.control_url.empty();
    const auto looked = first_look(**reached, stream_asked(stream), {.stream_is_there = there});
    if (!looked) {
      return refuse(Redactor({given.stage.secret_key}).redact(looked.error().message));
    }
  }
  auto scenarios = judge.load();
  if (!scenarios) return refuse(scenarios.error().message);
  auto left_out = judge.narrow(*scenarios);
  if (!left_out) return refuse(left_out.error().message);
  return judge_server(given, judge, *scenarios, *std::move(left_out));
}

}  // namespace terapi::conformance
