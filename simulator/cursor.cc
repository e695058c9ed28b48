#include "simulator/cursor.h"

#include "simulator/base64.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kTimeLabel = "created_at^";
constexpr std::string_view kIdLabel = "|id^";
constexpr std::string_view kPipes = "||";

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

}  // namespace

void append_cursor(std::string& out, const Position& position, const Dialect& dialect) {
  // Reused, since this runs once for each record of each page.
  thread_local std::string text;
  text.clear();
  if (dialect.cursor_is_pipes) {
    text += dialect.trims_timestamps ? format_trimmed_timestamp(position.time)
                                     : format_timestamp(position.time);
    text += kPipes;
  } else {
    text += kTimeLabel;
    append_timestamp(text, position.time);
    text += kIdLabel;
  }
  append_uuid(text, position.id);
  append_base64(out, text, dialect.cursor_is_pipes);
}

std::string encode_cursor(const Position& position, const Dialect& dialect) {
  std::string out;
  append_cursor(out, position, dialect);
  return out;
}

std::optional<Position> decode_cursor(std::string_view cursor, const Dialect& dialect) {
  const std::optional<std::string> text = decode_base64(cursor);
  if (!text) return std::nullopt;
  std::string_view time_text;
  std::string_view id_text;
  if (!split(*text, dialect, time_text, id_text)) return std::nullopt;
  const std::optional<Time> time = parse_timestamp(time_text);
  const std::optional<Uuid> id = parse_uuid(id_text);
  if (!time || !id) return std::nullopt;
  return Position{*time, *id};
}

}  // namespace terapi::simulator
