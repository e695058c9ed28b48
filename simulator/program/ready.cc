// terapi-simulator ready: waits until a simulator serves.
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/url.h"
#include "simulator/program/program.h"
#include "simulator/program/serve_flags.h"

namespace terapi::simulator {

int run_ready(const std::vector<std::string>& arguments) {
  using SteadyClock = std::chrono::steady_clock;
  const std::string name = "terapi-simulator ready";
  std::string url = "http://127.0.0.1:3003";
  core::Duration wait{0};
  core::Flags flags;
  flags.text("url", "URL", "the simulator's base URL (default http://127.0.0.1:3003)", url);
  flags.duration("wait", "DURATION", "how long to try (default: once)", {}, wait);
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
  if (const auto parsed = core::parse_url(url); !parsed) {
    return report(name, "bad_usage", "--url: " + parsed.error().message);
  } else if (parsed->scheme != "http") {
    return report(name, "bad_usage", "--url: '" + url + "' does not begin with http://");
  }
  while (url.ends_with('/')) url.pop_back();

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
  request.target = url + "/_simulator/ready";
  const auto deadline = SteadyClock::now() + wait;
  while (true) {
    const auto answer = ask(request);
    if (answer && answer->status == 200) {
      std::printf("%s is ready\n", url.c_str());
      return 0;
    }
    if (SteadyClock::now() >= deadline) {
      const std::string why =
          answer ? "status " + std::to_string(answer->status) : answer.error().message;
      // NOLINTNEXTLINE(performance-inefficient-string-concatenation): once, at the end
      return report(name, "not_ready", url + " is not ready: " + why);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace terapi::simulator
