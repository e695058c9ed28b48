// SampleRecords: the data that all benchmarks work on, the same in every run: records of about 300
// bytes with a fixed seed, their ids in arriving order or UUIDs, the usual case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulator/records/record_log.h"

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

// The body of GET /records with `limit` records from number `first` on, as the simulator writes it;
// `more`: something follows them.
std::string sample_page(Ids ids, std::size_t first, std::size_t limit, bool more);

}  // namespace terapi::benchmarks
