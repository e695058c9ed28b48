#include "conformance/harness/explore/placements.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/check.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

// What a client may need in addition to get over a further fault: it backs off for a minute at
// most.
constexpr core::Duration kFurtherTime = 110s;
// A webhook that is lost is made good by a poll that comes in time, and by nothing else.
constexpr core::Duration kSoonEnough = 30s;

template <typename What>
bool has_step(const Scenario& scenario) {
  const std::vector<Step>& steps = scenario.plan.steps;
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return std::holds_alternative<What>(step.what); });
}

// Checks that no fault can make untrue.
bool always_holds(const CheckStep& step) {
  return step.check.what == ClientCheck::What::kNothingElsewhere ||
         step.check.what == ClientCheck::What::kKeysKept;
}

std::string rule_text(FaultKind kind, std::uint64_t nth, std::size_t number) {
  std::string effect = R"({"status":503})";
  if (kind == FaultKind::kReset) effect = R"({"reset":true})";
  if (kind == FaultKind::kTruncate) effect = R"({"truncate_after":14})";
  if (kind == FaultKind::kWebhookDrop) effect = R"({"drop":true})";
  if (kind == FaultKind::kWebhookDuplicate) effect = R"({"duplicate":2})";
  const bool webhook = place_of(kind) == FaultPlace::kWebhook;
  return R"({"id":")" + std::string(word_of(kind)) + "-" + std::to_string(number) + R"(","on":")" +
         (webhook ? "webhook" : "api") + R"(","nth":[)" + std::to_string(nth) + R"(],"do":)" +
         effect + "}";
}

// The array with further items.
std::string joined(const std::string& array, const std::string& items) {
  if (items.empty()) return array;
  const std::size_t end = array.rfind(']');
  if (end == std::string::npos) return "[" + items + "]";
  const bool empty = array.find('{') == std::string::npos;
  return array.substr(0, end) + (empty ? "" : ",") + items + "]";
}

std::uint64_t choose(std::uint64_t n, std::uint64_t k) {
  if (k > n) return 0;
  std::uint64_t ways = 1;
  for (std::uint64_t i = 1; i <= k; ++i) ways = ways * (n - k + i) / i;
  return ways;
}

// The n-th way, from 0, to choose k of the numbers below `of`.
std::vector<std::size_t> chosen(std::uint64_t n, std::uint64_t k, std::uint64_t of) {
  std::vector<std::size_t> numbers;
  std::size_t number = 0;
  while (k > 0) {
    const std::uint64_t with_it = choose(of - number - 1, k - 1);
    if (n < with_it) {
      numbers.push_back(number);
      --k;
    } else {
      n -= with_it;
    }
    ++number;
  }
  return numbers;
}

}  // namespace

Placements::Placements(const Scenario& scenario) : scenario_(scenario) {
  Plan& plan = scenario_.plan;
  const auto may_fail = [](const Step& step) {
    const auto* check = std::get_if<CheckStep>(&step.what);
    return check != nullptr && !always_holds(*check);
  };
  std::erase_if(plan.steps, may_fail);
  std::erase_if(plan.expect, may_fail);
  for (Step& step : plan.steps) {
    step.text.clear();
    if (auto* wait = std::get_if<WaitStep>(&step.what)) wait->within += kFurtherTime;
  }
}

core::Result<Placements> Placements::of(const Scenario& scenario, const ExploreOptions& options) {
  if (has_step<PruneStep>(scenario) || has_step<WorldStep>(scenario)) {
    return core::Error{"no_places",
                       scenario.id + " calls the server itself, and would meet the faults"};
  }
  if (scenario.plan.client.may_stop) {
    return core::Error{"no_places", scenario.id + " has it stop, and a fault moves where"};
  }
  Placements places(scenario);
  const Explored played = explore(places.scenario_, options);
  if (played.found()) {
    return core::Error{
        "no_places", scenario.id + " fails without any: " +
                         (played.findings.empty() ? played.reason : played.findings.front().what)};
  }
  places.add_rules(played);
  // Whoever is dead answers no webhook of the judge's; and a kill calls off the one before.
  if (!has_step<KillStep>(scenario) && !has_step<WebhookStep>(scenario)) {
    for (std::size_t at = 0; at < played.moments.size(); ++at) {
      for (std::uint64_t nth = 1; nth <= played.moments[at]; ++nth) {
        KillStep kill;
        kill.at = KillStep::kMoments.at(at).value;
        kill.nth = nth;
        kill.restarts = true;
        places.kills_.push_back(kill);
      }
    }
  }
  if (places.rules_.empty() && places.kills_.empty()) {
    return core::Error{"no_places", scenario.id + " asks for nothing"};
  }
  return places;
}

void Placements::add_rules(const Explored& played) {
  std::vector<std::array<std::uint64_t, 2>> counts(1);  // requests and webhooks, by segment
  std::size_t step = 0;
  for (const Event& event : played.history.events()) {
    if (event.kind == EventKind::kStep) {
      if (step >= scenario_.plan.steps.size()) break;  // what comes after the story is not its own
      if (std::holds_alternative<FaultsStep>(scenario_.plan.steps[step].what))
        counts.emplace_back();
      ++step;
    } else if (event.kind == EventKind::kRequest) {
      ++counts.back()[0];
    } else if (event.kind == EventKind::kWebhook) {
      ++counts.back()[1];
    }
  }
  const bool polls = scenario_.plan.client.poll <= kSoonEnough;
  for (std::size_t segment = 0; segment < counts.size(); ++segment) {
    for (std::uint64_t nth = 1; nth <= counts[segment][0]; ++nth) {
      for (const auto kind : {FaultKind::kServerError, FaultKind::kReset, FaultKind::kTruncate}) {
        rules_.push_back({kind, segment, nth});
      }
    }
    for (std::uint64_t nth = 1; nth <= counts[segment][1]; ++nth) {
      if (polls) rules_.push_back({FaultKind::kWebhookDrop, segment, nth});
      rules_.push_back({FaultKind::kWebhookDuplicate, segment, nth});
    }
  }
}

std::uint64_t Placements::combinations(std::uint64_t most) const {
  std::uint64_t all = 0;
  for (std::uint64_t size = 1; size <= most; ++size) {
    all += choose(rules_.size(), size) + kills_.size() * choose(rules_.size(), size - 1);
  }
  return all;
}

DrawnSchedule Placements::schedule(std::uint64_t n, std::uint64_t most) const {
  --n;
  for (std::uint64_t size = 1; size <= most; ++size) {
    const std::uint64_t without = choose(rules_.size(), size);
    if (n < without) return placed(chosen(n, size, rules_.size()), nullptr);
    n -= without;
    const std::uint64_t each = choose(rules_.size(), size - 1);
    if (n < kills_.size() * each) {
      return placed(chosen(n % each, size - 1, rules_.size()), &kills_[n / each]);
    }
    n -= kills_.size() * each;
  }
  TERAPI_CHECK(false, "there are fewer combinations");
  return {};
}

DrawnSchedule Placements::placed(const std::vector<std::size_t>& rules,
                                 const KillStep* kill) const {
  DrawnSchedule drawn{scenario_, {}};
  std::vector<std::string> texts;
  std::size_t number = 0;
  for (const std::size_t index : rules) {
    const Rule& rule = rules_[index];
    drawn.kinds.add(rule.kind);
    texts.resize(std::max(texts.size(), rule.segment + 1));
    std::string& text = texts[rule.segment];
    text += (text.empty() ? "" : ",") + rule_text(rule.kind, rule.nth, ++number);
  }
  if (!texts.empty()) drawn.scenario.faults = joined(scenario_.faults, texts.front());
  std::size_t segment = 0;
  std::vector<Step>& steps = drawn.scenario.plan.steps;
  for (Step& step : steps) {
    auto* faults = std::get_if<FaultsStep>(&step.what);
    if (faults == nullptr || ++segment >= texts.size()) continue;
    faults->rules = joined(faults->rules, texts[segment]);
  }
  if (kill != nullptr) {
    if (const auto kind = kind_of_kill(kill->at)) drawn.kinds.add(*kind);
    steps.insert(steps.begin(), {.what = *kill});
  }
  return drawn;
}

}  // namespace terapi::conformance
