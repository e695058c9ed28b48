// BackgroundRuns: runs in the background of a server that is judged: waits until those that are due
// have taken place, has the SyncModel carry them out as well, and looks for what announces them
// (SYNC-2, SYNC-3, HOOK-1, HOOK-2). A webhook names no run, so it is held against the runs of its
// stream that are not announced yet, in any order.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/harness/play/sync_acts.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/laws/announce_policy.h"
#include "conformance/laws/findings.h"
#include "conformance/laws/webhook_laws.h"

namespace terapi::conformance {

class BackgroundRuns {
 public:
  BackgroundRuns(ServerStage& stage, SyncActs& acts, Findings& findings)
      : stage_(stage), acts_(acts), findings_(findings) {}

  // Before a step that may cause runs: how far each sync is.
  void look();
  // After it. `now`: on the clock that the SyncModel counts by; asked for when time has passed.
  void settle(const std::optional<SyncKey>& triggered,
              const std::function<void(core::Duration)>& wait,
              const std::function<core::Time()>& now);

  // Under which settings runs are announced from now on. What was done before is announced under
  // others.
  void set_policy(AnnouncePolicy policy);
  // Which run a webhook of the type "sync" announces that no run by hand has named: its RunSeen, or
  // nothing, which is found wrong.
  std::optional<RunSeen> announced_by(const WebhookSeen& webhook);
  // Every run that has to be announced was; once no webhook is due or on its way.
  // `until`: how many runs there were then.
  void check_all_announced(std::size_t until);
  // HOOK-13: so did what was to be told of connections and actions. `seen`: all webhooks;
  // `until`: how many such notices there were when last no webhook was due.
  void check_notices(const std::vector<WebhookSeen>& seen, std::size_t until);
  // Another world: nothing has run.
  void forget();

 private:
  void wait_for(const SyncKey& key, const std::string& finished_before);
  std::size_t urls_of(const BackgroundRun& run, const AnnouncePolicy& policy) const;
  std::size_t most_urls_of(const BackgroundRun& run) const;
  bool ever_announced_all() const;

  ServerStage& stage_;
  SyncActs& acts_;
  Findings& findings_;
  std::map<SyncKey, std::string> finished_;     // when, as the server says
  std::map<std::size_t, std::size_t> claimed_;  // by place among the runs: webhooks
  std::vector<AnnouncePolicy> policies_;        // in force one after the other
  std::size_t first_ = 0;                       // of the runs that are looked at
};

}  // namespace terapi::conformance
