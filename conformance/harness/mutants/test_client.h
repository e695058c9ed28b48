// For tests: a ReferenceClient, with a mutant or without, and a simulator in virtual time. What the
// store and the network do can be bent.
//
//   ClientWorld world(mutant);
//   world.simulator.save({"1"});
//   world.start();
//   world.run_for(1s);
//   bool whole = world.in_sync();
//
// Thread rule: the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/storage/sqlite_store.h"
#include "conformance/harness/reference_client.h"
#include "core/background.h"
#include "core/delivery.h"
#include "simulator/records/digest.h"
#include "simulator/test_simulator.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

struct TestCrash {};

// A request arrives after 1 ms, its answer another millisecond later.
class BentNetwork final : public core::AsyncTransport {
 public:
  BentNetwork(core::Clock& clock, simulator::InProcessSimulator& simulator)
      : clock_(clock), simulator_(simulator) {}

  void send(core::Request request, const core::SendOptions& options, Done done) override {
    ++sent;
    targets.push_back(request.target);
    most_in_flight = std::max(most_in_flight, ++in_flight);
    clock_.at(clock_.now() + 1ms,
              [this, request = std::move(request), options, done = std::move(done)]() mutable {
                const auto url = core::parse_url(request.target);
                if (url) request.target = url->target;
                std::optional<core::Outcome> outcome;
                if (instead) outcome = instead(request);
                if (!outcome) outcome = simulator_.outcome(request);
                if (bend) bend(outcome->response);
                const auto answer = core::deliver(*outcome, options).result;
                if (answer && answer->body.find("\"id\":") != std::string::npos)
                  ++pages_with_records;
                clock_.at(clock_.now() + 1ms, [this, answer, done = std::move(done)] {
                  --in_flight;
                  if (before_answer) before_answer();
                  done(answer);
                });
              });
  }

  std::function<std::optional<core::Outcome>(core::Request&)> instead;  // of the simulator's
  std::function<void(core::Response&)> bend;
  std::function<void()> before_answer;
  std::vector<std::string> targets;
  int sent = 0;
  int pages_with_records = 0;
  int in_flight = 0;
  int most_in_flight = 0;

 private:
  core::Clock& clock_;
  simulator::InProcessSimulator& simulator_;
};

class BentStore final : public client::Store {
 public:
  explicit BentStore(client::Store& inner) : inner_(inner) {}
  core::Result<client::Position> position(const client::Stream& stream) override {
    return call([&] { return inner_.position(stream); });
  }
  core::Result<client::Committed> commit(const client::Batch& batch) override {
    if (++commits == fail_commit) return core::Error{"store_failed", "the disk is full"};
    return call([&] { return inner_.commit(batch); });
  }
  core::Result<void> report(const client::Stream& stream, const client::Report& report) override {
    return call([&] { return inner_.report(stream, report); });
  }

  std::function<void()> before_call;
  std::function<void()> after_call;
  int commits = 0;
  int fail_commit = 0;  // the so-manieth fails

 private:
  template <typename Work>
  auto call(Work work) -> decltype(work()) {
    if (before_call) before_call();
    auto result = work();
    if (after_call) after_call();
    return result;
  }
  client::Store& inner_;
};

class ClientWorld {
 public:
  explicit ClientWorld(const ClientMutant* mutant, const simulator::TestSimulatorOptions& with = {})
      : simulator(with), network(simulator.clock(), simulator), mutant_(mutant) {
    options.sync.endpoint = {"http://terapi.test", std::string(simulator::kDefaultSecretKey)};
    options.sync.poll = 5s;
    options.streams = {{"github", "demo", "Issue"}};
    options.signing_keys = {std::string(simulator::kDefaultSecretKey)};
    options.died = [this](const std::string& reason) {
      died = reason;
      client.reset();
    };
  }

  void start() {
    client = std::make_unique<ReferenceClient>(
        options, ReferenceClientPorts{simulator.clock(), network, bent, background_, disk.get()},
        mutant_);
    client->start();
  }
  void kill() { client.reset(); }
  // True when the client crashed; it is gone then.
  bool run_for(core::Duration span) {
    const core::Time until = simulator.clock().now() + span;
    try {
      while (simulator.clock().run_next(until)) {
      }
      simulator.clock().advance_to(until);
      return false;
    } catch (const TestCrash&) {
      kill();
      return true;
    }
  }

  // Gives the client a webhook and lets no time pass. 0: not answered yet.
  int deliver(const core::Request& webhook) {
    auto status = std::make_shared<int>(0);
    client->receive(webhook, [this, status](const core::Response& response) {
      *status = response.status;
      sent_at_answer = network.sent;
    });
    return *status;
  }
  static core::Request signed_webhook(const std::string& body) {
    const std::string key(simulator::kDefaultSecretKey);
    return simulator::request_of(
        "POST", "/webhooks",
        {{"Content-Type", "application/json"},
         {"X-Terapi-Hmac-Sha256", simulator::hex(simulator::hmac_sha256(key, body))},
         {"X-Terapi-Signature", simulator::hex(simulator::sha256(key + body))}},
        body);
  }
  // The last webhook that the simulator has sent.
  core::Request last_webhook() {
    auto webhooks = simulator.receiver().requests();
    if (webhooks.empty()) {
      ADD_FAILURE() << "no webhook was sent";
      return {};
    }
    webhooks.back().target = "/webhooks";
    return webhooks.back();
  }

  // What is stored: "deleted " before the payload of a tombstone.
  std::vector<std::pair<std::string, std::string>> stored(std::size_t stream = 0) {
    std::vector<std::pair<std::string, std::string>> records;
    EXPECT_TRUE(disk->read(options.streams[stream], [&](const client::StoredRecord& record) {
      records.emplace_back(record.id, (record.deleted ? "deleted " : "") + record.payload);
      return true;
    }));
    return records;
  }
  std::string stored_payload(const std::string& id) {
    for (const auto& [stored_id, payload] : stored()) {
      if (stored_id == id) return payload;
    }
    return "";
  }
  bool in_sync(std::size_t index = 0) {
    const client::Stream& stream = options.streams[index];
    std::string dump;
    EXPECT_TRUE(disk->read(stream, [&](const client::StoredRecord& record) {
      using simulator::Json;
      std::string line = Json({{"integration", stream.integration},
                               {"connection", stream.connection},
                               {"model", stream.model},
                               {"variant", stream.variant},
                               {"id", record.id},
                               {"deleted", record.deleted},
                               {"last_modified_at", record.last_modified_at},
                               {"cursor", record.cursor}})
                             .dump();
      line.back() = ',';
      dump += line + "\"payload\":" + record.payload + "}\n";
      return true;
    }));
    const auto query = simulator::TestSimulator::query({{"integration", stream.integration},
                                                        {"connection", stream.connection},
                                                        {"model", stream.model},
                                                        {"variant", stream.variant}});
    return simulator.ok("POST", "/truth/diff" + query, dump)["equal"] == true;
  }

  // Answers the first requests in place of the simulator.
  void answer_first(int times, const core::Outcome& outcome) {
    network.instead = [outcome,
                       left = times](core::Request&) mutable -> std::optional<core::Outcome> {
      if (left == 0) return std::nullopt;
      --left;
      return outcome;
    };
  }
  // Answers the n-th request in its place.
  void answer_nth(int n, const core::Outcome& outcome) {
    network.instead = [outcome, left = n](core::Request&) mutable -> std::optional<core::Outcome> {
      if (--left != 0) return std::nullopt;
      return outcome;
    };
  }
  static core::Outcome error_of(int status, const std::string& code, core::Headers headers = {}) {
    return {{status, std::move(headers), R"({"error":{"code":")" + code + R"(","message":"m"}})"},
            {}};
  }

  simulator::InProcessSimulator simulator;
  BentNetwork network;
  ReferenceClientOptions options;
  std::unique_ptr<client::SqliteStore> disk = *client::SqliteStore::open(":memory:");
  BentStore bent{*disk};
  std::unique_ptr<ReferenceClient> client;
  std::string died;
  int sent_at_answer = -1;

 private:
  const ClientMutant* mutant_;
  core::InlineBackground background_{simulator.clock()};
};

}  // namespace terapi::conformance
