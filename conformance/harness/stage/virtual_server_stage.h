// VirtualServerStage: a simulator in this process, on a virtual clock, as the server under test.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/harness/otherwise/otherwise_server.h"
#include "conformance/harness/stage/server_stage.h"
#include "core/clock.h"
#include "core/transport.h"
#include "simulator/simulator.h"

namespace terapi::conformance {

class VirtualServerStage final : public ServerStage {
 public:
  // What is there before a scenario puts its world: a thousand records, which take longer to make
  // than most stories to play, or nothing.
  enum class Begins : std::uint8_t { kWithData, kEmpty };
  struct Options {
    std::uint64_t seed = 1;
    const ServerMutant* mutant = nullptr;  // it has to outlive the stage
    Begins begins = Begins::kWithData;
    // Seed of the OtherwiseServer that stands around it; none: nothing does.
    std::optional<std::uint64_t> otherwise{};
  };
  // Code "bad_world".
  static core::Result<std::unique_ptr<ServerStage>> make(const Dialect& dialect,
                                                         const Options& options);
  ~VirtualServerStage() override;

  std::string_view world() const override { return "virtual"; }
  core::Time now() const override { return clock_.now(); }
  bool exact_time() const override { return true; }
  core::Duration slack() const override { return 4 * longest_way_; }
  bool run_until(const std::function<bool()>& done, core::Duration limit) override;
  core::Result<core::Response> call(core::Request request) override;
  std::vector<core::Result<core::Response>> call_together(
      std::vector<core::Request> requests) override;
  bool has_control() const override { return true; }
  std::string secret_key() const override { return simulator_->secret_key(); }
  void set_receiver(Receiver receiver) override { receiver_ = std::move(receiver); }
  std::string receiver_url(std::string_view path) const override {
    return "http://receiver.test" + std::string(path);
  }
  std::string refusing_url() const override { return "http://refusing.test/webhooks"; }

 private:
  class Post;
  VirtualServerStage(const Dialect& dialect, const Options& options);
  void measure_way();

  core::VirtualClock clock_;
  core::Duration longest_way_{0};  // there and back, of what nothing but the way can have kept
  Receiver receiver_;
  std::unique_ptr<Post> post_;
  std::unique_ptr<ServerMutation> mutation_;
  std::unique_ptr<core::AsyncTransport> mutated_post_;
  std::unique_ptr<OtherwiseServer> otherwise_;
  std::unique_ptr<core::AsyncTransport> otherwise_post_;
  std::unique_ptr<simulator::Simulator> simulator_;
  core::Handler handler_;
};

}  // namespace terapi::conformance
