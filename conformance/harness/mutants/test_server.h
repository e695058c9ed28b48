// For tests: a simulator with a server mutant around it, or without, in virtual time.
// Thread rule: the test's thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "conformance/harness/mutants/server_mutant.h"
#include "simulator/test_simulator.h"

namespace terapi::conformance {

class MutatedSimulator final : public simulator::TestSimulator {
 public:
  explicit MutatedSimulator(const ServerMutant* mutant,
                            const simulator::TestSimulatorOptions& with = {})
      : mutation_(mutant != nullptr ? mutant->make(clock_)
                                    : std::make_unique<ServerMutation>(clock_)),
        webhooks_(mutation_->around(to_receiver_)),
        simulator_(options_from(with), clock_, *webhooks_),
        handler_(mutation_->around(
            [this](core::Request request, std::function<void(core::Outcome)> done) {
              simulator_.handle(std::move(request), std::move(done));
            })) {
    const auto started = simulator_.start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
  }

  std::string receiver_url(std::string_view path) const override {
    return "http://receiver.test" + std::string(path);
  }
  std::string faulty_receiver_url(std::string_view path) const override {
    return receiver_url(path);
  }
  std::string refusing_url() const override { return "http://refusing.test/hook"; }
  core::VirtualClock& clock() { return clock_; }

 private:
  core::Response exchange(core::Request request) override {
    std::optional<core::Response> response;
    handler_(std::move(request),
             [&](const core::Outcome& outcome) { response = outcome.response; });
    // A mutant may take a moment.
    while (!response && clock_.run_next(clock_.now() + std::chrono::seconds(1))) {
    }
    TERAPI_CHECK(response.has_value(), "not answered within a second");
    return *response;
  }
  bool is_documented() const override { return false; }

  static simulator::SimulatorOptions options_from(const simulator::TestSimulatorOptions& given) {
    simulator::SimulatorOptions options;
    options.world_text = simulator::test_world(given);
    return options;
  }

  core::VirtualClock clock_;
  core::HandlerTransport to_receiver_{
      [this](const core::Request& request, const std::function<void(core::Outcome)>& done) {
        done(receiver().receive(request));
      }};
  std::unique_ptr<ServerMutation> mutation_;
  std::unique_ptr<core::AsyncTransport> webhooks_;
  simulator::Simulator simulator_;
  core::Handler handler_;
};

}  // namespace terapi::conformance
