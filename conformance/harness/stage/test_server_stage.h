// For tests: a ServerStage over a simulator in this process, on a virtual clock.
//
// Thread rule: the test's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "conformance/harness/stage/server_stage.h"
#include "core/check.h"
#include "core/delivery.h"
#include "core/transport.h"
#include "simulator/simulator.h"

namespace terapi::conformance {

class TestServerStage final : public ServerStage {
 public:
  // Stands between the judge and the simulator: may change a request, or its answer.
  using Tamper = std::function<core::Outcome(const core::Request&, simulator::Simulator&)>;

  explicit TestServerStage(const Dialect& dialect = terapi_dialect())
      : ServerStage(dialect), post_(*this) {
    simulator::SimulatorOptions options;
    options.dialect = *simulator::dialect_named(dialect.name);
    simulator_ = std::make_unique<simulator::Simulator>(options, clock_, post_);
    const auto started = simulator_->start();
    TERAPI_CHECK(started.has_value(), started ? "" : started.error().message);
  }

  void tamper(Tamper tamper) { tamper_ = std::move(tamper); }
  void take_control_away() { has_control_ = false; }
  // As over a network and on a machine that holds webhooks up for so long: who sends one takes it
  // for timed out, though it arrives and is answered.
  void hold_webhooks_up(core::Duration time) { held_up_ = time; }

  // As by an HTTP library that had kept the connection of what got that error: it goes once more.
  void send_again_after(std::string error_code) { sent_again_ = std::move(error_code); }

  std::string_view world() const override { return held_up_.count() > 0 ? "http" : "virtual"; }
  core::Time now() const override { return clock_.now(); }
  bool exact_time() const override { return true; }
  bool run_until(const std::function<bool()>& done, core::Duration limit) override {
    const core::Time end = clock_.now() + limit;
    while (!done()) {
      if (!clock_.run_next(end)) {
        clock_.advance_to(end);
        return done();
      }
    }
    return true;
  }

  core::Result<core::Response> call(core::Request request) override {
    const bool head = request.method == "HEAD";
    core::Outcome outcome =
        tamper_ ? tamper_(request, *simulator_) : simulator_->handle(std::as_const(request));
    if (head) outcome.response.body.clear();
    return core::deliver(std::move(outcome), {}).result;
  }
  bool has_control() const override { return has_control_; }
  std::string secret_key() const override { return simulator_->secret_key(); }

  void set_receiver(Receiver receiver) override { receiver_ = std::move(receiver); }
  std::string receiver_url(std::string_view path) const override {
    return "http://receiver.test" + std::string(path);
  }
  std::string refusing_url() const override { return "http://refusing.test/hook"; }

 private:
  // Carries webhooks to the receiver, as far as anybody listens there.
  struct Post final : core::AsyncTransport {
    explicit Post(TestServerStage& owner) : stage(owner) {}
    void send(core::Request request, const core::SendOptions& options, Done done) override {
      if (request.target.starts_with("http://refusing.test")) {
        return done(core::Error{"connection_refused", "nobody listens"});
      }
      const auto begin = std::string_view("http://receiver.test").size();
      request.target = request.target.substr(begin);
      if (options.on_turn) options.on_turn(request);
      const auto post = [&] {
        return core::deliver(stage.receiver_(request, stage.clock_.now()), options);
      };
      core::Delivery answer = post();
      const bool failed = !answer.result || answer.result->status >= 500;
      const std::string code = answer.result ? "status" : answer.result.error().code;
      if (failed && code == stage.sent_again_) answer = post();
      if (stage.held_up_.count() > 0 && options.timeout <= stage.held_up_) {
        return done(core::Error{"timeout", "no answer in time"});
      }
      done(std::move(answer.result));
    }
    TestServerStage& stage;
  };

  core::VirtualClock clock_;
  Post post_;
  std::unique_ptr<simulator::Simulator> simulator_;
  Receiver receiver_ = [](const core::Request&, core::Time) { return core::Outcome{}; };
  Tamper tamper_;
  bool has_control_ = true;
  core::Duration held_up_{0};
  std::string sent_again_;
};

}  // namespace terapi::conformance
