#include "conformance/harness/measure/measuring_stage.h"

#include <csignal>
#include <utility>

#include "conformance/harness/stage/client_place.h"
#include "core/duration.h"
#include "core/parse_number.h"
#include "simulator/records/dialect.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kLook = 3ms;  // how often `done` is asked
constexpr core::Duration kToDie = 5s;
constexpr core::Duration kToDump = 60s;
constexpr std::chrono::nanoseconds kQuiet = 250ms;  // so long nothing happens

Moment steady_now() { return std::chrono::steady_clock::now(); }

// A page is one object, and says it at one of its ends.
bool ends_walk(std::string_view page) {
  constexpr std::string_view kEnd = R"("next_cursor":null)";
  constexpr std::size_t kNear = 64;
  const std::string_view head = page.substr(0, kNear);
  const std::string_view tail = page.substr(page.size() - std::min(page.size(), kNear));
  return head.find(kEnd) != std::string_view::npos || tail.find(kEnd) != std::string_view::npos;
}

// The judge's changes in a page, of which there is at most one to a record.
std::vector<std::uint64_t> marks_in(std::string_view page) {
  const std::string key = '"' + std::string(MeasuringStage::kMark) + "\":";
  std::vector<std::uint64_t> marks;
  for (std::size_t at = page.find(key); at != std::string_view::npos; at = page.find(key, at)) {
    at += key.size();
    const std::size_t end = page.find_first_not_of("0123456789", at);
    const auto mark = core::parse_number<std::uint64_t>(page.substr(at, end - at));
    if (mark) marks.push_back(*mark);
  }
  return marks;
}

}  // namespace

// Carries the simulator's webhooks to the client.
class MeasuringStage::Post final : public core::AsyncTransport {
 public:
  explicit Post(MeasuringStage& stage) : stage_(stage) {}
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    const core::Duration way = stage_.options_.round_trip / 2;
    stage_.in(way, [this, way, request = std::move(request), options, done = std::move(done)] {
      stage_.trail_.wakes.push_back(steady_now());
      stage_.last_event_ = steady_now();
      stage_.sender_->send(request, options,
                           [this, way, done](const core::Result<core::Response>& answer) {
                             stage_.in(way, [done, answer] { done(answer); });
                           });
    });
  }

 private:
  MeasuringStage& stage_;
};

core::Result<std::unique_ptr<MeasuringStage>> MeasuringStage::make(MeasuringStageOptions options,
                                                                   ProcessClientOptions commands) {
  std::unique_ptr<MeasuringStage> stage(
      new MeasuringStage(std::move(options), std::move(commands)));
  if (auto open = stage->open(); !open) return open.error();
  return stage;
}

MeasuringStage::MeasuringStage(MeasuringStageOptions options, ProcessClientOptions commands)
    : options_(std::move(options)), commands_(std::move(commands)) {}

core::Result<void> MeasuringStage::open() {
  auto state = StateFolder::make("terapi-measure");
  if (!state) return state.error();
  state_ = *std::move(state);
  auto watch = StateWatch::make(state_->path());
  if (!watch) return watch.error();
  watch_ = *std::move(watch);
  webhook_port_ = ClientPort::take();
  sender_ = std::make_unique<core::HttpSender>(
      loop_, core::HttpSenderOptions{.max_connections_per_host = 128});
  post_ = std::make_unique<Post>(*this);
  simulator::SimulatorOptions options;
  options.dialect = *simulator::dialect_named(options_.dialect->name);
  options.world_text = options_.world;
  options.webhook_urls = {"http://127.0.0.1:" + std::to_string(webhook_port_.number()) +
                          "/webhooks"};
  simulator_ = std::make_unique<simulator::Simulator>(options, loop_.clock(), *post_);
  if (auto started = simulator_->start(); !started) return started;
  auto server = core::HttpServer::start(
      loop_, {.stop_timeout = 100ms},
      [this](const core::Request& request, const auto& done) { serve(request, done); });
  if (!server) return server.error();
  server_ = *std::move(server);
  return {};
}

MeasuringStage::~MeasuringStage() {
  if (process_) process_->signal(SIGKILL);
  if (state_) state_->kill_its_processes();
  run_until([this] { return !alive(); }, kToDie);
  *open_ = false;
  watch_.reset();
  server_.reset();
  sender_.reset();
}

std::vector<std::pair<std::string, std::string>> MeasuringStage::variables() const {
  return variables_of({.base_url = server_->base_url(),
                       .secret_key = simulator_->secret_key(),
                       .signing_key = simulator_->signing_key(),
                       .dialect = options_.dialect->name,
                       .webhook_port = webhook_port_.number(),
                       .state_folder = state_->path(),
                       .poll = options_.poll,
                       .limit = options_.limit,
                       .streams = {std::string(kStream)}});
}

core::Result<void> MeasuringStage::launch() {
  trail_ = {};
  first_asked_.reset();
  requests_ = 0;
  walks_ended_ = 0;
  launched_ = steady_now();
  last_event_ = launched_;
  auto started = ChildProcess::start(
      loop_, {.command = commands_.run, .variables = variables(), .folder = commands_.folder});
  if (!started) return started.error();
  process_ = *std::move(started);
  return {};
}

void MeasuringStage::stop() {
  if (!process_) return;
  const auto ended = [this] { return !process_->alive(); };
  process_->signal(SIGTERM);
  if (!run_until(ended, kToDie)) {
    process_->signal(SIGKILL);
    run_until(ended, kToDie);
  }
  process_.reset();
  in_flight_ = 0;
}

std::string MeasuringStage::last_words() const {
  const std::string said = process_ ? process_->output().tail(400) : "";
  const auto status = process_ ? process_->exit_status() : std::nullopt;
  const std::string how =
      status ? "it ended with status " + std::to_string(*status) : std::string("it goes on");
  return said.empty() ? how + ", and said nothing" : how + "; it said last: " + said;
}

bool MeasuringStage::listening() const { return port_listens(webhook_port_.number()); }

bool MeasuringStage::run_until(const std::function<bool()>& done, core::Duration limit) {
  core::Clock& clock = loop_.clock();
  const Moment until = steady_now() + limit;
  const bool lives = alive();
  core::TimerId timer = 0;
  std::function<void()> look = [&] {
    if (done() || steady_now() >= until || (lives && !alive())) {
      timer = 0;
      loop_.stop();
      return;
    }
    timer = clock.at(clock.now() + kLook, look);
  };
  timer = clock.at(clock.now(), look);
  loop_.run();
  if (timer != 0) clock.cancel(timer);
  return done();
}

void MeasuringStage::rest(core::Duration limit) {
  run_until(
      [this] {
        const Moment last = std::max(last_event_, watch_->last());
        return in_flight_ == 0 && steady_now() - last > kQuiet;
      },
      limit);
}

void MeasuringStage::in(core::Duration time, std::function<void()> action) {
  if (time == 0us) {
    loop_.post([open = open_, action = std::move(action)] {
      if (*open) action();
    });
    return;
  }
  core::Clock& clock = loop_.clock();
  clock.at(clock.now() + time, [open = open_, action = std::move(action)] {
    if (*open) action();
  });
}

core::Result<void> MeasuringStage::save(std::string run) {
  core::Request request;
  request.method = "POST";
  request.target = "/_simulator/runs";
  request.headers.set("Content-Type", "application/json");
  request.body = std::move(run);
  const core::Outcome outcome = simulator_->handle(request);
  if (outcome.response.status < 300) return {};
  return core::Error{"bad_run", outcome.response.body};
}

// --- the server -------------------------------------------------------------------------------

// A new connection costs a round trip before its first request.
core::Duration MeasuringStage::handshake() {
  if (options_.round_trip == 0us) return 0us;
  const std::uint64_t accepted = server_->counters().accepted;
  handshakes_ += accepted - std::exchange(accepted_, accepted);
  if (handshakes_ == 0) return 0us;
  --handshakes_;
  return options_.round_trip;
}

void MeasuringStage::serve(const core::Request& request,
                           const std::function<void(core::Outcome)>& done) {
  const Moment asked = steady_now();
  // Nango's own client puts a slash behind it.
  const bool for_records = request.method == "GET" && (request.target.starts_with("/records?") ||
                                                       request.target.starts_with("/records/?"));
  if (for_records) {
    ++requests_;
    if (!first_asked_) first_asked_ = asked;
  }
  ++in_flight_;
  last_event_ = asked;
  const core::Duration way = options_.round_trip / 2;
  const auto answer = [this, asked, for_records, way, done](core::Outcome outcome) {
    if (in_flight_ > 0) --in_flight_;
    outcome.wire.delay += way;
    last_event_ = steady_now() + way;
    if (for_records && outcome.response.status == 200) note_answer(asked, outcome);
    done(std::move(outcome));
  };
  if (options_.round_trip == 0us) return simulator_->handle(request, answer);
  in(way + handshake(), [this, request, answer] { simulator_->handle(request, answer); });
}

void MeasuringStage::note_answer(Moment asked, const core::Outcome& outcome) {
  const std::string& page = outcome.response.body;
  TrailAnswer answer;
  answer.asked = asked;
  answer.ends_walk = ends_walk(page);
  constexpr std::size_t kShortest = 128;  // a page with a record is longer than that
  answer.empty = page.size() < kShortest && page.find(R"("records":[])") != std::string::npos;
  // Large pages are those of whole streams, in which nobody looks for single changes.
  constexpr std::size_t kMostSearched = std::size_t{1} << 20;
  if (page.size() < kMostSearched) answer.marks = marks_in(page);
  served_bytes_ += page.size();
  if (answer.ends_walk) ++walks_ended_;
  answer.written = steady_now() + options_.round_trip / 2;
  trail_.answers.push_back(std::move(answer));
}

// --- what is known of the client ----------------------------------------------------------------

Trail MeasuringStage::trail() const {
  Trail trail = trail_;
  trail.writes = watch_->writes();
  return trail;
}

ClientUsage MeasuringStage::usage() const {
  if (!process_) return {};
  return {process_->cpu_time(), process_->peak_bytes()};
}

core::Result<std::string> MeasuringStage::dump() {
  // Each record is in it once, in a line with its stream's names, and its text may be escaped.
  constexpr std::uint64_t kDumpFactor = 4;
  constexpr std::uint64_t kDumpBase = std::uint64_t{16} << 20U;
  const std::uint64_t most = kDumpBase + kDumpFactor * served_bytes_;
  auto started = ChildProcess::start(loop_, {.command = commands_.dump,
                                             .variables = variables(),
                                             .folder = commands_.dump_folder,
                                             .keep = most,
                                             .errors_apart = true});
  if (!started) return started.error();
  const auto ended = [&] { return !(*started)->alive() || (*started)->output().total() > most; };
  const bool in_time = run_until(ended, kToDump);
  const bool endless = (*started)->output().total() > most;
  if (!in_time || endless) {
    (*started)->signal(SIGKILL);
    run_until([&] { return !(*started)->alive(); }, kToDie);
    return core::Error{
        "bad_dump", endless
                        ? "the dump command printed more than " + std::to_string(most) +
                              " bytes, which is more than there can be"
                        : "the dump command did not end within " + core::format_duration(kToDump)};
  }
  const int status = (*started)->exit_status().value_or(1);
  if (status == 0) return (*started)->output().take();
  return core::Error{"bad_dump", "the dump command ended with status " + std::to_string(status) +
                                     ": " + (*started)->errors().tail(400)};
}

}  // namespace terapi::conformance
