// VirtualClientStage: the reference client against the simulator in one process and one virtual
// clock. While the client waits for an answer the world goes on. A crash is an exception that
// nobody but this driver catches; a restart is a new client over the same store.
//
// The whole run is a function of its options: run twice, the histories are the same byte for byte.
//
// Thread rule: one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/store.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/stage/client_stage.h"
#include "conformance/harness/stage/reference_client.h"
#include "core/clock.h"

namespace terapi::conformance {

class VirtualClientStage : public ClientStage {
 public:
  // Where the client keeps its records: as our program does, or in memory, where a run costs less
  // than half (both are held to one contract).
  enum class Keeps : std::uint8_t { kSqlite, kMemory };

  explicit VirtualClientStage(ClientStageOptions options, const ClientMutant* mutant = nullptr,
                              Keeps keeps = Keeps::kSqlite);
  ~VirtualClientStage() override;

  std::string_view world() const override { return "virtual"; }
  core::Time now() const override { return clock_.now(); }
  bool run_until(const std::function<bool()>& done, core::Duration limit) override;

  core::Result<void> start_client(int worker) override;
  void kill_client(int worker) override;
  void stop_client(int worker) override;
  ClientState client(int worker) override { return states_[worker]; }
  std::string output(int worker) override { return outputs_[worker]; }
  bool tells_of(int worker, std::string_view text) override {
    return outputs_[worker].find(text) != std::string::npos;
  }
  std::uint64_t output_bytes(int worker) override { return outputs_[worker].size(); }
  std::uint64_t peak_bytes(int /*worker*/) override { return 0; }
  bool listening(int /*worker*/) override { return true; }
  bool has_dump() const override { return true; }
  core::Result<std::string> dump() override;
  core::Result<std::vector<DumpRecord>> dump_records() override;
  void set_disk_full(bool full) override { disk_full_ = full; }
  void post_to_client(core::Request request, core::Duration timeout,
                      std::function<void(core::Result<core::Response>)> done) override;
  void trickle_to_client(const core::Request& /*request*/, JudgeWebhook::Comes /*comes*/) override {
  }
  std::string elsewhere() const override { return "http://elsewhere.test/records"; }
  std::uint64_t requests_elsewhere() const override { return requests_elsewhere_; }

 private:
  struct Life;
  class Post;
  class Disk;
  // What kills a client; thrown from within one of its calls.
  struct Crash {
    int worker = 1;
    KillStep::At at = KillStep::At::kAnswer;
  };

  void moment(KillStep::At at, int worker);
  void take_webhook(const core::Request& request, std::function<void(core::Outcome)> done);
  void crashed(const Crash& crash);
  void end_life(int worker, std::optional<int> exit_status, const std::string& why);
  void bury_the_dead();

  core::VirtualClock clock_;
  const ClientMutant* mutant_;
  std::unique_ptr<Post> post_;
  std::unique_ptr<client::ReadableStore> database_;
  std::map<int, std::unique_ptr<Life>> clients_;  // by worker
  std::map<int, ClientState> states_;
  std::map<int, std::string> outputs_;
  std::vector<std::pair<int, std::string>> died_;  // by themselves, to be taken away
  int lives_ = 0;
  bool disk_full_ = false;
  std::uint64_t requests_elsewhere_ = 0;
};

}  // namespace terapi::conformance
