// LogBook: what the simulator did, as structured entries, bounded (LOG-1). Entries never hold a key
// (AUTH-5): whoever writes one names things by id.
//
// Thread rule: the simulator's thread.
#pragma once

#include <array>
#include <functional>

#include "core/words.h"
#include "simulator/observation/bounded_list.h"
#include "simulator/observation/log_entry.h"

namespace terapi::simulator {

inline constexpr auto kLogLevelWords = std::to_array<core::Word<LogLevel>>({
    {LogLevel::kDebug, "debug"},
    {LogLevel::kInfo, "info"},
    {LogLevel::kWarning, "warning"},
    {LogLevel::kError, "error"},
});

class LogBook {
 public:
  using Sink = std::function<void(const LogEntry&)>;
  explicit LogBook(std::size_t most = 10'000) : entries_(most) {}
  void add(LogEntry entry);
  // Is shown every entry as it is added: the program's own log.
  void set_sink(Sink sink) { sink_ = std::move(sink); }
  const BoundedList<LogEntry>& entries() const { return entries_; }
  void clear() { entries_.clear(); }

 private:
  BoundedList<LogEntry> entries_;
  Sink sink_;
};

}  // namespace terapi::simulator
