#include "conformance/contract/cursor.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "conformance/contract/timestamp.h"
#include "core/base64.h"

namespace terapi::conformance {
namespace {

// What stands around the timestamp and the id.
struct CursorFrame {
  std::string_view before;
  std::string_view between;
  core::Padding padding;
};

const CursorFrame& cursor_frame(const Dialect& dialect) {
  static constexpr CursorFrame kCaret{"created_at^", "|id^", core::Padding::kWithout};
  static constexpr CursorFrame kBars{"", "||", core::Padding::kWith};
  return dialect.cursor_format == CursorFormat::kCreatedAtCaret ? kCaret : kBars;
}

// Strict: what is spelled otherwise than the encoder would spell it is refused.
std::optional<std::string> read_base64(std::string_view text, core::Padding padding) {
  std::optional<std::string> bytes = core::decode_base64(text);
  if (bytes && core::base64(*bytes, padding) != text) return std::nullopt;
  return bytes;
}

char lower_hex(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; }

// The UUID in lower case.
std::optional<std::string> read_uuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size()) return std::nullopt;
  std::string uuid;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = lower_hex(text[i]);
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (kShape[i] == 'x' ? !hex : c != '-') return std::nullopt;
    uuid += c;
  }
  return uuid;
}

core::Error bad_cursor(std::string_view text, const std::string& why) {
  constexpr std::size_t kLongest = 200;
  return {"bad_cursor", "cursor '" + std::string(text.substr(0, kLongest)) +
                            (text.size() > kLongest ? "…' " : "' ") + why};
}

}  // namespace

core::Result<Position> read_cursor(std::string_view text, const Dialect& dialect) {
  const CursorFrame& frame = cursor_frame(dialect);
  const std::optional<std::string> decoded = read_base64(text, frame.padding);
  if (!decoded) {
    return bad_cursor(text, frame.padding == core::Padding::kWith
                                ? "is not base64 with padding"
                                : "is not base64 without padding");
  }
  std::string_view plain = *decoded;
  const std::size_t bar = plain.find(frame.between);
  if (!plain.starts_with(frame.before) || bar == std::string_view::npos) {
    return bad_cursor(text, "does not decode to " + std::string(frame.before) + "<timestamp>" +
                                std::string(frame.between) + "<uuid>");
  }
  const std::optional<core::Time> time =
      read_timestamp(plain.substr(frame.before.size(), bar - frame.before.size()));
  if (!time) return bad_cursor(text, "has no RFC 3339 timestamp");
  std::optional<std::string> id = read_uuid(plain.substr(bar + frame.between.size()));
  if (!id) return bad_cursor(text, "has no UUID");
  return Position{*time, std::move(*id)};
}

std::string write_cursor(const Position& position, const Dialect& dialect) {
  const CursorFrame& frame = cursor_frame(dialect);
  std::string plain(frame.before);
  plain += write_timestamp(position.time, dialect);
  plain += frame.between;
  plain += position.id;
  return core::base64(plain, frame.padding);
}

}  // namespace terapi::conformance
