// Advisories: what the simulator notices about its callers (ADVISE-1). They change no answer.
//
// Each kind is one detector that watches the requests and the webhooks go by.
// Thread rule: the simulator's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "simulator/observation/log_book.h"
#include "simulator/observation/request_journal.h"
#include "simulator/world/delivery.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

struct Advisory {
  std::uint64_t id = 0;
  std::string code;     // "cursor_of_another_stream", …
  std::string clause;   // the contract's clause at stake
  std::string message;  // what was seen, why it loses data, what to do
  std::string stream;
  std::uint64_t count = 0;
  Time first_at;
  Time last_at;
  std::vector<std::uint64_t> requests;  // the latest that show it, by journal id
};

class Advisories;

class AdvisoryDetector {
 public:
  virtual ~AdvisoryDetector() = default;
  virtual void on_request(const RequestEntry& /*entry*/, Advisories& /*advisories*/) {}
  virtual void on_webhook(const Delivery& /*delivery*/, bool /*started*/,
                          Advisories& /*advisories*/) {}
  // Called when somebody looks at the advisories: for what shows by nothing happening.
  virtual void review(Time /*now*/, Advisories& /*advisories*/) {}
};

class Advisories {
 public:
  // A new advisory is logged, too.
  Advisories(const State& state, const core::Clock& clock, LogBook& logs, const Secrets& secrets);
  ~Advisories();
  void on_request(const RequestEntry& entry);
  void on_webhook(const Delivery& delivery, bool started);
  void review();
  // Notes that a detector saw something; the same code on the same stream counts up.
  void raise(std::string code, std::string clause, std::string message, const StreamKey& stream,
             const std::vector<std::uint64_t>& requests);

  const std::map<std::pair<std::string, std::string>, Advisory>& all() const { return all_; }
  std::uint64_t dropped() const { return dropped_; }
  const State& state() const { return state_; }
  void clear();

 private:
  const State& state_;
  const core::Clock& clock_;
  LogBook& logs_;
  const Secrets& secrets_;
  std::vector<std::unique_ptr<AdvisoryDetector>> detectors_;
  std::map<std::pair<std::string, std::string>, Advisory> all_;  // by code and stream
  std::uint64_t last_id_ = 0;
  std::uint64_t dropped_ = 0;
};

std::string advisory_json(const Advisory& advisory);

// The detectors, in advisory_detectors.cc.
std::vector<std::unique_ptr<AdvisoryDetector>> make_advisory_detectors();

}  // namespace terapi::simulator
