// terapi-conformance server: judges any server, by its URL.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "conformance/harness/stage/http_server_stage.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "core/duration.h"

namespace terapi::conformance {
namespace {

constexpr const char* kSnapshot = "/_simulator/snapshots/before-terapi-conformance";

struct ServerFlags {
  HttpServerStageOptions stage;
  bool read_only = false;
  std::vector<std::string> streams;
  bool help = false;

  void add_to(core::Flags& flags) {
    flags.text("base-url", "URL", "the server", stage.base_url);
    flags.text("secret-key", "KEY", "also from TERAPI_SECRET_KEY", stage.secret_key);
    flags.text("control-url", "URL",
               "of its control API; without it, only what can be seen from outside",
               stage.control_url);
    flags.toggle("read-only", "send nothing but GET and HEAD: safe on production", read_only);
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
                     shell_word(given.stage.base_url);
  if (!given.stage.control_url.empty()) {
    text += " --control-url " + shell_word(given.stage.control_url);
  }
  if (given.read_only) text += " --read-only";
  for (const std::string& stream : given.streams) text += " --stream " + shell_word(stream);
  return text;
}

int judge_server(const ServerFlags& given, const JudgeFlags& judge,
                 const std::vector<Scenario>& scenarios) {
  JudgeRun run;
  run.mode = "server";
  run.subject = given.stage.base_url;
  run.secrets = {given.stage.secret_key};
  run.rerun = rerun_of(given);
  run.jobs = 1;
  run.judges_servers = true;
  run.filter = judge.filter;
  const bool steered = !given.stage.control_url.empty() && !given.read_only;
  std::vector<std::string> streams = given.streams;
  if (streams.empty()) streams = {"github/demo/Issue"};
  if (steered) streams.resize(1);
  std::vector<JudgeJob> jobs;
  for (const std::string& stream : streams) {
    const std::string world = streams.size() > 1 ? "http " + stream : "http";
    for (const Scenario& scenario : scenarios) {
      if (scenario.judges != Subject::kServer) continue;
      jobs.push_back(server_job(scenario, judge, given.stage, stream, given.read_only, world));
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
  if (const auto reached = HttpServerStage::make(given.stage); !reached) {
    return refuse(reached.error().message);
  }
  auto scenarios = load_scenarios(judge.scenarios);
  if (!scenarios) return refuse(scenarios.error().message);
  return judge_server(given, judge, *scenarios);
}

}  // namespace terapi::conformance
