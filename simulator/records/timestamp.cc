#include "simulator/records/timestamp.h"

#include <cstdint>
#include <cstring>

namespace terapi::simulator {
namespace {

// "-05:00"
void write_offset(char* to, std::chrono::minutes zone) {
  const auto minutes = zone.count() < 0 ? -zone.count() : zone.count();
  const auto digits = [&](std::int64_t value) {
    *to++ = static_cast<char>('0' + value / 10);
    *to++ = static_cast<char>('0' + value % 10);
  };
  *to++ = zone.count() < 0 ? '-' : '+';
  digits(minutes / 60);
  *to++ = ':';
  digits(minutes % 60);
}

}  // namespace

char* write_trimmed_timestamp(char* to, Time time, std::chrono::minutes zone) {
  constexpr std::size_t kFractionEnd = 26;
  write_timestamp(to, time + zone);
  if (zone != std::chrono::minutes(0)) write_offset(to + kFractionEnd, zone);
  std::size_t end = kFractionEnd;
  while (to[end - 1] == '0') --end;
  if (to[end - 1] == '.') --end;
  std::memmove(to + end, to + kFractionEnd, kTimestampSize - kFractionEnd);
  return to + end + kTimestampSize - kFractionEnd;
}

std::string format_trimmed_timestamp(Time time, std::chrono::minutes zone) {
  char text[kTimestampSize];
  return {text, write_trimmed_timestamp(text, time, zone)};
}

std::string format_millis(Time time) { return format_timestamp(time).substr(0, 23) + "Z"; }

std::string format_milliseconds(Duration duration) {
  const auto micros = duration.count();
  std::string text = std::to_string(micros / 1000);
  if (micros % 1000 != 0) text += "." + std::to_string(1000 + micros % 1000).substr(1);
  return text;
}

}  // namespace terapi::simulator
