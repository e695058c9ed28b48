#include "simulator/simulator.h"

#include <optional>
#include <utility>

#include "core/check.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/parts.h"
#include "simulator/run.h"
#include "simulator/world/world_builder.h"

namespace terapi::simulator {

Simulator::Parts::Parts(SimulatorOptions given, SimulatorClock clock,
                        core::AsyncTransport& transport, Storage* given_storage)
    : options(std::move(given)),
      virtual_clock(clock.virtual_clock),
      storage(given_storage),
      engine(clock, *options.dialect, options.seed),
      webhooks(engine, transport),
      driver(virtual_clock, webhooks),
      snapshots(storage),
      advisories(engine),
      api(engine, advisories) {
  engine.set_settle([this] { static_cast<void>(store()); });
  webhooks.set_on_attempt_end([this] { driver.step(); });
  webhooks.set_observer(
      [this](const Delivery& delivery, bool started) { advisories.on_webhook(delivery, started); });
  add_all_routes(*this);
}

core::Result<void> Simulator::Parts::store() {
  StateChanges& changes = engine.changes();
  if (engine.state().faults.take_changed()) changes.settings = true;
  if (virtual_clock != nullptr && engine.state().virtual_now != virtual_clock->now()) {
    engine.state().virtual_now = virtual_clock->now();
    changes.settings = true;
  }
  if (storage == nullptr) {
    changes = {};
    return {};
  }
  if (changes.empty()) return stored;
  const bool was_good = stored.has_value();
  stored = storage->commit(engine.state(), changes);
  if (stored) {
    changes = {};
  } else if (was_good) {
    engine.log(LogLevel::kError, "storage", "the state could not be stored",
               {{"error", stored.error().message}});
  }
  return stored;
}

State Simulator::Parts::copy_state() const {
  State copy = engine.state();
  copy.virtual_now = virtual_clock != nullptr ? std::optional(virtual_clock->now()) : std::nullopt;
  return copy;
}

core::Result<void> Simulator::Parts::adopt(State state) {
  State& current = engine.state();
  if (virtual_clock == nullptr) {
    // The machine's time has gone on: commits stay after all that were given out (CUR-8).
    state.last_commit = std::max(state.last_commit, current.last_commit);
  }
  if (storage != nullptr) {
    if (auto replaced = storage->replace(state); !replaced) return replaced;
    stored = {};
  }
  if (virtual_clock != nullptr) {
    virtual_clock->set(state.virtual_now.value_or(virtual_clock->now()));
  }
  current = std::move(state);
  current.faults.take_changed();
  engine.changes() = {};
  engine.requests().clear();
  engine.logs().clear();
  advisories.clear();
  api.forget_rate_limits();
  engine.cancel_timers();
  webhooks.resume();
  resume_staged(engine, webhooks);
  return {};
}

core::Result<void> Simulator::Parts::set_world(World world) {
  // Built in the engine, whose state and unwritten changes come back if anything fails.
  State before = copy_state();
  StateChanges unwritten = std::exchange(engine.changes(), {});
  auto built = build_world(engine, webhooks, std::move(world), options.world_folder);
  State made = copy_state();
  engine.state() = std::move(before);
  engine.changes() = std::move(unwritten);
  if (!built) return built;
  if (auto adopted = adopt(std::move(made)); !adopted) return adopted;
  snapshots.set_start(copy_state());
  return {};
}

Simulator::Simulator(SimulatorOptions options, SimulatorClock clock, core::AsyncTransport& webhooks,
                     Storage* storage)
    : parts_(std::make_unique<Parts>(std::move(options), clock, webhooks, storage)) {}

Simulator::~Simulator() = default;

namespace {

core::Result<World> read_started_world(const SimulatorOptions& options) {
  const std::string text =
      options.world_text.empty() ? std::string(default_world_text()) : options.world_text;
  core::json::Issues issues;
  World world = read_world(text, *options.dialect, issues);
  if (!issues.empty()) {
    return core::Error{"bad_world", issues_text(options.world_name, text, issues)};
  }
  return world;
}

void apply_flags(const SimulatorOptions& options, Settings& settings) {
  if (!options.secret_key.empty()) settings.secret_key = options.secret_key;
  if (!options.webhook_urls.empty()) settings.webhook_urls = options.webhook_urls;
}

}  // namespace

core::Result<void> Simulator::start() {
  Parts& parts = *parts_;
  std::optional<State> kept;
  if (parts.storage != nullptr) {
    auto loaded = parts.storage->load();
    if (!loaded) return loaded.error();
    kept = std::move(*loaded);
    if (auto snapshots = parts.snapshots.load(); !snapshots) return snapshots;
  }
  core::Result<World> world = read_started_world(parts.options);
  if (!world) return world.error();
  if (kept) {
    parts.engine.state() = std::move(*kept);
    if (parts.virtual_clock != nullptr) {
      parts.virtual_clock->set(
          parts.engine.state().virtual_now.value_or(parts.virtual_clock->now()));
    }
  } else {
    auto built =
        build_world(parts.engine, parts.webhooks, std::move(*world), parts.options.world_folder);
    if (!built) return built;
  }
  if (parts.engine.state().environments.empty()) {
    return core::Error{"data_corrupt", "the stored state has no environment"};
  }
  apply_flags(parts.options, parts.engine.state().environments.front().settings);
  parts.engine.note_settings();
  parts.webhooks.resume();
  resume_staged(parts.engine, parts.webhooks);
  for (const LoadSpec& load : parts.options.loads) {
    auto loaded = carry_out_load(parts.engine, parts.webhooks, load);
    if (!loaded) return loaded;
  }
  if (auto stored = parts.store(); !stored) return stored;
  parts.snapshots.set_start(parts.copy_state());
  parts.driver.step();
  return {};
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): the form of core::Handler
void Simulator::handle(core::Request request, std::function<void(core::Outcome)> done) {
  Parts& parts = *parts_;
  const auto answer = [&parts, done = std::move(done)](core::Outcome outcome) {
    // Nothing is answered that a killed process would not know again.
    if (auto stored = parts.store(); !stored) {
      outcome = {error_response({500, "storage_failed", stored.error().message}), {}};
    }
    done(std::move(outcome));
  };
  const Reply reply = [answer](Answer given) { answer({rendered(std::move(given)), {}}); };
  if (!is_control_path(request.target)) {
    answer(parts.api.handle(request));
  } else if (auto refused = refuse_caller(request, parts.options.control_token)) {
    reply(std::move(*refused));
  } else {
    route_control_call(parts.control, request, reply);
  }
  parts.driver.step();
}

core::Outcome Simulator::handle(const core::Request& request) {
  std::optional<core::Outcome> outcome;
  handle(request, [&](core::Outcome given) { outcome = std::move(given); });
  TERAPI_CHECK(outcome.has_value(), "in process, webhooks are answered before handle() returns");
  return std::move(*outcome);
}

std::string Simulator::secret_key() const {
  return parts_->engine.state().environments.front().settings.secret_key;
}

std::string Simulator::signing_key() const {
  return parts_->engine.state().environments.front().settings.effective_signing_key();
}

std::string Simulator::summary() const {
  std::string text;
  for (const Environment& environment : parts_->engine.state().environments) {
    for (const auto& [key, stream] : environment.streams) {
      text += (text.empty() ? "" : ", ") + std::to_string(stream.log.size()) + " records of " +
              describe(key);
    }
  }
  return text.empty() ? "no records" : text;
}

std::string Simulator::example_cursor() const {
  const auto& streams = parts_->engine.state().environments.front().streams;
  if (streams.empty()) return "";
  const RecordLog& log = streams.begin()->second.log;
  std::size_t left = log.size() / 2;
  std::string cursor;
  log.walk(Position::start(), [&](const Record& record) {
    cursor = encode_cursor(record.position(), parts_->engine.dialect());
    return left-- > 1;
  });
  return cursor;
}

std::uint64_t Simulator::faults_fired() const {
  std::uint64_t fired = 0;
  for (const FaultRule& rule : parts_->engine.state().faults.rules()) {
    fired += static_cast<std::uint64_t>(rule.fired);
  }
  return fired;
}

std::vector<std::pair<std::string, std::uint64_t>> Simulator::fired_by_fault() const {
  std::vector<std::pair<std::string, std::uint64_t>> fired;
  for (const FaultRule& rule : parts_->engine.state().faults.rules()) {
    fired.emplace_back(rule.id, static_cast<std::uint64_t>(rule.fired));
  }
  return fired;
}

void Simulator::set_log_sink(LogBook::Sink sink) {
  parts_->engine.logs().set_sink(std::move(sink));
}

void Simulator::set_extra_metrics(std::function<std::string()> metrics) {
  parts_->extra_metrics = std::move(metrics);
}

}  // namespace terapi::simulator
