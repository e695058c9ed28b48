// StreamSync: keeps one stream in sync: when it is walked (at the start, on hints, at each poll,
// after a failure), and what becomes of each walk's end (CLIENT-3, 4, 9, 11).
//
// At most one walk runs, and any number of hints meanwhile lead to one more. A failure that passes
// is tried again after a backoff, from the stored cursor; one that does not stops this stream
// alone. Nothing that matters is remembered here only: after a crash the stored cursor and the
// first walk make up for every lost hint.
//
// Thread rule: the driver's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/page_walk.h"
#include "client/webhooks/hint.h"
#include "core/random.h"

namespace terapi::client {

// How a stream does, for progress, metrics and tests.
struct StreamProgress {
  Stream stream;
  Health health = Health::kSyncing;
  bool running = false;
  WalkCounts counts;                          // since this process began
  std::uint64_t stored_before = 0;            // records that were there when it began
  core::Error error;                          // while retrying or stopped
  std::string record;                         // at fault
  std::uint64_t failures = 0;                 // walks that ended in one
  std::uint64_t full_reads = 0;               // recoveries from a cursor that was not taken
  std::optional<core::Time> up_to_date_at;    // when the end was reached last
  std::optional<core::Time> next_attempt_at;  // while retrying
};

class StreamSync : public std::enable_shared_from_this<StreamSync> {
 public:
  // What the engine does for its streams.
  struct Host {
    // Calls `begin_walk` when one of the workers is free; `leave` frees it.
    std::function<void(std::shared_ptr<StreamSync>)> enter;
    std::function<void()> leave;
    // The stream came up to date, or stopped.
    std::function<void()> settled;
  };

  StreamSync(const SyncOptions& options, SyncPorts ports, Stream stream, Host host);

  const Stream& stream() const { return progress_.stream; }
  const StreamProgress& progress() const { return progress_; }

  void start() { wake(); }
  // There may be something new.
  void hint(const Hint& hint);
  // For Host::enter.
  void begin_walk();
  // Starts nothing more; what is in the background ends by itself.
  void shut_down();
  // After that: gives a claim back.
  void give_back();

 private:
  enum class Phase : std::uint8_t { kIdle, kQueued, kWalking, kReporting, kWaiting, kStopped };
  struct Opened {
    bool claimed = false;
    core::Result<Position> position;
  };

  void wake();
  void wake_after(core::Duration delay);
  void opened(Opened opened);
  void walk(std::optional<std::string> cursor);
  void syncs();
  void walked(PageWalk::End end);
  void read_everything(const core::Error& error);
  bool overlap_is_due() const;
  void walk_overlap();
  void overlap_walked(const PageWalk::End& end);
  void note_changes();
  void open_window();
  void reached_end();
  void after_round();
  void plan_second_look();
  void failed(const core::Error& error, std::optional<core::Duration> retry_after);
  void stop(core::Error error, std::string record);
  void report(Health health, std::function<void()> then);
  void tell(SyncEvent::Level level, const std::string& text) const;
  std::string without_key(std::string text) const;
  void cancel_timer();
  void lose_patience_later();
  void recovered();

  const SyncOptions& options_;
  // All of the stream's calls of the store, in order: what a walk left behind comes before what
  // follows.
  core::BackgroundLane lane_;
  SyncPorts ports_;
  Host host_;
  StreamProgress progress_;
  PageLimit limit_;
  Backoff backoff_;
  core::Random random_;

  Phase phase_ = Phase::kIdle;
  bool again_ = false;  // a hint came that the running walk may have missed
  std::shared_ptr<PageWalk> walk_;
  core::TimerId timer_ = 0;
  Position position_;
  std::uint64_t changed_before_ = 0;  // counts.changed at the walk's beginning
  bool claimed_ = false;
  bool elsewhere_ = false;  // another worker has the stream, and people were told
  bool full_read_ = false;  // running, or begun and not yet at the end
  bool told_syncing_ = false;
  core::TimerId patience_timer_ = 0;  // SyncOptions::give_up
  bool out_of_patience_ = false;
  std::uint64_t records_at_failure_ = 0;
  std::uint64_t broken_pages_ = 0;  // in a row, each of a single record

  // The second looks after a webhook.
  std::size_t looks_left_ = 0;
  std::optional<core::Time> look_for_;
  std::uint64_t changed_at_hint_ = 0;

  // The overlap window.
  enum class Window : std::uint8_t { kUnknown, kOpen, kPassed, kSettled };
  Window window_ = Window::kUnknown;
  core::TimerId window_timer_ = 0;
  bool last_of_window_ = false;
};

}  // namespace terapi::client
