#include "conformance/report/annotations.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/printable.h"
#include "core/utf8.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostAnnotations = 10;      // that GitHub shows of a step
constexpr std::size_t kMostOfAnAnnotation = 600;  // of what was expected and found, each

std::string escaped(std::string_view text, std::string_view special) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte / 16U];
    out += kDigits[byte % 16U];
  }
  return out;
}

// "scenarios/server/a.json" of "/work/scenarios/server/a.json" in /work.
std::string path_in(const std::string& folder, const std::string& file) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(file, error);
  if (error || folder.empty()) return file;
  const std::filesystem::path base = std::filesystem::weakly_canonical(folder, error);
  if (error) return file;
  const std::filesystem::path relative = whole.lexically_relative(base);
  if (relative.empty() || *relative.begin() == "..") return file;
  return relative.string();
}

bool is_new(const RunSummary& run, const ScenarioResult& result) {
  if (!run.since) return false;
  const auto& fresh = run.since->new_failures;
  return std::any_of(fresh.begin(), fresh.end(), [&](const ChangedResult& one) {
    return one.scenario == result.scenario && one.world == result.world;
  });
}

// Without keys before it is cut short: a part of a key would stay.
std::string message_of(const ScenarioResult& result, const Redactor& redactor) {
  std::string text = redactor.redact(headline(result));
  const auto first =
      std::find_if(result.findings.begin(), result.findings.end(),
                   [](const Finding& finding) { return is_failure(finding.verdict); });
  if (first != result.findings.end()) {
    const auto say = [&](const char* label, const std::string& what) {
      if (what.empty()) return;
      text += "\n";
      text += label;
      text += core::shortened(redactor.redact(what), kMostOfAnAnnotation);
    };
    say("expected: ", first->expected);
    say("actual: ", first->actual);
  }
  if (!result.rerun.empty()) text += "\nrun again: " + redactor.redact(result.rerun);
  return text;
}

}  // namespace

std::string annotation_message(std::string_view text) {
  return escaped(core::printable(text, core::LineBreaks::kKeep), "%\r\n");
}

std::string annotation_property(std::string_view text) {
  return escaped(core::printable(text, core::LineBreaks::kKeep), "%\r\n:,");
}

std::string annotations(const RunSummary& run, const Redactor& redactor,
                        const std::string& folder) {
  std::vector<const ScenarioResult*> failed;
  for (const ScenarioResult& result : run.results) {
    if (is_failure(result.verdict)) failed.push_back(&result);
  }
  std::stable_partition(failed.begin(), failed.end(),
                        [&run](const ScenarioResult* result) { return is_new(run, *result); });
  std::string text;
  for (std::size_t i = 0; i < failed.size() && i < kMostAnnotations; ++i) {
    const ScenarioResult& result = *failed[i];
    std::string title = result.scenario;
    if (!result.world.empty()) title += " (" + result.world + ")";
    if (is_new(run, result)) title += ", new";
    text += "::error ";
    if (!result.file.empty()) {
      text +=
          "file=" + annotation_property(redactor.redact(path_in(folder, result.file))) + ",line=1,";
    }
    text +=
        "title=" +
        annotation_property(redactor.redact(std::string(to_string(result.verdict)) + " " + title)) +
        "::" + annotation_message(message_of(result, redactor)) + "\n";
  }
  if (failed.size() > kMostAnnotations) {
    text += "::notice title=terapi-conformance::" + std::to_string(failed.size()) +
            " results failed, of which GitHub shows " + std::to_string(kMostAnnotations) +
            " here; the reports have them all\n";
  }
  return text;
}

std::string annotated_folder() {
  if (const char* workspace = std::getenv("GITHUB_WORKSPACE");
      workspace != nullptr && *workspace != '\0') {
    return workspace;
  }
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

}  // namespace terapi::conformance
