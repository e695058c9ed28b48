// WireTrace: the part of a timeline that shows a finding, as text in columns. Pure functions.
//
//      +0.000000  client 1  → GET /records?cursor=…
//    1 +0.004000  client 1  ← 200 3 records, next null
//      … 12 events
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/history.h"
#include "conformance/evidence/verdict.h"
#include "conformance/report/console_style.h"

namespace terapi::conformance {

struct WireTraceOptions {
  std::size_t before = 12;  // events shown before one that a finding names
  std::size_t after = 4;
  std::size_t most = 80;  // lines; what is beyond is said
};

// The sign that an event is told with: "→", "←", "⇢", "⇠", "✖", …
std::string_view event_sign(EventKind kind);

// Who did it: "client 2", "judge", "server".
std::string event_actor(const Event& event);

// The places in `timeline` to be shown, rising. Without any named event: its end.
std::vector<std::size_t> trace_window(const std::vector<Event>& timeline,
                                      const std::vector<Finding>& findings,
                                      const WireTraceOptions& options);

// Lines, each with a newline; empty for an empty timeline. Events that finding N names have N (from
// 1) before them. Times count from the timeline's first event, in seconds.
std::string render_trace(const std::vector<Event>& timeline, const std::vector<Finding>& findings,
                         const ConsoleStyle& style, const WireTraceOptions& options = {});

}  // namespace terapi::conformance
