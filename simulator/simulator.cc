#include "simulator/simulator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/check.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/parts/simulator_parts.h"
#include "simulator/runs/run.h"
#include "simulator/runs/world_builder.h"

namespace terapi::simulator {

struct Simulator::Inside {
  Inside(SimulatorOptions given, SimulatorClock clock, core::AsyncTransport& webhooks,
         Storage* storage)
      : options(std::move(given)),
        parts(clock, options.dialect->with(options.quirks), options.seed, options.world_folder,
              webhooks, storage) {
    parts.proxy.allow(options.allowed_base_urls);
    parts.engine.secrets().add(options.control_token);
    add_all_routes(control, parts);
    add_stateless_routes(stateless);
  }

  SimulatorOptions options;
  SimulatorParts parts;
  ControlRouter control;
  ControlRouter stateless;
};

Simulator::Simulator(SimulatorOptions options, SimulatorClock clock, core::AsyncTransport& webhooks,
                     Storage* storage)
    : inside_(std::make_unique<Inside>(std::move(options), clock, webhooks, storage)) {}

Simulator::~Simulator() = default;

namespace {

core::Result<World> read_started_world(const SimulatorOptions& options) {
  const std::string text =
      options.world_text.empty() ? std::string(default_world_text()) : options.world_text;
  core::json::Issues issues;
  World world = read_world(text, options.dialect->with(options.quirks), issues);
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
  SimulatorParts& parts = inside_->parts;
  std::optional<State> kept;
  LogHistory log;
  if (parts.storage != nullptr) {
    auto loaded = parts.storage->load();
    if (!loaded) return loaded.error();
    kept = std::move(*loaded);
    if (auto snapshots = parts.snapshots.load(); !snapshots) return snapshots;
    auto history = parts.storage->load_log();
    if (!history) return history.error();
    log = std::move(*history);
  }
  core::Result<World> world = read_started_world(inside_->options);
  if (!world) return world.error();
  const bool fresh = !kept.has_value();
  if (kept) {
    parts.engine.state() = std::move(*kept);
    const Time reached = std::max(parts.engine.state().virtual_now.value_or(Time::min()),
                                  parts.engine.state().last_commit);
    if (reached > kLatestTime) {
      return core::Error{"data_corrupt", "the stored time is " + format_timestamp(reached) +
                                             "; expected none after " +
                                             format_timestamp(kLatestTime)};
    }
    if (parts.virtual_clock != nullptr) {
      parts.virtual_clock->set(
          parts.engine.state().virtual_now.value_or(parts.virtual_clock->now()));
    }
  } else {
    auto built = build_world(parts.engine, parts.webhooks, parts.upstream, std::move(*world),
                             {parts.world_folder, RecordReader::Files::kAny});
    if (!built) return built;
  }
  if (parts.engine.state().environments.empty()) {
    return core::Error{"data_corrupt", "the stored state has no environment"};
  }
  apply_flags(inside_->options, parts.engine.state().environments.front().settings);
  if (auto good = parts.check_keys(); !good) return good;
  parts.engine.note_keys();
  if (!fresh) parts.engine.logs().restore(std::move(log));  // passes the keys that are known by now
  parts.resume();
  for (const LoadSpec& load : inside_->options.loads) {
    auto loaded = carry_out_load(parts.engine, parts.webhooks, load, fresh);
    if (!loaded) return loaded;
  }
  if (auto stored = parts.store(); !stored) return stored;
  parts.snapshots.set_start(parts.copy_state());
  parts.driver.step();
  return {};
}

void Simulator::handle(core::Request request, std::function<void(core::Outcome)> done) {
  SimulatorParts& parts = inside_->parts;
  const auto answer = [&parts, done = std::move(done)](core::Outcome outcome) {
    // Nothing is answered that a killed process would not know again.
    if (auto stored = parts.settle(); !stored) {
      outcome = {
          error_response({500, "storage_failed", stored.error().message}, parts.engine.secrets()),
          {}};
    }
    done(std::move(outcome));
  };
  const Reply reply = [answer, &parts, shown = shows_keys(request.target)](Answer given) {
    core::Response response = rendered(std::move(given), parts.engine.secrets());
    // A word of the answer itself is no key, even if somebody took it for one.
    constexpr std::size_t kLeast = 8;
    if (!shown) parts.engine.secrets().hide_keys_in(response.body, kLeast);
    answer({std::move(response), {}});
  };
  if (!is_control_path(request.target)) {
    parts.api.handle(std::move(request), answer);
  } else if (auto refused = refuse_caller(request, inside_->options.control_token)) {
    reply(std::move(*refused));
  } else {
    route_control_call(inside_->control, request, reply);
  }
  parts.driver.step();
}

std::optional<core::Outcome> Simulator::answer_at_once(const core::Request& request) const {
  if (!is_control_path(request.target) || !inside_->parts.stored) return std::nullopt;
  if (refuse_caller(request, inside_->options.control_token)) return std::nullopt;
  std::optional<core::Outcome> outcome;
  // Errors are for handle(): keys are taken out of what they say, and keys are state.
  route_control_call(inside_->stateless, request, [&](Answer given) {
    if (auto* response = std::get_if<core::Response>(&given)) outcome = {std::move(*response), {}};
  });
  return outcome;
}

core::Outcome Simulator::handle(const core::Request& request) {
  std::optional<core::Outcome> outcome;
  handle(request, [&](core::Outcome given) { outcome = std::move(given); });
  TERAPI_CHECK(outcome.has_value(), "in process, all is answered before handle() returns");
  return std::move(*outcome);
}

std::string Simulator::secret_key() const {
  return inside_->parts.engine.state().environments.front().settings.secret_key;
}

std::string Simulator::signing_key() const {
  return inside_->parts.engine.state().environments.front().settings.effective_signing_key();
}

std::string Simulator::summary() const {
  std::string text;
  for (const Environment& environment : inside_->parts.engine.state().environments) {
    for (const auto& [key, stream] : environment.streams) {
      text += (text.empty() ? "" : ", ") + std::to_string(stream.log.size()) + " records of " +
              describe(key);
    }
  }
  return text.empty() ? "no records" : text;
}

std::string Simulator::syncs_off() const {
  const State& state = inside_->parts.engine.state();
  std::string text;
  for (const Integration& integration : state.environments.front().integrations) {
    for (const Template* each : state.templates_of(integration)) {
      const Sync* sync = integration.find_sync(each->name);
      if (sync != nullptr && sync->enabled) continue;
      text += (text.empty() ? "" : ", ") + each->name;
    }
  }
  return text.empty() ? "none" : text;
}

std::string Simulator::example_cursor() const {
  const auto& streams = inside_->parts.engine.state().environments.front().streams;
  if (streams.empty()) return "";
  const RecordLog& log = streams.begin()->second.log;
  std::size_t left = log.size() / 2;
  std::string cursor;
  log.walk(Position::start(), [&](const Record& record) {
    cursor = encode_cursor(record.position(), inside_->parts.engine.dialect());
    return left-- > 1;
  });
  return cursor;
}

std::uint64_t Simulator::faults_fired() const {
  std::uint64_t fired = 0;
  for (const FaultRule& rule : inside_->parts.engine.state().faults.rules()) {
    fired += static_cast<std::uint64_t>(rule.fired);
  }
  return fired;
}

std::vector<std::pair<std::string, std::uint64_t>> Simulator::fired_by_fault() const {
  std::vector<std::pair<std::string, std::uint64_t>> fired;
  for (const FaultRule& rule : inside_->parts.engine.state().faults.rules()) {
    fired.emplace_back(rule.id, static_cast<std::uint64_t>(rule.fired));
  }
  return fired;
}

void Simulator::end_waiting() {
  inside_->parts.feed.end();
  inside_->parts.proxy.end_all();
}

void Simulator::set_turns(Turns turns) { inside_->parts.driver.set_turns(std::move(turns)); }

void Simulator::set_log_sink(std::function<void(const LogEntry&)> sink) {
  inside_->parts.engine.logs().set_sink(std::move(sink));
}

void Simulator::set_run_watcher(RunWatcher watcher) {
  inside_->parts.runner.set_watcher(std::move(watcher));
}

void Simulator::set_extra_metrics(std::function<std::string()> metrics) {
  inside_->parts.extra_metrics = std::move(metrics);
}

}  // namespace terapi::simulator
