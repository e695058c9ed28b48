// The client's SQLite store alone: the same rows as a sync, no network. Measured: upsert, index,
// cursor in the same transaction, and the index written at the end. Not measured: scanning pages.
#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "benchmarks/sample_records.h"
#include "client/page.h"
#include "client/storage/sqlite_store.h"
#include "core/check.h"
#include "core/temporary_folder.h"

namespace terapi::benchmarks {
namespace {

constexpr std::size_t kStoreLimit = 1000;
const client::Stream kStream{"github", "demo", "Issue"};

using Pages = std::vector<client::Page>;

// All of them before the clock starts: made between the commits, they would give the disk time to
// write that a sync does not give it, and their records would still be in the cache.
Pages made_pages(Ids ids, std::size_t count) {
  Pages pages;
  for (std::size_t first = 0; first < count; first += kStoreLimit) {
    std::string text = sample_page(ids, first, kStoreLimit, first + kStoreLimit < count);
    pages.push_back(client::Page::parse(std::move(text), client::terapi_dialect()).value());
  }
  return pages;
}

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Hands pages to a store, one transaction each, as a sync does.
void hand_over(client::SqliteStore& store, const Pages& pages) {
  const core::Time now = core::VirtualClock::start_of_time();
  std::optional<std::string> cursor = store.position(kStream).value().cursor;
  for (const client::Page& page : pages) {
    client::Batch::Move move{cursor, std::string(page.records().back().cursor)};
    cursor = move.to;
    const auto stored = store.commit({kStream, page.records(), std::move(move), now});
    TERAPI_CHECK(stored && !stored->conflict, "a sample page is stored");
  }
  // The index is complete with this.
  const auto told = store.report(kStream, {client::Health::kUpToDate, {}, "", now});
  TERAPI_CHECK(told.has_value(), "the end is reported");
}

double store_all(client::SqliteStore& store, const Pages& pages) {
  return seconds_of([&] { hand_over(store, pages); });
}

std::unique_ptr<client::SqliteStore> fresh_store(const core::TemporaryFolder& folder) {
  auto store = client::SqliteStore::open(folder.file("store.db"));
  TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
  return std::move(*store);
}

void store_first(benchmark::State& state, Ids ids) {
  const Pages pages = made_pages(ids, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const core::TemporaryFolder folder;
    auto store = fresh_store(folder);
    const double stored = store_all(*store, pages);
    // The log is folded into the file when it is closed, as at the end of a sync.
    state.SetIterationTime(stored + seconds_of([&] { store.reset(); }));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// What a full read brings again: nothing changes.
void store_again(benchmark::State& state, Ids ids) {
  const Pages pages = made_pages(ids, static_cast<std::size_t>(state.range(0)));
  const core::TemporaryFolder folder;
  auto store = fresh_store(folder);
  store_all(*store, pages);
  for (auto _ : state) state.SetIterationTime(store_all(*store, pages));
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
