// SyncOptions: how a SyncEngine syncs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/dialect.h"
#include "client/stream.h"
#include "core/clock.h"

namespace terapi::client {

// The server, and the key that authenticates the client.
struct Endpoint {
  std::string base_url;  // "http://127.0.0.1:3003", without a slash at its end
  std::string secret_key;
};

// How long to wait before the next try (CLIENT-9): at random, below a bound that grows.
struct BackoffOptions {
  core::Duration first = std::chrono::milliseconds(500);  // upper bound of the first wait
  core::Duration cap = std::chrono::seconds(60);          // upper bound of any wait
  std::uint32_t factor = 2;                               // by which the bound grows each time
  core::Duration least = std::chrono::milliseconds(50);   // lower bound of any wait
  // Bounds of a Retry-After.
  core::Duration least_retry_after = std::chrono::seconds(1);
  core::Duration most_retry_after = std::chrono::hours(24);
};

// Something that the user should know: a stream stopped, a server in trouble, a full read.
struct SyncEvent {
  enum class Level : std::uint8_t { kInfo, kWarning, kError };
  Level level = Level::kInfo;
  Stream stream;
  std::string text;  // never holds a key
};

struct SyncOptions {
  Endpoint endpoint;
  const Dialect* dialect = &terapi_dialect();
  // Records per page. Fewer are asked for while such a page would exceed max_page_bytes or
  // request_timeout, because records are large or the network is slow.
  std::uint64_t limit = 1000;
  // At most two pages of each running stream are in memory.
  std::size_t max_page_bytes = std::size_t{32} << 20;
  core::Duration request_timeout = std::chrono::seconds(30);
  std::size_t workers = 4;  // streams that run at once

  // Ends each stream when it has no next page, instead of waiting for more.
  bool once = false;
  core::Duration poll = std::chrono::seconds(30);  // CLIENT-3: also without any webhook
  // After a webhook that led to nothing new, when to look again: what it announced may become
  // visible late.
  std::vector<core::Duration> second_looks = {std::chrono::seconds(1), std::chrono::seconds(3),
                                              std::chrono::seconds(10)};
  // Re-reads, after the end was reached, what was modified in this span before the newest record,
  // for commits that became visible behind the cursor. Zero: never.
  core::Duration overlap{0};

  BackoffOptions backoff{};
  // A stream that has been failing for this long stops. Zero: it never gives up.
  core::Duration give_up{0};
  std::uint64_t seed = 1;

  // Called on the driver's thread.
  std::function<void(const SyncEvent&)> on_event{};
};

}  // namespace terapi::client
