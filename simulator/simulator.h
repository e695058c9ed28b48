// Simulator: a Terapi, as a class. It owns no socket and no thread: requests come in through
// handle(), webhooks go out through an AsyncTransport, and time is a Clock's.
//
//   core::VirtualClock clock;
//   core::HandlerTransport receiver(my_webhook_handler);
//   Simulator simulator({}, clock, receiver);
//   if (auto started = simulator.start(); !started) …;
//   core::Outcome page = simulator.handle({.target = "/records?model=Issue", .headers = {…}});
//
// Thread rule: one thread (the driver's, the clock's) makes every call.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http_message.h"
#include "core/result.h"
#include "core/transport.h"
#include "core/url.h"
#include "simulator/engine/simulator_clock.h"
#include "simulator/engine/turns.h"
#include "simulator/loading/load_spec.h"
#include "simulator/observation/log_entry.h"
#include "simulator/records/dialect.h"
#include "simulator/runs/run_moment.h"

namespace terapi::simulator {

class Storage;

struct SimulatorOptions {
  const Dialect* dialect = &terapi_dialect();
  QuirkChoices quirks;  // how this one differs from the dialect; a world's own go on top
  std::uint64_t seed = 1;
  std::string world_text;            // a world file's text; empty: the default world
  std::string world_name = "world";  // what messages call it
  std::string world_folder = ".";    // where its relative file names begin
  std::vector<LoadSpec> loads;       // carried out at start, each as one run
  // Put over the first environment of the world: flags win over files.
  std::string secret_key;
  std::vector<std::string> webhook_urls;
  // Empty: the control API answers loopback callers only. Else: callers that bear this token.
  std::string control_token;
  // Where requests of the proxy may go besides the simulated external APIs; scheme, host and port.
  std::vector<core::Url> allowed_base_urls;
};

class Simulator {
 public:
  // A VirtualClock as `clock` makes it a simulator in virtual time. `storage` may be null; all
  // references have to outlive the simulator.
  Simulator(SimulatorOptions options, SimulatorClock clock, core::AsyncTransport& webhooks,
            Storage* storage = nullptr);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // Loads the stored state, or makes the world; carries out the loads; takes up pending webhooks.
  // Codes "bad_world", "bad_key", "bad_load", "bad_record", "bad_file", "no_file", and storage's.
  core::Result<void> start();

  // Lets others have their turn while time is moved far; to be set before time moves.
  void set_turns(Turns turns);
  // Answers one request; `done` is called once, with the state already stored. clock/advance,
  // run-until-idle, and the proxy, where it asks another host or asks again, may call it later;
  // everything else calls it before this returns.
  void handle(core::Request request, std::function<void(core::Outcome)> done);
  // What needs no state: health, the page's files, the OpenAPI document. Nothing: it is for
  // handle(), as everything is while changes cannot be stored. May be asked at any time, also while
  // handle() is at work (core/breather.h).
  std::optional<core::Outcome> answer_at_once(const core::Request& request) const;
  // For in-process use, where other hosts answer in process too; not for what time has to pass for.
  core::Outcome handle(const core::Request& request);

  // The keys of the first environment, for whoever starts a client.
  std::string secret_key() const;
  std::string signing_key() const;
  // "1000 records of github/demo/Issue, …" to show to users.
  std::string summary() const;
  // "hubspot-contacts, stripe-invoices": the syncs that wait to be enabled; "none" if none does.
  std::string syncs_off() const;
  // A cursor from the middle of the first stream, to show what resuming looks like; "" if none.
  std::string example_cursor() const;

  // How often fault rules have fired, all together and each by its id: what GET
  // /_simulator/faults says, for whoever asks after every event.
  std::uint64_t faults_fired() const;
  std::vector<std::pair<std::string, std::uint64_t>> fired_by_fault() const;

  // Is told of each moment of a run in the background, just before records change.
  void set_run_watcher(RunWatcher watcher);

  // Answers those who wait for events or for the proxy: before a server stops, which waits for its
  // answers.
  void end_waiting();

  // Is shown each log entry as it is made.
  void set_log_sink(std::function<void(const LogEntry&)> sink);
  // An extra source of /metrics lines: the edge's own.
  void set_extra_metrics(std::function<std::string()> metrics);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace terapi::simulator
