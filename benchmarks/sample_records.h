// SampleRecords: the data that all benchmarks work on, the same in every run: records of about 300
// bytes with a fixed seed, their ids in arriving order or UUIDs, the usual case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/record_log.h"

namespace terapi::benchmarks {

inline constexpr std::uint64_t kSeed = 1;
inline constexpr std::int64_t kPayloadBytes = 300;

enum class Ids : std::uint8_t { kOrdered, kUuid };

// "00000042", or a UUID that depends on the number alone.
std::string sample_id(Ids ids, std::size_t number);
// The `number`-th record as a JSON object.
std::string sample_payload(Ids ids, std::size_t number);
// The same as the simulator holds it, modified `number` microseconds after the first.
simulator::RecordPtr sample_record(Ids ids, std::size_t number,
                                   simulator::Action action = simulator::Action::kAdded);

// Bodies of GET /records, `limit` records each, `count` in all, as the simulator writes them.
std::vector<std::string> sample_pages(Ids ids, std::size_t count, std::size_t limit);

}  // namespace terapi::benchmarks
