// LiveReport: told of a run while it goes on, result by result. ConsoleReport is the usual one.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "conformance/evidence/verdict.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

class LiveReport {
 public:
  LiveReport() = default;
  virtual ~LiveReport() = default;
  LiveReport(const LiveReport&) = delete;
  LiveReport& operator=(const LiveReport&) = delete;

  // How many results there will be; 0: not known.
  virtual void begin(std::size_t total) = 0;
  virtual void start(std::string_view scenario, std::string_view world) = 0;
  virtual void end(const ScenarioResult& result) = 0;
  // The summary. Its last line is the closing line.
  virtual void finish(const RunSummary& run) = 0;
};

}  // namespace terapi::conformance
