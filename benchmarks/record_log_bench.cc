// The simulator's record log and the pages made from it. Measured: seeking, walking, filters, the
// text with its metadata and cursors. Not measured: HTTP, authentication, parsing the query.
#include <benchmark/benchmark.h>

#include "benchmarks/sample_records.h"
#include "simulator/api/records_page.h"

namespace terapi::benchmarks {
namespace {

constexpr std::size_t kLogRecords = 200'000;

// Every tenth record is deleted, so that a filter has something to leave out.
simulator::Action action_of(std::size_t number) {
  return number % 10 == 9 ? simulator::Action::kDeleted : simulator::Action::kAdded;
}

std::vector<simulator::RecordPtr> make_records() {
  std::vector<simulator::RecordPtr> records;
  records.reserve(kLogRecords);
  for (std::size_t i = 0; i < kLogRecords; ++i) {
    records.push_back(sample_record(Ids::kUuid, i, action_of(i)));
  }
  return records;
}

const std::vector<simulator::RecordPtr>& log_records() {
  static const std::vector<simulator::RecordPtr> kRecords = make_records();
  return kRecords;
}

const simulator::RecordLog& full_log() {
  static const simulator::RecordLog kLog = [] {
    simulator::RecordLog made;
    for (const auto& record : log_records()) made.put(record);
    return made;
  }();
  return kLog;
}

void load_log(benchmark::State& state) {
  log_records();
  for (auto _ : state) {
    simulator::RecordLog log;
    for (const auto& record : log_records()) log.put(record);
    benchmark::DoNotOptimize(log.size());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kLogRecords));
}
BENCHMARK(load_log)->Name("log/load")->Unit(benchmark::kMillisecond);

void update_log(benchmark::State& state) {
  simulator::RecordLog log = full_log();
  std::size_t number = 0;
  std::int64_t later = 0;
  for (auto _ : state) {
    // A step that has no divisor in common with the count visits every record.
    number = (number + 77'777) % kLogRecords;
    simulator::RecordFields fields = log_records()[number]->fields();
    fields.position.time += core::Duration(std::int64_t{1'000'000} + ++later);
    fields.action = simulator::Action::kUpdated;
    benchmark::DoNotOptimize(log.put(simulator::Record::make(fields)));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(update_log)->Name("log/update");

void page_of(benchmark::State& state, const simulator::RecordsQuery& query) {
  full_log();  // made before the clock starts
  std::size_t records = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const simulator::Dialect& dialect = simulator::terapi_dialect();
    const simulator::RecordsPage page = simulator::collect_page(full_log(), query, dialect, {});
    const std::string text = simulator::page_text(page, dialect);
    benchmark::DoNotOptimize(text.data());
    records += page.records.size();
    bytes += text.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

// `percent` of the log lies before the page.
simulator::RecordsQuery query_at(std::size_t limit, std::size_t percent) {
  simulator::RecordsQuery query;
  query.limit = limit;
  if (percent > 0) {
    const std::size_t at = (kLogRecords - limit) * percent / 100;
    query.after = log_records()[at - 1]->position();
  }
  return query;
}

void first_page(benchmark::State& state) {
  page_of(state, query_at(static_cast<std::size_t>(state.range(0)), 0));
}
BENCHMARK(first_page)->Name("page/first")->Arg(100)->Arg(1000)->Arg(10000);

void last_page(benchmark::State& state) {
  page_of(state, query_at(static_cast<std::size_t>(state.range(0)), 100));
}
BENCHMARK(last_page)->Name("page/last")->Arg(100)->Arg(1000)->Arg(10000);

void filtered_page(benchmark::State& state) {
  simulator::RecordsQuery query = query_at(static_cast<std::size_t>(state.range(0)), 50);
  query.actions.reset(static_cast<std::size_t>(simulator::Action::kAdded));
  page_of(state, query);
}
BENCHMARK(filtered_page)->Name("page/filter=deleted")->Arg(100)->Arg(1000);

void page_since(benchmark::State& state) {
  simulator::RecordsQuery query = query_at(static_cast<std::size_t>(state.range(0)), 0);
  query.modified_from = log_records()[kLogRecords / 2]->last_modified();
  page_of(state, query);
}
BENCHMARK(page_since)->Name("page/modified_after")->Arg(100)->Arg(1000);

// What no page can be faster than: its bytes copied once.
void copy_page(benchmark::State& state) {
  const auto limit = static_cast<std::size_t>(state.range(0));
  const std::string page = sample_page(Ids::kUuid, 0, limit, true);
  for (auto _ : state) {
    std::string copy(page);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
}
BENCHMARK(copy_page)->Name("page/copy")->Arg(100)->Arg(1000)->Arg(10000);

}  // namespace
}  // namespace terapi::benchmarks
