// terapi-conformance init: writes a project file, by asking at a terminal, or by flags.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

#include "conformance/contract/dialect.h"
#include "conformance/program/program.h"
#include "core/flags.h"
#include "core/json_writer.h"
#include "core/nearest.h"
#include "core/replace_file.h"
#include "project/project_draft.h"
#include "project/project_file.h"

namespace terapi::conformance {
namespace {

namespace files = std::filesystem;
using project::ProjectDraft;
using project::ProjectFile;

struct InitFlags {
  ProjectDraft draft;
  std::string folder = ".";
  bool yes = false;
  bool force = false;
  bool json = false;
  bool help = false;

  void add_to(core::Flags& flags) {
    flags.text("run", "COMMAND", "client.run: starts your sync client", draft.run);
    flags.text("dump", "COMMAND", "client.dump: prints what it has stored", draft.dump);
    flags.text("world", "FILE.json", "world: what the simulator starts with", draft.world);
    flags.text("webhook-url", "URL", "webhook_url: where webhooks go", draft.webhook_url);
    flags.text("scenarios", "DIR", "scenarios: of your own, beside the built-in ones",
               draft.scenarios);
    flags.choice("dialect", dialect_names(), "whose vocabulary (default terapi)", draft.dialect);
    flags.choice("clock", {"system", "virtual"}, "the simulator's clock (default virtual)",
                 draft.clock);
    flags.text("folder", "DIR", "where terapi.json is written (default: here)", folder);
    flags.toggle("yes", "ask nothing: what no flag says is guessed, or left out", yes);
    flags.toggle("force", "write over a terapi.json that is there", force);
    flags.toggle("json", "print what was written as a JSON object, and ask nothing", json);
    flags.toggle("help", "this text", help);
  }
};

// Asks on stderr; an empty answer is what stands in brackets. False: nobody answers any more.
bool ask(const std::string& question, std::string& answer) {
  std::fprintf(stderr, "%s [%s]: ", question.c_str(), answer.empty() ? "none" : answer.c_str());
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return true;
  answer = line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
  if (answer == "none") answer.clear();
  return true;
}

bool ask_for_dialect(ProjectDraft& draft) {
  while (ask("Whose vocabulary, terapi or nango?", draft.dialect)) {
    if (find_dialect(draft.dialect) != nullptr) return true;
    std::fprintf(stderr, "There is no dialect '%s'%s\n", draft.dialect.c_str(),
                 core::suggestion(draft.dialect, dialect_names()).c_str());
    draft.dialect = "terapi";
  }
  return false;
}

bool ask_all(InitFlags& init, const std::set<std::string>& given) {
  ProjectDraft& draft = init.draft;
  const auto asked = [&](const char* flag, const char* question, std::string& answer) {
    return given.contains(flag) || ask(question, answer);
  };
  return asked("run", "The command that starts your sync client", draft.run) &&
         (draft.run.empty() ||
          asked("dump", "The command that prints what it has stored, a record a line",
                draft.dump)) &&
         asked("world", "A world file to start with (none: 1,000 generated issues)", draft.world) &&
         asked("webhook-url", "Where webhooks go, such as http://127.0.0.1:8080/webhooks",
               draft.webhook_url) &&
         (given.contains("dialect") || ask_for_dialect(draft));
}

// Of what was asked for or given, as far as it can be looked at now; empty: nothing.
std::string what_is_wrong(const InitFlags& init) {
  std::error_code error;
  const files::path folder(init.folder);
  if (!init.draft.world.empty() && !files::is_regular_file(folder / init.draft.world, error)) {
    return "--world: there is no file '" + (folder / init.draft.world).string() +
           "'; expected a world file, as seen from the folder of terapi.json";
  }
  if (!init.draft.scenarios.empty() && !files::is_directory(folder / init.draft.scenarios, error)) {
    return "--scenarios: there is no folder '" + (folder / init.draft.scenarios).string() +
           "', as seen from the folder of terapi.json";
  }
  if (!init.draft.dump.empty() && init.draft.run.empty()) {
    return "--dump is there and --run is not; expected the command of the client";
  }
  return "";
}

int tell(const InitFlags& init, const std::string& path, const std::string& text,
         const std::string& guessed) {
  if (init.json) {
    const auto document = core::json::Document::parse(text, {.comments = true});
    core::json::Writer out;
    out.begin_object().field("file", path);
    if (guessed.empty()) {
      out.null_field("guessed_from");
    } else {
      out.field("guessed_from", guessed);
    }
    out.raw_field("members", core::json::compact(document->root())).end_object();
    std::printf("%s\n", out.take().c_str());
    return 0;
  }
  std::printf("%s is written%s.\n\n", path.c_str(),
              guessed.empty() ? "" : (", its commands guessed from " + guessed).c_str());
  std::printf("Next:\n  terapi-simulator                        serves it\n");
  if (init.draft.run.empty()) {
    std::printf("  $EDITOR %-31s and say in \"client\" how your sync client is run\n",
                path.c_str());
  }
  std::printf("  terapi-conformance client --quick       judges your sync client\n");
  return 0;
}

}  // namespace

int run_init_mode(const std::vector<std::string>& arguments) {
  InitFlags init;
  core::Flags flags;
  init.add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (init.help) {
    std::printf(
        "terapi-conformance init [FLAGS]\n\n"
        "Writes terapi.json, the project file, which terapi-simulator, `terapi-conformance "
        "client`\n"
        "and the kits for tests find by themselves. At a terminal it asks for what no flag "
        "says.\n\n"
        "%s\n",
        flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("init takes no '" + rest->front() + "'; see --help");
  std::error_code error;
  if (!files::is_directory(init.folder, error)) {
    return refuse("--folder: there is no folder '" + init.folder + "'");
  }
  const std::string path = (files::path(init.folder) / "terapi.json").lexically_normal().string();
  if (files::exists(files::symlink_status(path, error)) && !init.force) {
    return refuse(path + " is there already; --force writes over it");
  }
  const std::string guessed = init.draft.guess(init.folder);
  const bool asks = !init.yes && !init.json && ::isatty(STDIN_FILENO) == 1;
  if (asks && !ask_all(init, flags.named_in(arguments))) {
    return refuse("the questions were not answered; nothing is written");
  }
  const std::string wrong = what_is_wrong(init);
  if (!wrong.empty()) return refuse(wrong);
  const std::string text = init.draft.text();
  if (const auto good = ProjectFile::parse(text, path); !good) return refuse(good.error().message);
  if (const auto written = core::replace_file(path, text); !written) {
    return refuse(written.error().message);
  }
  return tell(init, path, text, guessed);
}

}  // namespace terapi::conformance
