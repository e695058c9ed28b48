// PostgresParameters and PostgresArray: the $1, $2, … of a statement, PostgresCopy: the rows of a
// COPY … FROM STDIN (FORMAT binary), in PostgreSQL's binary format. A text goes as its bytes,
// without quoting; a NUL byte in it is refused by the server instead of cutting it short.
//
//   PostgresParameters parameters;
//   parameters.text(stream.model).integer(7).array(PostgresArray::texts().add("a").add_null());
//
// Values, no thread rule; nothing fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace terapi::client {

// A one-dimensional array: of texts, integers or booleans.
class PostgresArray {
 public:
  static PostgresArray texts();
  static PostgresArray integers();
  static PostgresArray booleans();

  // How many bytes of texts will come: many of them are moved about no more than once.
  PostgresArray& reserve(std::size_t bytes);
  PostgresArray& add(std::string_view text);
  // An empty text becomes NULL.
  PostgresArray& add_or_null(std::string_view text);
  PostgresArray& add_null();
  PostgresArray& add_integer(std::int64_t value);
  PostgresArray& add_boolean(bool value);

  unsigned array_type() const { return array_type_; }
  std::string bytes() const;

 private:
  PostgresArray(unsigned element_type, unsigned array_type)
      : element_type_(element_type), array_type_(array_type) {}

  unsigned element_type_;
  unsigned array_type_;
  std::uint32_t size_ = 0;
  bool has_null_ = false;
  std::string elements_;
};

// Rows of texts, integers and booleans: row(), then each of its columns.
class PostgresCopy {
 public:
  PostgresCopy();

  PostgresCopy& row(int columns);
  PostgresCopy& text(std::string_view value);
  // An empty text becomes NULL.
  PostgresCopy& text_or_null(std::string_view value);
  PostgresCopy& integer(std::int64_t value);
  PostgresCopy& boolean(bool value);

  // After the last row.
  PostgresCopy& end();

  // What was added since clear(); the first is a header.
  std::string_view bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

class PostgresParameters {
 public:
  PostgresParameters& text(std::string_view value);
  // An empty text becomes NULL.
  PostgresParameters& text_or_null(std::string_view value);
  PostgresParameters& null_text();
  PostgresParameters& integer(std::int64_t value);
  PostgresParameters& null_integer();
  PostgresParameters& array(const PostgresArray& value);

  // As PQexecParams takes them: parallel arrays.
  int size() const { return static_cast<int>(types_.size()); }
  const unsigned* types() const { return types_.data(); }
  std::vector<const char*> values() const;
  std::vector<int> lengths() const;
  std::vector<int> formats() const { return std::vector<int>(types_.size(), 1); }

 private:
  PostgresParameters& add(unsigned type, std::string bytes, bool null = false);

  struct Value {
    std::string bytes;
    bool null;
  };
  std::vector<unsigned> types_;
  std::vector<Value> values_;
};

}  // namespace terapi::client
