#include "simulator/storage/operation_json.h"

#include <map>
#include <utility>

#include "simulator/storage/state_members.h"

namespace terapi::simulator {

using core::Result;
using core::json::Issues;
using core::json::Path;
using core::json::Value;

namespace {

template <typename T, std::size_t N>
void read_word(Value value, const Path& path, Issues& issues,
               const std::array<core::Word<T>, N>& words, std::string_view expected, T& is) {
  const std::optional<T> named = core::value_of(words, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, expected);
  is = *named;
}

// By the words of the shelves, which a later version may have more of.
struct StoredLogCounts {
  std::uint64_t last_id = 0;
  std::map<std::string, std::uint64_t> dropped;
};

}  // namespace

void write_stored(StoredWriter& out, LogLevel level) {
  out.json().string(core::word_of(kLogLevelWords, level));
}
void write_stored(StoredWriter& out, LogKind kind) {
  out.json().string(core::word_of(kLogKindWords, kind));
}
void write_stored(StoredWriter& out, LogOutcome outcome) {
  out.json().string(core::word_of(kLogOutcomeWords, outcome));
}

void read_stored_value(Value value, const Path& path, Issues& issues, LogLevel& level) {
  read_word(value, path, issues, kLogLevelWords, "a level", level);
}
void read_stored_value(Value value, const Path& path, Issues& issues, LogKind& kind) {
  read_word(value, path, issues, kLogKindWords, "a kind of operation", kind);
}
void read_stored_value(Value value, const Path& path, Issues& issues, LogOutcome& outcome) {
  read_word(value, path, issues, kLogOutcomeWords, "how an operation ended", outcome);
}

template <typename Json, MaybeConst<LogStep> T>
void list_members(Json& json, T& step) {
  json("at", step.at);
  json("duration", step.duration);
  json("level", step.level);
  json("event", step.event);
  json("message", step.message);
  json("fields", step.fields);
}

template <typename Json, MaybeConst<Operation> T>
void list_members(Json& json, T& operation) {
  json("id", operation.id);
  json("kind", operation.kind);
  json("level", operation.level);
  json("outcome", operation.outcome);
  json("idle", operation.idle);
  json("at", operation.at);
  json("ended_at", operation.ended_at);
  json("environment", operation.environment);
  json("integration", operation.integration);
  json("connection", operation.connection);
  json("sync", operation.sync);
  json("variant", operation.variant);
  json("models", operation.models);
  json("name", operation.name);
  json("message", operation.message);
  json("error", operation.error);
  json("counts", operation.counts);
  json("fields", operation.fields);
  json("steps", operation.steps);
  json("steps_left_out", operation.steps_left_out);
}

template <typename Json, MaybeConst<StoredLogCounts> T>
void list_members(Json& json, T& counts) {
  json("last_id", counts.last_id);
  json("dropped", counts.dropped);
}

std::string write_operation(const Operation& operation) { return write_stored_text(operation); }

Result<Operation> read_operation(std::string_view json, std::string_view what) {
  return read_stored<Operation>(json, what);
}

std::string write_log_counts(const LogCounts& counts) {
  StoredLogCounts stored;
  stored.last_id = counts.last_id;
  for (const auto& each : kLogShelfWords) {
    stored.dropped.emplace(each.word, counts.dropped[static_cast<std::size_t>(each.value)]);
  }
  return write_stored_text(stored);
}

Result<LogCounts> read_log_counts(std::string_view json, std::string_view what) {
  const Result<StoredLogCounts> stored = read_stored<StoredLogCounts>(json, what);
  if (!stored) return stored.error();
  LogCounts counts;
  counts.last_id = stored->last_id;
  for (const auto& [word, dropped] : stored->dropped) {
    const auto shelf = core::value_of(kLogShelfWords, word);
    if (shelf) counts.dropped[static_cast<std::size_t>(*shelf)] = dropped;
  }
  return counts;
}

}  // namespace terapi::simulator
