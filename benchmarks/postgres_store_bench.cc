// The client's PostgreSQL store alone, fed from memory: the same rows as a sync, no simulator. They
// run where TERAPI_BENCH_POSTGRES names a database that is theirs, as the group `postgres` of
// `./terapi bench --targets` does, which compares them with COPY on the same server.
#ifdef TERAPI_HAS_POSTGRES
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/sample_records.h"
#include "client/page.h"
#include "client/postgres/postgres_connection.h"
#include "client/postgres/postgres_store.h"
#include "core/check.h"

namespace terapi::benchmarks {
namespace {

constexpr std::size_t kPostgresLimit = 1000;

struct PostgresPage {
  client::Page page;
  std::vector<client::Record> records;
};
using PostgresPages = std::vector<PostgresPage>;

// As a server sends them; `later` is when they are modified once more.
PostgresPages postgres_pages(std::size_t count, core::Duration later = {}) {
  PostgresPages pages;
  for (std::size_t first = 0; first < count; first += kPostgresLimit) {
    std::string text = sample_page(Ids::kUuid, first, kPostgresLimit, true);
    auto page = client::Page::parse(std::move(text), client::terapi_dialect());
    TERAPI_CHECK(page.has_value(), "a sample page is a page");
    std::vector<client::Record> records(page->records().begin(), page->records().end());
    for (client::Record& record : records) record.modified += later;
    pages.push_back({std::move(*page), std::move(records)});
  }
  return pages;
}

std::string database_url() { return std::getenv("TERAPI_BENCH_POSTGRES"); }

void run_in_database(const std::vector<std::string>& statements) {
  const auto connection =
      client::PostgresConnection::open(client::PostgresUrl::parse(database_url()).value());
  TERAPI_CHECK(connection.has_value(), connection ? "" : connection.error().message);
  for (const std::string& statement : statements) {
    const auto done = (*connection)->run(statement);
    TERAPI_CHECK(done.has_value(), done ? "" : done.error().message);
  }
}

std::unique_ptr<client::PostgresStore> postgres_store() {
  auto store = client::PostgresStore::open(database_url());
  TERAPI_CHECK(store.has_value(), store ? "" : store.error().message);
  return std::move(*store);
}

// Empty tables, and nothing left for the server to write later on.
void empty_database() {
  postgres_store();
  run_in_database({"TRUNCATE records, cursors", "CHECKPOINT"});
}

// What a worker does with a stream, up to the moment at which all of it is durable.
void store_stream(const PostgresPages& pages, const std::string& connection) {
  const client::Stream stream{"github", connection, "Issue"};
  const core::Time now = core::VirtualClock::start_of_time();
  auto store = postgres_store();
  std::optional<std::string> cursor = store->position(stream).value().cursor;
  for (const PostgresPage& page : pages) {
    client::Batch::Move move{cursor, std::string(page.records.back().cursor)};
    cursor = move.to;
    const auto stored = store->commit({stream, page.records, std::move(move), now});
    TERAPI_CHECK(stored && !stored->conflict, "a sample page is stored");
    TERAPI_CHECK(stored->changed == page.records.size(), "each of its records is");
  }
  const auto told = store->report(stream, {client::Health::kUpToDate, {}, "", now});
  TERAPI_CHECK(told.has_value(), "the end is reported");
}

double seconds_in_postgres(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void postgres_first(benchmark::State& state) {
  const PostgresPages pages = postgres_pages(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    empty_database();
    state.SetIterationTime(seconds_in_postgres([&] { store_stream(pages, "demo"); }));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Each record is there, and has changed.
void postgres_update(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const PostgresPages pages = postgres_pages(count);
  const PostgresPages changed = postgres_pages(count, std::chrono::hours(1));
  for (auto _ : state) {
    empty_database();
    store_stream(pages, "demo");
    run_in_database({"CHECKPOINT"});
    state.SetIterationTime(seconds_in_postgres([&] { store_stream(changed, "demo"); }));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Two workers, each with connections of its own and half of the records, in a stream of its own.
void postgres_two(benchmark::State& state) {
  const PostgresPages pages = postgres_pages(static_cast<std::size_t>(state.range(0)) / 2);
  for (auto _ : state) {
    empty_database();
    state.SetIterationTime(seconds_in_postgres([&] {
      std::thread other([&] { store_stream(pages, "other"); });
      store_stream(pages, "demo");
      other.join();
    }));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

[[maybe_unused]] const bool kPostgresBenchmarks = [] {
  if (std::getenv("TERAPI_BENCH_POSTGRES") == nullptr) return false;
  const auto settings = [](benchmark::internal::Benchmark* made) {
    made->Arg(200'000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseManualTime();
  };
  settings(benchmark::RegisterBenchmark("postgres/first", postgres_first));
  settings(benchmark::RegisterBenchmark("postgres/update", postgres_update));
  settings(benchmark::RegisterBenchmark("postgres/two", postgres_two));
  return true;
}();

}  // namespace
}  // namespace terapi::benchmarks
#endif
