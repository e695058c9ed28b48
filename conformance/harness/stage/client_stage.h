// ClientStage: where a scenario that judges a client is played: the project's simulator behind the
// ClientWire, and the client under test in front of it. Two kinds: VirtualClientStage (our
// reference client, in this process, in virtual time) and ProcessClientStage (anyone's client, a
// process, over HTTP).
//
// Thread rule: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/contract/dump.h"
#include "conformance/harness/stage/client_wire.h"
#include "conformance/harness/stage/offset_clock.h"
#include "conformance/harness/stage/patience.h"
#include "conformance/harness/stage/stage.h"
#include "conformance/harness/stage/vain_waits.h"
#include "conformance/scenario/step.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/result.h"
#include "core/transport.h"
#include "simulator/simulator.h"

namespace terapi::conformance {

struct ClientStageOptions {
  const Dialect* dialect = &terapi_dialect();
  std::uint64_t seed = 1;
  std::string world;
  ClientSettings client;
  bool told = true;  // History::told
  // What the run has learnt of its client so far; null: nothing.
  std::shared_ptr<VainWaits> vain_waits{};
};

// One process of the client under test.
struct ClientState {
  bool alive = false;
  int life = 0;                      // which one, from 1; 0: never started
  std::optional<int> exit_status{};  // as the shell tells it; none: it was killed, or lives
};

class ClientStage : public Stage {
 public:
  // --- the client under test ---
  virtual core::Result<void> start_client(int worker) = 0;
  virtual void kill_client(int worker) = 0;
  virtual void stop_client(int worker) = 0;
  virtual ClientState client(int worker) = 0;
  // The end of what it said.
  virtual std::string output(int worker) = 0;
  // Whether that text stands in what it said, or in what it keeps: as far as the judge can see.
  virtual bool tells_of(int worker, std::string_view text) = 0;
  // How much it has ever said.
  virtual std::uint64_t output_bytes(int worker) = 0;
  // The most memory that it had; 0: not known here.
  virtual std::uint64_t peak_bytes(int worker) = 0;
  // True when it takes webhooks, or never will.
  virtual bool listening(int worker) = 0;
  virtual bool has_dump() const = 0;
  // Every line of the client's dump, of all streams.
  virtual core::Result<std::string> dump() = 0;
  // The same, read.
  virtual core::Result<std::vector<DumpRecord>> dump_records();
  virtual void set_disk_full(bool full) = 0;
  // For how long the client's processes, and the judge, have been ready to run and had no
  // processor, so far. Nobody waits for one in virtual time.
  virtual core::Duration starved() { return core::Duration(0); }
  // Why what was waited for in vain proves nothing: the machine hardly let anybody run. Empty: it
  // did.
  const std::string& machine_too_slow() const { return too_slow_; }
  // How long to wait for that, in place of `full`, and what came of it.
  core::Duration patience_for(VainWaits::For what, core::Duration full) const;
  void waited(VainWaits::For what, core::Duration time, core::Duration full, bool came);
  // A webhook of the judge's own.
  virtual void post_to_client(core::Request request, core::Duration timeout,
                              std::function<void(core::Result<core::Response>)> done) = 0;
  // The same, as a hostile sender: its body comes slowly, or without an end, in the background, for
  // as long as the stage lives. Over HTTP only.
  virtual void trickle_to_client(const core::Request& request, JudgeWebhook::Comes comes) = 0;
  // A URL of another host, and how many requests came to it.
  virtual std::string elsewhere() const = 0;
  virtual std::uint64_t requests_elsewhere() const = 0;

  // True when the client has asked so often that going on would only fill memory.
  bool flooded() const { return history_.exchanges.size() > kFlood; }
  static constexpr std::size_t kFlood = 20'000;

  // --- a kill at a certain moment ---
  void arm(const KillStep& kill);
  bool armed() const { return armed_.has_value(); }
  // How many moments of each kind have come.
  using Moments = std::array<std::uint64_t, 5>;
  const Moments& moments() const { return all_moments_; }

  // --- the server behind the wire ---
  // As the judge's own call, past the wire. 202 where the answer comes later: a run whose commit a
  // fault holds back.
  core::Result<core::Response> call(core::Request request) override;
  bool has_control() const override { return true; }
  void shift_server_clock(core::Duration by) { server_clock_->shift(by); }
  core::Result<std::uint64_t> fired(const std::string& fault) override;
  std::string secret_key() const override { return simulator_->secret_key(); }
  std::string signing_key() const { return simulator_->signing_key(); }

  const ClientStageOptions& options() const { return options_; }
  ClientWire& link() { return *link_; }
  std::string filled(std::string text) const override {
    return replaced(std::move(text), "{elsewhere}", elsewhere());
  }
  void model_changed() override { link_->model_changed(); }
  // Code "bad_world".
  core::Result<void> open();

 protected:
  explicit ClientStage(ClientStageOptions options)
      : Stage(*options.dialect, SyncModel::Runs::kWatched), options_(std::move(options)) {
    history_.told = options_.told;
  }
  // By the derived constructor, once its clock and transport are there.
  void build(core::Clock& clock, core::AsyncTransport& webhooks, const std::string& webhook_url);
  // A moment at which a kill may be armed has come; true: now.
  bool count_moment(KillStep::At at);
  core::Duration kill_after() const { return kill_after_; }
  bool kill_restarts() const { return kill_restarts_; }
  KillStep::At kill_moment() const { return kill_moment_; }  // that came last
  core::Handler handler();
  // A run in the background is at it: the model has to know before the client can.
  void watch_run(const simulator::RunMoment& moment);
  void note_run(const BackgroundRun& run);
  // Writes down which fault rules have fired since the last call.
  void note_struck();

  void note_too_slow(const Patience& patience, core::Time began);

  ClientStageOptions options_;
  std::string too_slow_;
  std::unique_ptr<OffsetClock> server_clock_;
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<ClientWire> link_;

 private:
  std::optional<KillStep> armed_;
  std::uint64_t moments_ = 0;
  Moments all_moments_{};
  std::uint64_t struck_ = 0;  // firings that were written down
  std::map<std::string, std::uint64_t> struck_by_;
  core::Duration kill_after_{0};
  bool kill_restarts_ = false;
  KillStep::At kill_moment_ = KillStep::At::kNever;
};

}  // namespace terapi::conformance
