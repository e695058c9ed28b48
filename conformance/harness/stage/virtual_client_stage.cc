#include "conformance/harness/stage/virtual_client_stage.h"

#include <utility>

#include "client/storage/memory_store.h"
#include "client/storage/sqlite_store.h"
#include "conformance/harness/stage/stored_dump.h"
#include "conformance/scenario/scenario_text.h"
#include "core/background.h"
#include "core/check.h"
#include "core/virtual_network.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kServerHost = "terapi.test";
constexpr std::string_view kClient = "http://client.test/webhooks";

client::Stream client_stream(const std::string& name) {
  auto stream = client::parse_stream(name);
  TERAPI_CHECK(stream.has_value(), name);
  return *std::move(stream);
}

}  // namespace

// The client's disk: the same database for all of its lives, with the moments at which it may die.
class VirtualClientStage::Disk final : public client::Store {
 public:
  Disk(VirtualClientStage& stage, int worker, int life)
      : stage_(stage), worker_(worker), life_(life) {}

  core::Result<client::StoredPosition> position(const client::Stream& stream) override {
    return call([&] { return stage_.database_->position(stream); });
  }
  core::Result<client::Committed> commit(const client::Batch& batch) override {
    if (stage_.disk_full_) return core::Error{"store_failed", "the disk is full"};
    return call([&] {
      auto committed = stage_.database_->commit(batch);
      note(batch, committed);
      return committed;
    });
  }
  core::Result<void> report(const client::Stream& stream, const client::Report& report) override {
    if (stage_.disk_full_) return core::Error{"store_failed", "the disk is full"};
    return call([&] { return stage_.database_->report(stream, report); });
  }

 private:
  template <typename Work>
  std::invoke_result_t<Work> call(Work work) {
    stage_.moment(KillStep::At::kStoreCall, worker_);
    auto result = work();
    stage_.moment(KillStep::At::kStoreCalled, worker_);
    return result;
  }
  void note(const client::Batch& batch, const core::Result<client::Committed>& committed) {
    std::string text;
    if (!stage_.history_.told) return add_commit("");
    text = !committed            ? "commit failed: " + committed.error().message
           : committed->conflict ? "commit: another worker was faster"
                                 : "stored";
    if (committed && !committed->conflict) {
      text += batch.records.empty()
                  ? " no records"
                  : " " + std::string(batch.records.front().id) +
                        (batch.records.size() > 1
                             ? " … " + std::string(batch.records.back().id) + " (" +
                                   std::to_string(batch.records.size()) + ")"
                             : "");
      text += batch.move ? ", and the cursor" : ", the cursor stays";
    }
    add_commit(std::move(text), stream_name(batch.stream.integration, batch.stream.connection,
                                            batch.stream.model, batch.stream.variant));
  }
  void add_commit(std::string text, std::string stream = "") {
    stage_.history_.add({.at = stage_.now(),
                         .kind = EventKind::kCommit,
                         .life = life_,
                         .stream = std::move(stream),
                         .text = std::move(text)});
  }

  VirtualClientStage& stage_;
  int worker_;
  int life_;
};

// One process: everything that dies with it.
struct VirtualClientStage::Life {
  Life(VirtualClientStage& stage, int worker, int life_number)
      : number(life_number),
        link(stage.clock_,
             [&stage, life_number](core::Request request,
                                   const std::function<void(core::Outcome)>& done) {
               stage.link_->serve(std::move(request), life_number, done);
             }),
        disk(stage, worker, life_number),
        background(stage.clock_) {
    link.listens = [&stage](const core::Url& url) {
      if (url.host == kServerHost) return true;
      ++stage.requests_elsewhere_;
      return false;
    };
    link.on_send = [&stage, worker](const core::Request&) {
      stage.moment(KillStep::At::kRequest, worker);
    };
    link.before_answer = [&stage, worker](const core::Result<core::Response>&) {
      stage.moment(KillStep::At::kAnswer, worker);
    };
  }
  int number;
  core::VirtualNetwork link;
  Disk disk;
  core::InlineBackground background;
  std::unique_ptr<ReferenceClient> client;
  // Webhooks that it has not answered: whoever sent them sees the connection break.
  std::map<std::size_t, std::function<void(core::Outcome)>> unanswered;
  std::size_t webhooks = 0;
};

// Carries webhooks to the client, past the wire.
class VirtualClientStage::Post final : public core::AsyncTransport {
 public:
  explicit Post(VirtualClientStage& stage)
      : stage_(stage),
        network_(stage.clock_,
                 [&stage](const core::Request& request, std::function<void(core::Outcome)> done) {
                   stage.take_webhook(request, std::move(done));
                 }) {
    network_.listens = [&stage](const core::Url&) { return !stage.clients_.empty(); };
  }

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    const int life = stage_.clients_.empty() ? 0 : stage_.clients_.begin()->second->number;
    const std::size_t webhook = stage_.link_->webhook_sent(request, life);
    network_.send(std::move(request), options,
                  [&stage = stage_, webhook,
                   done = std::move(done)](const core::Result<core::Response>& response) {
                    stage.link_->webhook_answered(webhook, response);
                    done(response);
                  });
  }

 private:
  VirtualClientStage& stage_;
  core::VirtualNetwork network_;
};

VirtualClientStage::VirtualClientStage(ClientStageOptions options, const ClientMutant* mutant,
                                       Keeps keeps)
    : ClientStage(std::move(options)), mutant_(mutant), post_(std::make_unique<Post>(*this)) {
  if (keeps == Keeps::kMemory) {
    database_ = std::make_unique<client::MemoryStore>();
  } else {
    auto opened = client::SqliteStore::open(":memory:");
    TERAPI_CHECK(opened.has_value(), opened ? "" : opened.error().message);
    database_ = *std::move(opened);
  }
  build(clock_, *post_, std::string(kClient));
}

VirtualClientStage::~VirtualClientStage() = default;

void VirtualClientStage::moment(KillStep::At at, int worker) {
  if (count_moment(at)) throw Crash{worker, at};
}

bool VirtualClientStage::run_until(const std::function<bool()>& done, core::Duration limit) {
  const core::Time until = clock_.now() + limit;
  while (!done()) {
    if (flooded()) return false;
    try {
      if (!clock_.run_next(until)) {
        clock_.advance_to(until);
        return done();
      }
    } catch (const Crash& crash) {
      crashed(crash);
    }
    bury_the_dead();
    note_struck();
  }
  return true;
}

void VirtualClientStage::crashed(const Crash& crash) {
  history_.add({.at = now(),
                .kind = EventKind::kKill,
                .life = states_[crash.worker].life,
                .text = "killed",
                .fault = std::string(core::word_of(KillStep::kMoments, crash.at))});
  end_life(crash.worker, std::nullopt, "");
  if (!kill_restarts()) return;
  // As a supervisor does.
  const int worker = crash.worker;
  clock_.at(clock_.now() + 10ms, [this, worker] {
    if (!states_[worker].alive) (void)start_client(worker);
  });
}

void VirtualClientStage::bury_the_dead() {
  for (const auto& [worker, reason] : std::exchange(died_, {})) {
    if (!clients_.contains(worker)) continue;
    history_.add({.at = now(),
                  .kind = EventKind::kExit,
                  .life = states_[worker].life,
                  .text = "the client died: " + reason});
    end_life(worker, 1, reason);
  }
}

core::Result<void> VirtualClientStage::start_client(int worker) {
  kill_client(worker);
  const int life = ++lives_;
  states_[worker] = {.alive = true, .life = life};
  auto made = std::make_unique<Life>(*this, worker, life);
  ReferenceClientOptions options;
  options.sync.endpoint = {"http://" + std::string(kServerHost), secret_key()};
  options.sync.dialect = client::find_dialect(options_.dialect->name);
  options.sync.limit = options_.client.limit;
  options.sync.poll = options_.client.poll;
  options.sync.seed = options_.seed + static_cast<std::uint64_t>(life);
  options.sync.on_event = [this, worker](const client::SyncEvent& event) {
    outputs_[worker] += client::to_string(event.stream) + ": " + event.text + "\n";
  };
  for (const std::string& name : options_.client.streams) {
    options.streams.push_back(client_stream(name));
  }
  options.signing_keys = {signing_key()};
  options.died = [this, worker](const std::string& reason) { died_.emplace_back(worker, reason); };
  made->client = std::make_unique<ReferenceClient>(
      std::move(options),
      ReferenceClientPorts{clock_, made->link, made->disk, made->background, database_.get()},
      mutant_);
  history_.add({.at = now(), .kind = EventKind::kStart, .life = life, .text = "the client starts"});
  Life& begun = *made;
  clients_[worker] = std::move(made);
  try {
    begun.client->start();
  } catch (const Crash& crash) {
    crashed(crash);
  }
  return {};
}

void VirtualClientStage::end_life(int worker, std::optional<int> exit_status,
                                  const std::string& why) {
  const auto found = clients_.find(worker);
  if (found == clients_.end()) return;
  ClientState& state = states_[worker];
  state.alive = false;
  state.exit_status = exit_status;
  if (!why.empty()) outputs_[worker] += why + "\n";
  auto unanswered = std::move(found->second->unanswered);
  clients_.erase(found);
  for (const auto& [number, done] : unanswered) done({{}, {.reset = true}});
}

void VirtualClientStage::kill_client(int worker) {
  if (!clients_.contains(worker)) return;
  history_.add(
      {.at = now(), .kind = EventKind::kKill, .life = states_[worker].life, .text = "killed"});
  end_life(worker, std::nullopt, "");
}

void VirtualClientStage::stop_client(int worker) {
  const auto found = clients_.find(worker);
  if (found == clients_.end()) return;
  bool stopped = false;
  found->second->client->stop([&stopped] { stopped = true; });
  run_until([&] { return stopped || !clients_.contains(worker); }, 10s);
  history_.add(
      {.at = now(), .kind = EventKind::kExit, .life = states_[worker].life, .text = "stopped"});
  end_life(worker, 0, "");
}

void VirtualClientStage::take_webhook(const core::Request& request,
                                      std::function<void(core::Outcome)> done) {
  const int worker = clients_.begin()->first;
  Life& receiver = *clients_.begin()->second;
  const std::size_t number = ++receiver.webhooks;
  receiver.unanswered.emplace(number, std::move(done));
  receiver.client->receive(request,
                           [this, worker, life = receiver.number, number](core::Response response) {
                             const auto still = clients_.find(worker);
                             if (still == clients_.end() || still->second->number != life) return;
                             const auto waiting = still->second->unanswered.extract(number);
                             if (!waiting) return;
                             waiting.mapped()({std::move(response), {}});
                             moment(KillStep::At::kWebhookAnswered, worker);
                           });
}

void VirtualClientStage::post_to_client(core::Request request, core::Duration timeout,
                                        std::function<void(core::Result<core::Response>)> done) {
  request.target = std::string(kClient);
  core::SendOptions options;
  options.timeout = timeout;
  post_->send(std::move(request), options, std::move(done));
}

core::Result<std::string> VirtualClientStage::dump() {
  std::vector<client::Stream> streams;
  for (const std::string& name : options_.client.streams) streams.push_back(client_stream(name));
  return dump_of(*database_, streams);
}

core::Result<std::vector<DumpRecord>> VirtualClientStage::dump_records() {
  std::vector<DumpRecord> records;
  for (const std::string& name : options_.client.streams) {
    const auto read = database_->read(client_stream(name), [&](const client::StoredRecord& record) {
      records.push_back({name, record.id, record.deleted, record.payload, record.cursor});
      return true;
    });
    if (!read) return read.error();
  }
  return records;
}

}  // namespace terapi::conformance
