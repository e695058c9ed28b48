// MeasuringStage: a client, a process, in front of the simulator in this one, over HTTP, with
// nothing between them but a network that may take its time. Nothing is judged and next to nothing
// is written down, so that as little as can be is measured of the judge.
//
// The network: a round trip more for each request and each webhook, half of it on the way there and
// half on the way back, and one for each new connection to the server, as its handshake takes.
//
//   auto stage = MeasuringStage::make({.world = …, .round_trip = 50ms}, commands);
//   (*stage)->launch();
//   (*stage)->run_until([&] { return (*stage)->walks_ended() > 0; }, 30s);
//   stored_at((*stage)->trail(), 0);
//
// Thread rule: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "conformance/contract/dialect.h"
#include "conformance/harness/measure/state_watch.h"
#include "conformance/harness/measure/trail.h"
#include "conformance/harness/process/child_process.h"
#include "conformance/harness/process/client_port.h"
#include "conformance/harness/process/state_folder.h"
#include "conformance/harness/stage/process_client_stage.h"
#include "core/result.h"
#include "core/system/event_loop.h"
#include "core/system/http_sender.h"
#include "core/system/http_server.h"
#include "simulator/simulator.h"

namespace terapi::conformance {

struct MeasuringStageOptions {
  const Dialect* dialect = &terapi_dialect();
  std::string world;
  core::Duration round_trip{0};
  std::uint64_t limit = 1000;  // records of a page
  core::Duration poll = std::chrono::minutes(10);
};

// What the client's processes took since they were started.
struct ClientUsage {
  std::chrono::nanoseconds cpu{0};
  std::uint64_t peak_bytes = 0;
};

class MeasuringStage {
 public:
  // The stream that worlds have to have.
  static constexpr std::string_view kStream = "github/demo/Issue";
  // A member of the payload with this name and a number makes a change one that is looked for in
  // answers.
  static constexpr std::string_view kMark = "measured_change";

  // Without commands it is a server for a reader of ours. Codes "cannot_listen", "cannot_write",
  // "cannot_watch", "bad_world".
  static core::Result<std::unique_ptr<MeasuringStage>> make(MeasuringStageOptions options,
                                                            ProcessClientOptions commands);
  ~MeasuringStage();
  MeasuringStage(const MeasuringStage&) = delete;
  MeasuringStage& operator=(const MeasuringStage&) = delete;

  // Starts the client, with an empty trail. Code "cannot_run".
  core::Result<void> launch();
  // SIGTERM, and SIGKILL where that is not enough. What it holds stays.
  void stop();
  bool alive() const { return process_ != nullptr && process_->alive(); }
  // How it ended, and the end of what it said.
  std::string last_words() const;
  bool listening() const;

  // Lets things happen until `done` is true, the client has died, or `limit` has passed; says
  // whether `done` was.
  bool run_until(const std::function<bool()>& done, core::Duration limit);
  // Until nothing is asked and nothing written any more for a moment, or `limit` has passed.
  void rest(core::Duration limit);
  // Calls back when so much time has passed; for as long as the stage is there.
  void in(core::Duration time, std::function<void()> action);

  // Changes records, as POST /_simulator/runs does. Code "bad_run".
  core::Result<void> save(std::string run);

  // Of the client that was launched last.
  Trail trail() const;
  const std::vector<TrailAnswer>& answers() const { return trail_.answers; }
  // Into the state folder; Moment::min(): there was none.
  Moment last_write() const { return watch_->last(); }
  Moment launched() const { return launched_; }
  // The first request for records; none yet.
  std::optional<Moment> first_asked() const { return first_asked_; }
  std::uint64_t requests() const { return requests_; }  // for records, since it was launched
  std::size_t walks_ended() const { return walks_ended_; }
  ClientUsage usage() const;
  bool has_dump() const { return !commands_.dump.empty(); }
  // Code "bad_dump".
  core::Result<std::string> dump();

  std::string base_url() const { return server_->base_url(); }
  std::string secret_key() const { return simulator_->secret_key(); }

 private:
  class Post;
  MeasuringStage(MeasuringStageOptions options, ProcessClientOptions commands);
  core::Result<void> open();
  void serve(const core::Request& request, const std::function<void(core::Outcome)>& done);
  void note_answer(Moment asked, const core::Outcome& outcome);
  core::Duration handshake();
  std::vector<std::pair<std::string, std::string>> variables() const;

  MeasuringStageOptions options_;
  ProcessClientOptions commands_;
  core::EventLoop loop_;
  std::unique_ptr<StateFolder> state_;
  ClientPort webhook_port_;
  std::unique_ptr<StateWatch> watch_;
  std::unique_ptr<core::HttpSender> sender_;
  std::unique_ptr<Post> post_;
  std::unique_ptr<simulator::Simulator> simulator_;
  std::unique_ptr<core::HttpServer> server_;
  std::unique_ptr<ChildProcess> process_;
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);  // for what is on its way
  std::uint64_t served_bytes_ = 0;                             // ever
  Trail trail_;                                                // without the writes
  Moment launched_{};
  std::optional<Moment> first_asked_;
  Moment last_event_{};
  std::uint64_t requests_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t handshakes_ = 0;  // connections of which no request has come yet
  std::size_t walks_ended_ = 0;
};

}  // namespace terapi::conformance
