#include "simulator/observation/log_filter.h"

#include <algorithm>

namespace terapi::simulator {

bool LogFilter::matches(const LogEntry& entry) const {
  if (entry.level < least) return false;
  if ((from && entry.at < *from) || (to && entry.at > *to)) return false;
  if (!event.empty() && entry.event != event && !entry.event.starts_with(event + ".")) return false;
  if (text.empty() || entry.message.find(text) != std::string::npos) return true;
  return std::any_of(entry.fields.begin(), entry.fields.end(), [&](const auto& field) {
    return field.second.find(text) != std::string::npos;
  });
}

}  // namespace terapi::simulator
