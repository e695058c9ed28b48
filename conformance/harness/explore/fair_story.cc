#include "conformance/harness/explore/fair_story.h"

#include <algorithm>
#include <set>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/evidence/model.h"
#include "conformance/harness/explore/fault_kind.h"
#include "conformance/scenario/scenario_text.h"
#include "core/json.h"

namespace terapi::conformance {

using namespace std::chrono_literals;
namespace json = core::json;

namespace {

// A right client is back after so long, whatever it was.
constexpr core::Duration kLongEnough = 100s;
// A poll that is further off than this does not come about in time.
constexpr core::Duration kTooFarOff = 60s;

class FairStory {
 public:
  explicit FairStory(const Scenario& scenario)
      : plan_(scenario.plan), streams_(plan_.client.streams.begin(), plan_.client.streams.end()) {
    for (const std::string& name : scenario.dialects) {
      const Dialect* dialect = find_dialect(name);
      silent_deletions_ =
          silent_deletions_ || (dialect != nullptr && dialect->habits.deletes_whatever_it_is_told);
    }
    if (!scenario.faults.empty()) see(FaultsStep{scenario.faults});
    look_at_world(scenario.given);
  }

  std::string run() {
    if (!unfair_.empty()) return unfair_;
    for (const Step& step : plan_.steps) {
      std::visit([this](const auto& act) { see(act); }, step.what);
      if (!unfair_.empty()) return unfair_ + " (" + step_text(step, Subject::kClient) + ")";
    }
    return "";
  }

 private:
  void look_at_world(const std::string& given) {
    const auto world = json::Document::parse(given, {.max_depth = 100'000});
    if (!world) return;
    look_at_connections(world->root()["connections"]);
    // A limit that lets a backlog through, also beside the polls of two workers.
    const json::Value limit = world->root()["environment"]["rate_limit"];
    const auto least = static_cast<std::int64_t>(2 * streams_.size() + 2);
    const bool quick =
        limit["requests"].integer().value_or(0) >= least && limit["per"].string() == "1s";
    if (limit.present() && !quick) unfair_ = "the server lets nobody through in time";
    for (const json::Value integration : world->root()["integrations"].items()) {
      if (integration["syncs"].size() > 0) runs_by_itself_ = true;
    }
  }

  // Where they are told, those of the client's streams are among them: it may give one up that is
  // not there when it starts.
  void look_at_connections(json::Value connections) {
    if (!connections.present()) return;
    std::set<std::string> there;
    for (const json::Value connection : connections.items()) {
      there.insert(connection["integration"].string() + "/" + connection["id"].string() + "/");
    }
    for (const std::string& stream : streams_) {
      const std::size_t at = stream.find('/', stream.find('/') + 1);
      if (!there.contains(stream.substr(0, at + 1))) unfair_ = "a stream has no connection";
    }
  }

  void see(const ProcessStep& act) {
    if (act.what == ProcessStep::What::kStarts) {
      alive_ = true;
      refused_ = false;
      untold_.clear();  // it looks at everything when it starts
      if (stale_) untold_ = streams_;
    } else if (act.worker == 1) {
      alive_ = false;
    }
  }
  void see(const RunStep& act) { see_run(act.body, false); }
  void see(const BetweenPagesStep& act) {
    changes_wait_ = true;
    see_run(act.run, true);
  }
  void see_run(const std::string& body, bool later) {
    const auto run = json::Document::parse(body, {.max_depth = 100'000});
    if (!run) return;
    const json::Value root = run->root();
    if (comes_late_ > 0 && ++comes_late_ > 2) unfair_ = "a run after one that comes late";
    const std::string name = stream_name(root["integration"].string(), root["connection"].string(),
                                         root["model"].string(), root["variant"].string());
    // What waits to be changed between two pages may come in another order than it is told here,
    // and then delete what is deleted.
    if (silent_deletions_ && changes_wait_ && plan_.client.poll > kTooFarOff &&
        (later || root["delete"].present())) {
      unfair_ = "nobody is told that what is deleted was deleted again";
    }
    const bool told = !root["webhook"].present() || root["webhook"].boolean();
    if (later && !told && plan_.client.poll > kTooFarOff)
      unfair_ = "nobody is told of a late change";
    if (told && !later && alive_ && !faults_) {
      untold_.erase(name);
    } else if (!told || webhooks_lost_ || stale_) {
      untold_.insert(name);
    }
  }
  void see(const WaitStep& act) {
    if (act.what != WaitStep::What::kConverged) return;
    if (faults_) unfair_ = "faults are in force where it has to converge";
    if (wire_) unfair_ = "wire rules are in force where it has to converge";
    if (disk_full_) unfair_ = "the disk is full where it has to converge";
    if (armed_) unfair_ = "a kill may come where it has to converge";
    if (!alive_ || refused_) unfair_ = "it has to converge, and nobody has started it";
    if (act.within < kLongEnough && trouble_) unfair_ = "it has too little time to converge";
    if (plan_.client.poll > kTooFarOff && !untold_.empty())
      unfair_ = "it was not told what has changed";
    untold_.clear();
    changes_wait_ = false;
    held_everything_ = true;
  }
  void see(const FaultsStep& act) {
    faults_ = webhooks_lost_ = false;
    comes_late_ = 0;
    const auto rules = json::Document::parse(act.rules, {.comments = true});
    if (!rules) return;
    for (const json::Value rule : rules->root().items()) {
      const json::Value does = rule["do"];
      faults_ = trouble_ = true;
      webhooks_lost_ = webhooks_lost_ || rule["on"].string() == "webhook";
      stale_ = stale_ || does["stale"].present();
      if (does["late_commit"].present() || does["before_commit"].present()) comes_late_ = 1;
      const std::int64_t status = does["status"].integer().value_or(200);
      const bool cursor = does["body"]["error"]["code"].string() == "invalid_cursor";
      if (status == 429 && !does["headers"]["Retry-After"].present()) untold_wait_ = true;
      if (status >= 300 && status < 500 && status != 429 && !cursor) refused_ = true;
    }
    if (rules->root().size() == 0 && stale_) {
      // What was stale when it looked is not announced again.
      untold_ = streams_;
      stale_ = false;
    }
  }
  void see(const WireStep& act) {
    wire_ = false;
    for (const WireRule& rule : act.rules) {
      const bool harmless = rule.what == WireRule::What::kExtraFields ||
                            rule.what == WireRule::What::kOddCursors ||
                            (rule.what == WireRule::What::kEmptyPage && rule.times == 1);
      wire_ = wire_ || !harmless;
      trouble_ = trouble_ || !harmless;
      if (rule.what == WireRule::What::kPoison) refused_ = true;
    }
  }
  void see(const WebhookStep& step) {
    const JudgeWebhook& act = step.webhook;
    if (!alive_ || armed_) unfair_ = "nobody is there for the judge's webhook";
    if (act.answer == JudgeWebhook::Answer::kAccepted) untold_.erase(act.stream);
  }
  void see(const KillStep& act) { armed_ = act.at != KillStep::At::kNever; }
  void see(const DiskStep& act) {
    disk_full_ = act.full;
    trouble_ = trouble_ || act.full;
  }
  void see(const CheckStep& step) {
    const ClientCheck& check = step.check;
    if (check.what == ClientCheck::What::kWaitsAfter && untold_wait_) {
      unfair_ = "nobody told it how long to wait";
    }
    if (check.what != ClientCheck::What::kConverged) return;
    if (!held_everything_) unfair_ = "it never had to hold everything";
    if (runs_by_itself_) unfair_ = "a sync may have run since it held everything";
    if (!untold_.empty()) unfair_ = "something has changed since it held everything";
  }
  void see(const PruneStep& /*act*/) {
    if (faults_) unfair_ = "the judge's own call would meet the faults";
  }
  template <typename Other>
  void see(const Other& /*step*/) {}

  const Plan& plan_;
  std::set<std::string> streams_;
  std::set<std::string> untold_;  // streams of which something may have changed unnoticed
  std::string unfair_;
  int comes_late_ = 0;  // runs since such a rule was set, and one
  bool alive_ = false;
  bool refused_ = false;  // and may have given up
  bool faults_ = false;
  bool webhooks_lost_ = false;
  bool stale_ = false;
  bool wire_ = false;
  bool disk_full_ = false;
  bool armed_ = false;
  bool trouble_ = false;
  bool changes_wait_ = false;
  bool silent_deletions_ = false;  // deleting what is deleted moves it, and no webhook tells
  bool held_everything_ = false;
  bool runs_by_itself_ = false;  // the world has syncs, which nobody has to start
  bool untold_wait_ = false;     // a 429 without a Retry-After
};

}  // namespace

std::string unfairness(const Scenario& scenario) { return FairStory(scenario).run(); }

}  // namespace terapi::conformance
