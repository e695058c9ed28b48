// PageWalk: one walk of a stream, page by page to the end (CLIENT-7), storing each page with its
// cursor in one transaction (CLIENT-2) while the next one is being fetched. At most two pages are
// in memory.
//
// Thread rule: the driver's thread. All ports have to outlive it; it is held by a shared_ptr, and
// nothing is called back once it is let go of.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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

// What a client reaches the world through.
struct SyncPorts {
  core::Clock& clock;
  core::AsyncTransport& transport;
  Store& store;
  core::Background& background;  // where the store's calls are made
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
  void store_next();
  void stored(const core::Result<Committed>& committed, const std::shared_ptr<Page>& page);
  void fail(End end);
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

  std::optional<std::string> next_;  // where the fetch in flight, or the next one, begins
  bool storing_ = false;
  bool last_fetched_ = false;  // the page without a next one has come
  std::optional<Page> waiting_;
  std::optional<End> failed_;  // to be told when what was fetched before is stored
};

}  // namespace terapi::client
