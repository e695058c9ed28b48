// StreamSync: keeps one stream in sync: when it is walked (at the start, on hints, at each poll,
// after a failure), and what becomes of each walk's end (CLIENT-3, 4, 9, 11).
//
// At most one walk runs, and any number of hints meanwhile lead to one more. A failure that passes
// is tried again after a backoff, from the stored cursor; one that does not stops this stream
// alone. Nothing that matters is kept only here: after a crash the stored cursor and the first walk
// make up for every lost hint.
//
// It goes in rounds. A round needs one of the engine's workers, from kOpening to the end of
// kReporting, and the claim on the stream, from the end of kOpening to the beginning of kReporting.
// Whatever fails on the way goes to kReporting, too:
//
//     kIdle ◄─────────────────────────────────────────────────┐
//       │  start, hint, poll                                  │
//       ▼                     the timer                       │
//     kQueued ◄──────────────────────────────── kWaiting      │
//       │  a worker is free                      ▲    ▲       │
//       ▼          claimed by another worker     │    │       │
//     kOpening ──────────────────────────────────┘    │       │
//       │  claimed    ▲                               │       │
//       ▼             │ the cursor was refused        │       │
//     kWalking ───────┘                               │       │
//       │   │  the end, with an overlap to re-read    │       │
//       │   ▼                                         │       │
//       │ kRereading                                  │       │
//       │   │                                         │       │
//       ▼   ▼                      failed             │       │
//     kReporting ─────────────────────────────────────┘       │
//       │   │                      up to date                 │
//       │   └─────────────────────────────────────────────────┘
//       ▼  trying again will not help
//     kStopped                                from any: kShutDown
//
// Thread rule: the driver's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/doubted_cursor.h"
#include "client/failure_streak.h"
#include "client/hint.h"
#include "client/overlap_window.h"
#include "client/page_walk.h"
#include "client/second_looks.h"
#include "client/stream_progress.h"
#include "client/sync_ports.h"
#include "core/timer.h"

namespace terapi::client {

class StreamSync : public std::enable_shared_from_this<StreamSync> {
 public:
  // What the engine does for its streams.
  struct Host {
    // Calls `begin_round` when one of the workers is free; `free_worker` gives it back.
    std::function<void(std::shared_ptr<StreamSync>)> queue;
    std::function<void()> free_worker;
    // The stream came up to date, or stopped.
    std::function<void()> on_settled;
  };

  StreamSync(const SyncOptions& options, SyncPorts ports, Stream stream, Host host);

  const Stream& stream() const { return progress_.stream; }
  StreamProgress progress() const;
  // Stopped or, with SyncOptions::once, up to date.
  bool is_finished() const;

  void start();
  // There may be something new.
  void on_hint(const Hint& hint);
  // For Host::queue.
  void begin_round();
  // Starts nothing more; what is in the background ends by itself.
  void shut_down();
  // After that: gives a claim back.
  void release_claim();

  // What holds between two events; aborts when it does not.
  void check_invariants() const;

 private:
  friend class StreamSyncInvariants;  // the test that breaks them

  enum class Phase : std::uint8_t {
    kIdle,       // until the next hint or poll
    kQueued,     // for a worker
    kOpening,    // claims the stream, and asks the store where to go on
    kWalking,    // walk_ reads from the cursor to the end
    kRereading,  // walk_ reads an overlap window again
    kReporting,  // the store writes down how it went, and the claim goes back
    kWaiting,    // until the timer alone; a hint is no reason to ask a server in trouble sooner
    kStopped,    // for good, since trying again would not help
    kShutDown,   // the engine stops
  };
  struct Opened {
    bool claimed = false;
    core::Result<StoredPosition> position;
  };

  void wake();
  void wake_after(core::Duration delay);
  void on_timer();
  void on_opened(Opened opened);
  void wait_for_other_worker();
  void start_walk(std::optional<std::string> cursor);
  void on_first_stored();
  void on_walk_ended(const PageWalk::End& end);
  bool gives_the_cursor_up(const PageWalk::End& end);
  void start_full_read(const std::string& why, const PageWalk::Cause& cause);
  void on_full_read_opened(core::Result<StoredPosition> position);
  void start_reread(core::Time from);
  void on_reread_ended(const PageWalk::End& end);
  void add_results(const PageWalk::End& end);
  void end_reread_refused(const PageWalk::End& end);
  void come_up_to_date();
  void schedule_next_round();
  void retry(const PageWalk::Cause& cause);
  void stop(const core::Error& error, std::string record);
  void report(Health health, std::function<void(StreamSync&)> then);
  void tell(SyncEvent::Level level, const std::string& text) const;
  std::string without_key(std::string text) const;
  WalkCounts counts() const;
  bool is_in_round() const;

  const SyncOptions& options_;
  // All of the stream's calls of the store, in order: what a walk left behind comes before what
  // follows.
  core::BackgroundLane lane_;
  SyncPorts ports_;
  Host host_;
  // `running` and the running walk's counts are added when somebody asks.
  StreamProgress progress_;

  Phase phase_ = Phase::kIdle;
  core::Timer timer_;   // the next poll, look or try
  bool again_ = false;  // a hint came that the running round may have missed
  bool claimed_ = false;
  StoredPosition position_;
  std::shared_ptr<PageWalk> walk_;
  PageLimit limit_;
  bool from_cursor_ = false;  // where the last walk began; false: at the beginning
  DoubtedCursor doubt_;
  bool full_read_ = false;  // running, or begun and not yet at the end
  SecondLooks looks_;
  OverlapWindow overlap_;
  core::Time reread_from_{};    // of the re-read that runs
  core::Error reread_refused_;  // since the last one that was not
  FailureStreak failures_;
  std::uint64_t got_on_ = 0;  // FailureStreak::Failure::records
  bool told_syncing_ = false;
  bool told_elsewhere_ = false;  // that another worker has the stream
};

}  // namespace terapi::client
