// Requests as somebody sends them who means a server ill: without an end, byte by byte, or with a
// length that nobody could send. Over plain sockets, to the one server that is named, and bounded:
// whatever the server does, this stops by itself.
//
//   for (const HostileEnd& end : send_hostile({.server = *core::parse_url("http://127.0.0.1:3003"),
//                                              .kind = Hostility::kEndlessLine})) …
//
// Thread rule: everything happens on the calling thread, which waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/scenario/step.h"
#include "core/clock.h"
#include "core/http_message.h"
#include "core/url.h"

namespace terapi::conformance {

struct HostileLimits {
  std::uint64_t bytes = std::uint64_t{64} << 20U;  // over all connections
  core::Duration time = std::chrono::seconds(15);
  core::Duration answer = std::chrono::seconds(5);  // that a usual request waits for its own
};

struct HostileRequest {
  core::Url server{};       // of scheme "http"
  core::Headers headers{};  // what a good request has
  Hostility kind = Hostility::kEndlessLine;
  std::size_t connections = 1;  // that do so at the same time
  bool wants_end = true;        // of the server; else it may also wait until the time is up
  HostileLimits limits{};
};

// What came of one connection.
struct HostileEnd {
  enum class How : std::uint8_t {
    kUnreachable,  // no connection came about
    kAnswered,     // with `status`
    kClosed,       // without an answer
    kTookAll,      // it took all that may be sent, and did not end it
    kHeld,         // the time was up, and it did not end it
  };
  How how = How::kHeld;
  int status = 0;
  std::string head{};  // the answer's status line and header fields
  std::uint64_t sent = 0;
  core::Duration took{0};
  bool flowed = false;  // it was still taking when the time was up
};

// One for each connection. `meanwhile` is called once, when a quarter of the time has passed, if
// the server holds a connection then.
std::vector<HostileEnd> send_hostile(const HostileRequest& request,
                                     const std::function<void()>& meanwhile = {});

// A usual GET, on a connection of its own; kHeld when `limits.answer` was not enough.
HostileEnd ask_usually(const HostileRequest& request, const std::string& target);

}  // namespace terapi::conformance
