#include "conformance/program/measure_flags.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "conformance/program/judge_flags.h"
#include "conformance/report/report_files.h"
#include "core/nearest.h"
#include "core/words.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kUsualRecords = 50'000;
constexpr std::uint64_t kQuickRecords = 5'000;
// Below it the figures would be those of starting a process.
constexpr std::uint64_t kLeastRecords = 20;
constexpr std::uint64_t kMostRecords = 1'000'000;

core::Error bad_usage(const std::string& message) { return {"bad_usage", message}; }

}  // namespace

void MeasureFlags::add_to(core::Flags& flags) {
  flags.add("run", "COMMAND", "a client; may be given several times",
            [this](const std::string& command) -> core::Result<void> {
              if (command.empty()) return bad_usage("--run: expected the command of a client");
              clients.push_back({std::exchange(name_before_run_, ""),
                                 {command, std::exchange(dump_before_run_, "")}});
              return {};
            });
  flags.add("dump", "COMMAND", "prints what the client of the --run before it has stored",
            [this](const std::string& command) { return add_dump(command); });
  flags.add("name", "NAME", "what the client of the --run before it is called",
            [this](const std::string& name) { return add_name(name); });
  flags.add("only", "PART[,PART…]", "first-sync, webhooks, catch-up; left out: all of them",
            [this](const std::string& text) { return add_parts(text); });
  flags.number("records", "N",
               "of 300 bytes, of a first sync (50000); of 10 KB there are a twentieth of it",
               {.least = kLeastRecords, .most = kMostRecords}, records);
  flags.number("limit", "N", "TERAPI_LIMIT: records of a page (1000)", {.least = 1, .most = 10'000},
               limit);
  flags.duration("latency", "DURATION",
                 "a round trip on the second network (50ms; 0s: there is none)", 0ms, latency);
  flags.number("repeat", "N", "measure so often what does not take long (3)",
               {.least = 1, .most = 100}, repeat);
  flags.toggle("quick", "fewer records, changes and rounds: to see whether it works", quick);
  flags.toggle("no-reference", "without terapi-sync, and so without ratios", no_reference);
  flags.choice("dialect", dialect_names(), "the vocabulary to use", dialect);
  add_report_flag(flags, "json", "write all figures there; -: to standard output", json);
  add_report_flag(flags, "html", "write a page with drawings there", html);
  flags.toggle("help", "this text", help);
  project_flags.add_to(flags);
  refuse_flags_of_other_modes(flags, "measure");
}

core::Result<void> MeasureFlags::add_dump(const std::string& command) {
  if (command.empty()) return bad_usage("--dump: expected a command");
  std::string& dump = clients.empty() ? dump_before_run_ : clients.back().commands.dump;
  if (!dump.empty()) {
    return bad_usage("--dump '" + command + "': " +
                     (clients.empty() ? "there is one already"
                                      : "the --run before it, '" + clients.back().commands.run +
                                            "', has one already") +
                     "; give each --dump right after its --run");
  }
  dump = command;
  return {};
}

core::Result<void> MeasureFlags::add_name(const std::string& name) {
  if (name.empty()) return bad_usage("--name: expected a name");
  std::string& target = clients.empty() ? name_before_run_ : clients.back().name;
  if (!target.empty()) {
    return bad_usage(
        "--name '" + name + "': '" + target +
        "' is the name of that client already; give each --name right after its --run");
  }
  target = name;
  return {};
}

core::Result<void> MeasureFlags::add_parts(const std::string& text) {
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const auto part = core::value_of(kMeasuredParts, word);
    if (!part) {
      return bad_usage("--only: there is no part '" + word + "'" +
                       core::suggestion(word, core::words_in(kMeasuredParts)) +
                       "; expected first-sync, webhooks or catch-up, separated by commas");
    }
    if (std::find(parts.begin(), parts.end(), *part) == parts.end()) parts.push_back(*part);
  }
  return {};
}

core::Result<void> MeasureFlags::read(const std::vector<std::string>& arguments) {
  core::Flags flags;
  add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return rest.error();
  if (help) return {};
  if (!rest->empty()) {
    return bad_usage("'" + rest->front() + "' is not a flag; quote the command: --run 'COMMAND'");
  }
  if (auto applied = apply_project(flags, arguments); !applied) return applied;
  if (clients.empty() && !dump_before_run_.empty()) {
    return bad_usage("--dump is there and --run is not; expected the command of a client");
  }
  if (clients.empty() && no_reference) {
    return bad_usage("with --no-reference and without --run there is nothing to measure");
  }
  return name_clients();
}

core::Result<void> MeasureFlags::apply_project(const core::Flags& flags,
                                               const std::vector<std::string>& arguments) {
  auto use = project_flags.apply(flags, arguments, [](const project::ProjectMember& member) {
    return member.name == "dialect" || member.name.starts_with("client.");
  });
  if (!use) return use.error();
  project = *std::move(use);
  if (project.has("client.run")) clients.back().commands.folder = project.file->folder();
  if (project.has("client.dump")) clients.back().commands.dump_folder = project.file->folder();
  return {};
}

// Every name is that of one client, and none that of the reference.
core::Result<void> MeasureFlags::name_clients() {
  std::set<std::string> taken = {"terapi-sync"};
  for (const MeasuredClient& client : clients) {
    if (client.name.empty() || taken.insert(client.name).second) continue;
    return bad_usage("--name: '" + client.name + "' is the name of another client already");
  }
  for (MeasuredClient& client : clients) {
    if (!client.name.empty()) continue;
    const std::string name = name_of_command(client.commands.run);
    client.name = name;
    for (int number = 2; !taken.insert(client.name).second; ++number) {
      client.name = name + " (" + std::to_string(number) + ")";
    }
  }
  return {};
}

std::string MeasureFlags::help_text() {
  core::Flags flags;
  add_to(flags);
  return "terapi-conformance measure --run 'COMMAND' [--dump 'COMMAND'] [--run …] [FLAGS]\n\n"
         "Measures sync clients beside terapi-sync: a first sync, the time from a webhook to the\n"
         "change being stored, catching up, CPU, memory and requests, without latency and with "
         "it.\n"
         "Commands and their environment are those of `terapi-conformance client`. A --dump, and "
         "a\n"
         "--name, is of the --run before it. docs/measure.md tells how it is measured.\n\n" +
         flags.help();
}

MeasuringOptions MeasureFlags::options(const ProcessClientOptions& reference) const {
  MeasuringOptions options;
  options.dialect = find_dialect(dialect);
  if (!no_reference) {
    options.clients.push_back({.name = "terapi-sync", .commands = reference, .reference = true});
  }
  options.clients.insert(options.clients.end(), clients.begin(), clients.end());
  if (!parts.empty()) options.parts = parts;
  options.records = records != 0 ? records : quick ? kQuickRecords : kUsualRecords;
  options.limit = limit;
  options.round_trip = latency;
  options.rounds = quick ? 1 : repeat;
  if (quick) options.rates = {{1, 3}, {10, 20}, {100, 100}};
  return options;
}

std::string name_of_command(const std::string& command) {
  std::istringstream words(command);
  std::string first;
  for (std::string word; words >> word;) {
    std::erase_if(word, [](char c) { return c == '\'' || c == '"'; });
    std::string file = word.substr(word.rfind('/') + 1);
    if (first.empty()) first = file;
    // An interpreter's file: client.py, main.mjs; and not a flag or an assignment.
    const bool flag = word.starts_with("-") || word.find('=') != std::string::npos;
    if (!flag && file.find('.') != std::string::npos && file != "." && file.front() != '.' &&
        !file.starts_with("python")) {
      return file;
    }
  }
  return first.empty() ? "client" : first;
}

}  // namespace terapi::conformance
