// ServedPage: the answer to GET /records, read strictly (REC-1, REC-10, META-1 to META-3, CUR-6).
// Shapes that leave nothing to judge are an error with code "bad_page", which says line, column,
// what was found and what was expected; what is wrong with one record is a problem of that record,
// with its clause. Values, no thread rule.
//
//   core::Result<ServedPage> page = read_page(response.body, terapi_dialect());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/dialect.h"
#include "core/result.h"

namespace terapi::conformance {

struct ShapeProblem {
  std::string clause;  // "META-2"
  std::string text;    // "last_modified_at is \"today\"; expected …"
  friend bool operator==(const ShapeProblem&, const ShapeProblem&) = default;
};

// Texts are "" where the record has none of the right kind; then there is a problem.
struct ServedRecord {
  std::string id;
  std::string payload;  // the record's JSON text less its metadata; every other byte as it was
  std::string cursor;
  std::string last_action;
  std::string first_seen_at;
  std::string last_modified_at;
  std::optional<std::string> deleted_at{};
  std::optional<std::string> pruned_at{};
  std::vector<ShapeProblem> problems{};
};

struct ServedPage {
  std::vector<ServedRecord> records;
  std::optional<std::string> next_cursor{};
};

// kShape: whoever only wants to know what was served does not have the spelling of each cursor and
// timestamp checked, which costs as much as all the rest; only `pruned_at` of the times is read.
enum class PageChecks : std::uint8_t { kAll, kShape };

// One pass over the body. Members of the page other than `records` and `next_cursor` are ignored.
core::Result<ServedPage> read_page(std::string_view body, const Dialect& dialect,
                                   PageChecks checks = PageChecks::kAll);

}  // namespace terapi::conformance
