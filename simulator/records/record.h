// Record: one version of one record, immutable, in one block of memory with its id and payload.
//
// Shared by reference count between the record log, snapshots and the history of earlier versions;
// the count is not atomic: a record belongs to its simulator's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/words.h"
#include "simulator/records/cursor.h"

namespace terapi::simulator {

// META-3. The values are stored in data files: never change them.
enum class Action : std::uint8_t { kAdded = 0, kUpdated = 1, kDeleted = 2 };
inline constexpr std::size_t kActions = 3;
inline constexpr auto kActionWords = std::to_array<core::Word<Action>>(
    {{Action::kAdded, "ADDED"}, {Action::kUpdated, "UPDATED"}, {Action::kDeleted, "DELETED"}});

// The action of a stored number, or nothing.
constexpr std::optional<Action> stored_action(std::int64_t number) {
  for (const core::Word<Action>& each : kActionWords) {
    if (static_cast<std::int64_t>(each.value) == number) return each.value;
  }
  return std::nullopt;
}

struct RecordFields {
  std::string_view id;
  std::string_view payload;  // compact JSON object with its `id`, without metadata
  Position position;
  Time first_seen;
  std::optional<Time> pruned_at;
  Action action = Action::kAdded;
  std::uint64_t row = 0;  // the record's number in the data file, the same for all its versions
  // Of a deletion, where another clock than the commit's says so; nothing: last_modified.
  std::optional<Time> deleted_at{};
  // The hash of what was sent last, where that, and not the payload, decides what is a change; 0:
  // the payload's.
  std::uint64_t input_hash = 0;
  // Where in the payload its metadata are served; 0: at its end.
  std::uint32_t metadata_at = 0;
};

class Record;

class RecordPtr {
 public:
  RecordPtr() = default;
  explicit RecordPtr(const Record* record);
  RecordPtr(const RecordPtr& other) : RecordPtr(other.record_) {}
  RecordPtr(RecordPtr&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
  RecordPtr& operator=(RecordPtr other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  ~RecordPtr();
  const Record& operator*() const { return *record_; }
  const Record* operator->() const { return record_; }
  const Record* get() const { return record_; }
  explicit operator bool() const { return record_ != nullptr; }

 private:
  const Record* record_ = nullptr;
};

class Record {
 public:
  static RecordPtr make(const RecordFields& fields);
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  std::string_view id() const { return {bytes(), id_size_}; }
  std::string_view payload() const { return {bytes() + id_size_, payload_size_}; }
  const Position& position() const { return position_; }
  Time first_seen() const { return first_seen_; }
  Time last_modified() const { return position_.time; }
  std::optional<Time> pruned_at() const {
    return pruned_at_ == Time::min() ? std::nullopt : std::optional(pruned_at_);
  }
  Action action() const { return action_; }
  bool deleted() const { return action_ == Action::kDeleted; }
  // Of a deleted record.
  Time deleted_at() const { return deleted_at_ == Time::min() ? last_modified() : deleted_at_; }
  // As in RecordFields.
  std::optional<Time> own_deleted_at() const {
    return deleted_at_ == Time::min() ? std::nullopt : std::optional(deleted_at_);
  }
  std::uint64_t input_hash() const { return input_hash_; }
  std::uint32_t metadata_at() const { return metadata_at_; }
  std::uint64_t row() const { return row_; }
  // The fields again, for making another version. The views live as long as this record.
  RecordFields fields() const;

 private:
  friend class RecordPtr;
  explicit Record(const RecordFields& fields);
  ~Record() = default;
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  Position position_;
  Time first_seen_;
  Time pruned_at_;
  Time deleted_at_;
  std::uint64_t row_;
  std::uint64_t input_hash_;
  mutable std::uint32_t references_ = 0;
  std::uint32_t payload_size_;
  std::uint32_t metadata_at_;
  std::uint16_t id_size_;
  Action action_;
};

}  // namespace terapi::simulator
