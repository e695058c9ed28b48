#include "conformance/harness/explore/step_coverage.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/laws/law.h"
#include "core/json.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::array<const char*, 9> kPlain = {
    "get", "read", "prune", "advance", "idle", "write", "connect", "disconnect", "environments"};
constexpr std::array<const char*, 5> kRuns = {"save", "update", "delete", "replace", "error"};
constexpr std::array<const char*, 4> kSettings = {"rate_limit", "retry", "always_send",
                                                  "signing_key"};
constexpr std::array<const char*, 3> kExternal = {"save", "update", "delete"};
constexpr std::array<const char*, 3> kSyncs = {"trigger", "pause", "start"};
constexpr std::array<const char*, 3> kOrders = {"reset", "empty_cache", "fails_after"};
constexpr std::array<const char*, 7> kAnswers = {"2xx",     "3xx",   "4xx",     "5xx",
                                                 "timeout", "reset", "truncate"};

// The names of those members of `object` that are in the list.
template <std::size_t N>
void add_members(const json::Value& object, const char* of, const std::array<const char*, N>& names,
                 std::set<std::string>& words) {
  for (const char* name : names) {
    if (object[name].present()) words.insert(std::string(of) + " " + name);
  }
}

std::set<std::string> words_of(const Scenario& story) {
  std::set<std::string> words;
  if (story.given.find("\"environments\"") != std::string::npos) words.insert("environments");
  for (const json::Value step : story.document->root()["steps"].items()) {
    for (const char* name : kPlain) {
      if (step[name].present()) words.insert(name);
    }
    if (step["law"].present()) words.insert("law " + step["law"].string());
    for (const json::Value law : step["laws"].items()) words.insert("law " + law.string());
    add_members(step["run"], "run", kRuns, words);
    add_members(step["settings"], "settings", kSettings, words);
    add_members(step["upstream"], "upstream", kExternal, words);
    if (step["sync"].present()) {
      words.insert("sync " + step["sync"].string());
      add_members(step, "sync", kOrders, words);
    }
    for (const json::Value answer : step["receiver"]["answers"].items()) {
      const std::int64_t status = answer.is_object() ? answer["status"].integer().value_or(200)
                                                     : answer.integer().value_or(0);
      words.insert("receiver " +
                   (status > 0 ? std::to_string(status / 100) + "xx" : answer.string()));
    }
  }
  return words;
}

// All that there is to try.
std::vector<std::string> all_words(StepCoverage::Of of) {
  std::vector<std::string> words;
  if (of == StepCoverage::Of::kReads) {
    for (const Law& law : all_laws()) {
      // A limit on somebody else's server is not spent.
      if (!law.needs.any() && law.name != "rate-limit") {
        words.push_back("law " + std::string(law.name));
      }
    }
    return words;
  }
  words.reserve(std::size(kPlain) + std::size(kRuns) + std::size(kSettings) + std::size(kAnswers) +
                std::size(kExternal) + std::size(kSyncs) + std::size(kOrders) + all_laws().size());
  for (const char* name : kPlain) words.emplace_back(name);
  for (const char* name : kRuns) words.push_back(std::string("run ") + name);
  for (const char* name : kSettings) words.push_back(std::string("settings ") + name);
  for (const char* name : kExternal) words.push_back(std::string("upstream ") + name);
  for (const char* name : kSyncs) words.push_back(std::string("sync ") + name);
  for (const char* name : kOrders) words.push_back(std::string("sync ") + name);
  for (const char* name : kAnswers) words.push_back(std::string("receiver ") + name);
  for (const Law& law : all_laws()) words.push_back("law " + std::string(law.name));
  return words;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

void StepCoverage::count(const Scenario& story) {
  ++stories_;
  for (const std::string& word : words_of(story)) ++with_[word];
}

void StepCoverage::add(const StepCoverage& other) {
  stories_ += other.stories_;
  for (const auto& [word, count] : other.with_) with_[word] += count;
}

std::uint64_t StepCoverage::stories_with(const std::string& what) const {
  const auto found = with_.find(what);
  return found == with_.end() ? 0 : found->second;
}

std::vector<std::string> StepCoverage::never(Of of) const {
  std::vector<std::string> words;
  for (const std::string& word : all_words(of)) {
    if (stories_with(word) == 0) words.push_back(word);
  }
  return words;
}

std::string StepCoverage::text(Of of) const {
  constexpr std::size_t kColumns = 3;
  std::string text = "stories with\n";
  std::size_t column = 0;
  for (const std::string& word : all_words(of)) {
    const std::string count = std::to_string(stories_with(word));
    text += padded(word, 23) + std::string(8 - std::min<std::size_t>(count.size(), 8), ' ') + count;
    text += ++column % kColumns == 0 ? "\n" : "  ";
  }
  if (column % kColumns != 0) text += "\n";
  const std::vector<std::string> missing = never(of);
  if (missing.empty()) return text;
  text += "never:";
  for (const std::string& word : missing) text += (word == missing.front() ? " " : ", ") + word;
  return text + "\n";
}

nlohmann::ordered_json StepCoverage::json(Of of) const {
  using Json = nlohmann::ordered_json;
  Json json = {{"schedules", stories_}, {"steps", Json::object()}, {"never", never(of)}};
  for (const std::string& word : all_words(of)) json["steps"][word] = stories_with(word);
  return json;
}

}  // namespace terapi::conformance
