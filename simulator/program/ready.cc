// terapi-simulator ready: waits until a simulator serves.
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "core/json_writer.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/url.h"
#include "simulator/program/program.h"
#include "simulator/program/serve_flags.h"

namespace terapi::simulator {
namespace {

// Where `serve` listens that is started from here: at the project file's host and port.
std::string usual_url(const std::string& host, std::uint64_t port) {
  const bool any = host == "0.0.0.0" || host == "::";
  const std::string at = any                                   ? "127.0.0.1"
                         : host.find(':') != std::string::npos ? "[" + host + "]"
                                                               : host;
  return "http://" + at + ":" + std::to_string(port);
}

// The URL of the flag, or else of the project file. Code "bad_usage", and those of the latter.
core::Result<std::string> url_to_ask(const std::string& given, const project::ProjectFlags& project,
                                     const std::vector<std::string>& arguments) {
  std::string url = given;
  if (url.empty()) {
    ServeFlags serve;
    core::Flags serve_flags;
    serve.add_to(serve_flags);
    const auto use = project.apply(serve_flags, arguments, [](const auto& member) {
      return member.name == "host" || member.name == "port";
    });
    if (!use) return use.error();
    url = usual_url(serve.host, serve.port);
  }
  const auto parsed = core::parse_url(url);
  if (!parsed) return core::Error{"bad_usage", "--url: " + parsed.error().message};
  if (parsed->scheme != "http") {
    return core::Error{"bad_usage", "--url: '" + url + "' does not begin with http://"};
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

int tell_readiness(const std::string& url, const std::string& why_not, bool as_json) {
  const bool ready = why_not.empty();
  if (as_json) {
    core::json::Writer out;
    out.begin_object().field("ready", ready).field("url", url);
    if (!ready) out.field("reason", why_not);
    std::printf("%s\n", out.end_object().take().c_str());
    return ready ? 0 : 1;
  }
  if (!ready) {
    // NOLINTNEXTLINE(performance-inefficient-string-concatenation): once, at the end
    return report("terapi-simulator ready", "not_ready", url + " is not ready: " + why_not);
  }
  std::printf("%s is ready\n", url.c_str());
  return 0;
}

}  // namespace

int run_ready(const std::vector<std::string>& arguments) {
  using SteadyClock = std::chrono::steady_clock;
  const std::string name = "terapi-simulator ready";
  std::string given;
  core::Duration wait{0};
  core::Flags flags;
  project::ProjectFlags project;
  flags.text("url", "URL",
             "the simulator's base URL (default http://127.0.0.1:3003, or the project file's host "
             "and port)",
             given);
  flags.duration("wait", "DURATION", "how long to try (default: once)", {}, wait);
  bool json = false;
  flags.toggle("json", "print {\"ready\": true or false, \"url\", \"reason\"}", json);
  project.add_to(flags);
  bool help = false;
  flags.toggle("help", "this text", help);
  const auto rest = flags.parse(arguments);
  if (!rest) return report(name, rest.error().code, rest.error().message);
  if (help) {
    std::printf("terapi-simulator ready --wait 10s [--url URL]   wait until one serves\n\n%s",
                flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return report(name, "bad_usage", "unexpected '" + rest->front() + "'");
  const auto url = url_to_ask(given, project, arguments);
  if (!url) return report(name, url.error());

  core::EventLoop loop;
  core::HttpSender sender(loop, {});
  const auto ask = [&](const core::Request& request) {
    core::Result<core::Response> answer = core::Error{"timeout", "no answer"};
    // Its status is the answer.
    sender.send(request,
                {.timeout = std::chrono::seconds(2), .needed = core::AnswerNeeded::kStatus},
                [&](core::Result<core::Response> came) {
                  answer = std::move(came);
                  loop.stop();
                });
    loop.run();
    return answer;
  };
  core::Request request;
  request.target = *url + "/_simulator/ready";
  const auto deadline = SteadyClock::now() + wait;
  while (true) {
    const auto answer = ask(request);
    if (answer && answer->status == 200) return tell_readiness(*url, "", json);
    if (SteadyClock::now() >= deadline) {
      return tell_readiness(
          *url, answer ? "status " + std::to_string(answer->status) : answer.error().message, json);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace terapi::simulator
