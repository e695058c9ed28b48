#include "simulator/program/serve_flags.h"

#include <chrono>

#include "core/rfc3339.h"
#include "simulator/records/dialect.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {
namespace {

std::optional<core::Time> start_time(const std::string& text) {
  if (text != "now") return core::parse_rfc3339(text);
  return std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
}

}  // namespace

void ServeFlags::add_to(core::Flags& flags) {
  flags.text("host", "ADDRESS", "address to listen on (default 127.0.0.1)", host);
  flags.number("port", "N", "port to listen on (default 3003; 0: any free one)", {.most = 65535},
               port);
  flags.text("world", "FILE.json", "the world to start with (default: 1,000 generated issues)",
             world);
  flags.text("data", "FILE.db", "keep everything in this SQLite file, and start again from it",
             data);
  flags.list("load", "SPEC",
             "read real data in one run: connection=…,integration=…,model=…,file=…[,id=KEY]; or a "
             "database that terapi-sync filled, with its cursors: sync.db",
             loads);
  flags.choice("clock", {"system", "virtual"}, "virtual: time stands still until it is advanced",
               clock);
  flags.add("start", "TIME",
            "where a virtual clock begins: RFC 3339, or `now` (default 2024-01-01T00:00:00Z); one "
            "that --data kept goes on where it stood",
            [this](const std::string& text) -> core::Result<void> {
              start = start_time(text);
              if (start && (*start < core::Time() || *start > kLatestTime)) {
                return core::Error{"bad_usage", "--start: '" + text + "' is not from " +
                                                    format_timestamp(core::Time()) + " to " +
                                                    format_timestamp(kLatestTime)};
              }
              if (start) return {};
              return core::Error{"bad_usage", "--start: '" + text +
                                                  "' is no time; expected `now` or an RFC 3339 "
                                                  "timestamp, as in 2024-01-01T00:00:00Z"};
            });
  flags.number("seed", "N", "determines everything random (default 1)", {}, seed);
  flags.choice("dialect", dialect_names(), "the vocabulary and habits to use", dialect);
  flags.list("quirk", "NAME=on|off",
             "one thing that hurts clients of the public system, as docs/nango.md names them "
             "(default: all on in the nango dialect, all off in terapi)",
             quirks);
  flags.list("webhook-url", "URL", "where webhooks go (at most two)", webhook_urls);
  flags.text("secret-key", "KEY", "the first environment's key", secret_key);
  flags.text("ready-file", "FILE", "written when it serves: base_url, keys, pid as JSON",
             ready_file);
  flags.choice("log-format", {"text", "json"}, "of the log on stderr", log_format);
  flags.choice("log-level", kLogLevelWords, "what is logged", log_level);
  flags.text("control-token", "TOKEN", "let callers on other machines that send it use /_simulator",
             control_token);
  flags.list("allow-base-url", "ORIGIN",
             "a host that the proxy's Base-Url-Override may name, http://HOST:PORT (default: none)",
             allowed_base_urls);
  flags.number("max-control-body", "MIB", "largest body of a /_simulator call (default 64)",
               {.most = 4096}, max_control_body_mib);
  flags.number(
      "stop-with-fd", "N",
      "stop, as on SIGTERM, when nobody holds the other end of file descriptor N, a pipe or "
      "socket, any more: with the process that has it, however that ends (0: standard input)",
      {.most = 1023}, stop_with_fd);
  flags.toggle("hints", "print curl commands to paste, once it serves", hints);
  flags.toggle("json",
               "print as one JSON object where it serves, keys included (exec: on stderr, since "
               "stdout is its command's)",
               json);
  flags.toggle("for-tests",
               "as the kits start it: a free port, and a virtual clock where neither --clock nor a "
               "project file says which; a project file's port and data do not count",
               for_tests);
  project_flags.add_to(flags);
}

core::Result<std::vector<std::string>> ServeFlags::read(const std::vector<std::string>& arguments,
                                                        For command) {
  using project::ProjectMember;
  core::Flags flags;
  add_to(flags);
  auto rest = flags.parse(arguments);
  if (!rest) return rest;
  // What is executed side by side, such as tests, must not meet at one port, or in one file.
  const bool side_by_side = for_tests || command == For::kExec;
  auto use = project_flags.apply(flags, arguments, [&](const ProjectMember& member) {
    if (side_by_side && (member.name == "port" || member.name == "data")) return false;
    return member.of != ProjectMember::Of::kJudge;
  });
  if (!use) return use.error();
  project = *std::move(use);
  const std::set<std::string> given = flags.named_in(arguments);
  if (for_tests && !given.contains("clock") && !project.has("clock")) clock = "virtual";
  if (for_tests && !given.contains("port")) port = 0;
  // It is that of the clock that the flag has taken the place of.
  if (given.contains("clock") && clock == "system" && project.has("start")) start.reset();
  if (project.has("world") && world.empty()) world_text = project.file->world_text();
  return rest;
}

}  // namespace terapi::simulator
