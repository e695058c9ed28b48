// Everything at once, from a seed: changes, faults on the API and on webhooks, crashes and jumps of
// time in random order; then the faults stop and the client must hold what the simulator does.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/random.h"
#include "tests/sync/sync_world.h"

namespace terapi::tests {
namespace {

class Storm {
 public:
  explicit Storm(std::uint64_t seed) : random_(core::Random(seed).stream("storm")) {
    world_.options.seed = seed;
    world_.options.limit = 1 + random_.below(7);
    world_.options.poll = core::Duration(std::chrono::seconds(2 + random_.below(20)));
    if (random_.below(2) == 0) world_.options.overlap = 30s;
    if (random_.below(2) == 0) world_.streams.push_back({"github", "demo", "Pull"});
    world_.options.workers = 1 + random_.below(2);
    world_.simulator().send_webhooks();
    arm_crashes();
  }

  void run() {
    world_.start_client();
    for (int i = 0; i < 60; ++i) step();
    world_.simulator().control("DELETE", "/faults");
    crash_in_ = 0;
    if (!alive_) start();
    // Longer than any wait that a fault can have caused: a Retry-After of 90 s, a backoff of 60 s.
    world_.run_for(5min);
  }
  SyncWorld& world() { return world_; }
  int crashes() const { return crashes_; }

 private:
  std::string model() { return world_.streams.at(random_.below(world_.streams.size())).model; }
  std::string ids() {
    simulator::Json list = simulator::Json::array();
    for (std::uint64_t i = 0; i <= random_.below(6); ++i) {
      list.push_back("r" + std::to_string(random_.below(25)));
    }
    return list.dump();
  }
  std::string records() {
    std::string list;
    const std::uint64_t count = 1 + random_.below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
      list += (i > 0 ? "," : "") + (R"({"id":"r)" + std::to_string(random_.below(25))) +
              R"(","version":)" + std::to_string(++version_) + "}";
    }
    return "[" + list + "]";
  }

  void step() {
    switch (random_.below(8)) {
      case 0:
      case 1:
      case 2:
        change(R"("save":)" + records());
        break;
      case 3:
        change(R"("delete":)" + ids());
        break;
      case 4:
        set_faults();
        break;
      case 5:
        crash_in_ = 1 + static_cast<int>(random_.below(12));
        break;
      case 6:
        if (alive_) {
          world_.kill_client();
          alive_ = false;
        }
        break;
      default:
        break;
    }
    if (!alive_ && random_.below(2) == 0) start();
    pass_time(core::Duration(static_cast<std::int64_t>(random_.below(4'000'000))));
  }
  void change(const std::string& what) {
    try {
      world_.simulator().run(R"("model":")" + model() + "\"," + what);
    } catch (const Crash&) {
      crashed();
    }
  }
  void set_faults() {
    static const std::vector<std::string> kRules = {
        R"({"on":"api","probability":0.3,"do":{"status":500}})",
        R"({"on":"api","probability":0.3,"do":{"status":429,"headers":{"Retry-After":"90"}}})",
        R"({"on":"api","probability":0.3,"do":{"reset":true}})",
        R"({"on":"api","probability":0.3,"do":{"truncate_after":40}})",
        R"({"on":"api","probability":0.3,"do":{"stall":"40s"}})",
        R"({"on":"api","probability":0.5,"do":{"delay":"3s"}})",
        R"({"on":"api","probability":0.5,"do":{"stale":"5s"}})",
        R"({"on":"api","times":1,"do":{"status":400,"body":{"error":{"code":"invalid_cursor","message":"no"}}}})",
        R"({"on":"webhook","probability":0.5,"do":{"drop":true}})",
        R"({"on":"webhook","probability":0.5,"do":{"duplicate":3}})",
        R"({"on":"webhook","probability":0.5,"do":{"delay":"20s"}})",
        R"({"on":"webhook","probability":0.5,"do":{"forge":"body"}})"};
    std::string rules;
    const std::uint64_t count = random_.below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string rule = kRules.at(random_.below(kRules.size()));
      rule.insert(1, R"("id":"f)" + std::to_string(++version_) + "\",");
      rules += (rules.empty() ? "" : ",") + rule;
    }
    world_.simulator().control("PUT", "/faults", "[" + rules + "]");
  }

  void start() {
    world_.start_client();
    alive_ = true;
  }
  void pass_time(core::Duration span) {
    if (world_.run_for(span)) crashed();
  }
  void crashed() {
    world_.kill_client();
    alive_ = false;
    ++crashes_;
    crash_in_ = 0;
  }
  void arm_crashes() {
    world_.prepare_client = [this](SyncClient& client) {
      client.fragile().before_call = [this] { burn(); };
      client.fragile().after_call = [this] { burn(); };
    };
    world_.network().before_answer = [this](core::Result<core::Response>&) { burn(); };
  }
  void burn() {
    if (crash_in_ > 0 && --crash_in_ == 0) throw Crash();
  }

  SyncWorld world_;
  core::Random random_;
  std::uint64_t version_ = 0;
  bool alive_ = true;
  int crash_in_ = 0;
  int crashes_ = 0;
};

TEST(Storm, ConvergesFromEverySeed) {
  int crashes = 0;
  std::uint64_t full_reads = 0;
  std::uint64_t failures = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Storm storm(seed);
    storm.run();
    for (std::size_t i = 0; i < storm.world().streams.size(); ++i) {
      ASSERT_EQ(storm.world().difference(i), "");
      const auto progress = storm.world().progress(i);
      EXPECT_EQ(progress.health, client::Health::kUpToDate) << progress.error.message;
      full_reads += progress.full_reads;
      failures += progress.failures;
    }
    crashes += storm.crashes();
  }
  // It was a storm.
  EXPECT_GE(crashes, 20);
  EXPECT_GE(failures, 20U);
}

}  // namespace
}  // namespace terapi::tests
