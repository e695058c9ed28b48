#include "simulator/runs/run.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/breather.h"
#include "core/check.h"
#include "core/random.h"
#include "simulator/records/names.h"
#include "simulator/webhooks/webhook_payload.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

// A record that patches are merged into. It is taken apart and put together once, however many
// there are.
struct PatchedRecord {
  std::optional<MergedObject> object;  // nothing: there is no such record
  bool pruned = false;                 // so that any patch is a change (PRUNE-2)
  bool changed = false;
};

}  // namespace

// The versions made by one save: all with one commit time, each id once.
class Run::Save {
 public:
  explicit Save(Run& run) : run_(run), before_(run.counts_) {}

  // The version that this save builds on.
  const Record* base(std::string_view id) const {
    const auto found = made_.find(id);
    return found != made_.end() ? found->second.get() : run_.current(id);
  }

  // The record's next version: `fields` says its id, payload, action and what else it does not
  // have from this save.
  void add(RecordFields fields) {
    if (!time_) time_ = run_.take_time();
    const Record* before = base(fields.id);
    fields.first_seen =
        before == nullptr || fields.action == Action::kAdded ? *time_ : before->first_seen();
    put(fields, *time_);
  }

  // A deletion that somebody asked for: its moment is the application's.
  void add_deletion(RecordFields fields) {
    if (!time_) time_ = run_.take_time();
    if (run_.engine_.dialect().application_clock) {
      fields.deleted_at =
          application_time_.value_or(std::chrono::floor<std::chrono::milliseconds>(*time_));
    }
    add(fields);
  }

  // Before the first deletion, where one of them will need it: the application takes its time
  // before the database takes the commit's.
  void take_application_time() { application_time_ = run_.engine_.take_commit_millisecond(); }

  // The same of a deletion whose place is the application's time, not the commit's: in whole
  // milliseconds, and, of a record that there was not, before it was first seen.
  void add_by_application_clock(RecordFields fields) {
    const Record* before = base(fields.id);
    if (before == nullptr && !time_) time_ = run_.take_time();
    fields.first_seen = before == nullptr ? *time_ : before->first_seen();
    fields.deleted_at = application_time_;
    put(fields, *application_time_);
  }

  // Gives a record its payload back where it stands, which moves nothing.
  void restore(const Record& before, const Payload& payload) {
    RecordFields fields = before.fields();
    fields.payload = payload.text;
    fields.metadata_at = payload.metadata_at;
    fields.pruned_at.reset();
    restored_.push_back(Record::make(fields));
  }
  bool has_made(std::string_view id) const { return made_.contains(id); }

  std::optional<Time> time() const { return time_ ? time_ : application_time_; }
  // What the run had done before it.
  const RunCounts& before() const { return before_; }
  auto& made() { return made_; }
  auto& restored() { return restored_; }

 private:
  void put(RecordFields& fields, Time time) {
    const Record* before = base(fields.id);
    fields.position = {time, record_uuid(run_.stream_->tag, fields.id)};
    fields.row = before != nullptr ? before->row() : ++run_.engine_.state().last_row;
    made_.insert_or_assign(std::string(fields.id), Record::make(fields));
  }

  Run& run_;
  RunCounts before_;
  std::optional<Time> time_;
  std::optional<Time> application_time_;
  std::map<std::string, RecordPtr, std::less<>> made_;
  std::vector<RecordPtr> restored_;
};

Run::Run(Engine& engine, WebhookQueue& webhooks, Environment& environment, RunSpec spec)
    : engine_(engine),
      webhooks_(webhooks),
      environment_(environment),
      spec_(std::move(spec)),
      key_{spec_.integration, spec_.connection, spec_.model, spec_.variant},
      run_id_(spec_.run_id.empty() ? engine.make_id("run", ++engine.state().last_run)
                                   : spec_.run_id),
      stream_(nullptr),
      started_(engine.now()) {
  choose_sync();
  if (environment_.find_connection(spec_.integration, spec_.connection) == nullptr) {
    Connection& made = environment_.connections.emplace_back();
    made.id = spec_.connection;
    made.integration = spec_.integration;
    made.number = ++engine_.state().last_connection;
    made.created_at = made.updated_at = started_;
    engine_.note_settings();
  }
  stream_ = &engine_.stream(environment_, key_);
  begin_in_log();
  decide_staging();
}

// One that was given up half-way: what it was to read could not be read.
Run::~Run() {
  if (own_operation_) {
    engine_.end_operation(spec_.operation, {LogOutcome::kCutOff, engine_.now(), "it was given up"});
  }
}

void Run::begin_in_log() {
  if (spec_.operation != 0) return;
  Operation run;
  run.kind = LogKind::kRun;
  run.environment = environment_.settings.name;
  run.integration = key_.integration;
  run.connection = key_.connection;
  run.sync = spec_.sync;
  run.variant = key_.variant;
  run.models = {key_.model};
  run.name = run_id_;
  spec_.operation = engine_.begin_operation(std::move(run));
  own_operation_ = true;
}

// What the last save did, unless it did nothing.
void Run::note_save(const RunCounts& before) {
  LogStep step{engine_.now(), Duration(0), LogLevel::kInfo, "save", "", {{"model", key_.model}}};
  const auto add = [&](std::string_view what, std::int64_t count) {
    if (count == 0) return;
    step.message += (step.message.empty() ? "" : ", ") + std::to_string(count) + " ";
    step.message += what;
    step.fields.emplace_back(what, std::to_string(count));
  };
  add("added", counts_.added - before.added);
  add("updated", counts_.updated - before.updated);
  add("deleted", counts_.deleted - before.deleted);
  add("unchanged", counts_.unchanged - before.unchanged);
  if (!step.message.empty()) engine_.note_step(spec_.operation, std::move(step));
}

void Run::choose_sync() {
  Integration* integration = environment_.find_integration(spec_.integration);
  if (integration == nullptr) {
    integration = &environment_.integrations.emplace_back();
    integration->id = spec_.integration;
    integration->created_at = integration->updated_at = started_;
    engine_.note_settings();
  }
  const bool by_name = !spec_.sync.empty();
  Sync* const found =
      by_name ? integration->find_sync(spec_.sync) : integration->syncs.find_of(spec_.model);
  if (found != nullptr) {
    spec_.sync = found->name;
    const auto& models = found->models;
    if (by_name && std::find(models.begin(), models.end(), spec_.model) == models.end()) {
      integration->syncs.add_model(*found, spec_.model);
      engine_.note_settings();
    }
    return;
  }
  if (spec_.sync.empty()) {
    std::string model = spec_.model;
    std::transform(model.begin(), model.end(), model.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    spec_.sync = spec_.integration + "-" + model + "s";
    // Two long names may make one that is too long for a world file to say.
    if (name_fault(NameOf::kSync, spec_.sync)) spec_.sync = engine_.make_id(spec_.sync, 0);
  }
  Sync sync;
  sync.name = spec_.sync;
  sync.models = {spec_.model};
  integration->syncs.push_back(std::move(sync));
  engine_.note_settings();
}

// Faults that keep this run's changes from being seen are decided before it changes anything.
void Run::decide_staging() {
  if (engine_.state().faults.empty()) return;
  FaultEvent event;
  event.attributes = {{"integration", key_.integration},
                      {"connection", key_.connection},
                      {"model", key_.model},
                      {"variant", key_.variant},
                      {"sync", spec_.sync}};
  event.id = run_id_;
  StoreEffect effect;
  const std::string struck = engine_.state().faults.strike(event, engine_.seed(), effect);
  late_commit_ = effect.late_commit;
  staging_ = late_commit_ > Duration(0) || webhooks_.may_send_before_commit();
  if (struck.empty()) return;
  engine_.note_step(spec_.operation, {engine_.now(),
                                      Duration(0),
                                      LogLevel::kInfo,
                                      "fault",
                                      "a fault strikes the saves of this run",
                                      {{"rule", struck}}});
}

// Between two saves somebody may have emptied the stream, which then is another one.
void Run::find_stream() { stream_ = &engine_.stream(environment_, key_); }

bool Run::knows(std::string_view id) {
  find_stream();
  const Record* record = current(id);
  return record != nullptr && !record->deleted();
}

const Record* Run::current(std::string_view id) const {
  const auto found = staged_.find(id);
  return found != staged_.end() ? found->second.get() : stream_->log.find(id);
}

namespace {

RecordFields version_of(const Payload& payload, Action action) {
  RecordFields fields;
  fields.id = payload.id;
  fields.payload = payload.text;
  fields.action = action;
  fields.input_hash = payload.input_hash;
  fields.metadata_at = payload.metadata_at;
  return fields;
}

RecordFields version_of(std::string_view id, std::string_view payload, Action action) {
  RecordFields fields;
  fields.id = id;
  fields.payload = payload;
  fields.action = action;
  return fields;
}

// Of what was sent last.
std::uint64_t input_hash_of(const Record& record) {
  return record.input_hash() != 0 ? record.input_hash() : text_hash(record.payload());
}

}  // namespace

// META-5
bool Run::is_same(const Record& before, const Payload& payload) const {
  if (before.pruned_at() || engine_.dialect().compares_inputs) {
    return payload.input_hash != 0 && payload.input_hash == input_hash_of(before);
  }
  return same_payload(before.payload(), payload.text);
}

void Run::save_in(Save& save, const Payload& payload) {
  if (engine_.dialect().first_in_save_wins && save.has_made(payload.id)) {
    ++counts_.unchanged;
    return;
  }
  const Record* before = save.base(payload.id);
  if (before == nullptr || before->deleted()) {
    ++counts_.added;
    save.add(version_of(payload, Action::kAdded));
    return;
  }
  const bool pruned = before->pruned_at().has_value();
  const bool stays = !pruned || engine_.dialect().has(Quirk::kPruneResaveStays);
  if (stays && is_same(*before, payload)) {
    ++counts_.unchanged;
    if (pruned) save.restore(*before, payload);
    return;
  }
  ++counts_.updated;
  save.add(version_of(payload, Action::kUpdated));
}

void Run::save(const std::vector<Payload>& payloads) {
  find_stream();
  Save save(*this);
  for (const Payload& payload : payloads) {
    core::breathe();
    save_in(save, payload);
  }
  commit(save);
}

void Run::update(const std::vector<Patch>& patches) {
  if (engine_.dialect().compares_inputs) return update_by_inputs(patches);
  find_stream();
  Save save(*this);
  // A record is often changed as it was read, with the metadata, which is ours and no part of it.
  const MergedObject::Left left = {"id", engine_.dialect().metadata_key};
  std::unordered_map<std::string, PatchedRecord> records;
  std::vector<const std::string*> changed;
  for (const Patch& patch : patches) {
    core::breathe();
    const auto [found, is_new] = records.try_emplace(patch.id);
    PatchedRecord& record = found->second;
    if (const Record* before = is_new ? save.base(patch.id) : nullptr;
        before != nullptr && !before->deleted()) {
      record.object.emplace(before->payload());
      record.pruned = before->pruned_at().has_value();
    }
    if (!record.object || !(record.pruned || changes(*record.object, patch.patch, left))) {
      ++counts_.unchanged;
      continue;
    }
    ++counts_.updated;
    record.object->merge(patch.patch, left);
    record.pruned = false;
    if (!std::exchange(record.changed, true)) changed.push_back(&found->first);
  }
  for (const std::string* id : changed) {
    core::breathe();
    save.add(version_of(*id, records.at(*id).object->text(), Action::kUpdated));
  }
  core::clear_slowly(records);
  commit(save);
}

// META-5 where inputs are compared: what was sent last is sent again for nothing, whatever has
// become of it; each id counts once.
void Run::update_by_inputs(const std::vector<Patch>& patches) {
  find_stream();
  Save save(*this);
  std::set<std::string_view> seen;
  for (const Patch& patch : patches) {
    core::breathe();
    const bool is_first = seen.insert(patch.id).second;
    const Record* before = is_first ? save.base(patch.id) : nullptr;
    const std::uint64_t hash = input_hash(patch.patch);
    if (before == nullptr || before->deleted() || hash == input_hash_of(*before)) {
      ++counts_.unchanged;
      continue;
    }
    ++counts_.updated;
    const Payload merged = merge_as_javascript(before->payload(), before->metadata_at(), patch.id,
                                               patch.patch, engine_.dialect());
    RecordFields fields = version_of(merged, Action::kUpdated);
    fields.input_hash = hash;
    save.add(fields);
  }
  commit(save);
}

// META-5
bool Run::changes(MergedObject& object, const core::json::Value& patch, MergedObject::Left left) {
  return object.effect_of(patch, left) == MergedObject::Effect::kValue;
}

void Run::remove_in(Save& save, std::string_view id) {
  core::breathe();
  const Record* before = save.base(id);
  const bool was_there = before != nullptr && !before->deleted();
  if (!engine_.dialect().delete_replaces_payload) {
    if (!was_there) {
      ++counts_.unchanged;
      return;
    }
    ++counts_.deleted;
    return keep_deleted(save, *before);
  }
  if (engine_.dialect().first_in_save_wins && save.has_made(id)) {
    ++counts_.unchanged;
    return;
  }
  // What was deleted or unknown moves, and is not counted.
  ++(was_there ? counts_.deleted : counts_.unchanged);
  const std::string payload = id_only_payload(id);
  RecordFields fields = version_of(id, payload, Action::kDeleted);
  fields.input_hash = id_only_hash(id);
  if (goes_by_application(before, fields.input_hash)) {
    save.add_by_application_clock(fields);
  } else {
    save.add_deletion(fields);
  }
}

// The commit's time is taken where the database sees that something has changed.
bool Run::goes_by_application(const Record* before, std::uint64_t hash) const {
  return engine_.dialect().application_clock &&
         (before == nullptr || hash == input_hash_of(*before));
}

// A deletion that keeps what the record was.
void Run::keep_deleted(Save& save, const Record& before) {
  // The old version may be this save's own, which adding replaces: keep its texts.
  const std::string id(before.id());
  const std::string payload(before.payload());
  RecordFields fields = version_of(id, payload, Action::kDeleted);
  fields.pruned_at = before.pruned_at();
  fields.input_hash = before.input_hash();
  fields.metadata_at = before.metadata_at();
  save.add(fields);
}

void Run::remove(const std::vector<std::string>& ids) {
  find_stream();
  Save save(*this);
  const bool by_application = engine_.dialect().delete_replaces_payload &&
                              std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
                                return goes_by_application(save.base(id), id_only_hash(id));
                              });
  if (by_application) save.take_application_time();
  for (const std::string& id : ids) remove_in(save, id);
  commit(save);
}

void Run::replace(const std::vector<Payload>& payloads) {
  save(payloads);
  if (spec_.error) return;  // SYNC-4: a failed run detects no deletions
  std::set<std::string, std::less<>> kept;
  for (const Payload& payload : payloads) {
    core::breathe();
    kept.insert(payload.id);
  }
  remove_missing(kept);
  core::clear_slowly(kept);
}

void Run::remove_missing(const std::set<std::string, std::less<>>& kept) {
  find_stream();
  Save save(*this);
  std::vector<std::string> missing;
  stream_->log.walk(Position::start(), [&](const Record& record) {
    if (!record.deleted() && !kept.contains(record.id())) missing.emplace_back(record.id());
    return true;
  });
  for (const std::string& id : missing) {
    core::breathe();
    ++counts_.deleted;
    keep_deleted(save, *save.base(id));
  }
  core::clear_slowly(missing);
  commit(save);
}

void Run::restore(RecordFields fields) {
  find_stream();
  const Record* before = stream_->log.find(fields.id);
  if (before != nullptr && !(before->position() < fields.position)) {
    ++counts_.unchanged;
    return;
  }
  fields.row = before != nullptr ? before->row() : ++engine_.state().last_row;
  engine_.state().last_commit = std::max(engine_.state().last_commit, fields.position.time);
  ++(fields.action == Action::kDeleted ? counts_.deleted : counts_.added);
  engine_.put(*stream_, Record::make(fields));
}

void Run::commit(Save& save) {
  note_save(save.before());
  if (save.time() && !first_commit_) first_commit_ = save.time();
  if (staging_) {
    for (auto& [id, record] : save.made()) staged_.insert_or_assign(id, std::move(record));
    return;
  }
  for (RecordPtr& record : save.restored()) {
    if (stream_->log.find(record->id()) == nullptr) continue;
    ++stream_->revision;
    engine_.changes().records.emplace_back(stream_->number, record);
    stream_->log.exchange(std::move(record));
  }
  std::vector<RecordPtr> in_order;
  in_order.reserve(save.made().size());
  while (!save.made().empty()) {
    const auto first = save.made().begin();
    in_order.push_back(std::move(first->second));
    save.made().erase(first);
    core::breathe();
  }
  core::Steps steps;
  std::sort(in_order.begin(), in_order.end(), [&](const RecordPtr& a, const RecordPtr& b) {
    steps.step();
    return a->position() < b->position();
  });
  for (RecordPtr& record : in_order) engine_.put(*stream_, std::move(record));
  stream_->last_writer = spec_.sync;
  stream_->last_written = engine_.now();
}

// The time of a save, which is that of its transaction's begin. The public system lets the writers
// of one model wait for each other after that, so that of two which overlap the one that began
// first may be seen last: behind what readers have read already.
Time Run::take_time() {
  constexpr Duration kTransaction = std::chrono::milliseconds(50);
  constexpr std::uint64_t kOneIn = 16;
  const Record* last = stream_->log.last();
  const bool overlaps = engine_.dialect().has(Quirk::kLateCommit) && last != nullptr &&
                        !stream_->last_writer.empty() && stream_->last_writer != spec_.sync &&
                        engine_.now() - stream_->last_written <= kTransaction;
  if (overlaps) {
    const std::string event = run_id_ + "#" + std::to_string(++overlaps_);
    if (core::hash64(engine_.seed(), event) % kOneIn == 0) {
      engine_.note_step(spec_.operation,
                        {engine_.now(),
                         Duration(0),
                         LogLevel::kInfo,
                         "late_commit",
                         "this save overlapped with one of '" + stream_->last_writer +
                             "', and takes a place before it",
                         {}});
      return last->last_modified() - Duration(1);
    }
  }
  return engine_.take_commit_time();
}

SyncType Run::sync_type() {
  Connection* connection = environment_.find_connection(spec_.integration, spec_.connection);
  TERAPI_CHECK(connection != nullptr, "a run's connection exists");
  const bool first = connection->synced.emplace(spec_.sync, spec_.variant).second;
  if (first) engine_.note_settings();
  return spec_.type.value_or(first ? SyncType::kInitial : SyncType::kIncremental);
}

RunResult Run::finish() {
  const SyncType type = sync_type();
  RunResult result{run_id_, counts_, announce(type)};
  if (own_operation_) end_in_log(type);
  return result;
}

void Run::end_in_log(SyncType type) {
  own_operation_ = false;
  engine_.logs().note_counts(spec_.operation, counts_,
                             {{"type", std::string(sync_type_name(type))}});
  LogEnd end{LogOutcome::kSuccess, engine_.now()};
  if (spec_.error) {
    end.outcome = LogOutcome::kFailure;
    end.error = spec_.error->type + ": " + spec_.error->description;
  }
  engine_.end_operation_aloud(spec_.operation, std::move(end));
}

std::vector<std::string> Run::announce(SyncType type) {
  const bool sends = spec_.webhook && (counts_.changed() || environment_.settings.always_send ||
                                       spec_.error.has_value());
  Duration early{0};
  std::vector<std::string> all;
  std::vector<std::string> waiting;
  if (sends) {
    WebhookFacts facts{
        key_,     spec_.sync,  type,         counts_, first_commit_.value_or(started_),
        started_, spec_.error, engine_.now()};
    for (const WebhookQueue::Announced& announced :
         webhooks_.announce(environment_, facts, run_id_, staging_)) {
      all.push_back(announced.id);
      engine_.note_step(spec_.operation, {engine_.now(),
                                          Duration(0),
                                          LogLevel::kInfo,
                                          "webhook",
                                          "a webhook was put in the queue",
                                          {{"model", key_.model}, {"delivery", announced.id}}});
      early = std::max(early, announced.before_commit);
      if (announced.before_commit == Duration(0)) waiting.push_back(announced.id);
    }
  }
  if (staging_) stage(std::move(waiting), early);
  return all;
}

void Run::stage(std::vector<std::string> waiting, Duration early) {
  StagedCommit staged;
  staged.number = ++engine_.state().last_staged;
  staged.environment = environment_.settings.name;
  staged.stream = key_;
  for (auto& [id, record] : staged_) staged.records.push_back(std::move(record));
  staged.visible_at = engine_.now() + std::max(late_commit_, early);
  staged.restamp = late_commit_ == Duration(0) && early > Duration(0);
  staged.deliveries = std::move(waiting);
  const std::uint64_t number = staged.number;
  const Time due = staged.visible_at;
  engine_.state().staged.emplace(number, std::move(staged));
  engine_.note_settings();
  if (due <= engine_.now()) {
    make_visible(engine_, webhooks_, number);
  } else {
    engine_.at(due, [this_engine = &engine_, queue = &webhooks_, number] {
      make_visible(*this_engine, *queue, number);
    });
  }
}

void make_visible(Engine& engine, WebhookQueue& webhooks, std::uint64_t staged_number) {
  const auto found = engine.state().staged.find(staged_number);
  // After a reset or a restored snapshot the number may be gone, or be that of a later save.
  if (found == engine.state().staged.end() || found->second.visible_at > engine.now()) return;
  auto node = engine.state().staged.extract(found);
  StagedCommit& staged = node.mapped();
  engine.note_settings();
  Environment* environment = engine.state().find_environment(staged.environment);
  if (environment != nullptr) {
    Stream& stream = engine.stream(*environment, staged.stream);
    std::optional<Time> time;
    for (const RecordPtr& record : staged.records) {
      const Record* current = stream.log.find(record->id());
      // Whoever wrote later has won, as with overlapping writers of one row.
      if (current != nullptr && current->last_modified() > record->last_modified()) continue;
      RecordFields fields = record->fields();
      if (staged.restamp) {
        if (!time) time = engine.take_commit_time();
        if (fields.first_seen == fields.position.time) fields.first_seen = *time;
        fields.position.time = *time;
        if (fields.deleted_at) {
          fields.deleted_at = std::chrono::floor<std::chrono::milliseconds>(*time);
        }
      }
      engine.put(stream, Record::make(fields));
    }
  }
  for (const std::string& id : staged.deliveries) webhooks.release(id);
}

void erase_streams(Engine& engine, WebhookQueue& webhooks, Environment& environment,
                   const std::function<bool(const StreamKey&)>& wanted) {
  auto& staged = engine.state().staged;
  for (auto it = staged.begin(); it != staged.end();) {
    const StagedCommit& commit = it->second;
    if (commit.environment != environment.settings.name || !wanted(commit.stream)) {
      ++it;
      continue;
    }
    for (const std::string& id : commit.deliveries) webhooks.release(id);
    it = staged.erase(it);
  }
  std::erase_if(environment.streams, [&](const auto& each) { return wanted(each.first); });
  engine.note_settings();
}

void resume_staged(Engine& engine, WebhookQueue& webhooks) {
  for (const auto& [number, staged] : engine.state().staged) {
    engine.at(staged.visible_at,
              [&engine, &webhooks, number = number] { make_visible(engine, webhooks, number); });
  }
}

}  // namespace terapi::simulator
