// SyncWorld: for tests: a simulator, a client and one virtual clock. Everything that happens,
// happens in the order of the clock: while the client waits for an answer the world goes on. A
// crash is an exception that only the driver here catches; a restart is a new client over the same
// file.
//
//   SyncWorld world;
//   world.simulator().save({"1", "2"});
//   world.start_client();
//   world.run_for(1s);
//   EXPECT_EQ(world.difference(), "");
//
// Thread rule: the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "client/storage/sqlite_store.h"
#include "client/sync_engine.h"
#include "client/webhooks/webhook_receiver.h"
#include "core/background.h"
#include "core/check.h"
#include "core/temporary_folder.h"
#include "core/virtual_network.h"
#include "simulator/test_simulator.h"

namespace terapi::tests {

using namespace std::chrono_literals;

// What kills the client; thrown from within one of its calls.
struct Crash {};

// A store that can fail or crash, before or after a call is carried out.
class FragileStore final : public client::Store {
 public:
  explicit FragileStore(client::Store& store) : store_(store) {}

  core::Result<client::StoredPosition> position(const client::Stream& stream) override {
    return call([&] { return store_.position(stream); });
  }
  core::Result<client::Committed> commit(const client::Batch& batch) override {
    ++commits;
    most_records = std::max(most_records, batch.records.size());
    if (fail_commits > 0 || commits == fail_commit) {
      fail_commits = std::max(0, fail_commits - 1);
      return core::Error{"store_failed", "the disk is full"};
    }
    if (refuse_commits > 0) {
      --refuse_commits;
      return core::Error{"cannot_store_record", "too much at once"};
    }
    if (refuse_id) {
      for (const client::Record& record : batch.records) {
        if (record.id == *refuse_id) {
          return core::Error{"cannot_store_record", "record \"" + *refuse_id + "\": refused"};
        }
      }
    }
    return call([&] { return store_.commit(batch); });
  }
  core::Result<void> report(const client::Stream& stream, const client::Report& report) override {
    return call([&] { return store_.report(stream, report); });
  }

  core::Result<bool> claim(const client::Stream& /*stream*/, core::Duration /*span*/) override {
    ++claims;
    if (!claimed_elsewhere) claimed = true;
    return !claimed_elsewhere;
  }
  core::Result<void> release(const client::Stream& /*stream*/) override {
    claimed = false;
    return {};
  }

  bool claimed_elsewhere = false;
  bool claimed = false;
  int claims = 0;
  std::function<void()> before_call;
  std::function<void()> after_call;
  int fail_commits = 0;           // the next ones
  std::uint64_t fail_commit = 0;  // the n-th, from 1
  int refuse_commits = 0;
  std::optional<std::string> refuse_id;
  std::uint64_t commits = 0;
  std::size_t most_records = 0;

 private:
  template <typename Work>
  std::invoke_result_t<Work> call(Work work) {
    if (before_call) before_call();
    auto result = work();
    if (after_call) after_call();
    return result;
  }

  client::Store& store_;
};

// Does one piece of work after the other, each taking that long, and counts how many wait.
class SlowBackground final : public core::Background {
 public:
  SlowBackground(core::Clock& clock, core::Duration time) : clock_(clock), time_(time) {}

  void run(std::function<void()> task, std::function<void()> done) override {
    most_waiting = std::max(most_waiting, ++waiting_);
    if (time_.count() == 0) {
      task();
      return later(core::Duration(0), [this, done = std::move(done)] { finish(done); });
    }
    free_at_ = std::max(free_at_, clock_.now()) + time_;
    later(free_at_ - clock_.now(), [this, task = std::move(task), done = std::move(done)] {
      task();
      finish(done);
    });
  }

  int waiting() const { return waiting_; }
  int most_waiting = 0;

 private:
  void finish(const std::function<void()>& done) {
    --waiting_;
    done();
  }
  // Nothing happens any more once the client is gone.
  void later(core::Duration delay, std::function<void()> action) {
    clock_.at(clock_.now() + delay, [alive = std::weak_ptr(alive_), action = std::move(action)] {
      if (!alive.expired()) action();
    });
  }

  core::Clock& clock_;
  core::Duration time_;
  core::Time free_at_ = core::Time::min();
  int waiting_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

// One client process: everything that dies with it.
class SyncClient {
 public:
  SyncClient(client::SyncOptions options, std::vector<client::Stream> streams, core::Clock& clock,
             core::AsyncTransport& transport, const std::string& file,
             core::Duration store_time = core::Duration(0))
      : store_(open(file)),
        fragile_(*store_),
        background_(clock, store_time),
        engine_(std::move(options), std::move(streams), {clock, transport, fragile_, background_}),
        receiver_(receiver_options(), [this](const client::Hint& hint) { engine_.hint(hint); }) {}

  client::SqliteStore& store() { return *store_; }
  FragileStore& fragile() { return fragile_; }
  client::SyncEngine& engine() { return engine_; }
  client::WebhookReceiver& receiver() { return receiver_; }
  const SlowBackground& background() const { return background_; }

 private:
  static std::unique_ptr<client::SqliteStore> open(const std::string& file) {
    auto store = client::SqliteStore::open(file);
    TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
    return std::move(*store);
  }
  static client::WebhookReceiverOptions receiver_options() {
    client::WebhookReceiverOptions options;
    options.signing_keys = {std::string(simulator::kDefaultSecretKey)};
    options.path = "/hook";
    return options;
  }

  std::unique_ptr<client::SqliteStore> store_;
  FragileStore fragile_;
  SlowBackground background_;
  client::SyncEngine engine_;
  client::WebhookReceiver receiver_;
};

class SyncWorld {
 public:
  explicit SyncWorld(const simulator::TestSimulatorOptions& given = {})
      : simulator_(given), network_(simulator_.clock(), handler()) {
    options.endpoint = {"http://terapi.test", std::string(simulator::kDefaultSecretKey)};
    options.on_event = [this](const client::SyncEvent& event) {
      events.push_back(client::to_string(event.stream) + ": " + event.text);
    };
    network_.on_send = [this](const core::Request& request) {
      targets.push_back(request.target);
      most_in_flight = std::max(most_in_flight, network_.in_flight() + 1);
    };
    simulator_.receiver().set_answer([this](const core::Request& request) -> core::Outcome {
      if (!client_) return {{}, {.reset = true}};
      return {client_->receiver().handle(request), {}};
    });
  }
  ~SyncWorld() { client_.reset(); }
  SyncWorld(const SyncWorld&) = delete;
  SyncWorld& operator=(const SyncWorld&) = delete;

  simulator::InProcessSimulator& simulator() { return simulator_; }
  core::VirtualNetwork& network() { return network_; }
  core::VirtualClock& clock() { return simulator_.clock(); }
  SyncClient& client() { return *client_; }
  std::string file() const { return folder_.file("sync.db"); }

  client::SyncOptions options;
  std::vector<client::Stream> streams = {{"github", "demo", "Issue"}};
  std::vector<std::string> events;
  // What was asked, of whom, and how much of it at once.
  std::vector<std::string> targets;
  std::size_t most_in_flight = 0;
  // An answer in place of the simulator's.
  std::function<std::optional<core::Outcome>(const core::Request&)> instead;
  core::Duration store_time{0};  // how long each of the store's calls takes

  void start_client() {
    client_ = std::make_unique<SyncClient>(options, streams, clock(), network_, file(), store_time);
    if (prepare_client) prepare_client(*client_);
    client_->engine().start();
  }
  // What a new process starts with, for tests that arm it.
  std::function<void(SyncClient&)> prepare_client;
  // As SIGKILL does.
  void kill_client() { client_.reset(); }

  // Lets the time pass. True when the client crashed; it is gone then, and time stopped there.
  bool run_for(core::Duration span) {
    const core::Time until = clock().now() + span;
    while (true) {
      try {
        while (clock().run_next(until)) {
        }
        clock().advance_to(until);
        return false;
      } catch (const Crash&) {
        kill_client();
        return true;
      }
    }
  }

  client::StreamProgress progress(std::size_t index = 0) {
    return client_->engine().progress().at(index);
  }

  // The client's dump, in the format that truth/diff takes.
  std::string dump(std::size_t index = 0) {
    auto store = client::SqliteStore::open(file());
    TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
    std::string text;
    const client::Stream& stream = streams.at(index);
    const auto read = (*store)->read(stream, [&](const client::StoredRecord& record) {
      using simulator::Json;
      Json line = {{"integration", stream.integration},
                   {"connection", stream.connection},
                   {"model", stream.model},
                   {"variant", stream.variant},
                   {"id", record.id},
                   {"deleted", record.deleted}};
      text += line.dump();
      text.back() = ',';
      text += "\"payload\":" + record.payload + "," +
              Json({{"last_modified_at", record.last_modified_at}, {"cursor", record.cursor}})
                  .dump()
                  .substr(1) +
              "\n";
      return true;
    });
    EXPECT_TRUE(read) << read.error().message;
    return text;
  }
  // "" when the client holds what the simulator does; else what it lacks or has too much.
  std::string difference(std::size_t index = 0) {
    auto answer = simulator_.ok("POST", "/truth/diff" + query(index), dump(index));
    return answer["equal"] == true ? "" : answer.dump();
  }

 private:
  core::Handler handler() {
    return [this](const core::Request& request, const std::function<void(core::Outcome)>& done) {
      std::optional<core::Outcome> outcome;
      if (instead) outcome = instead(request);
      done(outcome ? *std::move(outcome) : simulator_.outcome(request));
    };
  }
  std::string query(std::size_t index) const {
    const client::Stream& stream = streams.at(index);
    return simulator::TestSimulator::query({{"integration", stream.integration},
                                            {"connection", stream.connection},
                                            {"model", stream.model},
                                            {"variant", stream.variant}});
  }

  core::TemporaryFolder folder_;
  simulator::InProcessSimulator simulator_;
  core::VirtualNetwork network_;
  std::unique_ptr<SyncClient> client_;
};

}  // namespace terapi::tests
