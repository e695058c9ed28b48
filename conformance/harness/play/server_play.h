// ServerPlay: a Play that judges a server, of which the judge is a caller. What only such scenarios
// have: requests, laws, the judge's receiver of webhooks, settings. At the end what holds of every
// webhook has to hold of those that came.
//
// With a control API the scenario's world is put and its runs are carried out. Without one, only
// scenarios that work on any data are played, on the data that is there (why_not_played).
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/harness/play/background_runs.h"
#include "conformance/harness/play/play.h"
#include "conformance/harness/play/read_so_far.h"
#include "conformance/harness/play/webhook_witness.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/laws/announce_policy.h"
#include "conformance/laws/delivery_law.h"
#include "conformance/laws/record_reader.h"

namespace terapi::conformance {

struct ServerPlayOptions {
  // Nothing but GET and HEAD of the public API is ever sent.
  bool read_only = false;
  // What to read where the data is not the scenario's own.
  StreamAsked stream{};
  std::uint64_t seed = 0;  // 0: the scenario's own
  bool told = true;        // History::told
  // How many records of a stream are looked at where the data is not the scenario's own; 0: all.
  std::size_t sample = 0;
  bool thrifty = false;  // LawParameters::thrifty
  // The delays and time-outs of its world's webhooks, and what is expected of them, times this: the
  // same story at a pace at which a busy machine is late for nothing.
  std::int64_t stretch = 1;
};

class ServerPlay final : public Play {
 public:
  // `options` outlives it. What the stage has seen before is forgotten.
  ServerPlay(const Scenario& scenario, ServerStage& stage, const ServerPlayOptions& options);

  static constexpr const char* kItWrites = "it writes, and this run only reads";
  // An attempt of its webhooks times out so soon that a machine which stands still for a moment is
  // all that it takes.
  static bool times_out_soon(const Scenario& scenario);
  // Why the scenario cannot be played there; empty: it can.
  static std::string why_not_played(const Scenario& scenario, const ServerStage& stage,
                                    const ServerPlayOptions& options);

 private:
  void begin() override;
  void finish() override;
  bool act(const Step& step) override;
  bool pass(core::Duration time) override;
  void world_changed(const core::json::Value& world) override;
  void world_changes() override;
  void before_background() override { background_.look(); }
  void after_background(const std::optional<SyncKey>& triggered) override;
  bool refused(const Refusal& refusal) override;
  core::Time sync_time() override;

  void act(const RunStep& step);
  void act(const PruneStep& step);
  void act(const AskStep& step);
  void act(const ReadStep& step);
  void act(const LawStep& step);
  bool go_on_asking(Findings before);
  void act(const ReceiverStep& step);
  void act(const SettingsStep& step);
  void act(const IdleStep& step);
  void act(const ResendStep& step);
  void act(const HostileStep& step);
  void act(const KeptConnectionStep& step);
  void act(const WebhooksStep& step);

  bool has_external_apis();
  void stretch_retries();
  void check_run(const RunStep::Expected& expect, const Answer& answer);
  core::Request request_of(const AskStep& step);
  std::vector<std::size_t> complete(const core::Request& asked, ServedPage& page,
                                    std::size_t wanted);
  LawContext asking(StreamAsked stream);
  // Whose records a step is about.
  StreamAsked where(StreamAsked stream) const;
  // A text with every name in it replaced; the play ends where there is nothing to put there.
  std::string resolved(const std::string& text);
  std::string resolved_in_query(const std::string& name, const std::string& text);
  std::string resolved_body(const std::string& text);
  std::string resolved_by(core::Result<std::string> text);
  DeliveriesSeen deliveries_seen(const Timing& timing);
  void learn_keys();
  void set_policy(AnnouncePolicy policy);
  // On its clock where that is virtual, else on this machine's.
  core::Time server_time();
  template <typename Check>
  void check_in_time(const Check& check);
  void judge_webhooks(const std::vector<WebhookSeen>& news);
  void judge_announcement(const WebhookSeen& webhook);

  ServerStage& stage_;
  const ServerPlayOptions& options_;
  WebhookWitness witness_;
  ReadSoFar read_;
  BackgroundRuns background_;
  std::map<std::string, Walk> walks_;  // by stream: the last whole reading of it
  AnnouncePolicy policy_;              // of webhooks, as the judge has asked for
  std::size_t world_began_ = 0;        // events before there was this world
  std::size_t notices_at_idle_ = 0;    // of other types that had to come by then
  std::size_t runs_at_idle_ = 0;       // in the background, when last no webhook was due
  std::set<std::string> resent_;       // deliveries that were sent again by hand
  bool own_data_ = false;
};

}  // namespace terapi::conformance
