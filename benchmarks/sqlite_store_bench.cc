// The client's SQLite store alone: the same rows as a sync, no network. Measured: upsert, index,
// cursor in the same transaction, and the index written at the end. Not measured: scanning pages.
#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "benchmarks/sample_records.h"
#include "benchmarks/scratch_folder.h"
#include "client/page.h"
#include "client/storage/sqlite_store.h"
#include "core/check.h"

namespace terapi::benchmarks {
namespace {

constexpr std::size_t kStoreLimit = 1000;
const client::Stream kStream{"github", "demo", "Issue"};

// Hands pages to a store, one transaction each, as a sync does, and counts the time that the store
// takes: the pages are made and scanned while the clock stands.
class StoreRun {
 public:
  explicit StoreRun(client::SqliteStore& store) : store_(store) {}

  double seconds(Ids ids, std::size_t count) {
    std::optional<std::string> cursor = store_.position(kStream).value().cursor;
    for (std::size_t first = 0; first < count; first += kStoreLimit) {
      std::string text = sample_page(ids, first, kStoreLimit, first + kStoreLimit < count);
      const client::Page page =
          client::Page::parse(std::move(text), client::terapi_dialect()).value();
      client::Batch::Move move{cursor, std::string(page.records().back().cursor)};
      cursor = move.to;
      const client::Batch batch{kStream, page.records(), std::move(move), now_};
      timed([&] {
        const auto stored = store_.commit(batch);
        TERAPI_CHECK(stored && !stored->conflict, "a sample page is stored");
      });
    }
    // The index is complete with this.
    timed([&] {
      const auto told = store_.report(kStream, {client::Health::kUpToDate, {}, "", now_});
      TERAPI_CHECK(told.has_value(), "the end is reported");
    });
    return seconds_;
  }

 private:
  template <typename Work>
  void timed(Work work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

  client::SqliteStore& store_;
  const core::Time now_ = core::VirtualClock::start_of_time();
  double seconds_ = 0;
};

std::unique_ptr<client::SqliteStore> fresh_store(const ScratchFolder& folder) {
  auto store = client::SqliteStore::open(folder.file("store.db"));
  TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
  return std::move(*store);
}

void store_first(benchmark::State& state, Ids ids) {
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const ScratchFolder folder;
    auto store = fresh_store(folder);
    state.SetIterationTime(StoreRun(*store).seconds(ids, count));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// What a full read brings again: nothing changes.
void store_again(benchmark::State& state, Ids ids) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const ScratchFolder folder;
  auto store = fresh_store(folder);
  StoreRun(*store).seconds(ids, count);
  for (auto _ : state) state.SetIterationTime(StoreRun(*store).seconds(ids, count));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// The larger ones are many times what is held in memory of the index; they take some seconds each.
void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(100'000)->Arg(1'000'000)->Iterations(1);
  benchmark->Unit(benchmark::kMillisecond)->UseManualTime();
}
BENCHMARK_CAPTURE(store_first, ordered, Ids::kOrdered)->Name("store/first/ordered")->Apply(sizes);
BENCHMARK_CAPTURE(store_first, uuid, Ids::kUuid)->Name("store/first/uuid")->Apply(sizes);
BENCHMARK_CAPTURE(store_again, ordered, Ids::kOrdered)->Name("store/again/ordered")->Apply(sizes);
BENCHMARK_CAPTURE(store_again, uuid, Ids::kUuid)->Name("store/again/uuid")->Apply(sizes);

}  // namespace
}  // namespace terapi::benchmarks
