// ChangedPage: an answer of GET /records, taken apart so that a mutant can change it: records as
// texts, with what their metadata says. Values, no thread rule.
//
//   if (auto page = ChangedPage::parse(response.body)) {
//     page->next_cursor.reset();
//     response.body = page->text();
//   }
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace terapi::conformance {

// One record as it was served.
class ChangedRecord {
 public:
  explicit ChangedRecord(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }

  std::string id() const;
  // What the metadata's member says: a string's value; "" for null or none.
  std::string metadata(std::string_view name) const;
  // Puts JSON text in a member's place; one that is not there stays away.
  void set_metadata(std::string_view name, std::string_view json);
  // The record without its metadata turned by `change`.
  template <typename Change>
  void change_payload(Change change);

 private:
  std::string text_;
};

struct ChangedPage {
  std::vector<ChangedRecord> records;
  std::optional<std::string> next_cursor;

  // Nothing for what is not a page.
  static std::optional<ChangedPage> parse(const std::string& body);
  std::string text() const;
};

// A record's metadata, in either dialect.
core::json::Member metadata_member(const core::json::Value& record);

template <typename Change>
void ChangedRecord::change_payload(Change change) {
  const auto document = core::json::Document::parse(text_);
  if (!document) return;
  const std::string metadata(metadata_member(document->root()).key.text());
  std::string changed = "{";
  for (const core::json::Member member : document->root().members()) {
    if (changed.size() > 1) changed += ',';
    changed += std::string(member.key.text()) + ":";
    changed +=
        member.key.text() == metadata ? std::string(member.value.text()) : change(member.value);
  }
  text_ = changed + "}";
}

}  // namespace terapi::conformance
