#include "conformance/harness/measure/webhook_load.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "conformance/harness/measure/marked_records.h"
#include "core/duration.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kAfterwards = 10s;  // for what comes late
constexpr core::Duration kToSettle = 2s;

// Makes the changes; one each `1 / rate`, counted from the first, so that none that is late makes
// the others late.
class Changes {
 public:
  Changes(MeasuringStage& stage, const WebhookLoad& load) : stage_(stage), load_(load) {}

  void begin() {
    begun_ = std::chrono::steady_clock::now();
    make_next();
  }
  bool all_made() const { return made_.size() == load_.changes; }
  const std::vector<Moment>& made() const { return made_; }
  const std::string& trouble() const { return trouble_; }

 private:
  void make_next() {
    const std::uint64_t number = made_.size();
    made_.push_back(std::chrono::steady_clock::now());
    const auto saved = stage_.save(run_of_marked({.first = number + 1,
                                                  .count = 1,
                                                  .mark = load_.first_mark + number,
                                                  .bytes = load_.record_bytes}));
    if (!saved) trouble_ = saved.error().message;
    if (all_made()) return;
    const std::chrono::duration<double> due(static_cast<double>(number + 1) /
                                            load_.changes_per_second);
    const auto wait =
        begun_ + std::chrono::duration_cast<core::Duration>(due) - std::chrono::steady_clock::now();
    stage_.in(std::max<core::Duration>(std::chrono::duration_cast<core::Duration>(wait), 1us),
              [this] { make_next(); });
  }

  MeasuringStage& stage_;
  const WebhookLoad& load_;
  Moment begun_;
  std::vector<Moment> made_;
  std::string trouble_;
};

core::Duration length_of(const WebhookLoad& load) {
  const std::chrono::duration<double> length(static_cast<double>(load.changes) /
                                             load.changes_per_second);
  return std::chrono::duration_cast<core::Duration>(length);
}

// The answer that brought each change; size_t(-1): none did.
std::vector<std::size_t> answers_of(const std::vector<TrailAnswer>& answers,
                                    const WebhookLoad& load) {
  std::vector<std::size_t> places(load.changes, static_cast<std::size_t>(-1));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const std::uint64_t mark : answers[i].marks) {
      const std::uint64_t number = mark - load.first_mark;  // wraps where it is of before
      if (number < places.size()) places[number] = std::min(places[number], i);
    }
  }
  return places;
}

core::Error lost(const MeasuringStage& stage, std::size_t missing, const WebhookLoad& load,
                 const std::string& what) {
  if (!stage.alive()) return {"died", "the client died: " + stage.last_words()};
  return {what == "fetched" ? "not_all_fetched" : "not_all_stored",
          std::to_string(missing) + " of " + std::to_string(load.changes) + " changes were not " +
              what + " " + core::format_duration(kAfterwards) + " after the last one"};
}

core::Result<void> confirm(MeasuringStage& stage, const WebhookLoad& load) {
  const auto text = stage.dump();
  if (!text) return text.error();
  const auto records = read_dump(*text);
  if (!records) return records.error();
  const std::size_t held = count_marked(*records, load.first_mark, load.changes);
  if (held < load.changes) return lost(stage, load.changes - held, load, "stored");
  return {};
}

}  // namespace

core::Result<WebhookLatencies> measure_webhooks(MeasuringStage& stage, const WebhookLoad& load) {
  Changes changes(stage, load);
  changes.begin();
  std::size_t missing = load.changes;
  const auto all_came = [&] {
    if (!changes.all_made()) return false;
    const auto places = answers_of(stage.answers(), load);
    missing = static_cast<std::size_t>(
        std::count(places.begin(), places.end(), static_cast<std::size_t>(-1)));
    return missing == 0;
  };
  stage.run_until([&] { return changes.all_made(); }, length_of(load) + kAfterwards);
  const bool came = stage.run_until(all_came, kAfterwards);
  if (!changes.trouble().empty()) return core::Error{"bad_run", changes.trouble()};
  if (!came) return lost(stage, missing, load, "fetched");
  stage.rest(kToSettle);
  const Trail trail = stage.trail();
  if (stage.has_dump()) {
    if (const auto confirmed = confirm(stage, load); !confirmed) return confirmed.error();
  }
  WebhookLatencies result;
  const auto places = answers_of(trail.answers, load);
  const bool wrote =
      !trail.writes.empty() && trail.writes.back() > trail.answers[places.front()].written;
  result.witness = stage.has_dump() && wrote ? Witness::kFiles : Witness::kServed;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Moment served = trail.answers[places[i]].written;
    const Moment end =
        result.witness == Witness::kFiles ? stored_at(trail, places[i]).value_or(served) : served;
    const std::chrono::duration<double, std::milli> took = end - changes.made()[i];
    result.milliseconds.push_back(took.count());
  }
  return result;
}

}  // namespace terapi::conformance
