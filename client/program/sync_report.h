// SyncReport: what a running sync tells the user: log lines, and how far it has got.
//
// On a terminal progress is a line that is redrawn, ten times a second at most; elsewhere, if it is
// asked for, a log line every five seconds while something is going on.
//
// Thread rule: the clock's thread. The clock has to outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/program/console.h"
#include "client/program/progress_line.h"
#include "client/program/sync_flags.h"
#include "client/stream_sync.h"
#include "core/clock.h"

namespace terapi::client {

class SyncReport {
 public:
  enum class Progress : std::uint8_t { kNone, kRedrawn, kLines };
  struct Options {
    Progress progress = Progress::kNone;
    bool json = false;
    std::optional<std::uint64_t> expect{};
    bool color = false;  // of warnings and errors, where lines are text
  };
  using Streams = std::function<std::vector<StreamProgress>()>;

  SyncReport(Options options, Console console, core::Clock& clock, Streams streams);
  ~SyncReport() { end(); }
  SyncReport(const SyncReport&) = delete;
  SyncReport& operator=(const SyncReport&) = delete;

  // Shows progress from now on.
  void begin();
  // Shows none any more; what was redrawn is cleared.
  void end();
  // A line about a stream, or about none ("").
  void tell(SyncEvent::Level level, const std::string& stream, const std::string& message);

 private:
  void tick();

  const Options options_;
  Console console_;
  core::Clock& clock_;
  Streams streams_;
  ProgressLine line_;
  core::TimerId timer_ = 0;
  std::uint64_t reported_pages_ = 0;
};

// What was asked for, as far as stderr can do it.
SyncReport::Progress progress_for(ProgressWish wish, bool redraws);

}  // namespace terapi::client
