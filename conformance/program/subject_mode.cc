// terapi-conformance subject: the reference client as a client under test, with a defect if you
// like. For `terapi-conformance client --run 'terapi-conformance subject --mutant
// ignores-deletes'`.
#include <cstdio>

#include "conformance/harness/stage/subject_process.h"
#include "conformance/program/program.h"
#include "core/flags.h"
#include "core/nearest.h"

namespace terapi::conformance {

int run_subject_mode(const std::vector<std::string>& arguments) {
  std::string id;
  bool help = false;
  core::Flags flags;
  flags.text("mutant", "ID", "the defect; none: the reference client as it is", id);
  flags.toggle("help", "this text", help);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance subject [--mutant ID] [dump]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  const ClientMutant* mutant = find_client_mutant(id);
  if (!id.empty() && mutant == nullptr) {
    std::vector<std::string> known;
    for (const ClientMutant& one : client_mutants()) known.emplace_back(one.id);
    return refuse("there is no client mutant '" + id + "'" + core::suggestion(id, known));
  }
  if (!rest->empty()) {
    if (*rest != std::vector<std::string>{"dump"}) {
      return refuse("subject takes no '" + rest->front() + "'; it takes nothing, or dump");
    }
    const auto dumped = dump_subject();
    return dumped ? 0 : refuse(dumped.error().message);
  }
  const auto status = run_subject(mutant);
  return status ? *status : refuse(status.error().message);
}

}  // namespace terapi::conformance
