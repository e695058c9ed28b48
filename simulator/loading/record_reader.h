// RecordReader: reads records from a file, one after another, without holding it: NDJSON, a JSON
// array of objects, or CSV with a header line — told apart by their first character and the name's
// ending. Nothing is read twice, so a pipe will do. Lines end with LF, CRLF or CR alone, whichever
// the first one ends with.
//
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"

namespace terapi::simulator {

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // The next record, the text of a JSON object; nothing at the end. Code "bad_file": says where
  // (line) and what was expected.
  virtual core::Result<std::optional<std::string>> next() = 0;
  // "packages.ndjson, line 12": where the last record began.
  virtual std::string place() const = 0;

  // What may be read: kPlain refuses pipes and devices, which may keep a caller waiting for ever.
  enum class Files : std::uint8_t { kAny, kPlain };
  // Codes "no_file", "bad_file": also for a pipe out of which nothing comes.
  static core::Result<std::unique_ptr<RecordReader>> open(const std::string& path,
                                                          Files files = Files::kAny);
};

}  // namespace terapi::simulator
