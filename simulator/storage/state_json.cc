#include "simulator/storage/state_json.h"

#include <array>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "simulator/storage/state_members.h"
#include "simulator/world/quirks_json.h"

namespace terapi::simulator {

namespace json = core::json;
using core::Error;
using core::Result;
using json::Issues;
using json::Path;
using json::Value;

// How a fault rule is stored: as it was given, and what has come of it.
struct StoredFaultRule {
  std::string id;
  StoredRaw rule;
  std::int64_t matched = 0;
  std::int64_t fired = 0;
  std::map<std::string, std::uint64_t> seen;
};

template <typename Json, MaybeConst<StoredFaultRule> T>
void list_members(Json& out, T& rule) {
  out("id", rule.id);
  out("rule", rule.rule);
  out("matched", rule.matched);
  out("fired", rule.fired);
  out("seen", rule.seen);
}

// How the records of a staged commit are stored.
struct StoredRecord {
  std::uint64_t row = 0;
  std::uint8_t action = 0;
  Time last_modified;
  Time first_seen;
  std::optional<Time> pruned_at;
  Uuid uuid;
  std::string id;
  std::string payload;
  std::optional<Time> deleted_at;
  std::uint64_t input_hash = 0;
  std::uint32_t metadata_at = 0;
};

template <typename Json, MaybeConst<StoredRecord> T>
void list_members(Json& out, T& record) {
  out("row", record.row);
  out("action", record.action);
  out("last_modified", record.last_modified);
  out("first_seen", record.first_seen);
  out("pruned_at", record.pruned_at);
  out("uuid", record.uuid);
  out("id", record.id);
  out("payload", record.payload);
  out("deleted_at", record.deleted_at);
  out.added("input_hash", record.input_hash);
  out.added("metadata_at", record.metadata_at);
}

void write_stored(StoredWriter& out, const StoredRaw& raw) { out.json().raw(raw.text); }

void read_stored_value(Value value, const Path& path, Issues& issues, StoredRaw& raw) {
  if (!value.present()) return StoredReader::wrong(value, path, issues, "a JSON value");
  raw.text = json::compact(value);
}

void write_stored(StoredWriter& out, const Uuid& uuid) { out.value(format_uuid(uuid)); }

void read_stored_value(Value value, const Path& path, Issues& issues, Uuid& uuid) {
  const std::optional<Uuid> parsed = parse_uuid(value.string());
  if (!parsed) return StoredReader::wrong(value, path, issues, "a uuid");
  uuid = *parsed;
}

void write_stored(StoredWriter& out, const RecordPtr& record) {
  StoredRecord stored;
  stored.row = record->row();
  stored.action = static_cast<std::uint8_t>(record->action());
  stored.last_modified = record->last_modified();
  stored.first_seen = record->first_seen();
  stored.pruned_at = record->pruned_at();
  stored.uuid = record->position().id;
  stored.id = record->id();
  stored.payload = record->payload();
  stored.deleted_at = record->own_deleted_at();
  stored.input_hash = record->input_hash();
  stored.metadata_at = record->metadata_at();
  out.value(stored);
}

void read_stored_value(Value value, const Path& path, Issues& issues, RecordPtr& record) {
  StoredRecord stored;
  StoredReader::read(value, path, issues, stored);
  const std::optional<Action> action = stored_action(stored.action);
  if (!action || stored.id.size() > std::numeric_limits<std::uint16_t>::max() ||
      (stored.metadata_at > 0 && stored.metadata_at >= stored.payload.size())) {
    StoredReader::wrong(value, path, issues,
                        "an action from 0 to 2, an id of at most 65535 bytes, and metadata within "
                        "the payload");
    return;
  }
  record = Record::make({stored.id,
                         stored.payload,
                         {stored.last_modified, stored.uuid},
                         stored.first_seen,
                         stored.pruned_at,
                         *action,
                         stored.row,
                         stored.deleted_at,
                         stored.input_hash,
                         stored.metadata_at});
}

void write_stored(StoredWriter& out, const FaultPlan& plan) {
  out.json().begin_array();
  for (const FaultRule& rule : plan.rules()) {
    out.value(StoredFaultRule{rule.id, {rule.text}, rule.matched, rule.fired, rule.seen});
  }
  out.json().end_array();
}

void read_stored_value(Value value, const Path& path, Issues& issues, FaultPlan& plan) {
  StoredReader::each(value, path, issues, [&](Value item, Path item_path) {
    StoredFaultRule stored;
    StoredReader::read(item, item_path, issues, stored);
    item_path.emplace_back("rule");
    FaultRule rule = read_fault_rule(item["rule"], item_path, stored.id, issues);
    rule.seen = std::move(stored.seen);
    plan.put(std::move(rule));
    plan.restore_counts(stored.id, stored.matched, stored.fired);
  });
  plan.take_changed();
}

void write_stored(StoredWriter& out, SyncKind kind) {
  out.json().string(core::word_of(kSyncKinds, kind));
}

void read_stored_value(Value value, const Path& path, Issues& issues, SyncKind& kind) {
  const std::optional<SyncKind> named = core::value_of(kSyncKinds, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, "\"full\" or \"incremental\"");
  kind = *named;
}

void write_stored(StoredWriter& out, DeliveryState state) {
  out.json().string(core::word_of(kDeliveryStateWords, state));
}

void read_stored_value(Value value, const Path& path, Issues& issues, DeliveryState& state) {
  const std::optional<DeliveryState> named = core::value_of(kDeliveryStateWords, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, "the state of a delivery");
  state = *named;
}

void write_stored(StoredWriter& out, SyncType type) { out.json().string(sync_type_name(type)); }

void read_stored_value(Value value, const Path& path, Issues& issues, SyncType& type) {
  const std::optional<SyncType> named = core::value_of(kSyncTypeWords, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, "the type of a run");
  type = *named;
}

void write_stored(StoredWriter& out, LastRun last) {
  out.json().string(core::word_of(kLastRunWords, last));
}

void read_stored_value(Value value, const Path& path, Issues& issues, LastRun& last) {
  const std::optional<LastRun> named = core::value_of(kLastRunWords, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, "how a run ended");
  last = *named;
}

void write_stored(StoredWriter& out, ActionState state) {
  out.json().string(core::word_of(kActionStateWords, state));
}

void read_stored_value(Value value, const Path& path, Issues& issues, ActionState& state) {
  const std::optional<ActionState> named = core::value_of(kActionStateWords, value.string());
  if (!named) return StoredReader::wrong(value, path, issues, "the state of an action");
  state = *named;
}

void write_stored(StoredWriter& out, const Template& made) { out.json().raw(made.text); }

void read_stored_value(Value value, const Path& path, Issues& issues, Template& made) {
  made = read_template(value, path, issues);
}

void write_stored(StoredWriter& out, const QuirkChoices& quirks) {
  out.json().begin_object();
  write_quirks(out.json(), quirks);
  out.json().end_object();
}

void read_stored_value(Value value, const Path& path, Issues& issues, QuirkChoices& quirks) {
  json::Fields fields(value, path, issues);
  quirks = read_quirks(fields);
  fields.finish();
}

void write_stored(StoredWriter& out, const Hold& hold) { out.value(hold_text(hold)); }

void read_stored_value(Value value, const Path& path, Issues& issues, Hold& hold) {
  std::string text;
  StoredReader::read(value, path, issues, text);
  std::optional<Hold> named = hold_of_text(text);
  if (!named) return StoredReader::wrong(value, path, issues, "why a delivery is held");
  hold = *std::move(named);
}

namespace {

// Numbers of streams are the keys of the record table.
Result<void> check_streams(const State& state) {
  std::set<std::uint32_t> numbers;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, stream] : environment.streams) {
      const bool given = stream.number >= 1 && stream.number <= state.last_stream;
      if (given && numbers.insert(stream.number).second) continue;
      return Error{"data_corrupt", "document environments: stream " + describe(key) +
                                       " has number " + std::to_string(stream.number) +
                                       "; expected one of its own, up to " +
                                       std::to_string(state.last_stream)};
    }
  }
  return {};
}

// Reads the document of that name with read(its root, issues).
template <typename Read>
Result<void> read_document(const Documents& documents, std::string_view name, Read read) {
  const std::string what = "document " + std::string(name);
  const auto found = documents.find(name);
  if (found == documents.end()) return Error{"data_corrupt", what + " is missing"};
  json::Reader reader;
  const Result<Value> root = reader.read(found->second);
  if (!root) return stored_error(what, root.error());
  Issues issues;
  read(*root, issues);
  if (!issues.empty()) return stored_error(what, issues);
  return {};
}

template <typename T>
Result<void> read_document_to(const Documents& documents, std::string_view name, T& value) {
  return read_document(documents, name, [&](Value root, Issues& issues) {
    StoredReader::read(root, {}, issues, value);
  });
}

Result<void> read_counters(const Documents& documents, State& state) {
  return read_document(documents, kCountersDocument, [&](Value root, Issues& issues) {
    StoredReader reader(root, {}, issues);
    list_counters(reader, state);
    reader.fields().finish();
  });
}

Result<void> read_given_world(const Documents& documents, State& state) {
  return read_document(documents, kWorldDocument, [&](Value root, Issues& issues) {
    StoredReader reader(root, {}, issues);
    list_given_world(reader, state);
    reader.fields().finish();
  });
}

std::string write_given_world(const State& state) {
  StoredWriter out;
  out.json().begin_object();
  list_given_world(out, state);
  out.json().end_object();
  return out.take();
}

}  // namespace

std::string write_counters(const State& state) {
  StoredWriter out;
  out.json().begin_object();
  list_counters(out, state);
  out.json().end_object();
  return out.take();
}

Documents write_documents(const State& state) {
  Documents documents;
  documents.emplace(kCountersDocument, write_counters(state));
  documents.emplace(kEnvironmentsDocument, write_stored_text(state.environments));
  documents.emplace(kFaultsDocument, write_stored_text(state.faults));
  documents.emplace(kStagedDocument, write_stored_text(state.staged));
  documents.emplace(kActionsDocument, write_stored_text(state.actions));
  documents.emplace(kWorldDocument, write_given_world(state));
  return documents;
}

Result<State> read_documents(const Documents& documents) {
  State state;
  for (const Result<void>& done :
       {read_counters(documents, state),
        read_document_to(documents, kEnvironmentsDocument, state.environments),
        read_document_to(documents, kFaultsDocument, state.faults),
        read_document_to(documents, kStagedDocument, state.staged)}) {
    if (!done) return done.error();
  }
  if (documents.contains(kActionsDocument)) {
    auto done = read_document_to(documents, kActionsDocument, state.actions);
    if (!done) return done.error();
  }
  if (documents.contains(kWorldDocument)) {
    if (auto done = read_given_world(documents, state); !done) return done.error();
  }
  if (Result<void> checked = check_streams(state); !checked) return checked.error();
  return state;
}

std::string write_delivery(const Delivery& delivery) { return write_stored_text(delivery); }

template <typename Json, MaybeConst<StoredSchedule> T>
void list_members(Json& out, T& stored) {
  out("environment", stored.environment);
  out("key", stored.key);
  out("schedule", stored.schedule);
}

std::string write_schedule(const StoredSchedule& schedule) { return write_stored_text(schedule); }

Result<StoredSchedule> read_schedule(std::string_view json, std::string_view what) {
  return read_stored<StoredSchedule>(json, what);
}

Result<Delivery> read_delivery(std::string_view json, std::string_view what) {
  return read_stored<Delivery>(json, what);
}

}  // namespace terapi::simulator
