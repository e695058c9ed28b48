// HttpServerStage: any server, by its URL. The judge's receiver of webhooks is a real one on a free
// port.
//
// Thread rule: one thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "conformance/harness/process/child_process.h"
#include "conformance/harness/process/live_folders.h"
#include "conformance/harness/stage/request_budget.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/harness/stage/slowness.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "core/temporary_folder.h"

namespace terapi::conformance {

struct HttpServerStageOptions {
  const Dialect* dialect = &terapi_dialect();
  std::string base_url;
  std::string control_url;  // empty: there is none
  std::string secret_key;
  core::Duration timeout = std::chrono::seconds(60);
  // Of a server without a control API, whose limit is not ours to lift: a request over it is sent
  // again when the server says, and this is told how long that is.
  std::function<void(core::Duration)> on_limited{};
  // Where it does not say when: so long, then twice as long, and so on.
  core::Duration untold_wait = std::chrono::seconds(10);
  // What the run may ask, shared by its scenarios; null: anything. And who is told of each request.
  std::shared_ptr<RequestBudget> budget{};
  std::function<void(const RequestBudget&, core::Time now)> on_asked{};
};

class HttpServerStage final : public ServerStage {
 public:
  // Codes "bad_url", those of the receiver's server, and "no_server" when nobody answers.
  static core::Result<std::unique_ptr<ServerStage>> make(HttpServerStageOptions options);
  // The same over a terapi-simulator that is started for it, on a virtual clock, and ends with it.
  static core::Result<std::unique_ptr<ServerStage>> make_with_simulator(
      const std::string& program, HttpServerStageOptions options, std::uint64_t seed);
  ~HttpServerStage() override;

  std::string_view world() const override { return "http"; }
  core::Time now() const override;
  bool exact_time() const override { return exact_time_; }
  core::Duration slack() const override {
    return exact_time_ ? core::Duration(0) : slowness_.lost();
  }
  std::string too_slow() const override { return exact_time_ ? "" : slowness_.too_slow(); }
  bool run_until(const std::function<bool()>& done, core::Duration limit) override;
  core::Result<core::Response> call(core::Request request) override;
  std::vector<core::Result<core::Response>> call_together(
      std::vector<core::Request> requests) override;
  std::string base_url() const override { return options_.base_url; }
  std::string out_of_budget() const override { return refused_; }
  bool has_control() const override { return !options_.control_url.empty(); }
  std::string secret_key() const override { return options_.secret_key; }
  void set_receiver(Receiver receiver) override { receiver_ = std::move(receiver); }
  std::string receiver_url(std::string_view path) const override;
  std::string refusing_url() const override { return "http://127.0.0.1:9/webhooks"; }

 private:
  explicit HttpServerStage(HttpServerStageOptions options);
  core::Result<void> listen();
  core::Result<void> learn_clock();
  core::Result<core::Response> send(core::Request request);
  core::Result<void> wait_for_turn();
  void begin_to_send(core::Request request, core::AsyncTransport::Done done);
  void receive(const core::Request& request, const std::function<void(core::Outcome)>& done);
  bool answer_one_webhook();
  void answer_webhook(const core::Request& request, core::Time at,
                      const std::function<void(core::Outcome)>& done);

  HttpServerStageOptions options_;
  core::EventLoop loop_{core::EventLoop::TimeOfDay::kSteady};
  Slowness slowness_{loop_.clock()};
  std::unique_ptr<ChildProcess> simulator_;
  std::optional<core::TemporaryFolder> folder_;
  std::optional<LiveFolder> live_;
  std::unique_ptr<core::HttpSender> sender_;
  std::unique_ptr<core::HttpServer> server_;
  Receiver receiver_;
  std::deque<std::function<void()>> webhooks_;  // that came and are to be answered
  bool exact_time_ = false;
  std::string refused_;  // why something was not asked
};

}  // namespace terapi::conformance
