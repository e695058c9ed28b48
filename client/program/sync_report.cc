#include "client/program/sync_report.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/program/log_line.h"
#include "core/terminal_color.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

constexpr core::Duration kRedraw = 100ms;
constexpr core::Duration kRedrawIdle = 1s;  // only the lag moves
constexpr core::Duration kPlainLine = 5s;

std::string painted_text(const LogLine& line, bool color) {
  if (line.level == SyncEvent::Level::kInfo) return log_text(line);
  const bool bad = line.level == SyncEvent::Level::kError;
  return core::painted(color, bad ? core::Paint::kBad : core::Paint::kWarning, log_text(line));
}

}  // namespace

SyncReport::Progress progress_for(ProgressWish wish, bool redraws) {
  if (wish == ProgressWish::kNever) return SyncReport::Progress::kNone;
  if (redraws) return SyncReport::Progress::kRedrawn;
  return wish == ProgressWish::kAlways ? SyncReport::Progress::kLines : SyncReport::Progress::kNone;
}

SyncReport::SyncReport(Options options, Console console, core::Clock& clock, Streams streams)
    : options_(options),
      console_(std::move(console)),
      clock_(clock),
      streams_(std::move(streams)),
      line_(options.expect) {}

void SyncReport::begin() {
  if (options_.progress == Progress::kNone || timer_ != 0) return;
  line_.update(streams_(), clock_.now());  // from here rates are counted
  const core::Duration first = options_.progress == Progress::kLines ? kPlainLine : kRedraw;
  timer_ = clock_.at(clock_.now() + first, [this] { tick(); });
}

void SyncReport::end() {
  if (timer_ != 0) clock_.cancel(std::exchange(timer_, 0));
  console_.clear();
}

void SyncReport::tick() {
  const std::vector<StreamProgress> streams = streams_();
  const bool running = std::any_of(streams.begin(), streams.end(),
                                   [](const StreamProgress& stream) { return stream.running; });
  std::uint64_t pages = 0;
  for (const StreamProgress& stream : streams) pages += stream.counts.pages;
  const std::string line = line_.update(streams, clock_.now());
  core::Duration next = kPlainLine;
  if (options_.progress == Progress::kRedrawn) {
    console_.show(line);
    next = running ? kRedraw : kRedrawIdle;
  } else if (std::exchange(reported_pages_, pages) != pages || running) {
    tell(SyncEvent::Level::kInfo, "", line);
  }
  timer_ = clock_.at(clock_.now() + next, [this] { tick(); });
}

void SyncReport::tell(SyncEvent::Level level, const std::string& stream,
                      const std::string& message) {
  const LogLine line{clock_.now(), level, stream, message};
  console_.print(options_.json ? log_json(line) : painted_text(line, options_.color));
}

}  // namespace terapi::client
