// RunMoment: what a run in the background is about to do, for whoever works out by himself what
// that makes of the records: when it reads and how much of the collection, never what it found
// there.
//
// Thread rule: the simulator's thread; the texts are there during the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace terapi::simulator {

struct RunMoment {
  enum class What : std::uint8_t {
    kBegins,
    kAsks,   // for a page of a collection: what is on it is what the collection holds now
    kPage,   // it saves what that page holds
    kEnds,   // everything was read
    kFails,  // what it saved stays
  };
  What what = What::kBegins;
  std::string_view integration{};
  std::string_view connection{};
  std::string_view sync{};
  std::string_view variant{};
  std::string_view model{};  // kAsks, kPage: whose collection
  std::size_t entries = 0;   // kPage: objects on it, and deletions
  bool reset = false;        // kBegins: as if it had never run…
  bool empty_cache = false;  // …and without the records that it had
};
using RunWatcher = std::function<void(const RunMoment&)>;

}  // namespace terapi::simulator
