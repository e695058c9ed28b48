#include "simulator/records/cursor.h"

#include <algorithm>

#include "core/base64.h"
#include "simulator/javascript/iso_datetime.h"
#include "simulator/javascript/lenient_base64.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kTimeLabel = "created_at^";
constexpr std::string_view kIdLabel = "|id^";
constexpr std::string_view kPipes = "||";
constexpr std::size_t kMaxTextSize =
    kTimeLabel.size() + kTimestampSize + kIdLabel.size() + kUuidSize;
static_assert(core::base64_size(kMaxTextSize) <= kMaxCursorSize);

char* put(char* to, std::string_view text) { return std::copy(text.begin(), text.end(), to); }

// Splits the decoded text into its timestamp and its uuid, in the dialect's notation.
bool split(std::string_view text, const Dialect& dialect, std::string_view& time,
           std::string_view& id) {
  const std::string_view separator = dialect.cursor_is_pipes ? kPipes : kIdLabel;
  if (!dialect.cursor_is_pipes) {
    if (!text.starts_with(kTimeLabel)) return false;
    text.remove_prefix(kTimeLabel.size());
  }
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return false;
  time = text.substr(0, at);
  id = text.substr(at + separator.size());
  return true;
}

// As the public system reads it: what is not base64 is passed over, the high bits of the text go,
// zod checks the parts, and PostgreSQL has the last word.
std::optional<Position> decode_leniently(std::string_view cursor) {
  std::string text = decode_lenient_base64(cursor);
  for (char& c : text) c = static_cast<char>(c & 0x7F);
  const std::size_t at = text.find(kPipes);
  if (at == std::string::npos || text.find(kPipes, at + kPipes.size()) != std::string::npos) {
    return std::nullopt;
  }
  const std::string_view when = std::string_view(text).substr(0, at);
  const std::optional<Time> time = parse_iso_datetime(when, Offsets::kAny, Microseconds::kRounded);
  const std::optional<Uuid> id = parse_uuid(std::string_view(text).substr(at + kPipes.size()));
  if (!time || !id || !is_rfc_uuid(*id)) return std::nullopt;
  // PostgreSQL knows no year 0, and no place that far from Greenwich.
  const bool far =
      when.find_last_of("+-") > 10 && when.substr(when.find_last_of("+-") + 1) > "15:59";
  if (when.starts_with("0000") || far) return std::nullopt;
  return Position{*time, *id};
}

}  // namespace

char* write_cursor(char* to, const Position& position, const Dialect& dialect) {
  char text[kMaxTextSize];
  char* end = text;
  if (dialect.cursor_is_pipes) {
    end = dialect.trims_timestamps ? write_trimmed_timestamp(end, position.time, dialect.zone)
                                   : write_timestamp(end, position.time);
    end = put(end, kPipes);
  } else {
    end = put(end, kTimeLabel);
    end = write_timestamp(end, position.time);
    end = put(end, kIdLabel);
  }
  end = write_uuid(end, position.id);
  return core::write_base64(
      to, {text, static_cast<std::size_t>(end - text)},
      dialect.cursor_is_pipes ? core::Padding::kWith : core::Padding::kWithout);
}

void append_cursor(std::string& out, const Position& position, const Dialect& dialect) {
  char text[kMaxCursorSize];
  out.append(text, write_cursor(text, position, dialect));
}

std::string encode_cursor(const Position& position, const Dialect& dialect) {
  std::string out;
  append_cursor(out, position, dialect);
  return out;
}

std::optional<Position> decode_cursor(std::string_view cursor, const Dialect& dialect) {
  if (dialect.zod) return decode_leniently(cursor);
  const std::optional<std::string> text = core::decode_base64(cursor);
  if (!text) return std::nullopt;
  std::string_view time_text;
  std::string_view id_text;
  if (!split(*text, dialect, time_text, id_text)) return std::nullopt;
  const std::optional<Time> time = core::parse_rfc3339(time_text);
  const std::optional<Uuid> id = parse_uuid(id_text);
  if (!time || !id) return std::nullopt;
  return Position{*time, *id};
}

}  // namespace terapi::simulator
