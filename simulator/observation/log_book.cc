#include "simulator/observation/log_book.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

#include "core/json_writer.h"
#include "core/printable.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {
namespace {

// Where in a shelf the first operation with that id, or a higher one, is.
template <typename Shelf>
auto place_of(Shelf& shelf, std::uint64_t id) {
  return std::lower_bound(
      shelf.begin(), shelf.end(), id,
      [](const auto& operation, std::uint64_t wanted) { return operation->id < wanted; });
}

// The member that says what an event is about, by a field's name; or null.
std::string* about(Operation& event, std::string_view field) {
  if (field == "integration") return &event.integration;
  if (field == "connection") return &event.connection;
  return field == "sync" ? &event.sync : nullptr;
}

}  // namespace

LogShelf LogBook::shelf_of(const Operation& operation) {
  switch (operation.kind) {
    case LogKind::kRun:
      return operation.idle ? LogShelf::kIdleRun : LogShelf::kRun;
    case LogKind::kDelivery:
      return LogShelf::kDelivery;
    case LogKind::kAction:
      return LogShelf::kAction;
    case LogKind::kProxy:
      return LogShelf::kProxy;
    case LogKind::kEvent:
      break;
  }
  return LogShelf::kEvent;
}

void LogBook::hide(LogFields& fields) const {
  for (auto& [name, value] : fields) secrets_.hide_in(value);
}

void LogBook::hide(LogStep& step) const {
  secrets_.hide_in(step.message);
  hide(step.fields);
}

void LogBook::hide(LogEntry& entry) const {
  secrets_.hide_in(entry.event);
  secrets_.hide_in(entry.message);
  hide(entry.fields);
}

void LogBook::hide(Operation& operation) const {
  for (std::string* text :
       {&operation.environment, &operation.integration, &operation.connection, &operation.sync,
        &operation.variant, &operation.name, &operation.message, &operation.error}) {
    secrets_.hide_in(*text);
  }
  for (std::string& model : operation.models) secrets_.hide_in(model);
  hide(operation.fields);
  for (LogStep& step : operation.steps) hide(step);
}

void LogBook::tell(LogEntry entry) const {
  if (!sink_) return;
  hide(entry);
  sink_(entry);
}

std::uint64_t LogBook::begin(Operation operation) {
  hide(operation);
  const std::uint64_t id = operation.id = ++counts_.last_id;
  under_way_.emplace_hint(under_way_.end(), id, std::make_unique<Operation>(std::move(operation)));
  note(id);
  return id;
}

const Operation* LogBook::under_way(std::uint64_t id) const {
  const auto found = under_way_.find(id);
  return found == under_way_.end() ? nullptr : found->second.get();
}

// To be written to; null when it is not under way. Counts as a change.
Operation* LogBook::open(std::uint64_t id) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return nullptr;
  note(id);
  return found->second.get();
}

void LogBook::note_step(std::uint64_t id, LogStep step) {
  Operation* const operation = open(id);
  if (operation == nullptr) return;
  hide(step);
  operation->add(std::move(step));
}

void LogBook::note_counts(std::uint64_t id, const RunCounts& counts, LogFields fields) {
  Operation* const operation = open(id);
  if (operation == nullptr) return;
  hide(fields);
  operation->counts = counts;
  std::move(fields.begin(), fields.end(), std::back_inserter(operation->fields));
}

void LogBook::end(std::uint64_t id, const LogEnd& end) {
  auto found = under_way_.extract(id);
  if (found.empty()) return;
  Operation& operation = *found.mapped();
  operation.outcome = end.outcome;
  operation.ended_at = end.at;
  operation.error = secrets_.hide(end.error);
  if (end.outcome == LogOutcome::kFailure) operation.level = LogLevel::kError;
  if (end.outcome == LogOutcome::kDropped || end.outcome == LogOutcome::kCutOff) {
    operation.level = std::max(operation.level, LogLevel::kWarning);
  }
  note(id);
  put_away(std::move(found.mapped()));
}

std::uint64_t LogBook::add(Operation operation) {
  hide(operation);
  const std::uint64_t id = operation.id = ++counts_.last_id;
  note(id);
  put_away(std::make_unique<Operation>(std::move(operation)));
  return id;
}

void LogBook::add(LogEntry entry) {
  tell(entry);
  Operation event;
  event.level = entry.level;
  event.outcome = LogOutcome::kSuccess;
  event.at = entry.at;
  event.ended_at = entry.at;
  event.name = std::move(entry.event);
  event.message = std::move(entry.message);
  for (auto& [name, value] : entry.fields) {
    if (std::string* member = about(event, name)) {
      *member = std::move(value);
    } else {
      event.fields.emplace_back(std::move(name), std::move(value));
    }
  }
  add(std::move(event));
}

void LogBook::put_away(std::unique_ptr<Operation> operation) {
  const LogShelf of = shelf_of(*operation);
  Shelf& on = shelf(of);
  // Most end in the order in which they began.
  if (on.empty() || on.back()->id < operation->id) {
    on.push_back(std::move(operation));
  } else {
    on.insert(place_of(on, operation->id), std::move(operation));
  }
  if (on.size() <= most_) return;
  dropped_.push_back(on.front()->id);
  on.pop_front();
  ++counts_.dropped[static_cast<std::size_t>(of)];
  counted_ = true;
}

bool LogBook::go_on_with(std::uint64_t id) {
  if (under_way_.contains(id)) return true;
  for (Shelf& on : shelves_) {
    const auto found = place_of(on, id);
    if (found == on.end() || (*found)->id != id) continue;
    (*found)->outcome = LogOutcome::kRunning;
    (*found)->ended_at.reset();
    (*found)->error.clear();
    under_way_.emplace(id, std::move(*found));
    on.erase(found);
    note(id);
    return true;
  }
  return false;
}

const Operation* LogBook::find(std::uint64_t id) const {
  if (const auto found = under_way_.find(id); found != under_way_.end()) {
    return found->second.get();
  }
  for (const Shelf& on : shelves_) {
    const auto found = place_of(on, id);
    if (found != on.end() && (*found)->id == id) return found->get();
  }
  return nullptr;
}

// Both walks take the next of all shelves' next ones.
void LogBook::walk_up(std::uint64_t after, const Visit& visit) const {
  std::array<Shelf::const_iterator, kLogShelves> at;
  for (std::size_t i = 0; i < kLogShelves; ++i) at[i] = place_of(shelves_[i], after + 1);
  auto open = under_way_.upper_bound(after);
  while (true) {
    const Operation* next = open == under_way_.end() ? nullptr : open->second.get();
    std::size_t from = kLogShelves;
    for (std::size_t i = 0; i < kLogShelves; ++i) {
      if (at[i] == shelves_[i].end() || (next != nullptr && next->id < (*at[i])->id)) continue;
      next = at[i]->get();
      from = i;
    }
    if (next == nullptr || !visit(*next)) return;
    if (from == kLogShelves) {
      ++open;
    } else {
      ++at[from];
    }
  }
}

void LogBook::walk_down(std::uint64_t before, const Visit& visit) const {
  std::array<Shelf::const_iterator, kLogShelves> at;
  for (std::size_t i = 0; i < kLogShelves; ++i) at[i] = place_of(shelves_[i], before);
  auto open = under_way_.lower_bound(before);
  while (true) {
    const Operation* next = open == under_way_.begin() ? nullptr : std::prev(open)->second.get();
    std::size_t from = kLogShelves;
    for (std::size_t i = 0; i < kLogShelves; ++i) {
      if (at[i] == shelves_[i].begin()) continue;
      const Operation& last = **std::prev(at[i]);
      if (next != nullptr && next->id > last.id) continue;
      next = &last;
      from = i;
    }
    if (next == nullptr || !visit(*next)) return;
    if (from == kLogShelves) {
      --open;
    } else {
      --at[from];
    }
  }
}

std::vector<LogBook::Retention> LogBook::retention() const {
  std::vector<Retention> all;
  for (const auto& word : kLogShelfWords) {
    const Shelf& on = shelf(word.value);
    Retention& each = all.emplace_back();
    each.shelf = word.value;
    each.kept = on.size();
    each.most = most_;
    each.dropped = counts_.dropped[static_cast<std::size_t>(word.value)];
    if (!on.empty()) each.oldest = on.front()->at;
  }
  for (const auto& [id, operation] : under_way_) {
    Retention& its = all[static_cast<std::size_t>(shelf_of(*operation))];
    ++its.kept;
    its.oldest = std::min(its.oldest.value_or(operation->at), operation->at);
  }
  return all;
}

std::uint64_t LogBook::dropped() const {
  return std::accumulate(counts_.dropped.begin(), counts_.dropped.end(), std::uint64_t{0});
}

std::size_t LogBook::size() const {
  std::size_t size = under_way_.size();
  for (const Shelf& on : shelves_) size += on.size();
  return size;
}

void LogBook::clear() {
  ++revision_;
  under_way_.clear();
  for (Shelf& on : shelves_) on.clear();
  counts_.dropped = {};
  // Whoever emptied the log has emptied what is stored of it.
  changed_.clear();
  dropped_.clear();
  counted_ = true;
}

void LogBook::restore(LogHistory history) {
  clear();
  counts_ = history.counts;
  counted_ = false;
  for (Operation& operation : history.operations) {
    hide(operation);  // older data files were less careful
    auto kept = std::make_unique<Operation>(std::move(operation));
    const bool cannot_go_on = kept->kind == LogKind::kRun || kept->kind == LogKind::kProxy;
    if (!kept->is_over() && cannot_go_on) {
      kept->outcome = LogOutcome::kCutOff;
      kept->error = "the simulator was stopped";
      kept->level = std::max(kept->level, LogLevel::kWarning);
      note(kept->id);
    }
    if (kept->is_over()) {
      put_away(std::move(kept));
    } else {
      const std::uint64_t id = kept->id;
      under_way_.emplace(id, std::move(kept));
    }
  }
}

LogChanges LogBook::changes() const {
  LogChanges changes;
  for (const std::uint64_t id : std::set(changed_.begin(), changed_.end())) {
    if (const Operation* operation = find(id)) changes.written.push_back(operation);
  }
  changes.dropped = dropped_;
  changes.counted = counted_;
  changes.counts = counts_;
  return changes;
}

void LogBook::forget_changes() {
  changed_.clear();
  dropped_.clear();
  counted_ = false;
}

std::string log_text(const LogEntry& entry) {
  std::string line = format_timestamp(entry.at).substr(0, 23);
  line += " ";
  std::string level(core::word_of(kLogLevelWords, entry.level));
  level.resize(8, ' ');
  line += level + entry.message;
  for (const auto& [name, value] : entry.fields) {
    const bool plain = !value.empty() && value.find_first_of(" \"\n\r\t=") == std::string::npos;
    line += "  " + name + "=" + (plain ? value : core::json::quoted(value));
  }
  return core::printable(line, core::LineBreaks::kEscape);
}

std::string log_json(const LogEntry& entry) {
  core::json::Writer out;
  out.begin_object()
      .field("at", format_timestamp(entry.at))
      .field("level", core::word_of(kLogLevelWords, entry.level))
      .field("event", entry.event)
      .field("message", entry.message)
      .key("fields")
      .begin_object();
  for (const auto& [name, value] : entry.fields) out.field(name, value);
  out.end_object().end_object();
  return out.take();
}

}  // namespace terapi::simulator
