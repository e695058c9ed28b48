// BrokenRecord: what can be told of a record that is not JSON, or nested too deeply to be taken,
// by its brackets and quotes alone: enough to name it (CLIENT-11). Pure.
//
//   look_at_broken_record(R"({"id":"7","text":"…not UTF-8…"},{…)")   // whole, id "7"
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace terapi::client {

struct BrokenRecord {
  bool whole = false;     // its last bracket is there; else the text breaks off within it
  std::size_t depth = 0;  // of the brackets
  std::string id;         // as it is written, in UTF-8; "" where none was found
};

// `text` begins with the record, and goes on behind it.
BrokenRecord look_at_broken_record(std::string_view text);

}  // namespace terapi::client
