// ProcessClientStage: anybody's client, a real process, over real HTTP. The simulator is in this
// process, behind an HTTP server whose every request and answer goes through the ClientWire.
//
// The client is told where it is by its environment (TERAPI_BASE_URL and so on); its folder and
// ports are its own, and nothing of it is left when the stage goes.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "conformance/harness/process/child_process.h"
#include "conformance/harness/process/client_port.h"
#include "conformance/harness/process/state_folder.h"
#include "conformance/harness/stage/client_stage.h"
#include "conformance/harness/stage/slow_post.h"
#include "conformance/harness/stage/slowness.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"

namespace terapi::conformance {

struct ProcessClientOptions {
  std::string run;            // the command that syncs
  std::string dump;           // the command that prints the dump; empty: none
  std::string folder{};       // that `run` begins in; empty: ours
  std::string dump_folder{};  // and `dump`
};

class ProcessClientStage final : public ClientStage {
 public:
  // Codes "cannot_listen", "cannot_write".
  static core::Result<std::unique_ptr<ClientStage>> make(ClientStageOptions options,
                                                         ProcessClientOptions commands);
  ~ProcessClientStage() override;

  std::string_view world() const override { return "http"; }
  core::Time now() const override;
  bool run_until(const std::function<bool()>& done, core::Duration limit) override;

  core::Result<void> start_client(int number) override;
  void kill_client(int number) override;
  void stop_client(int number) override;
  ClientState client(int number) override;
  std::string output(int number) override;
  bool tells_of(int number, std::string_view text) override;
  std::uint64_t output_bytes(int number) override;
  std::uint64_t peak_bytes(int number) override;
  core::Duration starved() override;
  bool listening(int worker) override;
  bool has_dump() const override { return !commands_.dump.empty(); }
  core::Result<std::string> dump() override;
  void set_disk_full(bool full) override;
  void post_to_client(core::Request request, core::Duration timeout,
                      std::function<void(core::Result<core::Response>)> done) override;
  void trickle_to_client(const core::Request& request, JudgeWebhook::Comes comes) override;
  std::string elsewhere() const override;
  std::uint64_t requests_elsewhere() const override { return requests_elsewhere_; }

 private:
  class Post;
  struct Worker {
    std::unique_ptr<ChildProcess> process;
    int life = 0;
    bool end_noted = false;
    std::uint64_t peak_bytes = 0;
    bool killed = false;      // by us
    std::string killed_at;    // the moment that was waited for, if one was
    std::string said_before;  // the end of what earlier processes said
    std::uint64_t bytes_before = 0;
  };

  ProcessClientStage(ClientStageOptions options, ProcessClientOptions commands);
  core::Result<void> listen();
  void serve(const core::Request& request, const std::function<void(core::Outcome)>& done);
  std::function<void(core::HungUp)> noticing_end_of(core::Response& answer);
  core::Duration starved_lately();
  void kill_now();
  void note_ends();
  void wait_for_the_killed();
  std::uintmax_t most_dump_bytes() const;
  bool never_went_on() const;
  // Of the dump process that runs. Codes "bad_dump"; "dump_failed": the client may have been busy.
  core::Result<std::string> what_is_dumped(std::uint64_t most);
  std::vector<std::pair<std::string, std::string>> variables() const;
  std::string webhook_url() const;

  ProcessClientOptions commands_;
  core::EventLoop loop_{core::EventLoop::TimeOfDay::kSteady};
  Slowness slowness_{loop_.clock()};
  std::unique_ptr<StateFolder> state_;
  ClientPort webhook_port_;
  std::unique_ptr<core::HttpSender> sender_;
  std::unique_ptr<Post> post_;
  std::unique_ptr<core::HttpServer> server_;
  std::unique_ptr<core::HttpServer> elsewhere_;
  std::map<int, Worker> workers_;
  std::unique_ptr<ChildProcess> dump_process_;
  std::vector<std::unique_ptr<SlowPost>> trickles_;
  int lives_ = 0;
  bool disk_full_ = false;
  bool listens_ = false;
  core::Time looked_at_{};
  std::optional<std::pair<core::Time, core::Duration>> lately_{};  // starved(), and when
  std::uint64_t requests_elsewhere_ = 0;
  std::uintmax_t served_bytes_ = 0;
};

}  // namespace terapi::conformance
