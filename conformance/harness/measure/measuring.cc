#include "conformance/harness/measure/measuring.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <thread>
#include <utility>

#include "conformance/harness/measure/bare_reader.h"
#include "conformance/harness/measure/marked_records.h"
#include "conformance/harness/measure/other_work.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kSmall = 300;
constexpr std::uint64_t kLarge = 10'000;
constexpr std::uint64_t kLargeShare = 20;     // of large records there are so many times fewer
constexpr std::uint64_t kChangesShare = 10;   // of the records change while a client is down
constexpr std::uint64_t kHeldRecords = 1000;  // records that a client holds when webhooks come
constexpr core::Duration kToListen = 10s;
constexpr double kLongRound = 4;        // seconds; what takes longer is not measured again
constexpr double kBusyJudge = 0.85;     // of a core
constexpr double kMuchOtherWork = 0.3;  // of a core

std::string id_of(bool large, core::Duration round_trip) {
  return std::string("first-sync/") + (large ? "10KB/" : "300B/") + network_id(round_trip);
}

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

// What changes while a client is down: most are updates, and as many are added as go.
struct Outage {
  explicit Outage(std::uint64_t records)
      : all(std::max<std::uint64_t>(records / kChangesShare, 3)),
        added(std::max<std::uint64_t>(all / 10, 1)),
        updated(all - 2 * added),
        records_before(records) {}

  core::Result<void> save(MeasuringStage& stage) const {
    auto saved = stage.save(run_of_marked({.first = 1,
                                           .count = updated,
                                           .mark = 1,
                                           .bytes = kSmall,
                                           .delete_from = records_before - added + 1,
                                           .delete_count = added,
                                           .announced = false}));
    if (!saved) return saved;
    return stage.save(run_of_marked({.first = records_before + 1,
                                     .count = added,
                                     .mark = updated + 1,
                                     .bytes = kSmall,
                                     .announced = false}));
  }
  bool held_by(const std::vector<DumpRecord>& dump) const {
    return count_living(dump) == records_before &&
           count_marked(dump, 1, updated + added) == updated + added;
  }

  std::uint64_t all;
  std::uint64_t added;  // and as many deleted
  std::uint64_t updated;
  std::uint64_t records_before;
};

}  // namespace

Measuring::Measuring(MeasuringOptions options) : options_(std::move(options)) {
  measurement_.dialect = std::string(options_.dialect->name);
  measurement_.records = options_.records;
  measurement_.large_records = std::max<std::uint64_t>(options_.records / kLargeShare, 1);
  measurement_.changes = Outage(options_.records).all;
  measurement_.limit = options_.limit;
  measurement_.round_trip = options_.round_trip;
  measurement_.rows = measured_rows(options_);
  measurement_.cores = std::max(1U, std::thread::hardware_concurrency());
  for (const MeasuredClient& client : options_.clients) {
    measurement_.clients.push_back(
        {.client = client, .figures = {}, .latencies = {}, .witness = {}});
  }
  for (ClientFigures& figures : measurement_.clients) subjects_.push_back({&figures, {}});
}

Measurement Measuring::run() {
  const Moment begun = std::chrono::steady_clock::now();
  const OtherWork other;
  std::vector<core::Duration> networks = {0us};
  if (options_.round_trip > 0us) networks.push_back(options_.round_trip);
  for (const core::Duration round_trip : networks) {
    const bool first = measures(MeasuredPart::kFirstSync);
    if (first || measures(MeasuredPart::kCatchUp)) sync_in_rounds(round_trip, false);
    if (first) sync_in_rounds(round_trip, true);
    if (!measures(MeasuredPart::kWebhooks)) continue;
    for (Subject& subject : subjects_) webhooks_of(subject, round_trip);
  }
  measurement_.other_work = other.cores();
  measurement_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  sum_up();
  return std::move(measurement_);
}

bool Measuring::measures(MeasuredPart part) const {
  return std::find(options_.parts.begin(), options_.parts.end(), part) != options_.parts.end();
}

std::uint64_t Measuring::records_of(const Sync& sync) const {
  return sync.large ? measurement_.large_records : measurement_.records;
}

core::Result<std::unique_ptr<MeasuringStage>> Measuring::stage_for(
    const Sync& sync, const ProcessClientOptions& commands, std::uint64_t records) const {
  MeasuringStageOptions options;
  options.dialect = options_.dialect;
  options.world = world_of(records, sync.large ? kLarge : kSmall);
  options.round_trip = sync.round_trip;
  options.limit = options_.limit;
  return MeasuringStage::make(std::move(options), commands);
}

// --- first syncs, and catching up ----------------------------------------------------------------

void Measuring::sync_in_rounds(core::Duration round_trip, bool large) {
  std::vector<bool> goes_on(subjects_.size(), true);
  for (std::uint64_t round = 0; round < options_.rounds; ++round) {
    if (std::find(goes_on.begin(), goes_on.end(), true) == goes_on.end()) return;
    const Sync sync{round_trip, large, round + 1 == options_.rounds};
    if (measures(MeasuredPart::kFirstSync)) read_bare_in(sync);
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      if (!goes_on[i]) continue;
      options_.progress(subjects_[i].figures->client.name + ": first sync of " +
                        (large ? "10 KB" : "300 bytes") + ", " + network_words(round_trip) +
                        ", round " + std::to_string(round + 1));
      goes_on[i] = sync_one(subjects_[i], sync) < kLongRound;
    }
  }
}

void Measuring::read_bare_in(const Sync& sync) {
  auto stage = stage_for(sync, {}, records_of(sync));
  if (!stage) return note("the bare reader: " + stage.error().message);
  const auto reading = read_bare(**stage, options_.limit, options_.sync_limit);
  if (!reading) return note("the bare reader: " + reading.error().message);
  ceiling_[id_of(sync.large, sync.round_trip) + "/records-per-second"].push_back(
      static_cast<double>(records_of(sync)) / std::max(reading->took.count(), 1e-9));
}

double Measuring::sync_one(Subject& subject, const Sync& sync) {
  constexpr double kNeverAgain = std::numeric_limits<double>::infinity();
  const std::string id = id_of(sync.large, sync.round_trip);
  const std::uint64_t records = records_of(sync);
  auto stage = stage_for(sync, subject.figures->client.commands, records);
  const auto synced = stage ? launch_and_catch_up(
                                  **stage,
                                  [records](const std::vector<DumpRecord>& dump) {
                                    return count_living(dump) == records;
                                  },
                                  options_.sync_limit)
                            : core::Result<CaughtUp>(stage.error());
  const bool catches_up = !sync.large && measures(MeasuredPart::kCatchUp);
  if (!synced) {
    if (measures(MeasuredPart::kFirstSync)) fail(subject, id + "/", synced.error().message);
    if (!sync.large && sync.round_trip == 0us) {
      fail(subject, "first-sync/start", synced.error().message);
    }
    if (catches_up) {
      fail(subject, "catch-up/" + network_id(sync.round_trip), synced.error().message);
    }
    return kNeverAgain;
  }
  if (measures(MeasuredPart::kFirstSync)) note_sync(subject, sync, *synced);
  if (catches_up && !catch_up(subject, sync, **stage)) return kNeverAgain;
  return synced->from_launch.count();
}

void Measuring::note_sync(Subject& subject, const Sync& sync, const CaughtUp& synced) {
  const std::string id = id_of(sync.large, sync.round_trip) + "/";
  const auto records = static_cast<double>(records_of(sync));
  const double seconds = std::max(synced.from_request.count(), 1e-9);
  witness(subject, synced.witness);
  subject.values[id + "records-per-second"].push_back(records / seconds);
  if (sync.round_trip == 0us) {
    const std::chrono::duration<double, std::milli> cpu = synced.usage.cpu;
    subject.values[id + "cpu-per-1000"].push_back(cpu.count() * 1000 / records);
    subject.values[id + "peak-memory"].push_back(static_cast<double>(synced.usage.peak_bytes) /
                                                 1e6);
    subject.values[id + "requests-per-1000"].push_back(static_cast<double>(synced.requests) * 1000 /
                                                       records);
    const std::chrono::duration<double, std::milli> start =
        synced.from_launch - synced.from_request;
    if (!sync.large) subject.values["first-sync/start"].push_back(start.count());
  }
  if (synced.judge_busy >= kBusyJudge && sync.last_round) {
    note(subject.figures->client.name + ", first sync of " + (sync.large ? "10 KB" : "300 bytes") +
         ": the judge's own server was at work for " + percent(synced.judge_busy) +
         " of the time that fetching took, so the client may be faster than it could be fed here");
  }
}

bool Measuring::catch_up(Subject& subject, const Sync& sync, MeasuringStage& stage) {
  const std::string id = "catch-up/" + network_id(sync.round_trip);
  const Outage outage(measurement_.records);
  stage.stop();
  if (const auto saved = outage.save(stage); !saved) {
    fail(subject, id, saved.error().message);
    return false;
  }
  const auto caught_up = launch_and_catch_up(
      stage, [&](const std::vector<DumpRecord>& dump) { return outage.held_by(dump); },
      options_.sync_limit);
  if (!caught_up) {
    fail(subject, id, caught_up.error().message);
    return false;
  }
  witness(subject, caught_up->witness);
  subject.values[id].push_back(caught_up->from_launch.count());
  return true;
}

// --- webhooks --------------------------------------------------------------------------------

void Measuring::webhooks_of(Subject& subject, core::Duration round_trip) {
  const auto fail_all = [&](const std::string& why) {
    for (const MeasuredRow& each : measurement_.rows) {
      if (each.part == MeasuredPart::kWebhooks && each.round_trip == round_trip) {
        fail(subject, each.id, why);
      }
    }
  };
  auto stage = stage_for({round_trip}, subject.figures->client.commands, kHeldRecords);
  if (!stage) return fail_all(stage.error().message);
  const auto synced = launch_and_catch_up(
      **stage,
      [](const std::vector<DumpRecord>& dump) { return count_living(dump) == kHeldRecords; },
      options_.sync_limit);
  if (!synced) return fail_all(synced.error().message);
  if (!(*stage)->run_until([&] { return (*stage)->listening(); }, kToListen)) {
    return fail_all("nobody listens on TERAPI_WEBHOOK_PORT");
  }
  rates_of(subject, round_trip, **stage);
}

void Measuring::rates_of(Subject& subject, core::Duration round_trip, MeasuringStage& stage) {
  std::uint64_t first_mark = 1;
  for (const MeasuredRate& rate : options_.rates) {
    const std::string number = std::to_string(static_cast<std::uint64_t>(rate.changes_per_second));
    const std::string id = "webhooks/" + number + "/" + network_id(round_trip) + "/";
    options_.progress(subject.figures->client.name + ": webhooks, " + number + " changes/s, " +
                      network_words(round_trip));
    const auto measured = measure_webhooks(stage, {.changes_per_second = rate.changes_per_second,
                                                   .changes = rate.changes,
                                                   .first_mark = first_mark,
                                                   .record_bytes = kSmall});
    first_mark += rate.changes;
    if (!measured) {
      fail(subject, id, measured.error().message);
      continue;
    }
    witness(subject, measured->witness);
    subject.values[id + "p50"].push_back(percentile(measured->milliseconds, 50));
    subject.values[id + "p99"].push_back(percentile(measured->milliseconds, 99));
    subject.figures->latencies.push_back(
        {round_trip, rate.changes_per_second, measured->witness, measured->milliseconds});
  }
}

// --- what becomes of it ----------------------------------------------------------------------

void Measuring::fail(Subject& subject, const std::string& row_prefix, const std::string& why) {
  for (const MeasuredRow& each : measurement_.rows) {
    if (each.id.starts_with(row_prefix)) subject.figures->figures[each.id].missing = why;
  }
}

void Measuring::witness(Subject& subject, Witness witness) {
  std::optional<Witness>& weakest = subject.figures->witness;
  weakest = weakest ? std::max(*weakest, witness) : witness;
}

void Measuring::note(const std::string& text) {
  auto& notes = measurement_.notes;
  if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
}

void Measuring::sum_up() {
  for (Subject& subject : subjects_) {
    for (const auto& [id, values] : subject.values) {
      MeasuredFigure& figure = subject.figures->figures[id];
      if (figure.missing.empty()) figure.value = spread_of(values);
    }
  }
  for (const auto& [id, values] : ceiling_) measurement_.ceiling[id].value = spread_of(values);
  if (measurement_.other_work >= kMuchOtherWork) {
    char text[160];
    std::snprintf(
        text, sizeof text,
        "other work took %.1f of this machine's %u cores meanwhile: trust the ratios more "
        "than the figures, and neither very much",
        measurement_.other_work, measurement_.cores);
    note(text);
  }
}

}  // namespace terapi::conformance
