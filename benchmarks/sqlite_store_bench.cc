// The client's SQLite store alone: the same rows as a sync, no network. Measured: upsert, index,
// cursor in the same transaction, and the index written at the end. Not measured: scanning pages.
#include <benchmark/benchmark.h>

#include "benchmarks/sample_records.h"
#include "benchmarks/scratch_folder.h"
#include "client/page.h"
#include "client/storage/sqlite_store.h"
#include "core/check.h"

namespace terapi::benchmarks {
namespace {

constexpr std::size_t kStoreRecords = 200'000;
constexpr std::size_t kStoreLimit = 1000;

std::vector<client::Page> scanned_pages(Ids ids) {
  std::vector<client::Page> pages;
  for (std::string& text : sample_pages(ids, kStoreRecords, kStoreLimit)) {
    pages.push_back(client::Page::parse(std::move(text), client::terapi_dialect()).value());
  }
  return pages;
}

const std::vector<client::Page>& store_pages(Ids ids) {
  static const std::vector<client::Page> ordered = scanned_pages(Ids::kOrdered);
  static const std::vector<client::Page> random = scanned_pages(Ids::kUuid);
  return ids == Ids::kOrdered ? ordered : random;
}

const client::Stream kStream{"github", "demo", "Issue"};

void store_all(client::SqliteStore& store, Ids ids) {
  std::optional<std::string> cursor = store.position(kStream).value().cursor;
  const core::Time now = core::VirtualClock::start_of_time();
  for (const client::Page& page : store_pages(ids)) {
    client::Batch::Move move{cursor, std::string(page.records().back().cursor)};
    cursor = move.to;
    const auto stored = store.commit({kStream, page.records(), std::move(move), now});
    TERAPI_CHECK(stored && !stored->conflict, "a sample page is stored");
  }
  const auto reported = store.report(kStream, {client::Health::kUpToDate, {}, "", now});
  TERAPI_CHECK(reported.has_value(), "the end is reported");
}

std::unique_ptr<client::SqliteStore> fresh_store(const ScratchFolder& folder) {
  auto store = client::SqliteStore::open(folder.file("store.db"));
  TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
  return std::move(*store);
}

void store_first(benchmark::State& state, Ids ids) {
  store_pages(ids);
  for (auto _ : state) {
    state.PauseTiming();
    auto folder = std::make_unique<ScratchFolder>();
    auto store = fresh_store(*folder);
    state.ResumeTiming();
    store_all(*store, ids);
    state.PauseTiming();
    store.reset();
    folder.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kStoreRecords));
}
BENCHMARK_CAPTURE(store_first, ordered, Ids::kOrdered)
    ->Name("store/first/ordered")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(store_first, uuid, Ids::kUuid)
    ->Name("store/first/uuid")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// What a full read brings again: nothing changes.
void store_again(benchmark::State& state, Ids ids) {
  const ScratchFolder folder;
  auto store = fresh_store(folder);
  store_all(*store, ids);
  for (auto _ : state) store_all(*store, ids);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kStoreRecords));
}
BENCHMARK_CAPTURE(store_again, ordered, Ids::kOrdered)
    ->Name("store/again/ordered")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(store_again, uuid, Ids::kUuid)
    ->Name("store/again/uuid")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace terapi::benchmarks
