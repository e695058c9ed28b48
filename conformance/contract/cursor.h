// Position: what a cursor says, and the two texts that say it (CUR-5, CUR-6). The judge looks into
// cursors; a client must not (CUR-6). Values and pure functions.
//
//   core::Result<Position> position = read_cursor(record.cursor, terapi_dialect());
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "conformance/contract/dialect.h"
#include "core/clock.h"
#include "core/result.h"

namespace terapi::conformance {

// A place in a stream. Ordered as the stream is: by time, then by the bytes of the id, which in
// lower case is the order of its text.
struct Position {
  core::Time time{};
  std::string id;  // a UUID, in lower case
  friend auto operator<=>(const Position&, const Position&) = default;
  friend bool operator==(const Position&, const Position&) = default;
};

// Any RFC 3339 timestamp and any UUID make a position (CUR-7); the base64 around them must be the
// dialect's. Code "bad_cursor" otherwise.
core::Result<Position> read_cursor(std::string_view text, const Dialect& dialect);

// As a server of the dialect spells it.
std::string write_cursor(const Position& position, const Dialect& dialect);

}  // namespace terapi::conformance
