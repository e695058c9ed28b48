#include "conformance/harness/stage/client_stage.h"

#include <utility>

#include "core/check.h"
#include "core/duration.h"

namespace terapi::conformance {

void ClientStage::build(core::Clock& clock, core::AsyncTransport& webhooks,
                        const std::string& webhook_url) {
  server_clock_ = std::make_unique<OffsetClock>(clock);
  simulator::SimulatorOptions options;
  const auto dialect = simulator::dialect_named(options_.dialect->name);
  TERAPI_CHECK(dialect.has_value(), options_.dialect->name);
  options.dialect = *dialect;
  options.seed = options_.seed;
  options.world_text = options_.world;
  options.world_name = "given";
  options.webhook_urls = {webhook_url};
  simulator_ = std::make_unique<simulator::Simulator>(options, *server_clock_, webhooks);
  simulator_->set_run_watcher([this](const simulator::RunMoment& moment) { watch_run(moment); });
  link_ = std::make_unique<ClientWire>(ClientWire::Ports{
      [&clock] { return clock.now(); }, handler(), *options_.dialect, model_, history_, wire_,
      [this] { return signing_key(); }, options_.client.limit, [this] { return output_bytes(1); }});
}

core::Result<void> ClientStage::open() {
  const auto world = core::json::Document::parse(options_.world, {.comments = true});
  if (!world) return world.error();
  model_.apply_world(world->root());
  syncs_.apply_world(world->root(), now());
  if (auto started = simulator_->start(); !started) return started;
  link_->watch(options_.client.streams);
  return {};
}

void ClientStage::watch_run(const simulator::RunMoment& moment) {
  using What = simulator::RunMoment::What;
  const SyncKey key{std::string(moment.integration), std::string(moment.connection),
                    std::string(moment.sync), std::string(moment.variant)};
  const std::size_t before = syncs_.runs().size();
  switch (moment.what) {
    case What::kBegins:
      syncs_.begin(key, {.reset = moment.reset, .empty_cache = moment.empty_cache});
      break;
    case What::kAsks:
      syncs_.ask(key, std::string(moment.model));
      return;
    case What::kPage:
      syncs_.page(key, std::string(moment.model), moment.entries);
      break;
    case What::kEnds:
      syncs_.end(key);
      break;
    case What::kFails:
      syncs_.fail(key);
      break;
  }
  model_changed();
  for (std::size_t i = before; i < syncs_.runs().size(); ++i) note_run(syncs_.runs()[i]);
}

void ClientStage::note_run(const BackgroundRun& run) {
  if (!run.changed() && !run.failed) return;
  std::string text;
  if (history_.told) {
    text = "in the background: " + std::to_string(run.counts.added) + " added, " +
           std::to_string(run.counts.updated) + " updated, " + std::to_string(run.counts.deleted) +
           " deleted" + (run.failed ? ", and it failed" : "");
  }
  history_.add({.at = now(), .kind = EventKind::kRun, .stream = run.stream, .text = text});
}

core::Handler ClientStage::handler() {
  return [this](core::Request request, std::function<void(core::Outcome)> done) {
    simulator_->handle(std::move(request), std::move(done));
    note_struck();
  };
}

core::Result<core::Response> ClientStage::call(core::Request request) {
  auto answer = std::make_shared<core::Response>();
  answer->status = 202;
  simulator_->handle(std::move(request),
                     [answer](core::Outcome outcome) { *answer = std::move(outcome.response); });
  note_struck();
  return *answer;
}

core::Result<std::vector<DumpRecord>> ClientStage::dump_records() {
  const auto text = dump();
  if (!text) return text.error();
  return read_dump(*text);
}

core::Duration ClientStage::patience_for(VainWaits::For what, core::Duration full) const {
  return options_.vain_waits ? options_.vain_waits->limit(what, full) : full;
}

void ClientStage::waited(VainWaits::For what, core::Duration time, core::Duration full, bool came) {
  if (options_.vain_waits) options_.vain_waits->ended(what, time, full, came);
}

void ClientStage::note_too_slow(const Patience& patience, core::Time began) {
  if (!patience.machine_too_slow()) return;
  too_slow_ = "the machine was too busy to judge: in " + core::format_duration(now() - began) +
              " the client and the judge were ready to run and had no processor for " +
              core::format_duration(patience.withheld());
}

core::Result<std::uint64_t> ClientStage::fired(const std::string& fault) {
  const auto rule = link_->fired().find(fault);
  if (rule != link_->fired().end()) return rule->second;
  for (const auto& [id, times] : simulator_->fired_by_fault()) {
    if (id == fault) return times;
  }
  return 0;
}

void ClientStage::note_struck() {
  const std::uint64_t fired = simulator_->faults_fired();
  if (fired == struck_) return;
  struck_ = fired;
  for (const auto& [id, times] : simulator_->fired_by_fault()) {
    std::uint64_t& known = struck_by_[id];
    if (times > known) {
      history_.add({.at = now(),
                    .kind = EventKind::kFault,
                    .text = history_.told ? "strikes: " + id : "",
                    .fault = id});
    }
    known = times;
  }
}

void ClientStage::arm(const KillStep& kill) {
  armed_.reset();
  if (kill.at != KillStep::At::kNever) armed_ = kill;
  moments_ = 0;
}

bool ClientStage::count_moment(KillStep::At at) {
  ++all_moments_.at(static_cast<std::size_t>(at));
  if (!armed_ || armed_->at != at || ++moments_ < armed_->nth) return false;
  kill_after_ = armed_->after;
  kill_restarts_ = armed_->restarts;
  kill_moment_ = at;
  armed_.reset();
  return true;
}

}  // namespace terapi::conformance
