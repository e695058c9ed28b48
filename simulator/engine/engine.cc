#include "simulator/engine/engine.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "simulator/records/uuid.h"

namespace terapi::simulator {
namespace {

// Enough for any replica lag that a test asks for, and never more than a few megabytes.
constexpr std::size_t kMostSuperseded = 10'000;

std::uint32_t stream_tag(const Environment& environment, const StreamKey& key) {
  // A length before each part, so that no two keys spell the same text.
  std::string text;
  for (const std::string* part :
       {&environment.settings.name, &key.integration, &key.connection, &key.model, &key.variant}) {
    text += std::to_string(part->size()) + ":" + *part;
  }
  return static_cast<std::uint32_t>(core::hash64(0, text));
}

}  // namespace

void Engine::choose_quirks() const {
  quirks_ = state_.quirks;
  dialect_ = base_dialect_.with(quirks_);
  dialect_.zone = std::chrono::minutes(state_.zone_minutes);
}

Time Engine::take_commit_time() {
  Time& last = state_.last_commit;
  last = std::max(now(), last == Time::min() ? Time::min() : last + Duration(1));
  return last;
}

Time Engine::take_commit_millisecond() {
  using std::chrono::milliseconds;
  Time& last = state_.last_commit;
  const Time here = std::chrono::floor<milliseconds>(now());
  last = here > last ? here : std::chrono::floor<milliseconds>(last) + milliseconds(1);
  return last;
}

std::string Engine::make_id(std::string_view kind, std::uint64_t number) const {
  const std::string text = std::string(kind) + "#" + std::to_string(number);
  return format_uuid(
      random_uuid(core::hash64(seed_, text), core::hash64(seed_ ^ 0x9e3779b97f4a7c15U, text)));
}

Stream& Engine::stream(Environment& environment, const StreamKey& key) {
  const auto [found, created] = environment.streams.try_emplace(key);
  if (created) {
    found->second.number = ++state_.last_stream;
    found->second.tag = stream_tag(environment, key);
    note_settings();
  }
  return found->second;
}

void Engine::put(Stream& stream, RecordPtr record) {
  changes_.records.emplace_back(stream.number, record);
  ++stream.revision;
  const Time at = std::max(now(), record->last_modified());
  RecordPtr previous = stream.log.put(std::move(record));
  if (!previous) return;
  stream.superseded.push_back({std::move(previous), at});
  if (stream.superseded.size() > kMostSuperseded) stream.superseded.pop_front();
}

void Engine::note_object(const Collection& collection, std::string_view id) {
  changes_.objects.emplace_back(collection.number, collection.share(id));
}

core::TimerId Engine::at(Time due, std::function<void()> action) {
  return set_timer(due, std::move(action), false);
}

core::TimerId Engine::at_recurring(Time due, std::function<void()> action) {
  return set_timer(due, std::move(action), true);
}

core::TimerId Engine::set_timer(Time due, std::function<void()> action, bool recurs) {
  // The action learns its own number when it has one, which is before it can run.
  const auto number = std::make_shared<core::TimerId>(0);
  *number = clock_.at(due, [this, number, action = std::move(action)] {
    timers_.erase(*number);
    recurring_.erase(*number);
    action();
    settle();
  });
  timers_.insert(*number);
  if (recurs) recurring_.insert(*number);
  return *number;
}

bool Engine::cancel(core::TimerId timer) {
  timers_.erase(timer);
  recurring_.erase(timer);
  return clock_.cancel(timer);
}

void Engine::cancel_timers() {
  for (const core::TimerId timer : std::exchange(timers_, {})) clock_.cancel(timer);
  recurring_.clear();
}

void Engine::log(LogLevel level, std::string event, std::string message, LogFields fields) {
  logs_.add({now(), level, std::move(event), std::move(message), std::move(fields)});
}

std::uint64_t Engine::begin_operation(Operation operation) {
  operation.at = now();
  return logs_.begin(std::move(operation));
}

void Engine::add_operation(Operation operation) { logs_.add(std::move(operation)); }

void Engine::note_step(std::uint64_t operation, LogStep step) {
  logs_.note_step(operation, std::move(step));
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): as its siblings, which keep what they take
void Engine::end_operation(std::uint64_t operation, LogEnd end) { logs_.end(operation, end); }

void Engine::end_operation_aloud(std::uint64_t operation, LogEnd end) {
  end_operation(operation, std::move(end));
  if (!logs_.has_sink()) return;
  if (const Operation* ended = logs_.find(operation)) logs_.tell(line_of(*ended));
}

}  // namespace terapi::simulator
