// PageWalk: one walk of a stream, page by page to the end (CLIENT-7), storing each page with its
// cursor in one transaction (CLIENT-2) while the next one is being fetched. At most two pages are
// in memory: one that is being stored, and the next one, which waits or is on its way.
//
// Thread rule: the driver's thread. All ports have to outlive it; it is held by a shared_ptr, and
// nothing is called back once it is let go of.
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
#include "client/store.h"
#include "client/sync_options.h"
#include "core/background.h"
#include "core/clock.h"
#include "core/transport.h"

namespace terapi::client {

// For how long a worker claims a stream (Store::claim): how long one that died holds it back from
// the others. Prolonged with the commits.
inline constexpr core::Duration kClaimSpan = std::chrono::seconds(15);

// What a client reaches the world through.
struct SyncPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  Store& store;
  // Where the store's calls are made; a PageWalk needs them done in the order in which it asks.
  core::Background& background;
};

// What came so far.
struct WalkCounts {
  std::uint64_t records = 0;
  std::uint64_t changed = 0;  // of these, new or newer than what was stored
  std::uint64_t pages = 0;
  std::uint64_t bytes = 0;
  std::optional<core::Time> newest;
};

class PageWalk : public std::enable_shared_from_this<PageWalk> {
 public:
  struct Plan {
    std::optional<std::string> cursor;         // where to begin
    std::optional<core::Time> modified_after;  // an overlap's re-read
    // What the store's cursor is now; it is moved unless this is a re-read.
    std::optional<std::string> stored;
    bool moves_cursor = true;
    // Reports Health::kSyncing with the first records stored, and calls back.
    std::function<void()> first_stored{};
  };
  struct End {
    enum class Kind : std::uint8_t {
      kReached,    // everything that was served is stored
      kTryAgain,   // later, from the stored cursor
      kBadCursor,  // the server did not take a cursor
      kConflict,   // another worker moved the cursor
      kStop,       // trying again would not help; `record` is at fault, if one is
    };
    Kind kind = Kind::kReached;
    core::Error error{};
    std::optional<core::Duration> retry_after{};
    std::string record{};
  };

  // `limit` and `counts` belong to the stream and outlive the walk.
  PageWalk(const SyncOptions& options, SyncPorts ports, const Stream& stream, Plan plan,
           PageLimit& limit, WalkCounts& counts, std::function<void(End)> done);
  // Calls `done` once, from a callback of the clock, the transport or the background.
  void start();

 private:
  void fetch();
  void answered(core::Result<core::Response> response);
  void take(Page page);
  // A page's records [begin, begin + count): all of them, unless the store refuses one of them.
  struct Part {
    std::shared_ptr<const Page> page;
    std::size_t begin = 0;
    std::size_t count = 0;
    std::span<const Record> records() const { return page->records().subspan(begin, count); }
  };
  void store_next();
  void queue_next();
  void look_ahead(const Part& part);
  void begin_queued();
  void store(const Part& part);
  // Hands the part to the store, which has to be at `from`; gives its number.
  std::uint64_t submit(const Part& part, const std::optional<std::string>& from, bool tell);
  void submitted_done(std::uint64_t number, const core::Result<Committed>& committed,
                      const Part& part);
  void stored(const core::Result<Committed>& committed, const Part& part);
  void not_stored(const core::Error& error, const Part& part);
  void page_done(const Page& page);
  void fail(End failure);
  void give_up(End failure);
  void settle();
  void end(End end);
  static End end_of(const Answer& answer);
  bool stands_still(const Page& page) const;

  const SyncOptions& options_;
  SyncPorts ports_;
  const Stream& stream_;
  Plan plan_;
  PageLimit& limit_;
  WalkCounts& counts_;
  std::function<void(End)> done_;

  core::Time claimed_at_;
  std::optional<std::string> next_;  // where the fetch in flight, or the next one, begins
  bool fetching_ = false;
  bool storing_ = false;
  std::uint64_t submitted_ = 0;  // parts handed to the store so far
  std::uint64_t awaited_ =
      0;  // the number of the part whose commit comes next; others count no more
  // Where the store will be when it has all of the page that it is storing; none while that is not
  // sure.
  std::optional<std::string> ahead_;
  bool last_fetched_ = false;  // the page without a next one has come
  std::shared_ptr<const Page> waiting_;
  // The page after the one that is being stored, handed to the store already, so that it does not
  // wait for us to hear that it could begin. Its commit is void when the one before it fails, since
  // the store is then not where it would have to be (ahead_ is where it is not yet).
  std::optional<Part> queued_;
  std::uint64_t queued_number_ = 0;
  // To be told when what was fetched before is stored, and nothing is under way.
  std::optional<End> failed_;
};

}  // namespace terapi::client
