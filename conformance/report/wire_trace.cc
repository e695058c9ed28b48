#include "conformance/report/wire_trace.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace terapi::conformance {
namespace {

std::string_view event_word(EventKind kind) {
  switch (kind) {
    case EventKind::kKill:
      return "killed";
    case EventKind::kStart:
      return "started";
    case EventKind::kExit:
      return "ended";
    case EventKind::kWebhook:
      return "webhook";
    default:
      return to_string(kind);
  }
}

// One event, in the columns of a trace.
struct TraceLine {
  std::string mark;
  std::string at;
  std::string actor;
  std::string stream;
  std::string text;
  EventKind kind = EventKind::kNote;
};

std::string offset_text(core::Duration offset, bool micros) {
  const bool negative = offset.count() < 0;
  const std::int64_t all = negative ? -offset.count() : offset.count();
  std::string fraction = std::to_string(1'000'000 + all % 1'000'000).substr(1);
  if (!micros) fraction.resize(3);
  return (negative ? "-" : "+") + std::to_string(all / 1'000'000) + "." + fraction;
}

// Which findings name an event, by its number: "1", "1,3".
std::map<std::size_t, std::string> finding_marks(const std::vector<Finding>& findings) {
  std::map<std::size_t, std::string> marks;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const std::set<std::size_t> events(findings[i].events.begin(), findings[i].events.end());
    for (const std::size_t number : events) {
      std::string& mark = marks[number];
      mark += (mark.empty() ? "" : ",") + std::to_string(i + 1);
    }
  }
  return marks;
}

std::optional<std::size_t> place_of_event(const std::vector<Event>& timeline, std::size_t number) {
  if (number < timeline.size() && timeline[number].number == number) return number;
  for (std::size_t at = 0; at < timeline.size(); ++at) {
    if (timeline[at].number == number) return at;
  }
  return std::nullopt;
}

TraceLine trace_line_of(const Event& event, core::Time origin, bool micros, std::string mark) {
  TraceLine line;
  line.kind = event.kind;
  line.mark = std::move(mark);
  if (line.mark.empty() && event.bad) line.mark = "!";
  line.at = offset_text(event.at - origin, micros);
  line.actor = event_actor(event);
  line.stream = event.stream;
  line.text = std::string(event_sign(event.kind)) + " " +
              (event.text.empty() ? std::string(event_word(event.kind)) : event.text);
  return line;
}

struct TraceColumns {
  std::size_t mark = 1;
  std::size_t at = 0;
  std::size_t actor = 0;
  std::size_t stream = 0;
};

TraceColumns trace_columns_of(const std::vector<TraceLine>& lines) {
  TraceColumns columns;
  for (const TraceLine& line : lines) {
    columns.mark = std::max(columns.mark, display_width(line.mark));
    columns.at = std::max(columns.at, display_width(line.at));
    columns.actor = std::max(columns.actor, display_width(line.actor));
    columns.stream = std::max(columns.stream, display_width(line.stream));
  }
  return columns;
}

std::string trace_row(const TraceLine& line, const TraceColumns& columns,
                      const ConsoleStyle& style) {
  std::string text = printable(line.text);
  if (!line.mark.empty() || line.kind == EventKind::kKill) text = style.red(text);
  std::string row = style.red(pad_left(line.mark, columns.mark)) + " " +
                    style.dim(pad_left(line.at, columns.at)) + "  " +
                    pad_right(printable(line.actor), columns.actor) + "  ";
  if (columns.stream > 0)
    row += style.dim(pad_right(printable(line.stream), columns.stream)) + "  ";
  return row + text + "\n";
}

}  // namespace

std::string_view event_sign(EventKind kind) {
  switch (kind) {
    case EventKind::kStep:
      return "§";
    case EventKind::kRun:
      return "Δ";
    case EventKind::kRequest:
      return "→";
    case EventKind::kResponse:
      return "←";
    case EventKind::kWebhook:
      return "⇢";
    case EventKind::kWebhookAnswer:
      return "⇠";
    case EventKind::kStart:
      return "▶";
    case EventKind::kKill:
      return "✖";
    case EventKind::kExit:
      return "■";
    case EventKind::kFault:
      return "↯";
    case EventKind::kCommit:
      return "✓";
    case EventKind::kDump:
      return "≡";
    case EventKind::kNote:
      return "·";
  }
  return "·";
}

std::string event_actor(const Event& event) {
  if (event.life > 0) return "client " + std::to_string(event.life);
  switch (event.kind) {
    case EventKind::kRun:
    case EventKind::kFault:
    case EventKind::kWebhook:
      return "server";
    case EventKind::kStart:
    case EventKind::kKill:
    case EventKind::kExit:
    case EventKind::kCommit:
    case EventKind::kDump:
      return "client";
    default:
      return "judge";
  }
}

std::vector<std::size_t> trace_window(const std::vector<Event>& timeline,
                                      const std::vector<Finding>& findings,
                                      const WireTraceOptions& options) {
  std::set<std::size_t> shown;
  const auto around = [&](std::size_t place) {
    const std::size_t from = place - std::min(place, options.before);
    const std::size_t to = std::min(timeline.size(), place + options.after + 1);
    for (std::size_t at = from; at < to; ++at) shown.insert(at);
    // An answer says little without its question.
    if (!timeline[place].pair) return;
    if (const auto other = place_of_event(timeline, *timeline[place].pair)) shown.insert(*other);
  };
  for (const Finding& finding : findings) {
    for (const std::size_t number : finding.events) {
      if (const auto place = place_of_event(timeline, number)) around(*place);
    }
  }
  if (shown.empty()) {
    for (std::size_t at = 0; at < timeline.size(); ++at) {
      if (timeline[at].bad) around(at);
    }
  }
  if (shown.empty() && !timeline.empty()) around(timeline.size() - 1);
  std::vector<std::size_t> places;
  for (const std::size_t at : shown) {
    // One event takes no more room than the line that says that it is left out.
    if (at > 0 && (places.empty() ? at == 1 : at - places.back() == 2)) places.push_back(at - 1);
    places.push_back(at);
  }
  return places;
}

std::string render_trace(const std::vector<Event>& timeline, const std::vector<Finding>& findings,
                         const ConsoleStyle& style, const WireTraceOptions& options) {
  if (timeline.empty()) return "";
  std::vector<std::size_t> shown = trace_window(timeline, findings, options);
  if (shown.size() > options.most) shown.resize(options.most);
  const std::map<std::size_t, std::string> marks = finding_marks(findings);
  const core::Time origin = timeline.front().at;
  const bool micros = std::any_of(shown.begin(), shown.end(), [&](std::size_t at) {
    return (timeline[at].at - origin) % std::chrono::milliseconds(1) != core::Duration(0);
  });

  std::vector<TraceLine> lines;
  for (const std::size_t at : shown) {
    const auto mark = marks.find(timeline[at].number);
    lines.push_back(
        trace_line_of(timeline[at], origin, micros, mark == marks.end() ? "" : mark->second));
  }
  const TraceColumns columns = trace_columns_of(lines);
  const auto gap = [&](std::size_t count) {
    return std::string(columns.mark + 1, ' ') +
           style.dim("… " + std::to_string(count) + (count == 1 ? " event" : " events")) + "\n";
  };
  std::string text;
  std::size_t next = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] > next) text += gap(shown[i] - next);
    text += trace_row(lines[i], columns, style);
    next = shown[i] + 1;
  }
  if (next < timeline.size()) text += gap(timeline.size() - next);
  return text;
}

}  // namespace terapi::conformance
