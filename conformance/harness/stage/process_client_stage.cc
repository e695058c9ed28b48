#include "conformance/harness/stage/process_client_stage.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "conformance/harness/stage/client_place.h"
#include "conformance/scenario/scenario_text.h"
#include "core/duration.h"
#include "core/parse_number.h"
#include "core/url.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kLook = 3ms;  // how often `done` is asked
constexpr core::Duration kToDie = 5s;  // after SIGKILL, or SIGTERM
constexpr core::Duration kBetweenLooks = 25ms;
constexpr core::Duration kToDump = 60s;
// What is shorter is a pause, and nobody is accused for it.
constexpr core::Duration kShortestLimit = 1s;
constexpr std::size_t kAllOfIt = std::string::npos;
constexpr std::size_t kTold = 4096;  // bytes of what a client said, from its end
// A dump has the records that were served, each in a line with its stream's names, and its text may
// be escaped: it may be so many times as large, and so much more.
constexpr std::uintmax_t kDumpFactor = 4;
constexpr std::uintmax_t kDumpBase = std::uintmax_t{16} << 20;

bool file_has(const std::filesystem::path& path, std::string_view text) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  return all.find(text) != std::string::npos;
}

// Held up for so long, the judge may answer clients that wait no longer.
constexpr core::Duration kTooLateForSome = 300ms;
// Of an answer on its way to the server's edge: the place of its exchange.
constexpr std::string_view kPlace = "X-Judge-Exchange";

// How the head of an answer is written: see WireRule::kOnTheWire.
core::AnswerManners manners_towards_client(core::Response& answer) {
  using What = WireRule::What;
  const std::string said(answer.headers.get(WireRule::kOnTheWire).value_or(""));
  answer.headers.erase(WireRule::kOnTheWire);
  const bool bare_line_feeds = said == core::word_of(WireRule::kWhats, What::kBareLineFeeds);
  // Whoever waits for the end of the head waits no longer than for the end of the connection.
  if (bare_line_feeds) answer.headers.set("Connection", "close");
  return {.gives_reason = said != core::word_of(WireRule::kWhats, What::kNoReason),
          .bare_line_feeds = bare_line_feeds};
}

}  // namespace

// Carries the simulator's webhooks to the client.
class ProcessClientStage::Post final : public core::AsyncTransport {
 public:
  explicit Post(ProcessClientStage& stage) : stage_(stage) {}
  void send(core::Request request, const core::SendOptions& options, Done done) override {
    const int life = stage_.client(1).alive ? stage_.client(1).life : 0;
    const std::size_t webhook = stage_.link_->webhook_sent(request, life);
    const core::Duration starved = stage_.starved_lately();
    stage_.sender_->send(
        std::move(request), options,
        [this, webhook, starved, done = std::move(done)](core::Result<core::Response> answer) {
          stage_.link_->webhook_answered(webhook, answer, stage_.starved_lately() - starved);
          const bool answered = answer.has_value();
          done(std::move(answer));
          if (answered && stage_.count_moment(KillStep::At::kWebhookAnswered)) stage_.kill_now();
        });
  }

 private:
  ProcessClientStage& stage_;
};

core::Result<std::unique_ptr<ClientStage>> ProcessClientStage::make(ClientStageOptions options,
                                                                    ProcessClientOptions commands) {
  std::unique_ptr<ProcessClientStage> stage(
      new ProcessClientStage(std::move(options), std::move(commands)));
  if (auto listens = stage->listen(); !listens) return listens.error();
  return std::unique_ptr<ClientStage>(std::move(stage));
}

ProcessClientStage::ProcessClientStage(ClientStageOptions options, ProcessClientOptions commands)
    : ClientStage(std::move(options)), commands_(std::move(commands)) {}

core::Result<void> ProcessClientStage::listen() {
  auto state = StateFolder::make("terapi-client");
  if (!state) return state.error();
  state_ = *std::move(state);
  webhook_port_ = ClientPort::take();
  sender_ = std::make_unique<core::HttpSender>(
      loop_, core::HttpSenderOptions{.max_connections_per_host = 128});
  post_ = std::make_unique<Post>(*this);
  build(loop_.clock(), *post_, webhook_url());
  link_->on_request = [this] {
    if (!count_moment(KillStep::At::kRequest)) return true;
    kill_now();
    return false;
  };
  auto server = core::HttpServer::start(
      loop_,
      {.stop_timeout = 100ms,
       .manners = manners_towards_client,
       .if_hung_up = [this](core::Response& answer) { return noticing_end_of(answer); }},
      [this](const core::Request& request, const auto& done) { serve(request, done); });
  if (!server) return server.error();
  server_ = *std::move(server);
  auto elsewhere = core::HttpServer::start(loop_, {}, [this](const core::Request&, auto done) {
    ++requests_elsewhere_;
    done(core::Outcome{{200, {{"Content-Type", "application/json"}}, "{}"}, {}});
  });
  if (!elsewhere) return elsewhere.error();
  elsewhere_ = *std::move(elsewhere);
  return {};
}

ProcessClientStage::~ProcessClientStage() {
  trickles_.clear();
  for (auto& [number, worker] : workers_) {
    if (worker.process) worker.process->signal(SIGKILL);
  }
  if (state_) state_->kill_its_processes();
  run_until(
      [this] {
        for (auto& [number, worker] : workers_) {
          if (worker.process && worker.process->alive()) return false;
        }
        return true;
      },
      kToDie);
  server_.reset();
  elsewhere_.reset();
  sender_.reset();
  state_.reset();
}

core::Time ProcessClientStage::now() const {
  return const_cast<core::EventLoop&>(loop_).clock().now();  // NOLINT: the clock changes nothing
}

bool ProcessClientStage::run_until(const std::function<bool()>& done, core::Duration limit) {
  core::Clock& clock = loop_.clock();
  const core::Time began = clock.now();
  const bool pause = limit < kShortestLimit;
  Patience patience(began, limit, [this, pause] { return pause ? core::Duration(0) : starved(); });
  core::TimerId timer = 0;
  std::function<void()> look = [&] {
    note_ends();
    note_struck();
    if (done() || patience.over(clock.now()) || flooded()) {
      timer = 0;
      loop_.stop();
      return;
    }
    timer = clock.at(std::min(patience.until(), clock.now() + kLook), look);
  };
  timer = clock.at(clock.now(), look);
  loop_.run();
  if (timer != 0) clock.cancel(timer);
  note_too_slow(patience, began);
  return done();
}

void ProcessClientStage::serve(const core::Request& request,
                               const std::function<void(core::Outcome)>& done) {
  const int life = workers_.size() == 1 ? workers_.begin()->second.life : 0;
  const bool records = request.target.starts_with("/records");
  const std::size_t place = history_.exchanges.size();
  const bool in_doubt = slowness_.held_up(kTooLateForSome);
  link_->serve(request, life, [this, done, records, place, in_doubt](core::Outcome outcome) {
    served_bytes_ += outcome.response.body.size();
    if (place < history_.exchanges.size()) {
      if (in_doubt) link_->doubt(place);
      outcome.response.headers.set(std::string(kPlace), std::to_string(place));
    }
    done(std::move(outcome));
    if (records && count_moment(KillStep::At::kAnswer)) {
      core::Clock& clock = loop_.clock();
      clock.at(clock.now() + kill_after(), [this] { kill_now(); });
    }
  });
}

// What is to be done when the client hangs up before it has that answer.
std::function<void(core::HungUp)> ProcessClientStage::noticing_end_of(core::Response& answer) {
  const auto place = core::parse_number<std::size_t>(answer.headers.get(kPlace).value_or(""));
  answer.headers.erase(kPlace);
  if (!place) return nullptr;
  return [this, place = *place](core::HungUp when) {
    if (when == core::HungUp::kBefore) {
      link_->hung_up(place);
    } else {
      link_->doubt(place);
    }
  };
}

// The process; that it is gone is seen by note_ends.
void ProcessClientStage::kill_now() {
  const auto worker = workers_.find(1);
  if (worker == workers_.end() || !worker->second.process) return;
  worker->second.killed = true;
  worker->second.killed_at = core::word_of(KillStep::kMoments, kill_moment());
  worker->second.peak_bytes = worker->second.process->peak_bytes();
  worker->second.process->signal(SIGKILL);
}

void ProcessClientStage::note_ends() {
  for (auto& [number, worker] : workers_) {
    if (!worker.process || worker.process->alive() || worker.end_noted) continue;
    const int status = worker.process->exit_status().value_or(0);
    history_.add({.at = now(),
                  .kind = worker.killed ? EventKind::kKill : EventKind::kExit,
                  .life = worker.life,
                  .text = worker.killed ? "killed" : "ended with status " + std::to_string(status),
                  .fault = worker.killed_at});
    worker.process->signal(SIGKILL);  // what it left in its group
    worker.end_noted = true;
  }
}

std::string ProcessClientStage::webhook_url() const {
  return "http://127.0.0.1:" + std::to_string(webhook_port_.number()) + "/webhooks";
}

std::vector<std::pair<std::string, std::string>> ProcessClientStage::variables() const {
  return variables_of({.base_url = server_->base_url(),
                       .secret_key = secret_key(),
                       .signing_key = signing_key(),
                       .dialect = options_.dialect->name,
                       .webhook_port = webhook_port_.number(),
                       .state_folder = state_->path(),
                       .poll = options_.client.poll,
                       .limit = options_.client.limit,
                       .streams = options_.client.streams});
}

core::Result<void> ProcessClientStage::start_client(int number) {
  kill_client(number);
  Worker& worker = workers_[number];
  std::string said_before = output(number);
  const std::uint64_t bytes_before = output_bytes(number);
  worker = {};
  worker.said_before = std::move(said_before);
  worker.bytes_before = bytes_before;
  worker.life = ++lives_;
  listens_ = false;
  auto started = ChildProcess::start(loop_, {.command = commands_.run,
                                             .variables = variables(),
                                             .folder = commands_.folder,
                                             .disk_full = disk_full_});
  if (!started) return started.error();
  worker.process = *std::move(started);
  history_.add(
      {.at = now(), .kind = EventKind::kStart, .life = worker.life, .text = "the client starts"});
  return {};
}

void ProcessClientStage::kill_client(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end() || !found->second.process || !found->second.process->alive()) return;
  found->second.killed = true;
  found->second.process->signal(SIGKILL);
  run_until([&] { return !found->second.process->alive(); }, kToDie);
  note_ends();
}

void ProcessClientStage::stop_client(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end() || !found->second.process || !found->second.process->alive()) return;
  found->second.process->signal(SIGTERM);
  if (!run_until([&] { return !found->second.process->alive(); }, kToDie)) kill_client(number);
  note_ends();
}

ClientState ProcessClientStage::client(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end() || !found->second.process) return {};
  const Worker& worker = found->second;
  ClientState state;
  state.alive = worker.process->alive() && !worker.killed;
  state.life = worker.life;
  if (!worker.killed) state.exit_status = worker.process->exit_status();
  return state;
}

std::string ProcessClientStage::output(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end()) return "";
  Worker& worker = found->second;
  std::string said = worker.said_before + (worker.process ? worker.process->output().tail() : "");
  if (said.size() > kTold) said.erase(0, said.size() - kTold);
  return said;
}

// Its log may be a file, or a table of its database.
bool ProcessClientStage::tells_of(int number, std::string_view text) {
  const auto found = workers_.find(number);
  if (found == workers_.end()) return false;
  const Worker& worker = found->second;
  if (worker.said_before.find(text) != std::string::npos) return true;
  if (worker.process && worker.process->output().tail(kAllOfIt).find(text) != std::string::npos) {
    return true;
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_->path(), ignored)) {
    if (entry.is_regular_file(ignored) && file_has(entry.path(), text)) return true;
  }
  return false;
}

std::uint64_t ProcessClientStage::output_bytes(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end()) return 0;
  Worker& worker = found->second;
  return worker.bytes_before + (worker.process ? worker.process->output().total() : 0);
}

std::uint64_t ProcessClientStage::peak_bytes(int number) {
  const auto found = workers_.find(number);
  if (found == workers_.end() || !found->second.process) return 0;
  Worker& worker = found->second;
  if (worker.process->alive()) {
    worker.peak_bytes = std::max(worker.peak_bytes, worker.process->peak_bytes());
  }
  return worker.peak_bytes;
}

core::Duration ProcessClientStage::starved() {
  // A machine that stands still as a whole counts for nobody as waiting; timers are late all the
  // same.
  core::Duration time = std::max(starved_here(), slowness_.lost());
  for (const auto& [number, worker] : workers_) {
    if (worker.process && worker.process->alive()) time += worker.process->starved();
  }
  if (dump_process_) time += dump_process_->starved();
  return time;
}

// For what happens a thousand times: the system is asked once a second at most.
core::Duration ProcessClientStage::starved_lately() {
  constexpr core::Duration kLately = 1s;
  if (!lately_ || now() - lately_->first >= kLately) lately_ = {now(), starved()};
  return lately_->second;
}

// Asked again and again while a client starts; the system's table is long.
bool ProcessClientStage::listening(int /*worker*/) {
  if (listens_ || now() - looked_at_ >= kBetweenLooks) {
    looked_at_ = now();
    listens_ = port_listens(webhook_port_.number());
  }
  return listens_;
}

// A killed process is gone a moment after the kill; nothing of it may be running any more.
void ProcessClientStage::wait_for_the_killed() {
  run_until(
      [this] {
        for (auto& [number, worker] : workers_) {
          if (worker.killed && worker.process->alive()) return false;
        }
        return true;
      },
      kToDie);
}

std::uintmax_t ProcessClientStage::most_dump_bytes() const {
  return kDumpBase + kDumpFactor * served_bytes_;
}

core::Result<std::string> ProcessClientStage::dump() {
  wait_for_the_killed();
  const std::uint64_t most = most_dump_bytes();
  auto started = ChildProcess::start(loop_, {.command = commands_.dump,
                                             .variables = variables(),
                                             .folder = commands_.dump_folder,
                                             .keep = most + 1,
                                             .errors_apart = true,
                                             .disk_full = false});
  if (!started) return started.error();
  dump_process_ = *std::move(started);
  core::Result<std::string> text = what_is_dumped(most);
  dump_process_.reset();
  return text;
}

core::Result<std::string> ProcessClientStage::what_is_dumped(std::uint64_t most) {
  ChildProcess& process = *dump_process_;
  bool endless = false;
  const auto ended = [&] {
    endless = process.output().total() > most;
    return endless || !process.alive();
  };
  const bool in_time = run_until(ended, kToDump);
  if (endless || !in_time) {
    process.signal(SIGKILL);
    run_until([&] { return !process.alive(); }, kToDie);
    return core::Error{
        "bad_dump", endless
                        ? "the dump command printed more than " + std::to_string(most) +
                              " bytes, which is more than there can be of the "
                              "records that the client was served"
                        : "the dump command did not end within " + core::format_duration(kToDump)};
  }
  const int status = process.exit_status().value_or(1);
  if (status != 0) {
    // Killed before it stored anything: it holds nothing.
    std::error_code ignored;
    if (std::filesystem::is_empty(state_->path(), ignored) || never_went_on()) return std::string();
    constexpr int kNoSuchCommand = 126;  // and 127, as a shell tells it
    const bool not_yet = status < kNoSuchCommand && client(1).alive;
    return core::Error{not_yet ? "dump_failed" : "bad_dump", "the dump command ended with status " +
                                                                 std::to_string(status) + ": " +
                                                                 process.errors().tail(400)};
  }
  return process.output().take();
}

// It has asked for nothing that comes after something: perhaps it has never stored anything, and
// has no file or table to be read yet.
bool ProcessClientStage::never_went_on() const {
  return std::none_of(history_.exchanges.begin(), history_.exchanges.end(),
                      [](const Exchange& exchange) { return exchange.cursor.has_value(); });
}

void ProcessClientStage::set_disk_full(bool full) {
  disk_full_ = full;
  for (auto& [number, worker] : workers_) {
    if (worker.process && worker.process->alive()) worker.process->set_disk_full(full);
  }
}

void ProcessClientStage::post_to_client(core::Request request, core::Duration timeout,
                                        std::function<void(core::Result<core::Response>)> done) {
  request.target = webhook_url();
  core::SendOptions options;
  options.timeout = timeout;
  post_->send(std::move(request), options, std::move(done));
}

void ProcessClientStage::trickle_to_client(const core::Request& request,
                                           JudgeWebhook::Comes comes) {
  trickles_.push_back(std::make_unique<SlowPost>(webhook_port_.number(), request, comes));
}

std::string ProcessClientStage::elsewhere() const { return elsewhere_->base_url() + "/records"; }

}  // namespace terapi::conformance
