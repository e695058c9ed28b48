#include "conformance/contract/served_page.h"

#include <array>
#include <cstddef>
#include <utility>

#include "conformance/contract/cursor.h"
#include "conformance/contract/timestamp.h"
#include "core/json.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// What was found, short enough for a message.
std::string found_text(const json::Value& value) {
  constexpr std::size_t kLongest = 60;
  if (!value.present()) return "missing";
  if (value.is_object() || value.is_array()) return std::string(json::describe(value.kind()));
  const std::string_view text = value.text();
  return std::string(text.substr(0, kLongest)) + (text.size() > kLongest ? "…" : "");
}

core::Error bad_page(std::string_view body, std::size_t offset, const std::string& what) {
  const json::Place place = json::place_of(body, offset);
  return {"bad_page", "line " + std::to_string(place.line) + ", column " +
                          std::to_string(place.column) + ": " + what};
}

// True for the JSON text of this key, however its characters are escaped.
bool is_key(const json::Value& key, std::string_view name) {
  const std::string_view text = key.text();
  if (text.find('\\') != std::string_view::npos) return key.string() == name;
  return text.substr(1, text.size() - 2) == name;
}

// The members of a record that the judge looks at, found in one walk over all of them.
struct RecordParts {
  json::Value id{};
  json::Value metadata{};
  std::size_t ids = 0;
  std::size_t metadatas = 0;
  std::string payload;
};

// Keeps all text but the metadata, one comma with it.
RecordParts take_apart(const json::Value& record, std::string_view metadata_key) {
  const std::string_view text = record.text();
  const auto at = [&](const json::Value& value) { return value.offset() - record.offset(); };
  RecordParts parts;
  parts.payload.reserve(text.size());
  std::size_t last_end = 1;     // where the member before ends
  std::size_t first_begin = 0;  // where the first of all begins
  bool kept_any = false;
  for (const json::Member member : record.members()) {
    const std::size_t begin = at(member.key);
    const std::size_t end = at(member.value) + member.value.text().size();
    if (first_begin == 0) first_begin = begin;
    if (is_key(member.key, metadata_key)) {
      parts.metadata = member.value;
      ++parts.metadatas;
    } else {
      // Before the first that is kept stands no comma, whatever was left out before it.
      parts.payload +=
          kept_any ? text.substr(last_end, begin - last_end) : text.substr(0, first_begin);
      parts.payload += text.substr(begin, end - begin);
      kept_any = true;
      if (is_key(member.key, "id")) {
        parts.id = member.value;
        ++parts.ids;
      }
    }
    last_end = end;
  }
  if (!kept_any) parts.payload += '{';
  parts.payload += text.substr(last_end);
  return parts;
}

// Reads one record, and notes what is wrong with it.
class ServedRecordReader {
 public:
  ServedRecordReader(const json::Value& value, const Dialect& dialect, PageChecks checks)
      : value_(value), dialect_(dialect), spelling_(checks == PageChecks::kAll) {}

  ServedRecord read() {
    RecordParts parts = take_apart(value_, dialect_.metadata_key);
    record_.payload = std::move(parts.payload);
    read_id(parts);
    read_metadata(parts);
    return std::move(record_);
  }

 private:
  void problem(const char* clause, std::string text) {
    record_.problems.push_back({clause, std::move(text)});
  }

  void read_id(const RecordParts& parts) {
    if (parts.ids > 1) problem("REC-10", "id appears in the record twice");
    if (parts.id.is_string()) {
      // Kept apart from other halves all the same.
      record_.id = json::spelled(parts.id);
      if (json::has_unpaired_surrogate(parts.id.text())) {
        record_.id = std::string(parts.id.text());
        problem("REC-10", "id is " + found_text(parts.id) +
                              ", with half of a surrogate pair; expected Unicode text");
      }
    } else {
      problem("REC-10", "id is " + found_text(parts.id) + "; expected a string");
    }
  }

  void read_metadata(const RecordParts& parts) {
    const std::string name(dialect_.metadata_key);
    if (parts.metadatas > 1) problem("META-1", name + " appears in the record twice");
    if (!parts.metadata.is_object()) {
      problem("META-1", name + " is " + found_text(parts.metadata) + "; expected an object");
      return;
    }
    find_fields(parts.metadata);
    read_cursor_text();
    read_action();
    record_.pruned_at = timestamp(kPruned);
    if (!spelling_) return;
    record_.first_seen_at = timestamp(kFirstSeen).value_or("");
    record_.last_modified_at = timestamp(kLastModified).value_or("");
    record_.deleted_at = timestamp(kDeleted);
  }

  enum Field : std::size_t { kCursor, kAction, kFirstSeen, kLastModified, kDeleted, kPruned };
  static constexpr std::array<std::string_view, 6> kFieldNames = {
      "cursor", "last_action", "first_seen_at", "last_modified_at", "deleted_at", "pruned_at"};

  void find_fields(const json::Value& metadata) {
    for (const json::Member member : metadata.members()) {
      for (std::size_t i = 0; i < kFieldNames.size(); ++i) {
        if (!is_key(member.key, kFieldNames[i])) continue;
        if (fields_[i].present()) problem("META-1", field_name(i) + " appears there twice");
        fields_[i] = member.value;
        break;
      }
    }
  }

  static std::string field_name(std::size_t field) { return std::string(kFieldNames[field]); }

  // A string, or nothing and a problem.
  std::optional<std::string> string_field(Field field, const char* clause,
                                          const std::string& expected) {
    const json::Value value = fields_[field];
    if (value.is_string()) return value.string();
    problem(value.present() ? clause : "META-1",
            field_name(field) + " is " + found_text(value) + "; expected " + expected);
    return std::nullopt;
  }

  void read_cursor_text() {
    const std::optional<std::string> text = string_field(kCursor, "META-1", "a string");
    if (!text) return;
    record_.cursor = *text;
    if (!spelling_) return;
    const core::Result<Position> position = read_cursor(*text, dialect_);
    if (!position) problem("CUR-6", position.error().message);
  }

  void read_action() {
    const std::string expected = "ADDED, UPDATED or DELETED";
    const std::optional<std::string> text = string_field(kAction, "META-3", expected);
    if (!text) return;
    record_.last_action = *text;
    if (*text == "ADDED" || *text == "UPDATED" || *text == "DELETED") return;
    problem("META-3", "last_action is " + found_text(fields_[kAction]) + "; expected " + expected);
  }

  // Null is nothing, and is right for two of the fields.
  std::optional<std::string> timestamp(Field field) {
    const json::Value value = fields_[field];
    const bool may_be_null = field == kDeleted || field == kPruned;
    if (may_be_null && value.is_null()) return std::nullopt;
    std::optional<std::string> text;
    if (value.is_string()) text = value.string();
    if (text && (!spelling_ || is_canonical_timestamp(*text, dialect_))) return text;
    std::string expected = dialect_.timestamp_format == TimestampFormat::kSixDigitsUtc
                               ? "a timestamp like 2023-09-18T15:20:35.941305+00:00"
                               : "a timestamp like 2023-09-18T15:20:35.9413+00:00, zeros trimmed";
    if (may_be_null) expected += ", or null";
    problem(value.present() ? "META-2" : "META-1",
            field_name(field) + " is " + found_text(value) + "; expected " + expected);
    return text;
  }

  json::Value value_;
  const Dialect& dialect_;
  bool spelling_;
  std::array<json::Value, kFieldNames.size()> fields_{};
  ServedRecord record_{};
};

// The member of the page; an error when it is not there just once.
core::Result<json::Value> page_member(std::string_view body, const json::Value& page,
                                      std::string_view name) {
  json::Value found;
  for (const json::Member member : page.members()) {
    if (!is_key(member.key, name)) continue;
    if (found.present()) {
      return bad_page(body, member.key.offset(), std::string(name) + " appears in the page twice");
    }
    found = member.value;
  }
  if (!found.present()) return bad_page(body, page.offset(), std::string(name) + " is missing");
  return found;
}

}  // namespace

core::Result<ServedPage> read_page(std::string_view body, const Dialect& dialect,
                                   PageChecks checks) {
  thread_local json::Reader reader;  // keeps its memory from page to page
  const core::Result<json::Value> root = reader.read(body);
  if (!root) return core::Error{"bad_page", root.error().message};
  if (!root->is_object()) {
    return bad_page(body, root->offset(),
                    "the page is " + found_text(*root) + "; expected an object");
  }
  const core::Result<json::Value> records = page_member(body, *root, "records");
  if (!records) return records.error();
  if (!records->is_array()) {
    return bad_page(body, records->offset(),
                    "records is " + found_text(*records) + "; expected an array");
  }
  const core::Result<json::Value> next = page_member(body, *root, "next_cursor");
  if (!next) return next.error();
  if (!next->is_string() && !next->is_null()) {
    return bad_page(body, next->offset(),
                    "next_cursor is " + found_text(*next) + "; expected a string or null");
  }
  ServedPage page;
  page.records.reserve(records->size());
  if (next->is_string()) page.next_cursor = next->string();
  for (const json::Value record : records->items()) {
    if (!record.is_object()) {
      return bad_page(body, record.offset(),
                      "records[" + std::to_string(page.records.size()) + "] is " +
                          found_text(record) + "; expected an object");
    }
    page.records.push_back(ServedRecordReader(record, dialect, checks).read());
  }
  return page;
}

}  // namespace terapi::conformance
