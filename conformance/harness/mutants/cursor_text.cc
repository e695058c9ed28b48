#include "conformance/harness/mutants/cursor_text.h"

#include "core/base64.h"
#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kTime = "created_at^";
constexpr std::string_view kId = "|id^";

}  // namespace

std::optional<std::string> decoded_cursor(std::string_view cursor) {
  return core::decode_base64(cursor);
}

std::string encoded_cursor(std::string_view text) {
  return core::base64(text, core::Padding::kWithout);
}

std::optional<CursorParts> parts_of_cursor(std::string_view cursor) {
  const auto text = decoded_cursor(cursor);
  if (!text || !text->starts_with(kTime)) return std::nullopt;
  const std::size_t id = text->find(kId);
  if (id == std::string::npos) return std::nullopt;
  return CursorParts{text->substr(kTime.size(), id - kTime.size()), text->substr(id + kId.size())};
}

std::string cursor_of_parts(const CursorParts& parts) {
  return encoded_cursor(std::string(kTime) + parts.time + std::string(kId) + parts.uuid);
}

std::optional<core::Time> time_of_cursor(std::string_view cursor) {
  const auto parts = parts_of_cursor(cursor);
  return parts ? core::parse_rfc3339(parts->time) : std::nullopt;
}

std::string cursor_at_milliseconds(const std::string& cursor) {
  auto text = decoded_cursor(cursor);
  const std::size_t dot = text ? text->find('.') : std::string::npos;
  if (dot == std::string::npos) return cursor;
  const std::size_t end = text->find_first_not_of("0123456789", dot + 1);
  constexpr std::size_t kMillisecondDigits = 3;
  if (end == std::string::npos || end - dot - 1 <= kMillisecondDigits) return cursor;
  text->erase(dot + 1 + kMillisecondDigits, end - dot - 1 - kMillisecondDigits);
  return encoded_cursor(*text);
}

}  // namespace terapi::conformance
