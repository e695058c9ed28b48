#include "simulator/runs/sync_runner.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/delivery.h"
#include "core/duration.h"
#include "core/parse_number.h"
#include "core/url.h"
#include "simulator/webhooks/webhook_queue.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr int kMostWaits = 10;  // for a rate limit, at one page
constexpr std::int64_t kLongestWaitSeconds = 3600;
// Numbers in a SyncRunner::Seen for each model: the collection's last change first.
constexpr std::size_t kSeenOfEach = 3;
// Pages hold objects as deep as any text may be, two levels further down.
constexpr core::json::ParseOptions kPageOptions{.max_depth = 600};

// Models of a sync that have a collection, in the sync's order.
std::vector<std::string> models_read(const Sync& sync) {
  std::vector<std::string> models;
  for (const std::string& model : sync.models) {
    if (sync.collections.contains(model)) models.push_back(model);
  }
  return models;
}

const Sync* sync_of(const Environment& environment, const ScheduleKey& key) {
  const Integration* integration = environment.find_integration(key.integration);
  return integration == nullptr ? nullptr : integration->find_sync(key.sync);
}

StreamKey stream_of(const ScheduleKey& key, const std::string& model) {
  return {key.integration, key.connection, model, key.variant};
}

}  // namespace

// A run under way.
struct SyncRunner::Live {
  std::string environment_name;
  ScheduleKey key;
  Environment* environment;
  Schedule* schedule;
  SyncKind kind = SyncKind::kIncremental;
  std::vector<std::string> models;
  std::vector<std::unique_ptr<Run>> runs;  // of the models that it has come to
  std::string after;                       // the next page's
  std::string checkpoint;                  // where the next incremental run begins
  // Of a full sync, by model: the ids that it has read.
  std::vector<std::set<std::string, std::less<>>> seen;
  Seen at_begin;                                     // where everything stood
  std::map<std::string, std::uint64_t> checkpoints;  // of the models that are read
  int waits = 0;
  core::TimerId timer = 0;
  std::uint64_t operation = 0;  // in the log
  Time asked_at;                // for the page that it waits for

  const std::string& model() const { return models[runs.size() - 1]; }
  Run& run() { return *runs.back(); }
};

SyncRunner::SyncRunner(Engine& engine, WebhookQueue& webhooks, Upstream& upstream)
    : engine_(engine), webhooks_(webhooks), upstream_(upstream) {
  upstream_.set_on_made([this](Environment& environment) {
    if (!taking_up_) reconcile(environment);
  });
}

SyncRunner::~SyncRunner() = default;

// --- what is scheduled --------------------------------------------------------------------------

core::Result<void> SyncRunner::set_enabled(Environment& environment, Integration& integration,
                                           std::string_view sync_name, bool enabled) {
  Sync* sync = integration.find_sync(sync_name);
  const Template* from = engine_.state().find_template(integration, sync_name);
  if (sync == nullptr) {
    if (from == nullptr) {
      return core::Error{"unknown_sync",
                         "'" + integration.id + "' has no sync '" + std::string(sync_name) + "'"};
    }
    sync = &integration.syncs.emplace_back(from->sync());
  } else if (from != nullptr && sync->collections.empty()) {
    sync->collections = from->sync().collections;
  }
  const bool turned_on = enabled && !sync->enabled;
  sync->enabled = enabled;
  integration.updated_at = engine_.now();
  engine_.note_settings();
  if (enabled) {
    taking_up_ = true;
    for (const Connection& connection : environment.connections) {
      if (connection.integration != integration.id) continue;
      for (const auto& [model, name] : sync->collections) {
        upstream_.provide(environment, connection, name);
      }
    }
    taking_up_ = false;
    reconcile(environment);
  }
  for (auto& [key, schedule] : environment.schedules) {
    if (key.integration != integration.id || key.sync != sync_name) continue;
    if (!enabled) schedule.queued.reset();
    if (turned_on) schedule.next_run = engine_.now();
    await_next(environment, key, schedule);
    engine_.note_schedule(environment, key, schedule.number);
  }
  engine_.log(LogLevel::kInfo, enabled ? "sync.enabled" : "sync.disabled",
              enabled ? "a sync was enabled" : "a sync was disabled",
              {{"integration", integration.id}, {"sync", std::string(sync_name)}});
  return {};
}

void SyncRunner::take_up(Environment& environment, const Connection& connection) {
  provide(environment, connection);
  reconcile(environment);
}

void SyncRunner::take_up_all(Environment& environment,
                             const std::function<bool(const Connection&)>& wanted) {
  bool any = false;
  taking_up_ = true;
  for (const Connection& connection : environment.connections) {
    if (!wanted(connection)) continue;
    provide(environment, connection);
    any = true;
  }
  taking_up_ = false;
  if (any) reconcile(environment);
}

void SyncRunner::provide(Environment& environment, const Connection& connection) {
  const Integration* integration = environment.find_integration(connection.integration);
  if (integration == nullptr) return;
  for (const Sync& sync : integration->syncs) {
    if (!sync.enabled) continue;
    for (const auto& [model, name] : sync.collections) {
      upstream_.provide(environment, connection, name);
    }
  }
}

void SyncRunner::reconcile(Environment& environment) {
  for (const Connection& connection : environment.connections) {
    const Integration* integration = environment.find_integration(connection.integration);
    if (integration == nullptr) continue;
    for (const Sync& sync : integration->syncs) {
      const bool reads =
          std::any_of(sync.collections.begin(), sync.collections.end(), [&](const auto& of_model) {
            return environment.find_collection({integration->id, connection.id, of_model.second}) !=
                   nullptr;
          });
      const ScheduleKey key{integration->id, connection.id, sync.name};
      if (sync.enabled && reads && environment.find_schedule(key) == nullptr) {
        make_schedule(environment, key);
      }
    }
  }
  for (auto& [key, schedule] : environment.schedules) {
    if (!timers_.contains(schedule.number)) await_next(environment, key, schedule);
  }
}

Schedule& SyncRunner::make_schedule(Environment& environment, const ScheduleKey& key) {
  Schedule& schedule = environment.schedules[key];
  schedule.number = ++engine_.state().last_schedule;
  schedule.next_run = engine_.now();
  engine_.note_schedule(environment, key, schedule.number);
  return schedule;
}

// A schedule's connection is there: with the connection it goes (drop).
bool SyncRunner::enabled(const Environment& environment, const ScheduleKey& key) const {
  const Sync* sync = sync_of(environment, key);
  return sync != nullptr && sync->enabled;
}

Duration SyncRunner::frequency_of(const Environment& environment, const ScheduleKey& key) const {
  const auto found = environment.schedules.find(key);
  const Sync* sync = sync_of(environment, key);
  const Duration given = sync == nullptr ? Sync().frequency : sync->frequency;
  const bool own = found != environment.schedules.end() && found->second.frequency.has_value();
  // A data file of an earlier version may have less.
  return std::max<Duration>(own ? *found->second.frequency : given, std::chrono::seconds(1));
}

void SyncRunner::stop_waiting(const Schedule& schedule) {
  const auto found = timers_.find(schedule.number);
  if (found == timers_.end()) return;
  engine_.cancel(found->second);
  timers_.erase(found);
}

void SyncRunner::await_next(Environment& environment, const ScheduleKey& key, Schedule& schedule) {
  stop_waiting(schedule);
  if (schedule.running || schedule.paused || !enabled(environment, key)) return;
  timers_[schedule.number] = engine_.at_recurring(
      schedule.next_run, [this, name = environment.settings.name, key] { on_due(name, key); });
}

void SyncRunner::drop(Environment& environment, const std::string& integration,
                      const std::optional<std::string>& connection) {
  const auto is_its = [&](const auto& key) {
    return key.integration == integration && (!connection || key.connection == *connection);
  };
  for (auto& [key, schedule] : environment.schedules) {
    if (!is_its(key)) continue;
    stop_waiting(schedule);
    end_live(schedule.number);
    seen_.erase(schedule.number);
    engine_.note_schedule(environment, key, schedule.number);
  }
  std::erase_if(environment.schedules, [&](const auto& each) { return is_its(each.first); });
  upstream_.forget(environment, integration, connection);
  erase_streams(engine_, webhooks_, environment, is_its);
}

// Gives a run under way up, without a word to anybody but the log.
void SyncRunner::end_live(std::uint64_t number) {
  const auto live = live_.find(number);
  if (live == live_.end()) return;
  if (live->second->timer != 0) engine_.cancel(live->second->timer);
  end_in_log(*live->second,
             {LogOutcome::kCutOff, engine_.now(), "its connection or its variant was removed"});
  live_.erase(live);
}

bool SyncRunner::busy() const {
  if (!live_.empty()) return true;
  for (const Environment& environment : engine_.state().environments) {
    for (const auto& [key, schedule] : environment.schedules) {
      if (timers_.contains(schedule.number) && schedule.next_run <= engine_.now()) return true;
    }
  }
  return false;
}

// --- what callers ask ---------------------------------------------------------------------------

void SyncRunner::trigger(Environment& environment, const ScheduleKey& key, TriggerOptions order) {
  Schedule* schedule = environment.find_schedule(key);
  TERAPI_CHECK(schedule != nullptr, "what is triggered has a schedule");
  if (!schedule->running) return begin(environment, key, order);
  const TriggerOptions waiting = schedule->queued.value_or(TriggerOptions{});
  schedule->queued =
      TriggerOptions{order.reset || waiting.reset, order.empty_cache || waiting.empty_cache};
  engine_.note_schedule(environment, key, schedule->number);
}

void SyncRunner::start(Environment& environment, const ScheduleKey& key) {
  Schedule* schedule = environment.find_schedule(key);
  TERAPI_CHECK(schedule != nullptr, "what is started has a schedule");
  if (!schedule->paused) return;
  schedule->paused = false;
  // What was due while it was paused is due now.
  schedule->next_run = std::max(schedule->next_run, engine_.now());
  await_next(environment, key, *schedule);
  engine_.note_schedule(environment, key, schedule->number);
}

void SyncRunner::pause(Environment& environment, const ScheduleKey& key) {
  Schedule* schedule = environment.find_schedule(key);
  TERAPI_CHECK(schedule != nullptr, "what is paused has a schedule");
  schedule->paused = true;
  stop_waiting(*schedule);
  engine_.note_schedule(environment, key, schedule->number);
}

void SyncRunner::set_frequency(Environment& environment, const ScheduleKey& key,
                               std::optional<Duration> frequency) {
  Schedule* schedule = environment.find_schedule(key);
  TERAPI_CHECK(schedule != nullptr, "what runs more often has a schedule");
  const Duration before = frequency_of(environment, key);
  schedule->frequency = frequency;
  const Duration now = frequency_of(environment, key);
  schedule->next_run = std::max(engine_.now(), schedule->next_run - before + now);
  await_next(environment, key, *schedule);
  engine_.note_schedule(environment, key, schedule->number);
}

void SyncRunner::add_variant(Environment& environment, const ScheduleKey& key) {
  if (environment.find_schedule(key) != nullptr) return;
  await_next(environment, key, make_schedule(environment, key));
}

void SyncRunner::remove_variant(Environment& environment, const ScheduleKey& key) {
  const auto found = environment.schedules.find(key);
  if (found == environment.schedules.end()) return;
  const std::uint64_t number = found->second.number;
  stop_waiting(found->second);
  end_live(number);
  seen_.erase(number);
  remove_streams(environment, key);
  if (Connection* connection = environment.find_connection(key.integration, key.connection)) {
    connection->synced.erase({key.sync, key.variant});
  }
  environment.schedules.erase(found);
  engine_.note_schedule(environment, key, number);
  engine_.note_settings();
}

void SyncRunner::remove_streams(Environment& environment, const ScheduleKey& key) {
  const Sync* sync = sync_of(environment, key);
  if (sync == nullptr) return;
  erase_streams(engine_, webhooks_, environment, [&](const StreamKey& stream) {
    return std::any_of(sync->models.begin(), sync->models.end(),
                       [&](const std::string& model) { return stream == stream_of(key, model); });
  });
}

void SyncRunner::tell(const ScheduleKey& key, RunMoment moment) const {
  if (!watcher_) return;
  moment.integration = key.integration;
  moment.connection = key.connection;
  moment.sync = key.sync;
  moment.variant = key.variant;
  watcher_(moment);
}

// --- a run --------------------------------------------------------------------------------------

void SyncRunner::on_due(const std::string& environment_name, const ScheduleKey& key) {
  Environment* environment = engine_.state().find_environment(environment_name);
  Schedule* schedule = environment != nullptr ? environment->find_schedule(key) : nullptr;
  if (schedule == nullptr) return;
  timers_.erase(schedule->number);
  upstream_.change_what_is_due(*environment, key.integration, key.connection);
  if (!schedule->running && !schedule->paused && enabled(*environment, key)) {
    begin(*environment, key, {});
  }
}

void SyncRunner::reset(Environment& environment, const ScheduleKey& key, Schedule& schedule,
                       bool empty_cache) {
  schedule.checkpoint.clear();
  seen_.erase(schedule.number);
  if (Connection* connection = environment.find_connection(key.integration, key.connection)) {
    connection->synced.erase({key.sync, key.variant});
  }
  if (empty_cache) remove_streams(environment, key);
  engine_.note_settings();
}

// Where all of it stands: collections by their changes, streams by their writes.
SyncRunner::Seen SyncRunner::seen_by(const Environment& environment, const ScheduleKey& key) const {
  Seen seen;
  const Sync* sync = sync_of(environment, key);
  if (sync == nullptr) return seen;
  for (const auto& [model, name] : sync->collections) {
    const Collection* collection =
        environment.find_collection({key.integration, key.connection, name});
    const Stream* stream = environment.find_stream(stream_of(key, model));
    seen.push_back(collection == nullptr ? 0 : collection->last_change());
    seen.push_back(stream == nullptr ? 0 : stream->revision);
    seen.push_back(stream == nullptr ? 0 : stream->number);
  }
  return seen;
}

// True when a run would find everything as the last one left it, and nobody could tell that it did
// not read it: no fault waits for its requests, and they take neither time nor a rate limit's
// share.
bool SyncRunner::nothing_to_read(const Environment& environment, const ScheduleKey& key,
                                 const Schedule& schedule) const {
  if (!engine_.state().faults.empty() || environment.settings.always_send) return false;
  const auto last = seen_.find(schedule.number);
  if (last == seen_.end() || last->second != seen_by(environment, key)) return false;
  const Sync* sync = sync_of(environment, key);
  return std::all_of(sync->collections.begin(), sync->collections.end(), [&](const auto& each) {
    const Collection* collection =
        environment.find_collection({key.integration, key.connection, each.second});
    return collection != nullptr && !collection->behaviour.requests &&
           collection->behaviour.latency == Duration(0);
  });
}

// What was read stands as long as its collections did while the run went on.
void SyncRunner::remember(std::uint64_t number, const Seen& at_begin, const Seen& at_end) {
  bool same = at_begin.size() == at_end.size();
  for (std::size_t i = 0; same && i < at_begin.size(); i += kSeenOfEach) {
    same = at_begin[i] == at_end[i];
  }
  if (same) {
    seen_[number] = at_end;
  } else {
    seen_.erase(number);
  }
}

void SyncRunner::begin(Environment& environment, const ScheduleKey& key, TriggerOptions order) {
  Schedule& schedule = *environment.find_schedule(key);
  const Sync* sync = sync_of(environment, key);
  if (sync == nullptr) return;
  stop_waiting(schedule);
  ++runs_made_;
  if (order.reset) {
    reset(environment, key, schedule, order.empty_cache);
  } else if (order.empty_cache) {
    remove_streams(environment, key);  // what was read before is not read again
  }
  schedule.run_id = engine_.make_id("run", ++engine_.state().last_run);
  schedule.started_at = engine_.now();
  if (nothing_to_read(environment, key, schedule)) {
    schedule.type = SyncType::kIncremental;
    schedule.latest.clear();
    for (const std::string& model : sync->models) schedule.latest[model] = {};
    Operation idle = operation_for(environment, key, schedule);
    idle.level = LogLevel::kDebug;
    idle.outcome = LogOutcome::kSuccess;
    idle.idle = true;
    idle.models = sync->models;
    idle.at = schedule.started_at;
    idle.ended_at = engine_.now();
    engine_.add_operation(std::move(idle));
    return record_end(environment, key, schedule, "");
  }
  const Connection* connection = environment.find_connection(key.integration, key.connection);
  TERAPI_CHECK(connection != nullptr, "a schedule goes with its connection");
  schedule.type = connection->synced.contains({key.sync, key.variant}) ? SyncType::kIncremental
                                                                       : SyncType::kInitial;
  schedule.running = true;
  tell(key,
       {.what = RunMoment::What::kBegins, .reset = order.reset, .empty_cache = order.empty_cache});
  auto live = std::make_unique<Live>();
  live->environment_name = environment.settings.name;
  live->key = key;
  live->environment = &environment;
  live->schedule = &schedule;
  live->kind = sync->kind;
  live->models = models_read(*sync);
  live->at_begin = seen_by(environment, key);
  Operation operation = operation_for(environment, key, schedule);
  operation.models = live->models;
  operation.fields = {{"type", std::string(sync_type_name(schedule.type))}};
  live->operation = engine_.begin_operation(std::move(operation));
  if (order.reset) {
    engine_.note_step(live->operation,
                      {engine_.now(), Duration(0), LogLevel::kInfo, "reset",
                       order.empty_cache ? "as if it had never run, and without its records"
                                         : "as if it had never run"});
  }
  live_[schedule.number] = std::move(live);
  engine_.note_schedule(environment, key, schedule.number);
  read_on(schedule.number);
}

core::Request SyncRunner::next_request(const Live& live) const {
  const Sync* sync = sync_of(*live.environment, live.key);
  core::QueryParameters query = {{"per_page", "1000"}};
  const auto since = live.schedule->checkpoint.find(live.model());
  if (live.kind == SyncKind::kIncremental) {
    // From the beginning it is told of deletions, too: of what an earlier run had saved before it
    // failed, or was reset.
    const bool known = since != live.schedule->checkpoint.end();
    query.emplace_back("since", known ? std::to_string(since->second) : "0");
  }
  if (!live.after.empty()) query.emplace_back("after", live.after);
  core::Request request;
  request.target = "/" + core::percent_encode(sync->collections.at(live.model())) + "?" +
                   core::encode_query(query);
  return request;
}

void SyncRunner::read_on(std::uint64_t number) {
  while (true) {
    const auto found = live_.find(number);
    if (found == live_.end()) return;
    Live& live = *found->second;
    live.timer = 0;
    const Connection* connection =
        live.environment->find_connection(live.key.integration, live.key.connection);
    const Sync* sync = sync_of(*live.environment, live.key);
    if (connection == nullptr || sync == nullptr) return end_live(number);
    if (live.checkpoints.size() == live.models.size()) return end(live);
    if (live.checkpoints.size() == live.runs.size()) {
      RunSpec spec;
      spec.integration = live.key.integration;
      spec.connection = live.key.connection;
      spec.model = live.models[live.runs.size()];
      spec.variant = live.key.variant;
      spec.sync = live.key.sync;
      spec.type = live.schedule->type;
      spec.run_id = live.schedule->run_id;
      spec.operation = live.operation;
      live.runs.push_back(std::make_unique<Run>(engine_, webhooks_, *live.environment, spec));
      live.seen.emplace_back();
    }
    live.asked_at = engine_.now();
    tell(live.key, {.what = RunMoment::What::kAsks, .model = live.model()});
    core::Delivery delivery =
        core::deliver(upstream_.handle(*live.environment, *connection, next_request(live)), {});
    if (delivery.after == Duration(0)) {
      if (!take(live, delivery.result)) return;
      continue;
    }
    live.timer = engine_.at(engine_.now() + delivery.after,
                            [this, number, answer = std::move(delivery.result)] {
                              const auto waiting = live_.find(number);
                              if (waiting == live_.end()) return;
                              if (take(*waiting->second, answer)) read_on(number);
                            });
    return;
  }
}

bool SyncRunner::take(Live& live, const core::Result<core::Response>& answer) {
  const std::string target = next_request(live).target;
  const std::string what = "GET " + target.substr(0, target.find('?'));
  if (!answer) {
    note_page(live, LogLevel::kError, ": " + answer.error().message,
              {{"error", answer.error().code}});
    fail(live, {"script_http_error", what + ": " + answer.error().message});
    return false;
  }
  if (answer->status == 429 && live.waits < kMostWaits) return wait_for_limit(live, *answer);
  live.waits = 0;
  const std::string status = std::to_string(answer->status);
  if (answer->status < 200 || answer->status > 299) {
    note_page(live, LogLevel::kError, " answered " + status, {{"status", status}});
    fail(live, {"script_http_error", what + " answered " + std::to_string(answer->status)});
    return false;
  }
  json::Reader reader(kPageOptions);
  const auto page = reader.read(answer->body);
  const std::string next = page ? (*page)["next"].string() : "";
  if (!page || !(*page)["data"].is_array() || (!next.empty() && next == live.after)) {
    note_page(live, LogLevel::kError,
              " answered " + status + " with something that is not a page of objects",
              {{"status", status}});
    fail(live, {"script_error", what + " answered something that is not a page of objects"});
    return false;
  }
  const std::string objects = std::to_string((*page)["data"].size());
  const std::string deleted = std::to_string((*page)["deleted"].size());
  note_page(live, LogLevel::kInfo,
            " answered " + status + ": " + objects + (objects == "1" ? " object" : " objects"),
            {{"status", status}, {"objects", objects}, {"deleted", deleted}});
  return take_page(live, *page);
}

bool SyncRunner::wait_for_limit(Live& live, const core::Response& answer) {
  ++live.waits;
  const auto given = answer.headers.get("Retry-After");
  const auto seconds = given ? core::parse_number<std::int64_t>(*given) : std::nullopt;
  const Duration wait =
      std::chrono::seconds(std::clamp<std::int64_t>(seconds.value_or(1), 1, kLongestWaitSeconds));
  const std::string waited = core::format_duration(wait);
  note_page(live, LogLevel::kWarning, " answered 429; it is asked again in " + waited,
            {{"status", "429"}, {"wait", waited}});
  live.timer =
      engine_.at(engine_.now() + wait, [this, number = live.schedule->number] { read_on(number); });
  return false;
}

bool SyncRunner::take_page(Live& live, const json::Value& page) {
  const Sync* sync = sync_of(*live.environment, live.key);
  const Collection* collection = live.environment->find_collection(
      {live.key.integration, live.key.connection, sync->collections.at(live.model())});
  const std::string id_key = collection == nullptr ? "id" : collection->id_key;
  std::vector<Payload> payloads;
  for (const json::Value object : page["data"].items()) {
    core::Result<Payload> payload = make_payload(object, id_key, engine_.dialect());
    if (!payload) {
      fail(live, {"script_error", "an object cannot be a record: " + payload.error().message});
      return false;
    }
    if (live.kind == SyncKind::kFull) live.seen.back().insert(payload->id);
    payloads.push_back(std::move(*payload));
  }
  tell(live.key, {.what = RunMoment::What::kPage,
                  .model = live.model(),
                  .entries = page["data"].size() + page["deleted"].size()});
  if (!payloads.empty()) live.run().save(payloads);
  std::vector<std::string> deleted;
  for (const json::Value item : page["deleted"].items()) {
    std::string id = item.string();
    if (live.run().knows(id)) deleted.push_back(std::move(id));
  }
  if (!deleted.empty()) live.run().remove(deleted);
  if (live.checkpoint.empty()) live.checkpoint = page["checkpoint"].string();
  live.after = page["next"].string();
  if (!live.after.empty()) return true;
  // What changed while it was read is read again by the next run, which is harmless.
  live.checkpoints[live.model()] = core::parse_number<std::uint64_t>(live.checkpoint).value_or(0);
  note_checkpoint(live);
  live.checkpoint.clear();
  return true;
}

// --- its entry in the log -----------------------------------------------------------------------

Operation SyncRunner::operation_for(const Environment& environment, const ScheduleKey& key,
                                    const Schedule& schedule) const {
  Operation run;
  run.kind = LogKind::kRun;
  run.environment = environment.settings.name;
  run.integration = key.integration;
  run.connection = key.connection;
  run.sync = key.sync;
  run.variant = key.variant;
  run.name = schedule.run_id;
  return run;
}

// The page that was asked for last; `outcome` goes on where the request's text ends.
void SyncRunner::note_page(const Live& live, LogLevel level, const std::string& outcome,
                           LogFields fields) {
  fields.emplace(fields.begin(), "model", live.model());
  engine_.note_step(live.operation,
                    {live.asked_at, engine_.now() - live.asked_at, level, "page",
                     "GET " + next_request(live).target + outcome, std::move(fields)});
}

void SyncRunner::note_checkpoint(const Live& live) {
  engine_.note_step(live.operation, {engine_.now(),
                                     Duration(0),
                                     LogLevel::kInfo,
                                     "checkpoint",
                                     live.model() + " was read to its end",
                                     {{"model", live.model()}, {"checkpoint", live.checkpoint}}});
}

void SyncRunner::end_in_log(const Live& live, LogEnd end) {
  RunCounts sum;
  for (const auto& part : live.runs) sum += part->counts();
  engine_.logs().note_counts(live.operation, sum);
  engine_.end_operation_aloud(live.operation, std::move(end));
}

// --- its end ------------------------------------------------------------------------------------

void SyncRunner::fail(Live& live, const RunError& error) {
  tell(live.key, {.what = RunMoment::What::kFails});
  engine_.note_step(live.operation,
                    {engine_.now(),
                     Duration(0),
                     LogLevel::kError,
                     "failure",
                     "the run ends here: what it saved stays, and no deletions are looked for",
                     {{"type", error.type}}});
  live.schedule->latest.clear();
  for (std::size_t i = 0; i < live.runs.size(); ++i) {
    live.runs[i]->fail(error);
    live.schedule->latest[live.models[i]] = live.runs[i]->finish().counts;
  }
  const std::string why = engine_.secrets().hide(error.type + ": " + error.description);
  end_in_log(live, {LogOutcome::kFailure, engine_.now(), why});
  Environment& environment = *live.environment;
  const ScheduleKey key = live.key;
  Schedule& schedule = *live.schedule;
  live_.erase(schedule.number);
  record_end(environment, key, schedule, why);
}

void SyncRunner::end(Live& live) {
  tell(live.key, {.what = RunMoment::What::kEnds});
  live.schedule->latest.clear();
  for (std::size_t i = 0; i < live.runs.size(); ++i) {
    // Only now is it certain that everything was read.
    if (live.kind == SyncKind::kFull) live.runs[i]->remove_missing(live.seen[i]);
    live.schedule->latest[live.models[i]] = live.runs[i]->finish().counts;
  }
  live.schedule->checkpoint = live.checkpoints;
  end_in_log(live, {LogOutcome::kSuccess, engine_.now()});
  Environment& environment = *live.environment;
  const ScheduleKey key = live.key;
  Schedule& schedule = *live.schedule;
  const Seen at_begin = live.at_begin;
  live_.erase(schedule.number);
  remember(schedule.number, at_begin, seen_by(environment, key));
  record_end(environment, key, schedule, "");
}

void SyncRunner::record_end(Environment& environment, const ScheduleKey& key, Schedule& schedule,
                            std::string error) {
  schedule.running = false;
  schedule.last = error.empty() ? LastRun::kSuccess : LastRun::kError;
  schedule.error = std::move(error);
  schedule.finished_at = engine_.now();
  // At its frequency, counted from when it began; what is over by now is left out.
  const Duration frequency = frequency_of(environment, key);
  const auto over = (engine_.now() - schedule.started_at) / frequency;
  schedule.next_run = schedule.started_at + frequency * (over + 1);
  if (schedule.queued && enabled(environment, key)) {
    const TriggerOptions order = *std::exchange(schedule.queued, std::nullopt);
    engine_.note_schedule(environment, key, schedule.number);
    return begin(environment, key, order);
  }
  await_next(environment, key, schedule);
  engine_.note_schedule(environment, key, schedule.number);
}

void SyncRunner::resume() {
  timers_.clear();
  live_.clear();
  seen_.clear();
  for (Environment& environment : engine_.state().environments) {
    for (auto& [key, schedule] : environment.schedules) {
      if (!schedule.running) continue;
      // It was cut off: it begins again.
      schedule.running = false;
      schedule.next_run = engine_.now();
    }
    reconcile(environment);
  }
}

}  // namespace terapi::simulator
