// JSON that keeps its text: a strict parser (RFC 8259) whose values are slices of what came in. A
// byte order mark before a text is passed over, as section 8.1 allows, and is no part of any value.
//
// The usual libraries turn numbers into doubles and forget where a value stood. Records must come
// back value for value (2^63, 1e400, 0.10, escapes) and files must be reported by line and column,
// so a value here is a view: its kind, its exact text and its place.
//
// Errors have code "bad_json" and say line, column, what was found and what was expected.
// Thread rule: a Document is a value; views into it may be read from any thread while it lives.
//
//   Result<json::Document> doc = json::Document::parse(R"({"id":"1","n":1e400})");
//   doc->root()["n"].text();   // "1e400"
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::core::json {

enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// "an object", "a string", … for messages.
std::string_view describe(Kind kind);

struct ParseOptions {
  bool comments = false;        // allow // and /* */ comments
  std::size_t max_depth = 512;  // deeper nesting is an error, not a stack overflow
};

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A place in a text: both count from 1, the column in bytes.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};
Place place_of(std::string_view text, std::size_t offset);

// The places of many offsets in one text, which has to outlive it: the text is read once.
class Places {
 public:
  explicit Places(std::string_view text);
  Place of(std::size_t offset) const;

 private:
  std::size_t size_;
  std::vector<std::size_t> line_starts_;
};

struct Node {
  Kind kind;
  std::uint32_t begin;  // the value's text is [begin, end)
  std::uint32_t end;
  std::uint32_t next;   // the node after this one and all that it holds
  std::uint32_t count;  // items of an array, members of an object
};

class Members;
class Items;

// A view of one value. A default-made Value is absent: kind null, empty text, present() false.
class Value {
 public:
  Value() = default;
  bool present() const { return nodes_ != nullptr; }
  Kind kind() const { return present() ? node().kind : Kind::kNull; }
  bool is_object() const { return present() && node().kind == Kind::kObject; }
  bool is_array() const { return present() && node().kind == Kind::kArray; }
  bool is_string() const { return present() && node().kind == Kind::kString; }
  bool is_number() const { return present() && node().kind == Kind::kNumber; }
  bool is_boolean() const { return present() && node().kind == Kind::kBoolean; }
  bool is_null() const { return present() && node().kind == Kind::kNull; }

  // The value exactly as it was written, without surrounding white space.
  std::string_view text() const;
  std::size_t offset() const { return present() ? node().begin : 0; }
  std::size_t size() const { return present() ? node().count : 0; }

  // A string's value, decoded to UTF-8; "" for any other kind.
  std::string string() const;
  bool boolean() const { return is_boolean() && text() == "true"; }
  // A number that is a whole one in this range, written without fraction or exponent.
  std::optional<std::int64_t> integer() const;
  // The nearest double; for settings such as a probability, never for records.
  double number() const;

  // The member of that name (the last one, if repeated), or an absent value.
  Value operator[](std::string_view key) const;
  Members members() const;
  Items items() const;

 private:
  friend class Document;
  friend class Members;
  friend class Items;
  friend class Reader;
  Value(const char* text, const Node* nodes, std::uint32_t index)
      : text_(text), nodes_(nodes), index_(index) {}
  const Node& node() const { return nodes_[index_]; }
  Value at(std::uint32_t index) const { return {text_, nodes_, index}; }

  const char* text_ = nullptr;
  const Node* nodes_ = nullptr;
  std::uint32_t index_ = 0;
};

struct Member {
  Value key;
  Value value;
};

// Iterates an object's members in written order.
class Members {
 public:
  explicit Members(Value object) : object_(object) {}
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    using pointer = const Member*;
    using reference = Member;
    Iterator(Value object, std::uint32_t index, std::uint32_t left)
        : object_(object), index_(index), left_(left) {}
    Member operator*() const { return {object_.at(index_), object_.at(index_ + 1)}; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

   private:
    Value object_;
    std::uint32_t index_;
    std::uint32_t left_;
  };
  Iterator begin() const;
  Iterator end() const { return {object_, 0, 0}; }

 private:
  Value object_;
};

// Iterates an array's items.
class Items {
 public:
  explicit Items(Value array) : array_(array) {}
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = const Value*;
    using reference = Value;
    Iterator(Value array, std::uint32_t index, std::uint32_t left)
        : array_(array), index_(index), left_(left) {}
    Value operator*() const { return array_.at(index_); }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

   private:
    Value array_;
    std::uint32_t index_;
    std::uint32_t left_;
  };
  Iterator begin() const;
  Iterator end() const { return {array_, 0, 0}; }

 private:
  Value array_;
};

// A parsed text. Texts of up to 4 GiB.
class Document {
 public:
  static Result<Document> parse(std::string text, ParseOptions options = {});

  Value root() const { return {text_.data(), nodes_.data(), 0}; }
  std::string_view text() const { return text_; }
  Place place(const Value& value) const { return place_of(text_, value.offset()); }

  Document(Document&&) = default;
  Document& operator=(Document&&) = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

 private:
  Document() = default;
  std::string text_;
  std::vector<Node> nodes_;
};

// Parses a text that the caller keeps alive, into nodes that the caller may reuse: for reading
// many small texts (the lines of a file) without an allocation each.
class Reader {
 public:
  explicit Reader(ParseOptions options = {}) : options_(options) {}
  // The value lives until the next call, or until `text` goes.
  Result<Value> read(std::string_view text);
  // Like read, but stops after one value, at `offset`, which moves past it: for arrays that are
  // too long to hold.
  Result<Value> read_one(std::string_view text, std::size_t& offset);

 private:
  friend class Document;
  ParseOptions options_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> open_;
};

// True when both are the same JSON value: objects regardless of key order, numbers by their exact
// decimal value (1.0 = 1, 10e2 = 1000), strings by what they spell.
bool same_value(const Value& a, const Value& b);

// Decodes the text of a JSON string, quotes included. Unpaired surrogates become U+FFFD.
std::string decode_string(std::string_view quoted);

// What a string spells, for comparing and finding: half of a surrogate pair stays apart from any
// other, and from U+FFFD. It is not always UTF-8, so nothing is to be written with it.
std::string spelled(const Value& string);

// True when the text of a JSON string, quotes included, has an escape that is half of a surrogate
// pair: what it spells is no Unicode text, and decoding makes the same of two different ones. Ask
// before a text is decoded that names something.
bool has_unpaired_surrogate(std::string_view quoted);

// The value's text without white space (and comments) between its tokens.
void append_compact(std::string& out, const Value& value);
std::string compact(const Value& value);

// Appends `text` as a JSON string, quotes included; only what JSON must escape is escaped. Bytes
// that are not UTF-8 come out as U+FFFD.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

}  // namespace terapi::core::json
