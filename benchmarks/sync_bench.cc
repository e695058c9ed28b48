// A whole sync: simulator, client, SQLite, in one process. "in-process" hands requests over by a
// function call in virtual time on one thread; "http" has the simulator on a thread of its own
// behind a real socket, and the client on another with its commits in the background, as
// terapi-sync runs. Making the simulator's records is not measured.
#include <benchmark/benchmark.h>

#include "benchmarks/sample_records.h"
#include "benchmarks/server_thread.h"
#include "client/storage/sqlite_store.h"
#include "client/sync_engine.h"
#include "core/check.h"
#include "core/system/http_sender.h"
#include "core/system/thread_background.h"
#include "core/temporary_folder.h"
#include "simulator/simulator.h"
#include "simulator/world/world.h"

namespace terapi::benchmarks {
namespace {

constexpr std::int64_t kSyncRecords = 100'000;

std::string world_with_records() {
  return R"({"environment":{"name":"dev"},"integrations":[{"id":"github","syncs":[)"
         R"({"name":"issues","models":["Issue"]}]}],"connections":[{"id":"demo",)"
         R"("integration":"github"}],"records":[{"integration":"github","connection":"demo",)"
         R"("model":"Issue","generate":{"count":)" +
         std::to_string(kSyncRecords) + R"(,"bytes":300}}]})";
}

client::SyncOptions sync_options(std::string base_url, benchmark::State& state) {
  client::SyncOptions options;
  options.endpoint = {std::move(base_url), std::string(simulator::kDefaultSecretKey)};
  options.limit = static_cast<std::uint64_t>(state.range(0));
  options.once = true;
  return options;
}

const std::vector<client::Stream> kStreams{{"github", "demo", "Issue"}};

std::unique_ptr<client::SqliteStore> new_store(const core::TemporaryFolder& folder) {
  auto store = client::SqliteStore::open(folder.file("sync.db"));
  TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
  return std::move(*store);
}

void check_complete(client::SyncEngine& engine) {
  TERAPI_CHECK(engine.progress().front().counts.records == kSyncRecords, "everything was synced");
}

simulator::SimulatorOptions simulator_options() {
  simulator::SimulatorOptions options;
  options.world_text = world_with_records();
  return options;
}

void sync_in_process(benchmark::State& state) {
  core::VirtualClock clock;
  core::HandlerTransport nobody(
      [](const core::Request&, const std::function<void(core::Outcome)>& done) {
        done({{404, {}, ""}, {}});
      });
  simulator::Simulator simulator(simulator_options(), clock, nobody);
  TERAPI_CHECK(simulator.start().has_value(), "the sample world is right");
  core::HandlerTransport transport(
      [&](core::Request request, std::function<void(core::Outcome)> done) {
        simulator.handle(std::move(request), std::move(done));
      });
  core::InlineBackground background(clock);
  for (auto _ : state) {
    state.PauseTiming();
    const core::TemporaryFolder folder;
    auto store = new_store(folder);
    client::SyncEngine engine(sync_options("http://terapi.test", state), kStreams,
                              {clock, transport, *store, background});
    bool finished = false;
    engine.on_finished([&] { finished = true; });
    state.ResumeTiming();
    engine.start();
    while (!finished && clock.run_next(core::Time::max())) {
    }
    state.PauseTiming();
    check_complete(engine);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kSyncRecords);
}
BENCHMARK(sync_in_process)
    ->Name("sync/in-process")
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void sync_over_http(benchmark::State& state) {
  ServerThread server(simulator_options());
  for (auto _ : state) {
    state.PauseTiming();
    const core::TemporaryFolder folder;
    auto store = new_store(folder);
    core::EventLoop loop;
    core::HttpSender sender(loop, {});
    core::ThreadBackground background(loop, 1);
    client::SyncEngine engine(sync_options(server.base_url(), state), kStreams,
                              {loop.clock(), sender, *store, background});
    engine.on_finished([&] { loop.stop(); });
    state.ResumeTiming();
    engine.start();
    loop.run();
    state.PauseTiming();
    check_complete(engine);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kSyncRecords);
}
BENCHMARK(sync_over_http)
    ->Name("sync/http")
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace terapi::benchmarks
