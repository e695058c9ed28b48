#include "simulator/records/timestamp.h"

#include <cstring>

namespace terapi::simulator {

char* write_trimmed_timestamp(char* to, Time time) {
  constexpr std::size_t kFractionEnd = 26;
  write_timestamp(to, time);
  std::size_t end = kFractionEnd;
  while (to[end - 1] == '0') --end;
  if (to[end - 1] == '.') --end;
  std::memmove(to + end, to + kFractionEnd, kTimestampSize - kFractionEnd);
  return to + end + kTimestampSize - kFractionEnd;
}

std::string format_trimmed_timestamp(Time time) {
  char text[kTimestampSize];
  return {text, write_trimmed_timestamp(text, time)};
}

std::string format_millis(Time time) { return format_timestamp(time).substr(0, 23) + "Z"; }

std::string format_milliseconds(Duration duration) {
  const auto micros = duration.count();
  std::string text = std::to_string(micros / 1000);
  if (micros % 1000 != 0) text += "." + std::to_string(1000 + micros % 1000).substr(1);
  return text;
}

}  // namespace terapi::simulator
