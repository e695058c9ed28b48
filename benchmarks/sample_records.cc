#include "benchmarks/sample_records.h"

#include <chrono>
#include <cstdio>
#include <vector>

#include "core/random.h"
#include "simulator/api/records_page.h"
#include "simulator/loading/generated_record.h"

namespace terapi::benchmarks {

std::string sample_id(Ids ids, std::size_t number) {
  char text[40];
  if (ids == Ids::kOrdered) {
    std::snprintf(text, sizeof text, "%08zu", number);
    return text;
  }
  core::Random random(core::hash64(kSeed, std::to_string(number)));
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                static_cast<unsigned>(high & 0xfff), static_cast<unsigned>(low >> 52),
                static_cast<unsigned long long>(low & 0xffffffffffff));
  return text;
}

std::string sample_payload(Ids ids, std::size_t number) {
  std::string text = simulator::generated_record(
      kSeed, "Issue", static_cast<std::int64_t>(number),
      kPayloadBytes - static_cast<std::int64_t>(ids == Ids::kUuid ? 28 : 0));
  const std::size_t begin = text.find("\"id\":\"") + 6;
  text.replace(begin, text.find('"', begin) - begin, sample_id(ids, number));
  return text;
}

simulator::RecordPtr sample_record(Ids ids, std::size_t number, simulator::Action action) {
  const std::string id = sample_id(ids, number);
  const std::string payload = sample_payload(ids, number);
  const simulator::Time at =
      core::VirtualClock::start_of_time() + core::Duration(static_cast<std::int64_t>(number));
  return simulator::Record::make({.id = id,
                                  .payload = payload,
                                  .position = {at, simulator::record_uuid(1, id)},
                                  .first_seen = at,
                                  .pruned_at = {},
                                  .action = action,
                                  .row = number});
}

std::string sample_page(Ids ids, std::size_t first, std::size_t limit, bool more) {
  std::vector<simulator::RecordPtr> owned;
  simulator::RecordsPage page;
  for (std::size_t i = first; i < first + limit; ++i) {
    owned.push_back(sample_record(ids, i));
    page.records.push_back(owned.back().get());
  }
  const simulator::Dialect& dialect = simulator::terapi_dialect();
  if (more) page.next = simulator::encode_cursor(page.records.back()->position(), dialect);
  return simulator::page_text(page, dialect);
}

}  // namespace terapi::benchmarks
