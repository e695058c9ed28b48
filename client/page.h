// Page: one answer of GET /records, taken apart in one scan that trusts nothing (REC-1, META).
//
// A record's payload is a slice of the answer's own text, so nothing is copied and every
// value comes out as it came in (REC-10): numbers, key order and escapes are not touched.
//
//   Result<Page> page = Page::parse(std::move(response.body), dialect);
//   if (!page) …                    // "bad_page": it is not a page; "broken_record": it breaks
//                                   // off within its records
//   for (const Record& record : page->records()) …
//   if (page->poison()) …           // what came after them and cannot be stored
//
// Thread rule: a value; may be handed to another thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/dialect.h"
#include "client/record.h"
#include "core/result.h"

namespace terapi::client {

class Page {
 public:
  // A record that cannot be stored (CLIENT-11): it lacks something that every record needs, or is
  // not JSON.
  struct Poison {
    std::string record;  // its id, or "record 3 of a page, the one after …" where none can be read
    std::string reason;
    bool is_damage = false;  // it is not JSON, which may be an accident of this one answer
  };

  static core::Result<Page> parse(std::string body, const Dialect& dialect);

  // In served order; where there is a poison record, those before it. What comes after it in the
  // answer was not looked at, the next cursor perhaps included.
  std::span<const Record> records() const { return records_; }
  const std::optional<Poison>& poison() const { return poison_; }
  const std::optional<std::string>& next_cursor() const { return next_cursor_; }
  std::size_t bytes() const { return body_->size(); }

 private:
  friend class PageScan;
  Page() = default;
  // On the heap, so that views into them outlive a move.
  std::unique_ptr<std::string> body_;
  std::unique_ptr<std::deque<std::string>> decoded_;
  std::vector<Record> records_;
  std::optional<Poison> poison_;
  std::optional<std::string> next_cursor_;
};

}  // namespace terapi::client
