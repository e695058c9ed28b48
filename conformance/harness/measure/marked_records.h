// Records that the judge tells apart by a number in their payload, and worlds to measure in. Pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/contract/dump.h"

namespace terapi::conformance {

// A world of so many records of MeasuringStage::kStream, with the ids "1", "2" and so on.
std::string world_of(std::uint64_t records, std::uint64_t bytes);

struct MarkedRecords {
  std::uint64_t first = 1;  // the number that is their id
  std::uint64_t count = 1;
  std::uint64_t mark = 1;  // of the first; each of the others has one more
  std::uint64_t bytes = 300;
  std::uint64_t delete_from = 0;  // and ids to delete
  std::uint64_t delete_count = 0;
  bool announced = true;  // by a webhook
};

// The body of POST /_simulator/runs that saves them.
std::string run_of_marked(const MarkedRecords& records);

// How many of these marks are among the records that are not deleted.
std::size_t count_marked(const std::vector<DumpRecord>& records, std::uint64_t first,
                         std::uint64_t count);

// How many are not deleted.
std::size_t count_living(const std::vector<DumpRecord>& records);

}  // namespace terapi::conformance
