// SyncActs: what a scenario's steps do to syncs in the background and to external APIs: each is
// asked of the server, and told to the judge's SyncModel. The same whoever is judged; who plays
// decides what a refusal means.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/harness/play/caller.h"
#include "conformance/scenario/sync_steps.h"
#include "core/clock.h"

namespace terapi::conformance {

// What a server did in place of what it should.
struct Refusal {
  std::string clause;
  std::string what;
  std::string expected;
  std::string actual;
  std::vector<std::size_t> events;
};

class SyncActs {
 public:
  // Lets so much time pass on the server's clock.
  using Wait = std::function<void(core::Duration)>;
  SyncActs(Stage& stage, Caller& caller, Wait wait)
      : stage_(stage), caller_(caller), wait_(std::move(wait)) {}

  // Each: nothing, or how the server refused. `now`: on the clock that the SyncModel counts by.
  std::optional<Refusal> act(const UpstreamStep& step, core::Time now);
  std::optional<Refusal> act(const SyncStep& step, core::Time now);
  std::optional<Refusal> act(const ConnectStep& step, core::Time now);
  std::optional<Refusal> act(const DisconnectStep& step, core::Time now);
  std::optional<Refusal> act(const WriteStep& step, core::Time now);

  // Webhooks of other types that have to come of what was done (HOOK-13).
  struct Notice {
    std::string type;
    std::string integration;
    std::string connection;
  };
  const std::vector<Notice>& notices() const { return notices_; }
  // Another world: nothing was done.
  void forget() { notices_.clear(); }

  // GET /sync/status of that sync: "status" and "finishedAt"; nothing where it does not say.
  struct Status {
    std::string status;
    std::string finished_at;
  };
  std::optional<Status> status(const SyncKey& key);

 private:
  struct Asked {
    std::string method;
    std::string target;
    std::string body{};
    std::string integration{};  // where the connection is named in headers
    std::string connection{};
    bool later = false;
  };
  Answer ask(const Asked& asked);
  std::optional<Refusal> must(const Asked& asked, std::string_view clause,
                              Answer* answer = nullptr);
  std::optional<Refusal> must_control(const std::string& method, const std::string& path,
                                      std::string body, std::string_view clause);
  void tell(const SyncStep& step, const SyncKey& key, core::Time now);
  std::optional<Refusal> look_for_credentials();
  std::optional<Refusal> look_for_deleted(const Writing& write, const std::string& target);
  // The output of an action that was begun, once it has ended.
  std::optional<Refusal> await_output(Answer& answer);
  std::optional<Refusal> take_effect(const Writing& write, const Answer& answer,
                                     std::string_view clause);

  Stage& stage_;
  Caller& caller_;
  Wait wait_;
  std::vector<Notice> notices_;
};

}  // namespace terapi::conformance
