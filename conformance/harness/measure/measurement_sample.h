// For tests: a small measurement in which everything occurs.
#pragma once

#include "conformance/harness/measure/measurement.h"
#include "conformance/harness/measure/measuring.h"

namespace terapi::conformance {

inline Measurement sample_measurement() {
  using std::chrono::milliseconds;
  Measurement sample;
  sample.dialect = "terapi";
  sample.records = 50'000;
  sample.large_records = 2500;
  sample.changes = 5000;
  sample.limit = 1000;
  sample.round_trip = milliseconds(50);
  sample.rows = measured_rows({});
  sample.cores = 2;
  sample.other_work = 0.4;
  sample.seconds = 98.5;
  sample.notes = {"other work took 0.4 of this machine's 2 cores"};
  const std::string rate = "first-sync/300B/0ms/records-per-second";
  sample.ceiling[rate] = {spread_of({900'000, 950'000, 980'000}), ""};
  ClientFigures reference;
  reference.client = {"terapi-sync", {"terapi-sync run", "terapi-sync dump"}, true};
  reference.figures[rate] = {spread_of({300'000, 310'000, 200'000}), ""};
  reference.figures["webhooks/1/0ms/p50"] = {spread_of({2.5}), ""};
  reference.latencies = {{milliseconds(0), 1, Witness::kFiles, {2.5, 2.4, 3.25}}};
  reference.witness = Witness::kFiles;
  ClientFigures other;
  other.client = {"client.py", {"python3 client.py", ""}, false};
  other.figures[rate] = {spread_of({30'000}), ""};
  other.figures["webhooks/1/0ms/p50"] = {{}, "nobody listens on TERAPI_WEBHOOK_PORT"};
  other.witness = Witness::kServed;
  sample.clients = {reference, other};
  return sample;
}

}  // namespace terapi::conformance
