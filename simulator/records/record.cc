#include "simulator/records/record.h"

#include <limits>
#include <new>

#include "core/check.h"

namespace terapi::simulator {

RecordPtr::RecordPtr(const Record* record) : record_(record) {
  if (record_ != nullptr) ++record_->references_;
}

RecordPtr::~RecordPtr() {
  if (record_ == nullptr || --record_->references_ > 0) return;
  record_->~Record();
  // A version is immutable; its memory is not.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  ::operator delete(const_cast<Record*>(record_));
}

Record::Record(const RecordFields& fields)
    : position_(fields.position),
      first_seen_(fields.first_seen),
      pruned_at_(fields.pruned_at.value_or(Time::min())),
      deleted_at_(fields.deleted_at.value_or(Time::min())),
      row_(fields.row),
      input_hash_(fields.input_hash),
      payload_size_(static_cast<std::uint32_t>(fields.payload.size())),
      metadata_at_(fields.metadata_at),
      id_size_(static_cast<std::uint16_t>(fields.id.size())),
      action_(fields.action) {}

RecordPtr Record::make(const RecordFields& fields) {
  TERAPI_CHECK(fields.id.size() <= std::numeric_limits<std::uint16_t>::max(), "id too long");
  TERAPI_CHECK(fields.payload.size() <= std::numeric_limits<std::uint32_t>::max(),
               "payload too long");
  void* block = ::operator new(sizeof(Record) + fields.id.size() + fields.payload.size());
  auto* record = new (block) Record(fields);
  char* bytes = reinterpret_cast<char*>(record + 1);
  // Unlike memcpy, these take an empty view of nothing.
  fields.id.copy(bytes, fields.id.size());
  fields.payload.copy(bytes + fields.id.size(), fields.payload.size());
  return RecordPtr(record);
}

RecordFields Record::fields() const {
  return {id(),    payload(), position_,        first_seen_, pruned_at(),
          action_, row_,      own_deleted_at(), input_hash_, metadata_at_};
}

}  // namespace terapi::simulator
