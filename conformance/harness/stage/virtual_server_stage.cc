#include "conformance/harness/stage/virtual_server_stage.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/delivery.h"
#include "core/url.h"

namespace terapi::conformance {

namespace {

constexpr core::Duration kLongestAnswer = std::chrono::hours(1);

// Each way takes another time; of so many the longest is hardly less than half of what it may be.
constexpr int kProbes = 16;

}  // namespace

// Carries webhooks to the judge's receiver; at the host "refusing.test" nobody listens.
class VirtualServerStage::Post final : public core::AsyncTransport {
 public:
  explicit Post(VirtualServerStage& stage) : stage_(stage) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    const auto url = core::parse_url(request.target);
    if (!url || url->host != "receiver.test" || !stage_.receiver_) {
      return done(core::Error{"connection_refused", "nobody listens"});
    }
    request.target = url->target;
    if (options.on_turn) options.on_turn(request);
    done(core::deliver(stage_.receiver_(request, stage_.now()), options).result);
  }

 private:
  VirtualServerStage& stage_;
};

core::Result<std::unique_ptr<ServerStage>> VirtualServerStage::make(const Dialect& dialect,
                                                                    const Options& options) {
  std::unique_ptr<VirtualServerStage> stage(new VirtualServerStage(dialect, options));
  if (auto started = stage->simulator_->start(); !started) return started.error();
  if (options.otherwise) stage->measure_way();
  return std::unique_ptr<ServerStage>(std::move(stage));
}

VirtualServerStage::VirtualServerStage(const Dialect& dialect, const Options& options)
    : ServerStage(dialect), post_(std::make_unique<Post>(*this)) {
  if (options.mutant != nullptr) {
    mutation_ = options.mutant->make(clock_);
    mutated_post_ = mutation_->around(*post_);
  }
  core::AsyncTransport* webhooks = mutated_post_ ? mutated_post_.get() : post_.get();
  if (options.otherwise) {
    otherwise_ = std::make_unique<OtherwiseServer>(
        clock_, OtherwiseOptions{*options.otherwise, std::string(dialect.metadata_key)});
    otherwise_post_ = otherwise_->around(*webhooks);
    webhooks = otherwise_post_.get();
  }
  simulator::SimulatorOptions simulated;
  const auto found = simulator::dialect_named(dialect.name);
  TERAPI_CHECK(found.has_value(), dialect.name);
  simulated.dialect = *found;
  simulated.seed = options.seed;
  if (options.begins == Begins::kEmpty) simulated.world_text = "{}";
  simulator_ = std::make_unique<simulator::Simulator>(simulated, clock_, *webhooks);
  handler_ = [this](core::Request request, std::function<void(core::Outcome)> done) {
    simulator_->handle(std::move(request), std::move(done));
  };
  if (mutation_) handler_ = mutation_->around(std::move(handler_));
  if (otherwise_) handler_ = otherwise_->around(std::move(handler_));
}

VirtualServerStage::~VirtualServerStage() = default;

// By what no fault strikes, and what neither moves time nor waits for anything.
void VirtualServerStage::measure_way() {
  for (int i = 0; i < kProbes; ++i) {
    core::Request probe;
    probe.target = "/_simulator/clock";
    const core::Time asked = clock_.now();
    if (call(std::move(probe))) longest_way_ = std::max(longest_way_, clock_.now() - asked);
  }
}

bool VirtualServerStage::run_until(const std::function<bool()>& done, core::Duration limit) {
  const core::Time until = clock_.now() + limit;
  while (!done()) {
    if (clock_.run_next(until)) continue;
    clock_.advance_to(until);
    return done();
  }
  return true;
}

core::Result<core::Response> VirtualServerStage::call(core::Request request) {
  std::vector<core::Request> requests;
  requests.push_back(std::move(request));
  return call_together(std::move(requests)).front();
}

std::vector<core::Result<core::Response>> VirtualServerStage::call_together(
    std::vector<core::Request> requests) {
  using Outcomes = std::vector<std::optional<core::Outcome>>;
  const bool moves_time =
      std::any_of(requests.begin(), requests.end(), [](const core::Request& request) {
        return request.target.starts_with("/_simulator/clock/");
      });
  auto outcomes = std::make_shared<Outcomes>(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    handler_(std::move(requests[i]),
             [outcomes, i](core::Outcome answer) { (*outcomes)[i] = std::move(answer); });
  }
  const auto all_are_there = [&] {
    return std::all_of(outcomes->begin(), outcomes->end(),
                       [](const auto& outcome) { return outcome.has_value(); });
  };
  // Held back by a fault: until its time has come. Who is asked to move time far gets there step by
  // step, and any step is one.
  for (core::Time until = clock_.now() + kLongestAnswer; !all_are_there();) {
    if (!clock_.run_next(until)) break;
    if (moves_time) until = clock_.now() + kLongestAnswer;
  }
  std::vector<core::Result<core::Response>> answers;
  for (std::optional<core::Outcome>& outcome : *outcomes) {
    if (!outcome) {
      answers.emplace_back(core::Error{"timeout", "no answer within an hour of virtual time"});
    } else {
      answers.push_back(core::deliver(*std::move(outcome), core::SendOptions{}).result);
    }
  }
  return answers;
}

}  // namespace terapi::conformance
