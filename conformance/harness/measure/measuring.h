// Measuring: measures clients, one beside the other, so that what else the machine does strikes all
// of them alike.
//
//   Measuring measuring({.clients = {reference, theirs}});
//   const Measurement measurement = measuring.run();
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/harness/measure/measurement.h"
#include "conformance/harness/measure/measuring_stage.h"
#include "conformance/harness/measure/webhook_load.h"
#include "core/result.h"

namespace terapi::conformance {

struct MeasuringOptions {
  const Dialect* dialect = &terapi_dialect();
  std::vector<MeasuredClient> clients;
  std::vector<MeasuredPart> parts = {MeasuredPart::kFirstSync, MeasuredPart::kWebhooks,
                                     MeasuredPart::kCatchUp};
  std::uint64_t records = 50'000;  // of 300 bytes; a twentieth of it of 10 KB
  std::uint64_t limit = 1000;      // records of a page
  // Of the second network; 0: only the one without.
  core::Duration round_trip = std::chrono::milliseconds(50);
  std::uint64_t rounds = 3;  // fewer of what takes long
  std::vector<MeasuredRate> rates = {{1, 8}, {10, 50}, {100, 400}};
  // The most that one sync may take, until it is stored.
  core::Duration sync_limit = std::chrono::minutes(2);
  // Is told what comes next.
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

class Measuring {
 public:
  explicit Measuring(MeasuringOptions options);
  Measurement run();

 private:
  using Values = std::map<std::string, std::vector<double>>;  // by row
  struct Subject {
    ClientFigures* figures = nullptr;
    Values values;
  };
  struct Sync {
    core::Duration round_trip{0};
    bool large = false;
    bool last_round = false;
  };

  bool measures(MeasuredPart part) const;
  std::uint64_t records_of(const Sync& sync) const;
  core::Result<std::unique_ptr<MeasuringStage>> stage_for(const Sync& sync,
                                                          const ProcessClientOptions& commands,
                                                          std::uint64_t records) const;
  void sync_in_rounds(core::Duration round_trip, bool large);
  void read_bare_in(const Sync& sync);
  // How long it took; for ever, where it failed.
  double sync_one(Subject& subject, const Sync& sync);
  bool catch_up(Subject& subject, const Sync& sync, MeasuringStage& stage);
  void note_sync(Subject& subject, const Sync& sync, const CaughtUp& synced);
  void webhooks_of(Subject& subject, core::Duration round_trip);
  void rates_of(Subject& subject, core::Duration round_trip, MeasuringStage& stage);
  void fail(Subject& subject, const std::string& row_prefix, const std::string& why);
  void witness(Subject& subject, Witness witness);
  void note(const std::string& text);
  void sum_up();

  MeasuringOptions options_;
  Measurement measurement_;
  std::vector<Subject> subjects_;
  Values ceiling_;
};

// Every row that there is with these options, in the order of the table.
std::vector<MeasuredRow> measured_rows(const MeasuringOptions& options);

}  // namespace terapi::conformance
