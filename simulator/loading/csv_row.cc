#include "simulator/loading/csv_row.h"

#include <algorithm>

namespace terapi::simulator {
namespace {

// Reads the quoted field that begins at `at`; leaves `at` behind its closing quote.
std::string take_quoted(std::string_view text, std::size_t& at) {
  std::string field;
  ++at;
  while (at < text.size()) {
    if (text[at] != '"') {
      field += text[at++];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      field += '"';
      at += 2;
    } else {
      ++at;
      break;
    }
  }
  return field;
}

}  // namespace

void CsvQuotes::read(std::string_view text) {
  for (const char c : text) {
    const bool was_inside = inside_;
    if (c == '"' && (inside_ || may_open_)) inside_ = !inside_;
    // A second quote right behind a closing one is an escaped one: the field goes on.
    may_open_ = !inside_ && (c == ',' || (c == '"' && was_inside));
  }
}

core::Result<CsvRow> parse_csv_row(std::string_view text) {
  CsvRow row;
  std::size_t at = 0;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      row.push_back(take_quoted(text, at));
      if (at < text.size() && text[at] != ',') {
        return core::Error{
            "bad_csv", "column " + std::to_string(row.size()) + " goes on after its closing quote"};
      }
    } else {
      const std::size_t end = std::min(text.find(',', at), text.size());
      row.emplace_back(text.substr(at, end - at));
      at = end;
    }
    if (at >= text.size()) return row;
    ++at;  // the comma; a row may end with one, which begins an empty last field
  }
}

}  // namespace terapi::simulator
