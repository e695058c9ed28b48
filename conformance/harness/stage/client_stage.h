// ClientStage: where a scenario that judges a client is played: the project's simulator behind the
// ClientWire, the client under test in front of it, and time. Two kinds: VirtualClientStage (our
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
#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "conformance/harness/play/client_wire.h"
#include "conformance/harness/stage/offset_clock.h"
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
};

// One process of the client under test.
struct ClientState {
  bool alive = false;
  int life = 0;                      // which one, from 1; 0: never started
  std::optional<int> exit_status{};  // as the shell tells it; none: it was killed, or lives
};

class ClientStage {
 public:
  virtual ~ClientStage() = default;
  ClientStage(const ClientStage&) = delete;
  ClientStage& operator=(const ClientStage&) = delete;

  virtual std::string_view world() const = 0;
  virtual core::Time now() const = 0;
  // Lets things happen until `done` is true, or `limit` has passed; says which.
  virtual bool run_until(const std::function<bool()>& done, core::Duration limit) = 0;

  // --- the client under test ---
  virtual core::Result<void> start_client(int worker) = 0;
  virtual void kill_client(int worker) = 0;
  virtual void stop_client(int worker) = 0;
  virtual ClientState client(int worker) = 0;
  // The end of what it said.
  virtual std::string output(int worker) = 0;
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
  core::Response control(std::string method, std::string path, std::string body = "");
  core::Response api(core::Request request) { return ask(std::move(request)); }
  void shift_server_clock(core::Duration by) { server_clock_->shift(by); }
  // How often the simulator's fault rule of that id has fired since it was set.
  std::uint64_t fired(const std::string& fault) const;
  std::string secret_key() const { return simulator_->secret_key(); }
  std::string signing_key() const { return simulator_->signing_key(); }

  const Dialect& dialect() const { return *options_.dialect; }
  const ClientStageOptions& options() const { return options_; }
  History& history() { return history_; }
  Model& model() { return model_; }
  ClientWire& wire() { return *wire_; }
  // Code "bad_world".
  core::Result<void> open();

 protected:
  explicit ClientStage(ClientStageOptions options) : options_(std::move(options)) {
    history_.told = options_.told;
  }
  // By the derived constructor, once its clock and transport are there.
  void build(core::Clock& clock, core::AsyncTransport& webhooks, const std::string& webhook_url);
  // A moment at which a kill may be armed has come; true: now.
  bool count_moment(KillStep::At at);
  core::Duration kill_after() const { return kill_after_; }
  bool kill_restarts() const { return kill_restarts_; }
  KillStep::At kill_moment() const { return kill_moment_; }  // that came last
  // 202 where the answer comes later: a run whose commit a fault holds back.
  core::Response ask(core::Request request);
  core::Handler handler();
  // Writes down which fault rules have fired since the last call.
  void note_struck();

  ClientStageOptions options_;
  History history_;
  Model model_;
  std::unique_ptr<OffsetClock> server_clock_;
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<ClientWire> wire_;

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
