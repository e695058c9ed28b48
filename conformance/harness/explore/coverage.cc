#include "conformance/harness/explore/coverage.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "conformance/harness/explore/drawn_rule.h"
#include "conformance/scenario/scenario_text.h"

namespace terapi::conformance {
namespace {

std::optional<FaultKind> kind_of_moment(std::string_view word) {
  for (const auto& moment : KillStep::kMoments) {
    if (moment.word == word) return kind_of_kill(moment.value);
  }
  return std::nullopt;
}

// Follows the client through the events.
class LoopWatch {
 public:
  explicit LoopWatch(const History& history) : history_(history) {}

  void see(const Event& event) {
    switch (event.kind) {
      case EventKind::kStart:
        phase_ = LoopPhase::kIdle;
        return;
      case EventKind::kKill:
      case EventKind::kExit:
        phase_ = LoopPhase::kDown;
        return;
      case EventKind::kRequest:
        return asks(event);
      case EventKind::kResponse:
        return answered(event);
      case EventKind::kCommit:
        phase_ = LoopPhase::kIdle;
        return;
      default:
        return;
    }
  }
  LoopPhase phase() const { return phase_; }
  // What it asked for last.
  LoopPhase asked() const { return asked_; }
  // The answer to it, so far as it is known.
  const Exchange* exchange() const { return next_ == 0 ? nullptr : &history_.exchanges[next_ - 1]; }

 private:
  void asks(const Event& event) {
    while (next_ < history_.exchanges.size() && history_.exchanges[next_].request <= event.number) {
      ++next_;
    }
    if (next_ == 0 || history_.exchanges[next_ - 1].request != event.number) return;
    const Exchange& exchange = history_.exchanges[next_ - 1];
    if (exchange.stream.empty()) return;
    std::optional<std::string>& follows = next_cursor_[{exchange.life, exchange.stream}];
    asked_ = !exchange.cursor             ? LoopPhase::kFirst
             : exchange.cursor == follows ? LoopPhase::kNext
                                          : LoopPhase::kResume;
    follows = exchange.next_cursor;
    phase_ = asked_;
  }
  void answered(const Event& event) {
    const Exchange* asked = exchange();
    if (asked == nullptr || event.life != asked->life) return;
    const bool page = asked->status == 200 && asked->whole;
    phase_ = !page                    ? LoopPhase::kRetry
             : asked->records.empty() ? LoopPhase::kIdle
                                      : LoopPhase::kStoring;
  }

  const History& history_;
  std::size_t next_ = 0;  // exchanges that were asked
  std::map<std::pair<int, std::string_view>, std::optional<std::string>> next_cursor_;
  LoopPhase phase_ = LoopPhase::kDown;
  LoopPhase asked_ = LoopPhase::kFirst;
};

}  // namespace

std::uint64_t Coverage::struck(FaultKind kind, LoopPhase phase) const {
  return struck_.at(static_cast<std::size_t>(kind)).at(static_cast<std::size_t>(phase));
}

std::uint64_t Coverage::together(FaultKind a, FaultKind b) const {
  const auto first = static_cast<std::size_t>(std::min(a, b));
  return pairs_.at(first).at(static_cast<std::size_t>(std::max(a, b)));
}

void Coverage::strike(FaultKinds& kinds, FaultKind kind, LoopPhase phase) {
  kinds.add(kind);
  ++struck_.at(static_cast<std::size_t>(kind)).at(static_cast<std::size_t>(phase));
}

void Coverage::count(const Plan& plan, const History& history) {
  FaultKinds kinds;
  LoopWatch watch(history);
  std::size_t step = 0;
  for (const Event& event : history.events()) {
    if (!event.fault.empty()) {
      count_struck(event, watch.asked(), watch.phase(), kinds);
    } else if (event.kind == EventKind::kStep && step < plan.steps.size()) {
      const auto kind = kind_of_step(plan.steps[step++].what);
      if (kind) strike(kinds, *kind, watch.phase());
    }
    watch.see(event);
    if (event.kind == EventKind::kResponse && watch.exchange() != nullptr) {
      count_limits(*watch.exchange(), watch.asked(), kinds);
    }
  }
  ++schedules_;
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    if (!kinds.has(kFaultTable[a].kind)) continue;
    for (std::size_t b = a; b < kFaultKinds; ++b) {
      if (kinds.has(kFaultTable[b].kind)) ++pairs_[a][b];
    }
  }
}

void Coverage::count_struck(const Event& event, LoopPhase asked, LoopPhase phase,
                            FaultKinds& kinds) {
  const bool kill = event.kind == EventKind::kKill;
  const auto kind = kill ? kind_of_moment(event.fault) : kind_of_rule(event.fault);
  if (!kind) return;
  // What struck an answer struck what it was asked for.
  const FaultPlace place = place_of(*kind);
  const bool of_an_answer = place == FaultPlace::kApi || place == FaultPlace::kWire;
  strike(kinds, *kind, of_an_answer ? asked : phase);
}

// What the world itself does to a client: it is told to wait, or given less than it asked for.
void Coverage::count_limits(const Exchange& exchange, LoopPhase asked, FaultKinds& kinds) {
  const bool limited =
      exchange.error_code == "too_many_request" && exchange.retry_after_seconds.has_value();
  if (limited && !kinds.has(FaultKind::kRateLimited)) strike(kinds, FaultKind::kRateLimit, asked);
  const bool shorter =
      exchange.next_cursor && exchange.records.size() < exchange.limit && !exchange.records.empty();
  if (shorter) strike(kinds, FaultKind::kByteBudget, asked);
}

void Coverage::add(const Coverage& other) {
  schedules_ += other.schedules_;
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    for (std::size_t p = 0; p < kLoopPhases.size(); ++p) struck_[a][p] += other.struck_[a][p];
    for (std::size_t b = 0; b < kFaultKinds; ++b) pairs_[a][b] += other.pairs_[a][b];
  }
}

std::vector<FaultKind> Coverage::never() const {
  std::vector<FaultKind> kinds;
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    if (pairs_[a][a] == 0) kinds.push_back(kFaultTable[a].kind);
  }
  return kinds;
}

std::vector<std::pair<FaultKind, FaultKind>> Coverage::never_together() const {
  std::vector<std::pair<FaultKind, FaultKind>> pairs;
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    for (std::size_t b = a + 1; b < kFaultKinds; ++b) {
      if (pairs_[a][a] == 0 || pairs_[b][b] == 0 || pairs_[a][b] > 0) continue;
      pairs.emplace_back(kFaultTable[a].kind, kFaultTable[b].kind);
    }
  }
  return pairs;
}

namespace {

// Seven characters: 1234, 12.3k, 1.2M.
std::string short_count(std::uint64_t count) {
  char text[32];
  const auto number = static_cast<double>(count);
  if (count == 0) return "-";
  if (count < 10'000) {
    std::snprintf(text, sizeof text, "%d", static_cast<int>(count));
  } else if (count < 1'000'000) {
    std::snprintf(text, sizeof text, "%.0fk", number / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.1fM", number / 1e6);
  }
  return text;
}

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::string space(text.size() < width ? width - text.size() : 0, ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

// Words, wrapped.
std::string wrapped(std::vector<std::string> words, std::size_t most) {
  if (words.size() > most) {
    const std::string more = "and " + std::to_string(words.size() - most) + " more";
    words.resize(most);
    words.push_back(more);
  }
  std::string text;
  std::size_t column = 2;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
    if (i > 0 && column + 1 + word.size() > 80) {
      text += "\n  ";
      column = 2;
    } else if (i > 0) {
      text += " ";
      ++column;
    }
    text += word;
    column += word.size();
  }
  return text;
}

}  // namespace

std::string Coverage::text() const {
  std::string text = padded("what struck, while", 18, false);
  for (const auto& phase : kLoopPhases) text += padded(phase.word, 8, true);
  text += "\n";
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    text += padded(word_of(kFaultTable[a].kind), 18, false);
    for (const std::uint64_t count : struck_[a]) text += padded(short_count(count), 8, true);
    text += "\n";
  }
  std::vector<std::string> words;
  for (const FaultKind kind : never()) words.emplace_back(word_of(kind));
  const std::size_t kinds = kFaultKinds - words.size();
  text += std::to_string(kinds) + " of " + std::to_string(kFaultKinds) + " kinds came about";
  text += words.empty() ? "\n" : "; never:\n  " + wrapped(words, 40) + "\n";
  words.clear();
  for (const auto& [a, b] : never_together()) {
    words.push_back(std::string(word_of(a)) + "+" + std::string(word_of(b)));
  }
  const std::size_t pairs = kinds * (kinds - 1) / 2;
  text += std::to_string(pairs - words.size()) + " of their " + std::to_string(pairs) +
          " pairs came together";
  text += words.empty() ? "\n" : "; never:\n  " + wrapped(words, 12) + "\n";
  return text;
}

nlohmann::ordered_json Coverage::json() const {
  using Json = nlohmann::ordered_json;
  Json json = {{"schedules", schedules_},
               {"kinds", Json::object()},
               {"never", Json::array()},
               {"never_together", Json::array()}};
  for (std::size_t a = 0; a < kFaultKinds; ++a) {
    Json& kind = json["kinds"][std::string(word_of(kFaultTable[a].kind))];
    kind["schedules"] = pairs_[a][a];
    for (const auto& phase : kLoopPhases) {
      kind[std::string(phase.word)] = struck(kFaultTable[a].kind, phase.value);
    }
  }
  for (const FaultKind kind : never()) json["never"].push_back(word_of(kind));
  for (const auto& [a, b] : never_together()) {
    json["never_together"].push_back(Json::array({word_of(a), word_of(b)}));
  }
  return json;
}

}  // namespace terapi::conformance
