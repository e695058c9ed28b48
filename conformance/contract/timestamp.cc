#include "conformance/contract/timestamp.h"

#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kSecondsLength = std::string_view("2023-09-18T15:20:35").size();
constexpr std::size_t kFractionLength = std::string_view(".941305").size();
constexpr std::size_t kOffsetLength = std::string_view("+00:00").size();

}  // namespace

std::optional<core::Time> read_timestamp(std::string_view text) {
  const std::optional<core::Time> time = core::parse_rfc3339(text);
  const bool leaps = time && text.substr(kSecondsLength - 2, 2) == "60";
  if (!time || leaps || text[10] == ' ') return std::nullopt;
  return time;
}

bool is_canonical_timestamp(std::string_view text, const Dialect& dialect) {
  if (!read_timestamp(text) || text[10] != 'T') return false;
  if (dialect.timestamp_format == TimestampFormat::kSixDigitsUtc) {
    return text.size() == kSecondsLength + kFractionLength + kOffsetLength &&
           text.ends_with("+00:00");
  }
  if (text.size() < kSecondsLength + kOffsetLength) return false;  // it ends with Z
  const std::string_view offset = text.substr(text.size() - kOffsetLength);
  if ((offset[0] != '+' && offset[0] != '-') || offset == "-00:00") return false;
  const std::string_view fraction =
      text.substr(kSecondsLength, text.size() - kSecondsLength - kOffsetLength);
  return fraction.size() <= kFractionLength && !fraction.ends_with('0');
}

std::string write_timestamp(core::Time time) { return write_timestamp(time, terapi_dialect()); }

std::string write_timestamp(core::Time time, const Dialect& dialect) {
  std::string text = core::format_rfc3339(time);
  if (dialect.timestamp_format == TimestampFormat::kSixDigitsUtc) return text;
  std::string trimmed = text.substr(0, kSecondsLength + kFractionLength);
  trimmed.erase(trimmed.find_last_not_of('0') + 1);
  if (trimmed.ends_with('.')) trimmed.pop_back();
  return trimmed + "+00:00";
}

std::string write_millis(core::Time time) {
  return core::format_rfc3339(time).substr(0, kSecondsLength + 4) + "Z";
}

}  // namespace terapi::conformance
