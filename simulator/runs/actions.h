// Actions: carries out an integration's actions on a connection's external API (WRITE-1): at once,
// or asynchronously, a little later, with a webhook when done.
//
// An action is an HTTP request, as a real one is, so that faults of the external API strike it,
// too. What it changed comes back as a record with the next run (WRITE-3).
//
// Thread rule: the simulator's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery.h"
#include "core/json.h"
#include "simulator/engine/engine.h"
#include "simulator/upstream/upstream.h"

namespace terapi::simulator {

class WebhookQueue;

class Actions {
 public:
  Actions(Engine& engine, WebhookQueue& webhooks, Upstream& upstream)
      : engine_(engine), webhooks_(webhooks), upstream_(upstream) {}

  struct Known {
    const Template* from = nullptr;
    const ActionTemplate* action = nullptr;
  };
  // The action of that name, or nothing.
  Known find(const Integration& integration, std::string_view name) const;
  // The required members that its input lacks.
  static std::vector<std::string> missing(const ActionTemplate& action,
                                          const core::json::Value& input);

  // The result, and how long it takes: the output as JSON, or code "action_failed".
  struct Done {
    core::Result<std::string> output;
    Duration after{0};
  };
  Done carry_out(Environment& environment, const Connection& connection, const Known& known,
                 const core::json::Value& input);
  // Carries it out later, as an event of its own; returns its id.
  std::string carry_out_later(Environment& environment, const Connection& connection,
                              const std::string& name, const core::json::Value& input);
  const AsyncAction* find_async(const Environment& environment, std::string_view id) const;

  // True while an asynchronous one has not ended.
  bool busy() const;
  // After a state was loaded: goes on with interrupted actions; what was carried out is not
  // repeated.
  void resume();

 private:
  // Its entry in the log; `id`: of an asynchronous one.
  std::uint64_t begin_in_log(const Environment& environment, const Connection& connection,
                             const std::string& name, const std::string& id);
  void end_in_log(std::uint64_t operation, const core::Result<std::string>& output, Time at);
  // Asks the external API, as a step of that operation.
  Done ask(Environment& environment, const Connection& connection, const Known& known,
           const core::json::Value& input, std::uint64_t operation);
  core::Request request_for(const Known& known, const core::json::Value& input) const;
  void begin(std::uint64_t number);
  void note_end(std::uint64_t number, const core::Result<std::string>& output, Duration after);
  void finish(std::uint64_t number);

  Engine& engine_;
  WebhookQueue& webhooks_;
  Upstream& upstream_;
};

}  // namespace terapi::simulator
