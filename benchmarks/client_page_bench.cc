// The client's scan of a page: full validation of the JSON, the metadata, slices of the payloads.
// Not measured: receiving the page, storing what is in it.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "benchmarks/sample_records.h"
#include "client/page.h"
#include "core/check.h"

namespace terapi::benchmarks {
namespace {

std::string page_of_limit(std::int64_t limit) {
  return sample_page(Ids::kUuid, 0, static_cast<std::size_t>(limit), true);
}

void scan_page(benchmark::State& state) {
  const std::string text = page_of_limit(state.range(0));
  for (auto _ : state) {
    // The scan edits the text it is given, so that each one needs a text of its own.
    auto page = client::Page::parse(text, client::terapi_dialect());
    TERAPI_CHECK(page && page->records().size() == static_cast<std::size_t>(state.range(0)),
                 "a sample page is a page");
    benchmark::DoNotOptimize(page->records().data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(scan_page)->Name("scan/page")->Arg(100)->Arg(1000)->Arg(10000);

// What most clients do instead.
void parse_page_with_nlohmann(benchmark::State& state) {
  const std::string text = page_of_limit(state.range(0));
  for (auto _ : state) {
    const auto page = nlohmann::json::parse(text);
    benchmark::DoNotOptimize(page.size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_page_with_nlohmann)->Name("scan/nlohmann")->Arg(1000);

}  // namespace
}  // namespace terapi::benchmarks
