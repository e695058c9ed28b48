// OwnedRecords: records that outlive the page they came from, and may be changed. Thread rule: a
// value, though not to be copied.
//
//   OwnedRecords kept;
//   client::Record& record = kept.add(served);
//   record.payload = kept.keep("{}");
#pragma once

#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "client/record.h"
#include "client/store.h"

namespace terapi::conformance {

class OwnedRecords {
 public:
  OwnedRecords() = default;
  OwnedRecords(OwnedRecords&&) = default;
  OwnedRecords& operator=(OwnedRecords&&) = default;
  OwnedRecords(const OwnedRecords&) = delete;
  OwnedRecords& operator=(const OwnedRecords&) = delete;

  // The reference is good until the next record is added.
  client::Record& add(const client::Record& record);
  // One that a store read back.
  client::Record& add(const client::StoredRecord& record);
  // A text that lives as long as the records.
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  std::span<const client::Record> records() const { return records_; }
  bool empty() const { return records_.empty(); }

 private:
  std::deque<std::string> texts_;
  std::vector<client::Record> records_;
};

}  // namespace terapi::conformance
