// Cursors: a position in a stream's list of modifications, and its text (CUR-1, CUR-6, CUR-7).
// Pure functions over values.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/records/dialect.h"
#include "simulator/records/timestamp.h"
#include "simulator/records/uuid.h"

namespace terapi::simulator {

// Positions order records: by time of modification, then by stable id (CUR-2, CUR-5).
struct Position {
  Time time;
  Uuid id;
  auto operator<=>(const Position&) const = default;

  // Before everything, and: before whatever was modified at `time` or later.
  static Position start() { return {Time::min(), Uuid::lowest()}; }
  static Position just_before(Time time) { return {time - Duration(1), Uuid::highest()}; }
};

// CUR-6: unpadded base64 of "created_at^<timestamp>|id^<uuid>" (padded "<timestamp>||<uuid>" in the
// nango dialect).
// write_cursor writes at most kMaxCursorSize characters and returns where they end.
inline constexpr std::size_t kMaxCursorSize = 112;
char* write_cursor(char* to, const Position& position, const Dialect& dialect);
void append_cursor(std::string& out, const Position& position, const Dialect& dialect);
std::string encode_cursor(const Position& position, const Dialect& dialect);

// Also takes what users' tools make of a cursor: padding, the base64url alphabet, any offset and
// precision of the timestamp. Nothing when it does not decode (CUR-7).
std::optional<Position> decode_cursor(std::string_view cursor, const Dialect& dialect);

}  // namespace terapi::simulator
