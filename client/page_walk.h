// PageWalk: one walk of a stream, page by page to the end (CLIENT-7), storing each page with its
// cursor in one transaction (CLIENT-2) while the next one is being fetched. At most two pages are
// in memory: one that is being stored, and the next one, which waits or is on its way.
//
// Thread rule: the driver's thread. All ports have to outlive it; it is held by a shared_ptr, and
// nothing is called back once it is released.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "client/answer.h"
#include "client/page.h"
#include "client/page_limit.h"
#include "client/page_trail.h"
#include "client/store.h"
#include "client/stream_progress.h"
#include "client/sync_options.h"
#include "client/sync_ports.h"
#include "core/background.h"
#include "core/clock.h"
#include "core/transport.h"

namespace terapi::client {

// How long a worker's claim on a stream lasts (Store::claim), and so how long a worker that died
// keeps the others from it. Renewed along with the commits.
inline constexpr core::Duration kClaimSpan = std::chrono::seconds(15);

class PageWalk : public std::enable_shared_from_this<PageWalk> {
 public:
  struct Plan {
    PageLimit limit;                             // as the walk before this one left it
    std::optional<std::string> cursor{};         // where to begin
    std::optional<core::Time> modified_after{};  // an overlap's re-read
    // What the store's cursor is now; it is moved unless this is a re-read.
    std::optional<std::string> stored{};
    bool moves_cursor = true;
    // Reports Health::kSyncing with the first records stored, and calls back.
    std::function<void()> on_first_stored{};
  };
  // Why it ended.
  struct Cause {
    enum class Kind : std::uint8_t {
      kReached,    // everything that was served is stored
      kTryAgain,   // later, from the stored cursor
      kBadCursor,  // the server refused a cursor
      kConflict,   // another worker moved the cursor
      kStop,       // trying again would not help; `record` is at fault, if one is
    };
    Kind kind = Kind::kReached;
    core::Error error{};
    std::optional<core::Duration> retry_after{};
    std::string record{};
    int status = 0;  // of the answer that it was, if it was one
  };
  struct End : Cause {
    WalkCounts counts;  // what this walk read and stored
    PageLimit limit;    // what the next walk begins with
  };

  PageWalk(const SyncOptions& options, SyncPorts ports, const Stream& stream, Plan plan,
           std::function<void(End)> done);
  // Calls `done` once, from a callback of the clock, the transport or the background.
  void start();

  // So far.
  const WalkCounts& counts() const { return counts_; }
  // What holds between two events; aborts when it does not.
  void check_invariants() const;

 private:
  friend class PageWalkInvariants;  // the test that breaks them

  // A page's records [begin, begin + count): all of them, unless the store refuses one of them.
  struct Part {
    std::shared_ptr<const Page> page;
    std::size_t begin = 0;
    std::size_t count = 0;
    // From where to where it moves the cursor: set when it is handed to the store, and never in a
    // re-read.
    std::optional<Batch::Move> move{};

    std::span<const Record> records() const { return page->records().subspan(begin, count); }
    bool ends_page() const { return begin + count == page->records().size(); }
  };
  static std::shared_ptr<Part> whole(std::shared_ptr<const Page> page);

  void fetch();
  void on_answer(core::Result<core::Response> response);
  void on_page(Page page);
  void on_fetch_failed(Cause cause);
  void store_next_page();
  void store(std::shared_ptr<Part> part);
  void hand_over_next_page();
  // Hands the part to the store, which has to be at `from` by then.
  void submit(const std::shared_ptr<Part>& part, const std::optional<std::string>& from, bool tell);
  void on_committed(const std::shared_ptr<Part>& part, const core::Result<Committed>& committed);
  void on_stored(const Part& part, const Committed& committed);
  void on_not_stored(const Part& part, const core::Error& error);
  void on_page_stored(const Page& page);
  void go_on_with_queued();
  void give_up(Cause cause);
  void end_if_failed();
  void end(Cause cause);
  static Cause cause_of(const Answer& answer);
  std::optional<core::Error> leads_nowhere(const Page& page);

  const SyncOptions& options_;
  SyncPorts ports_;
  const Stream& stream_;
  Plan plan_;
  std::function<void(End)> done_;

  WalkCounts counts_;
  core::Time claimed_at_;
  std::optional<std::string> next_;  // where the fetch in flight, or the next one, begins
  bool fetching_ = false;
  PageTrail trail_;
  bool last_fetched_ = false;  // the page without a next one has come
  // What is being stored; an empty page passes through here, too.
  std::shared_ptr<Part> storing_;
  // The page after it, while it waits, or else handed to the store already, so that the store does
  // not wait for us to hear that it could begin. Its commit is void when the one before it fails,
  // since the store is then not where it would have to be.
  std::shared_ptr<const Page> waiting_;
  std::shared_ptr<Part> queued_;
  // To be told when what was fetched before is stored, and nothing is under way.
  std::optional<Cause> failed_;
};

}  // namespace terapi::client
