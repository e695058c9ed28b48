#include "client/postgres/postgres_parameters.h"

#include <utility>

namespace terapi::client {
namespace {

// Object ids of types, fixed in PostgreSQL's protocol and in all that speak it.
constexpr unsigned kBooleanType = 16;
constexpr unsigned kIntegerType = 20;
constexpr unsigned kTextType = 25;
constexpr unsigned kBooleanArrayType = 1000;
constexpr unsigned kTextArrayType = 1009;
constexpr unsigned kIntegerArrayType = 1016;

constexpr std::uint32_t kNullLength = 0xFFFFFFFF;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>((value >> shift) & 0xFFU);
  }
}

}  // namespace

PostgresArray PostgresArray::texts() { return {kTextType, kTextArrayType}; }
PostgresArray PostgresArray::integers() { return {kIntegerType, kIntegerArrayType}; }
PostgresArray PostgresArray::booleans() { return {kBooleanType, kBooleanArrayType}; }

PostgresArray& PostgresArray::reserve(std::size_t bytes) {
  elements_.reserve(bytes);
  return *this;
}

PostgresArray& PostgresArray::add(std::string_view text) {
  append_big_endian(elements_, text.size(), 4);
  elements_ += text;
  ++size_;
  return *this;
}

PostgresArray& PostgresArray::add_or_null(std::string_view text) {
  return text.empty() ? add_null() : add(text);
}

PostgresArray& PostgresArray::add_null() {
  append_big_endian(elements_, kNullLength, 4);
  has_null_ = true;
  ++size_;
  return *this;
}

PostgresArray& PostgresArray::add_integer(std::int64_t value) {
  append_big_endian(elements_, 8, 4);
  append_big_endian(elements_, static_cast<std::uint64_t>(value), 8);
  ++size_;
  return *this;
}

PostgresArray& PostgresArray::add_boolean(bool value) {
  append_big_endian(elements_, 1, 4);
  append_big_endian(elements_, value ? 1 : 0, 1);
  ++size_;
  return *this;
}

std::string PostgresArray::bytes() const {
  std::string out;
  out.reserve(20 + elements_.size());
  append_big_endian(out, size_ == 0 ? 0 : 1, 4);  // dimensions
  append_big_endian(out, has_null_ ? 1 : 0, 4);
  append_big_endian(out, element_type_, 4);
  if (size_ == 0) return out;
  append_big_endian(out, size_, 4);
  append_big_endian(out, 1, 4);  // the index of the first
  out += elements_;
  return out;
}

PostgresCopy::PostgresCopy() {
  bytes_ = std::string_view("PGCOPY\n\377\r\n\0", 11);
  append_big_endian(bytes_, 0, 8);  // no flags, and no more header
}

PostgresCopy& PostgresCopy::row(int columns) {
  append_big_endian(bytes_, static_cast<std::uint64_t>(columns), 2);
  return *this;
}

PostgresCopy& PostgresCopy::text(std::string_view value) {
  append_big_endian(bytes_, value.size(), 4);
  bytes_ += value;
  return *this;
}

PostgresCopy& PostgresCopy::text_or_null(std::string_view value) {
  if (!value.empty()) return text(value);
  append_big_endian(bytes_, kNullLength, 4);
  return *this;
}

PostgresCopy& PostgresCopy::integer(std::int64_t value) {
  append_big_endian(bytes_, 8, 4);
  append_big_endian(bytes_, static_cast<std::uint64_t>(value), 8);
  return *this;
}

PostgresCopy& PostgresCopy::boolean(bool value) {
  append_big_endian(bytes_, 1, 4);
  append_big_endian(bytes_, value ? 1 : 0, 1);
  return *this;
}

PostgresCopy& PostgresCopy::end() {
  append_big_endian(bytes_, 0xFFFF, 2);
  return *this;
}

PostgresParameters& PostgresParameters::add(unsigned type, std::string bytes, bool null) {
  types_.push_back(type);
  values_.push_back({std::move(bytes), null});
  return *this;
}

PostgresParameters& PostgresParameters::text(std::string_view value) {
  return add(kTextType, std::string(value));
}

PostgresParameters& PostgresParameters::text_or_null(std::string_view value) {
  return value.empty() ? null_text() : text(value);
}

PostgresParameters& PostgresParameters::null_text() { return add(kTextType, {}, true); }

PostgresParameters& PostgresParameters::integer(std::int64_t value) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint64_t>(value), 8);
  return add(kIntegerType, std::move(bytes));
}

PostgresParameters& PostgresParameters::null_integer() { return add(kIntegerType, {}, true); }

PostgresParameters& PostgresParameters::array(const PostgresArray& value) {
  return add(value.array_type(), value.bytes());
}

std::vector<const char*> PostgresParameters::values() const {
  std::vector<const char*> pointers;
  pointers.reserve(values_.size());
  for (const Value& value : values_) pointers.push_back(value.null ? nullptr : value.bytes.data());
  return pointers;
}

std::vector<int> PostgresParameters::lengths() const {
  std::vector<int> lengths;
  lengths.reserve(values_.size());
  for (const Value& value : values_) lengths.push_back(static_cast<int>(value.bytes.size()));
  return lengths;
}

}  // namespace terapi::client
